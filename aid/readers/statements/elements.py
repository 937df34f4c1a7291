"""What stands in an element of a camt file, asked by name: in whatever order, of whatever version."""

from typing import TypeAlias
from xml.etree.ElementTree import Element

from aid.readers.statements.outline import Names

Parts: TypeAlias = dict[str, Element]


def text_of(element: Element | None) -> str:
    """The element's text."""
    return (element.text or "").strip() if element is not None else ""


def all_named(element: Element | None, name: str, names: Names) -> list[Element]:
    """All children of this name, in order."""
    return [child for child in element if names[child.tag] == name] if element is not None else []


def within(element: Element | None, path: str, names: Names) -> Element | None:
    """What stands at the end of a path such as "FinInstnId/BICFI", taking the first of each name."""
    for name in path.split("/"):
        if element is None:
            return None
        element = next((child for child in element if names[child.tag] == name), None)
    return element


def said(element: Element | None, names: Names, *paths: str) -> str:
    """The text at the first of these paths that has any."""
    return next((text for path in paths if (text := text_of(within(element, path, names)))), "")
