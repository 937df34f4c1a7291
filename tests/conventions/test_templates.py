import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
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


each_page = pytest.mark.parametrize("path", PAGES, ids=name)
each_template = pytest.mark.parametrize("path", ALL, ids=name)


@each_page
def test_every_page_extends_the_base(path: Path) -> None:
    ancestor: Path | None = path
    while ancestor and ancestor.name != "base.html" and not is_part(path):
        extends = re.match(r'(?:\{#.*?#\}\s*)?\{%-? extends "([^"]+)"', ancestor.read_text(), re.DOTALL)
        ancestor = TEMPLATES / extends.group(1) if extends else None

    assert ancestor


@each_template
def test_no_template_trusts_markup(path: Path) -> None:
    assert not re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text())


def test_every_form_names_where_it_sends() -> None:
    """One that names nothing sends to the part of the page that was skipped to, and an error does not get the focus."""
    forms = (
        (name(path), form)
        for path in ALL
        for form in re.findall(r"<form\b(?:\{[{%].*?[%}]\}|[^>])*>", path.read_text())
    )
    silent = [each for each in forms if "action=" not in each[1] and each[0] != "_macros/chrome.html"]

    assert silent == []


@each_template
def test_no_template_holds_script_or_style_of_its_own(path: Path) -> None:
    """The content security policy refuses both, silently."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    inline = r"<style\b|<script(?![^>]*\bsrc=)|\sstyle\s*=|\son[a-z]+\s*=|javascript:|\shx-on"
    if name(path).startswith("documents/"):
        inline = r"<script\b|\son[a-z]+\s*=|javascript:"

    assert not re.search(inline, text, re.IGNORECASE)


@each_page
def test_no_page_computes(path: Path) -> None:
    """Beyond `if` and `for`: what a page shows was computed where a test can reach it."""
    syntax = Environment(autoescape=True).parse(path.read_text())

    assert not list(syntax.find_all(ARITHMETIC))


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


@each_template
def test_every_word_is_put_into_the_readers_language(path: Path) -> None:
    own = re.sub(CLASSES, "", path.read_text())
    own = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", own, flags=re.DOTALL)
    words = Words()
    words.feed(own)

    assert {word for text in words.read for word in LETTERS.findall(text)} - NAMES == set()


WITHOUT_WORDS = {
    "collections/answer.html", "collections/check.html", "collections/done.html", "collections/refused.html",
    "custody/reinstated.html", "errors/error.html", "founding/_step.html", "founding/phone.html",
    "founding/seat.html", "founding/taken.html", "people/sign_in.html",
}  # fmt: skip
"""Pages that say one thing in large letters, or whose head is another page's."""


@each_page
def test_every_page_says_in_a_sentence_what_it_is_for(path: Path) -> None:
    own = path.read_text()

    assert "{% block lead %}" in own or is_part(path) or '"founding/_' in own or name(path) in WITHOUT_WORDS
