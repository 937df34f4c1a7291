"""A browser of tests: fetches the form, posts its own token and key, and looks at every page it sees."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn
from xml.etree.ElementTree import Element

from flask import Flask
from werkzeug.test import TestResponse

from aid.security.sessions import COOKIE
from aid.vault.cookies import SignInCookie
from tests.make.markup import Markup


class Page:
    """An answer, as a person or a program reads it."""

    def __init__(self, answer: TestResponse) -> None:
        self.status = answer.status_code
        self.path = answer.request.full_path.rstrip("?")
        self.headers = answer.headers
        self.content = answer.get_data()
        self.is_page = answer.mimetype == "text/html"
        self.html = answer.get_data(as_text=True) if self.is_page else ""
        read = Markup(self.html) if self.html else None
        self.tree, self.wrong = (read.tree, read.wrong) if read else (Element("html"), [])
        self.is_whole = self.html.lstrip().lower().startswith("<!doctype")

    @property
    def text(self) -> str:
        """The words of the page, in one line."""
        body = self.tree.find("body")
        return " ".join(" ".join(_words(body if body is not None else self.tree)).split())

    @property
    def title(self) -> str:
        return " ".join("".join(element.text or "" for element in self.tree.iter("title")).split())

    @property
    def heading(self) -> str:
        return " ".join(" ".join(_words(next(self.tree.iter("h1")))).split())

    @property
    def links(self) -> list[str]:
        return [element.get("href", "") for element in self.tree.iter("a")]

    def forms(self) -> list[Form]:
        """All forms of the page, those of its frame too."""
        posted = (each for each in self.tree.iter("form") if each.get("method", "get").lower() == "post")
        return [Form(each, self.tree) for each in posted]

    def forms_to(self, where: str) -> list[Form]:
        """Forms in the page's own part that are sent to an address that ends so, or to any; the main ones first."""
        own = next(self.tree.iter("main")).iter("form")
        sent = (Form(element, self.tree) for element in own if element.get("method", "get").lower() == "post")
        fitting = [form for form in sent if (form.action or "").endswith(where)]
        return sorted(fitting, key=lambda form: not form.is_main)

    def form_with(self, names: set[str]) -> Form:
        """The form that has these fields; of several, the one in the page's own part."""
        main = next(self.tree.iter("main"))
        own = [Form(element, self.tree) for element in main.iter("form")]
        fitting = [form for form in (*own, *self.forms()) if names <= form.names]
        return fitting[0] if fitting else _refuse(self, f"no form with {sorted(names)}; {[f.names for f in own]}")

    def form_to(self, *, button: str) -> Form:
        """The form that this button sends."""
        for form in self.forms():
            if button in form.buttons:
                return form
        return _refuse(self, f"no button {button!r}; {[form.buttons for form in self.forms()]}")

    def check(self) -> None:
        """What holds for every page."""
        if not self.is_page or not self.is_whole:
            return
        tree, wrong = self.tree, [*self.wrong]
        wrong += [f"not one {tag}" for tag in ("title", "h1", "main") if len(list(tree.iter(tag))) != 1]
        if not self.title or not self.heading:
            wrong.append("no title")
        if tree.get("lang") not in {"kk", "ru", "en"}:
            wrong.append("no language")
        wrong += [what for element in tree.iter() for what in _wrong_with(element)]
        identifiers = [element.get("id") for element in tree.iter() if element.get("id")]
        wrong += [f"id {twice} stands twice" for twice in {i for i in identifiers if identifiers.count(i) > 1}]
        if marker := re.search(
            r"%\(\w+\)|Message\(id=|<bound method|<function|\bUndefined\b", html.unescape(self.html)
        ):
            wrong.append(f"an unfinished sentence: {marker.group()}")
        if "no-store" not in self.headers.get("Cache-Control", "") or not self.headers.get("Content-Security-Policy"):
            wrong.append("headers are missing")
        assert not wrong, f"{self.path}: {wrong}"


class Form:
    """A form with what it would send if nobody typed anything."""

    def __init__(self, element: Element, page: Element) -> None:
        self.action = element.get("action")
        self.filled: dict[str, Any] = {}
        self.names: set[str] = set()
        self.buttons: dict[str, tuple[str, str, str | None]] = {}  # text: name, value, where to
        self.main_button, self.is_main = "", False
        own = element.get("id")
        elsewhere = [each for each in page.iter() if each.get("form") == own] if own else []
        for control in (*element.iter(), *elsewhere):
            if control.tag in {"input", "select", "textarea", "button"} and control.get("disabled") is None:
                self._take(control)

    def _take(self, control: Element) -> None:
        name, kind = control.get("name", ""), control.get("type", "text")
        if control.tag == "button" or kind == "submit":
            text = " ".join(" ".join(_words(control)).split()) or control.get("value", "")
            self.buttons[text] = name, control.get("value", ""), control.get("formaction")
            is_main = "btn-main" in control.get("class", "")
            if is_main or not self.main_button:
                self.main_button, self.is_main = text, is_main
            return
        if not name:
            return
        self.names.add(name)
        if control.tag == "select":
            chosen = [
                option.get("value", "") for option in control.iter("option") if option.get("selected") is not None
            ]
            options = [option.get("value", "") for option in control.iter("option")]
            multiple = control.get("multiple") is not None
            self.filled[name] = chosen if multiple else (chosen or options or [""])[0]
        elif control.tag == "textarea":
            self.filled[name] = "".join(control.itertext()).removeprefix("\n")
        elif kind in {"checkbox", "radio"}:
            if control.get("checked") is not None:
                self.filled[name] = [*self._so_far(name), control.get("value", "on")]
        elif kind != "file":
            value = control.get("value", "")
            self.filled[name] = [*self._so_far(name), value] if kind == "hidden" and name in self.filled else value

    def _so_far(self, name: str) -> list[str]:
        """What is sent under this name already."""
        kept = self.filled.get(name, [])
        return kept if isinstance(kept, list) else [kept]


class Browser:
    """Somebody's browser. `get` and `submit` follow redirects and check the page where they end."""

    def __init__(self, app: Flask, *, cookie: SignInCookie | None = None, language: str = "en") -> None:
        self.app = app
        self.language = language
        self.client = app.test_client()
        if cookie is not None:
            self.client.set_cookie(COOKIE, cookie.text(), secure=True)

    @property
    def cookie(self) -> str:
        """The text of the one cookie."""
        kept = self.client.get_cookie(COOKIE)
        return kept.value if kept else ""

    def get(self, path: str) -> Page:
        return self._open(path, method="GET")

    def submit(self, path: str, fields: Mapping[str, Any] | None = None, /, button: str = "", **more: Any) -> Page:
        """Open a page, fill in its form (the one that has all these fields), and send it.

        A list sends a field several times; a pair (stream, file name) uploads a file; None leaves a field out.
        """
        return self.send(self.get(path), fields, button=button, **more)

    def send(self, page: Page, fields: Mapping[str, Any] | None = None, /, button: str = "", **more: Any) -> Page:
        """Fill in and send a form of a page that is open."""
        typed = {**(fields or {}), **more}
        form = page.form_with({_first_row(name, page) for name in typed}) if typed or not button else None
        form = form or page.form_to(button=button)
        filled = {**form.filled, **typed}
        action = form.action
        if button:
            name, value, elsewhere = form.buttons[button]
            action = elsewhere or action
            filled |= {name: value} if name else {}
        return self.post(action or page.path, {name: value for name, value in filled.items() if value is not None})

    def press(self, path: str, button: str) -> Page:
        """Open a page and press a button that posts by itself."""
        return self.submit(path, button=button)

    def post(self, path: str, fields: Mapping[str, Any]) -> Page:
        """Send just this, as a program would."""
        return self._open(path, method="POST", data=fields)

    def _open(self, path: str, **request: Any) -> Page:
        for _hop in range(6):
            answer = self._ask(path, **request)
            if answer.status_code not in {301, 302, 303, 307, 308}:
                page = Page(answer)
                page.check()
                return page
            path, request = self._onward(answer), {"method": "GET"}
        raise AssertionError(f"{path}: redirected without end")

    def _ask(self, path: str, **request: Any) -> TestResponse:
        with self.app.app_context():  # as on a server: nothing of one request is left for the next
            return self.client.open(path, headers={"Accept-Language": self.language}, **request)

    @staticmethod
    def _onward(answer: TestResponse) -> str:
        """Where a redirect leads: on this server, or the test ends."""
        assert answer.location.startswith("/"), f"sent to {answer.location}"
        assert not answer.location.startswith("//"), f"sent to {answer.location}"
        return answer.location


def _first_row(name: str, page: Page) -> str:
    """A field of a row that the page has not drawn yet stands for the same field of the first row."""
    if f'name="{name}"' in page.html:
        return name
    return re.sub(r"-\d+-", "-0-", name, count=1)


def _words(element: Element) -> Iterator[str]:
    if element.tag in {"script", "style", "template"}:
        return
    if element.text:
        yield element.text
    for child in element:
        yield from _words(child)
        if child.tail:
            yield child.tail


def _wrong_with(element: Element) -> Iterator[str]:
    if element.tag == "style" or (element.tag == "script" and not element.get("src")):
        yield f"inline {element.tag}"
    for name in element.attrib:
        if name == "style" or name.startswith("on"):
            yield f"inline {name}"
    if element.tag == "img" and element.get("alt") is None:
        yield "a picture without words"
    typed = element.tag in {"input", "select", "textarea"} and element.get("type") not in {"hidden", "submit"}
    if typed and not (element.get("id") or element.get("aria-label")):
        yield f"{element.get('name')} has no label"


def _refuse(page: Page, why: str) -> NoReturn:
    raise AssertionError(f"{page.path} ({page.status}): {why}\n{page.text[:600]}")
