"""Debian's Chromium, and somebody at its keyboard who has no mouse."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from aid.security.sessions import COOKIE

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-software-rasterizer", "--no-first-run", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--enable-features=CDPScreenshotNewSurface,RenderDocument:level/crashed-frame",  # a page follows in the same frame
)
PHONE, DESK = (360, 740), (1280, 900)
FAR = 150  # tabs after which somebody gives up
WIDER = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return "";
  const parts = [...document.body.querySelectorAll("*")].filter((part) => part.checkVisibility());
  const wide = parts.filter((part) => part.getBoundingClientRect().right > width + 1);
  return wide.slice(0, 4).map((part) => part.outerHTML.slice(0, 90)).join(" | ") || "something sticks out";
}"""

OUT_OF_REACH = """() => {
  const seen = (part) => part.checkVisibility({visibilityProperty: true}) && !part.closest("[aria-hidden=true]");
  const led = (part) => part && (part.disabled || (part.tabIndex >= 0 && seen(part)));
  const all = (parts) => [...document.querySelectorAll(parts)].filter(seen);
  const labels = all("label").filter((label) => !led(label.control) && label.control?.tagName !== "PROGRESS");
  const pressed = "a, button, summary, input, select, textarea, [onclick], [role=button]";
  const lost = all(pressed).filter((part) => !led(part));
  const jumps = all("[tabindex]").filter((part) => part.tabIndex > 0);
  return [...labels, ...lost, ...jumps].map((part) => part.outerHTML.slice(0, 200));
}"""
AT = """(selector) => {
  const at = document.activeElement;
  const outlined = (part) => {
    const style = part && getComputedStyle(part);
    return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  return !at?.matches(selector) ? "elsewhere" : outlined(at) || outlined(at.closest(".choice")) ? "seen" : "not seen";
}"""
NOWHERE_YET = """(selector) => {
  const nobody = document.activeElement === document.body, wanted = [...document.querySelectorAll(selector)];
  return nobody && wanted.length > 0 && wanted.every((part) => part.matches("main a"));
}"""
"""Whether the keyboard is at the beginning of the page, and what is wanted a link in its own part."""


@contextmanager
def chromium(filmed: Path | None = None) -> Iterator[Browser]:
    """A browser that asks nobody on the network for anything; its camera sees what was filmed, whoever allows it."""
    camera = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={filmed}"] if filmed else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*ARGUMENTS, *camera])
        try:
            yield browser
        finally:
            browser.close()


def context_of(
    browser: Browser, address: str, *, size: tuple[int, int] = PHONE, language: str = "en", scripts: bool = True
) -> BrowserContext:
    """Somebody's browser, with nothing kept from before. The cookie holds on plain http, but for 127.0.0.1 alone."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": size[0], "height": size[1]},
        locale=language,
        java_script_enabled=scripts,
        reduced_motion="reduce",
        service_workers="block",
    )
    context.set_default_timeout(15_000)
    return context


def let_in(page: Page, cookie: str) -> None:
    """Put a cookie that is signed in into this browser."""
    put_in(page, COOKIE, cookie)


def put_in(page: Page, name: str, value: str) -> None:
    """Put a cookie into this browser. It holds on every port."""
    address = "https://127.0.0.1"  # only so that it may be put there: the server is on plain http
    page.context.add_cookies([{"name": name, "value": value, "url": address, "secure": True}])


def sticks_out(page: Page) -> Iterator[str]:
    """What is wider than the screen."""
    if wide := page.evaluate(WIDER):
        yield f"{page.url} on {page.viewport_size}: {wide}"


def out_of_reach(page: Page) -> Iterator[str]:
    """What can be pressed or filled in with a mouse only, and what the keyboard comes to out of turn."""
    for part in page.evaluate(OUT_OF_REACH):
        yield f"{page.url}: the keyboard does not come to {part}"


class Hands:
    """Works a page by keyboard alone: Tab, Space, Enter, arrows and letters."""

    def __init__(self, page: Page, *, scripts: bool = True) -> None:
        self.page = page
        self.scripts = scripts
        self.reads_all = False  # from the top of each page, through all its head

    def to(self, selector: str, *, back: bool = False) -> None:
        """Tab to what this selects; the keyboard must lead there, and it must be seen where one is.

        Who has just come to a page and seeks a link skips its head, as the first link offers, unless they read all.
        """
        if not back and not self.reads_all and self.page.evaluate(NOWHERE_YET, selector):
            self.page.keyboard.press("Tab")
            if self._is_at(".skip"):
                self.page.keyboard.press("Enter")
        for _tab in range(FAR):
            if self._is_at(selector):
                return
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"{self.page.url}: the keyboard does not lead to {selector}")

    def _is_at(self, selector: str) -> bool:
        where = self.page.evaluate(AT, selector)
        assert where != "not seen", f"{self.page.url}: nobody sees that the keyboard is at {selector}"
        return bool(where == "seen")

    def types(self, selector: str, text: str) -> None:
        """Write into a field, in place of what stands there."""
        self.to(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(text)

    def ticks(self, selector: str) -> None:
        """Tick a box, or choose among what may be chosen."""
        self.to(selector)
        self.page.keyboard.press("Space")

    def chooses(self, name: str, value: str) -> None:
        """Go to one of several, of which one may be chosen, and down to the right one."""
        self.to(f"[name='{name}']")
        for _arrow in range(FAR):
            if self._is_at(f"[name='{name}'][value='{value}']"):
                self.page.keyboard.press("Space")
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{self.page.url}: {name} has no {value}")

    def selects(self, selector: str, beginning: str) -> None:
        """Choose in a drop-down list by its first letters."""
        self.to(selector)
        self.page.keyboard.type(beginning)

    def presses(self, selector: str) -> None:
        """Follow a link or press a button, and wait for the next page."""
        self.to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def hands_over(self, selector: str, file: Path) -> None:
        """Choose a file."""
        with self.page.expect_file_chooser() as asked:
            self.to(selector)
            self.page.keyboard.press("Enter")
        asked.value.set_files(file)

    def is_refused(self) -> None:
        """The keyboard stands at what is wrong."""
        assert self.page.locator(".errors:focus").count(), self.page.inner_text("main")

    def follows_error(self, field: str) -> None:
        """After a refusal the keyboard stands at what is wrong, and its first line leads to the field."""
        self.is_refused()
        self.to(".errors a")
        self.page.keyboard.press("Enter")
        self.page.locator(f":is({field}):focus").wait_for()

    def comes_to(self, heading: str) -> None:
        """This is the page; what axe says of it, `test_pages` asks."""
        assert self.page.inner_text("h1") == heading, self.page.inner_text("main")

    def signs_in(self, handle: str, password: str, code: str) -> None:
        self.page.goto("/sign-in")
        self.types("[name=handle]", handle)
        self.types("[name=password]", password)
        self.types("[name=code]", code)
        self.presses("main button[type=submit]")
        assert self.page.url.endswith("/"), self.page.locator("main").inner_text()

    def lays_down_pin(self, digits: str) -> None:
        """Choose the six digits that the table asks for first, where it does."""
        self.page.goto("/collections/new")
        if self.page.url.endswith("/me/pin"):
            self.types("[name=pin]", digits)
            self.types("[name=again]", digits)
            self.presses("main form button.btn-main")
