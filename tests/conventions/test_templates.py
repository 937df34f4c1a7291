import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

from tests.conventions import TEMPLATES

ALL = sorted(TEMPLATES.rglob("*.html"))
PAGES = [
    path
    for path in ALL
    if path.name != "base.html" and not path.relative_to(TEMPLATES).as_posix().startswith(("_macros/", "documents/"))
]
SPOKEN_ATTRIBUTES = {"alt", "aria-label", "placeholder", "title"}
LETTERS = re.compile(r"[^\W\d_]{2,}")
# Names are the same in every language.
NAMES = {"Komek", "Қазақша", "Русский", "English", "PDF", "CSV", "XLSX", "QR", "KZT"}
# Blocks that hold the name of a style, not words.
CLASSES = r"\{%-? block (width|body_class) -?%\}[\w -]*\{%-? endblock"
ARITHMETIC = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow)


def name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def is_part(path: Path) -> bool:
    """A part of a page, fetched or included alone: its name starts with an underscore."""
    return path.name.startswith("_")


@cache
def text_of(path: Path) -> str:
    return path.read_text()


def uncommented(path: Path) -> str:
    return re.sub(r"\{#.*?#\}", "", text_of(path), flags=re.DOTALL)


def those(paths: list[Path], are_wrong: Callable[[Path], object]) -> list[str]:
    """The names of those of which this is true."""
    return [name(path) for path in paths if are_wrong(path)]


def test_every_page_extends_the_base() -> None:
    def stands_alone(path: Path) -> bool:
        ancestor: Path | None = path
        while ancestor and ancestor.name != "base.html":
            extends = re.match(r'(?:\{#.*?#\}\s*)?\{%-? extends "([^"]+)"', text_of(ancestor), re.DOTALL)
            ancestor = TEMPLATES / extends.group(1) if extends else None
        return ancestor is None

    assert len(PAGES) > 200
    assert those([path for path in PAGES if not is_part(path)], stands_alone) == []


def test_no_template_trusts_markup() -> None:
    assert those(ALL, lambda path: re.search(r"\|\s*safe\b|autoescape\s+false", text_of(path))) == []


def test_every_form_names_where_it_sends() -> None:
    """One that names nothing sends to the part of the page that was skipped to, and an error does not get the focus."""
    forms = (
        (name(path), form) for path in ALL for form in re.findall(r"<form\b(?:\{[{%].*?[%}]\}|[^>])*>", text_of(path))
    )
    silent = [each for each in forms if "action=" not in each[1] and each[0] != "_macros/chrome.html"]

    assert silent == []


def test_no_template_holds_script_or_style_of_its_own() -> None:
    """The content security policy refuses both, silently."""
    inline = r"<style\b|<script(?![^>]*\bsrc=)|\sstyle\s*=|\son[a-z]+\s*=|javascript:|\shx-on"
    on_paper = r"<script\b|\son[a-z]+\s*=|javascript:"

    def holds_some(path: Path) -> object:
        sought = on_paper if name(path).startswith("documents/") else inline
        return re.search(sought, uncommented(path), re.IGNORECASE)

    assert those(ALL, holds_some) == []


def test_no_page_computes() -> None:
    """Beyond `if` and `for`: what a page shows was computed where a test can reach it."""
    syntax = Environment(autoescape=True)

    assert those(PAGES, lambda path: [*syntax.parse(text_of(path)).find_all(ARITHMETIC)]) == []


class Words(HTMLParser):
    """Collects what a person would read in a page's own text."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"style", "script"}
        self.read += [value for key, value in attrs if key in SPOKEN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.read.append(data)


def test_what_came_and_went_has_its_sign_from_the_formats_alone() -> None:
    """`|change` and `|moved` write -₸88,000 as `|money` does: a dash before an amount is another way of writing it."""
    own = re.compile(r"['\"][+–−-] ?['\"](?: if [^{}]*?)?\)? *(?:~ *\(?|\}\} ?\{\{ )[\w.]+\|money")

    assert [name(path) for path in ALL if own.search(text_of(path))] == []


def test_every_word_is_put_into_the_readers_language() -> None:
    def of_its_own(path: Path) -> set[str]:
        own = re.sub(CLASSES, "", text_of(path))
        own = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", own, flags=re.DOTALL)
        words = Words()
        words.feed(own)
        return {word for text in words.read for word in LETTERS.findall(text)} - NAMES

    assert {name(path): words for path in ALL if (words := of_its_own(path))} == {}


WITHOUT_WORDS = {
    "collections/answer.html", "collections/check.html", "collections/done.html", "collections/refused.html",
    "custody/reinstated.html", "errors/error.html", "founding/_step.html", "founding/phone.html",
    "founding/seat.html", "founding/taken.html", "people/sign_in.html",
}  # fmt: skip
"""Pages that say one thing in large letters, or whose head is another page's."""


def test_every_page_says_in_a_sentence_what_it_is_for() -> None:
    def is_silent(path: Path) -> bool:
        own = text_of(path)
        return "{% block lead %}" not in own and '"founding/_' not in own and name(path) not in WITHOUT_WORDS

    assert those([path for path in PAGES if not is_part(path)], is_silent) == []
