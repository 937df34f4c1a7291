"""People in browsers of their own, who have nothing but what the pages showed them: a password, a phone, a paper."""

import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pyotp
from playwright.sync_api import Browser, Locator, Page

from tests.browser.hands import DESK, context_of, put_in
from tests.make.sitting import password_of

STEP = 30


class Window:
    """A window that people sit down at in turn, each with cookies of their own, that nobody else comes to."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._page = context_of(browser, address, size=DESK).new_page()
        self._at = ""
        self._kept: dict[str, list[Any]] = {}

    def of(self, handle: str) -> Page:
        """The page, with this person's cookies in the browser. Whatever it shows, they open one of theirs."""
        if handle != self._at:
            jar = self._page.context
            self._kept[self._at] = jar.cookies()
            jar.clear_cookies()
            for cookie in self._kept.get(handle, []):
                put_in(self._page, cookie["name"], cookie["value"])
            self._at = handle
        return self._page

    def bring(self, handle: str, cookies: Mapping[str, str]) -> None:
        """This person sits down here with the cookies that they got elsewhere."""
        self._kept[handle] = [{"name": name, "value": value} for name, value in cookies.items()]

    def close(self) -> None:
        self._page.context.close()


class Somebody:
    """One person with a password and a phone, at a window."""

    def __init__(self, window: Window, handle: str) -> None:
        self.window = window
        self.handle = handle
        self.password = password_of(handle)
        self.secret = ""
        self.words = ""  # of their recovery share
        self._used = 0

    @property
    def page(self) -> Page:
        """The window's page, with their cookies."""
        return self.window.of(self.handle)

    # ------------------------------------------------------------ the phone

    def scans(self, page: Page) -> None:
        """Take over the secret that a page shows as a picture."""
        self.follows(page.locator("a[href^='otpauth:']").get_attribute("href") or "")

    def follows(self, link: str) -> None:
        """Take over the secret that a link brings to the phone."""
        self.secret = parse_qs(urlsplit(link).query)["secret"][0]

    def code(self) -> str:
        """What the phone shows: each code is good once, so wait until there is one that was not used."""
        while self._used >= int(time.time()) // STEP + 1:
            time.sleep(0.5)
        self._used = max(int(time.time()) // STEP, self._used + 1)
        return pyotp.TOTP(self.secret).at(self._used * STEP)

    # ------------------------------------------------------------ pages

    def fills_in(self, path: str, fields: Mapping[str, Any], *, button: str = "main form button.btn-main") -> None:
        """Open a page, fill in its form, and send it."""
        self.page.goto(path)
        self.types(fields)
        self.presses(button)

    def types(self, fields: Mapping[str, Any]) -> None:
        for name, value in fields.items():
            type_into(self.page.locator("main"), name, value)

    def presses(self, button: str) -> None:
        """Press what leads to the next page."""
        with self.page.expect_navigation():
            self.page.locator(button).first.click()

    @property
    def text(self) -> str:
        return self.page.inner_text("main")

    def signs_in(self) -> None:
        self.fills_in("/sign-in", {"handle": self.handle, "password": self.password, "code": self.code()})
        assert "/sign-in" not in self.page.url, self.text

    # ------------------------------------------------------------ their share

    def puts_share_on_paper(self) -> None:
        """See the 33 words, write them down, and type two of them back."""
        self.page.goto("/recovery/mine")
        self.presses("main form[action$='/show'] button")
        words = self.page.locator(".share-words li").all_inner_texts()
        self.words = " ".join(words)
        self.presses("main a[href$='/confirm']")
        places = self.page.input_value("[name=places]").split(",")
        self.types({"first": words[int(places[0]) - 1], "second": words[int(places[1]) - 1]})
        self.presses("main form button.btn-main")
        assert "Your share is on your paper now" in self.page.inner_text("body"), self.text


OPENED: Final = "one => { for (let up = one; up; up = up.parentElement) if (up.tagName === 'DETAILS') up.open = true; }"
"""Opens what a field is folded into."""


def type_into(form: Locator, name: str, value: Any) -> None:
    """Fill in what goes by this name, whatever it is: text, a list to choose from, boxes or one of several."""
    field = form.locator(f"[name='{name}']")
    kind = field.first.evaluate("one => one.tagName === 'SELECT' ? 'select' : one.type")
    if kind == "select":
        field.select_option(value)
    elif kind in {"checkbox", "radio"}:
        field.first.evaluate(OPENED)
        for one in [value] if isinstance(value, str) else value:
            form.locator(f"[name='{name}'][value='{one}']").check(force=True)  # its label lies over it
    elif kind == "hidden":
        field.evaluate("(one, value) => { one.value = value; }", value)
    else:
        field.fill(str(value))
