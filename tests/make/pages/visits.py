"""A page as people come to it: by its address alone, or by what they send from there; and who goes where."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Select, select

from tests.make import rows
from tests.make.browser import Browser, Page


@dataclass(frozen=True, slots=True)
class Press:
    """A form that is sent: how its address ends, what is typed into it, and by which of its buttons (`name=value`)."""

    to: str = ""  # nothing: the form that has all that is typed, or else the page's main one
    typed: Mapping[str, Any] = field(default_factory=dict)
    button: str = ""  # nothing: its main button


@dataclass(frozen=True, slots=True)
class Visit:
    """One page: an address, and what is sent from there to get to it."""

    address: str
    presses: tuple[Press, ...] = ()
    status: int = 200
    shown: bool = True  # to axe; else a page like it is


Pages = dict[str, list[Visit]]
"""By the handle of who opens them."""


def at(*addresses: str) -> list[Visit]:
    """Pages that are there for their address."""
    return [Visit(address) for address in addresses]


def also(*pages: str | Visit) -> list[Visit]:
    """Pages that are opened over HTTP only: axe looks at others like them."""
    return [replace(page if isinstance(page, Visit) else Visit(page), shown=False) for page in pages]


def sent(address: str, *presses: Press | Mapping[str, Any], status: int = 200) -> Visit:
    """The answer to forms sent from this address on; if none is named, to its main form as it stands there."""
    asked = [press if isinstance(press, Press) else Press(typed=press) for press in presses or ({},)]
    return Visit(address, tuple(asked), status)


def merged(*parts: Pages) -> Pages:
    """All of them, in this order."""
    every: Pages = {}
    for part in parts:
        for handle, visits in part.items():
            every.setdefault(handle, []).extend(visits)
    return every


def opened(browser: Browser, visit: Visit) -> Page:
    """The page, over HTTP."""
    page = browser.get(visit.address)
    for press in visit.presses:
        page = _sent_from(page, browser, press)
    return page


def _sent_from(page: Page, browser: Browser, press: Press) -> Page:
    fitting = [form for form in page.forms_to(press.to) if set(press.typed) <= form.names]
    assert fitting, f"{page.path}: no form for {press}: {page.text[:300]}"
    buttons = fitting[0].buttons
    name, value, elsewhere = buttons[fitting[0].main_button]
    if press.button:
        [(name, value, elsewhere)] = [each for each in buttons.values() if f"{each[0]}={each[1]}" == press.button]
    filled = {**fitting[0].filled, **press.typed} | ({name: value} if name else {})
    return browser.post(elsewhere or fitting[0].action or page.path, filled)


def first(column: Any, *where: Any) -> Any:
    """The first that is there, or the first of which this holds: by its own order, which is age where it is an id."""
    wanted: Select[Any] = select(column).where(*where).order_by(column).limit(1)
    [found] = rows(wanted)
    return found
