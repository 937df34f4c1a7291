"""A page as a tree, read quickly: every test reads many.

It is stricter than a browser, which mends what it reads: what is not closed, is closed twice or says something twice is
wrong. That a browser's own way of reading gives the same tree is seen to where every page is opened (`test_pages`).
"""

import re
from collections.abc import Collection
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

import tinyhtml5.inputstream

EMPTY = frozenset("area base br col embed hr img input link meta source track wbr".split())
Attributes = list[tuple[str, str | None]]


class Markup(HTMLParser):
    """What is read, what is still open, and what is wrong with it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self._open: list[str] = []
        self._builder = TreeBuilder()
        self.feed(html.replace("\r\n", "\n").replace("\r", "\n"))  # as the rules of HTML begin
        self.close()
        self.wrong += [f"<{tag}> is not closed" for tag in self._open]
        for tag in reversed(self._open):
            self._builder.end(tag)
        self.tree: Element = self._builder.close()

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        said = {name: value or "" for name, value in attrs}
        if len(said) < len(attrs):
            self.wrong.append(f"<{tag}> says something twice")
        self._builder.start(tag, said)
        if tag in EMPTY:
            self._builder.end(tag)
        else:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.wrong.append(f"</{tag}> in line {self.getpos()[0]} closes nothing: open is {self._open[-1:]}")
            return
        self._open.pop()
        self._builder.end(tag)

    def handle_data(self, data: str) -> None:
        if self._open:
            self._builder.data(data)


class Runs(dict[tuple[Collection[str], bool], re.Pattern[str]]):
    """How tinyhtml5 finds where a run of letters ends, made once a kind: 2.1 keeps its own and never finds them."""

    def __missing__(self, kind: tuple[Collection[str], bool]) -> re.Pattern[str]:
        letters, goes_on = kind
        named = "".join(f"\\x{ord(letter):02x}" for letter in letters)
        self[kind] = re.compile(f"[{'' if goes_on else '^'}{named}]+")
        return self[kind]


def know_runs() -> None:
    """From now on this process reads HTML as quickly as tinyhtml5 means to: pages that are compared, and all papers."""
    tinyhtml5.inputstream.characters_until_regex = Runs()
