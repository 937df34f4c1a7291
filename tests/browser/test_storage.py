"""After signing out, a browser has nothing of the fund: not in what pages may store, and not in its files."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.hands import ARGUMENTS, CHROMIUM, Hands
from tests.make.fund import FoundedFund
from tests.make.scanner import Scanner, files_under
from tests.make.server import Server

NAME, STREET, PHONE = "Қарлығаш Ұзақбергенқызы", "Тасқұдық көшесі 73", "8 702 419 83 65"
KEPT = """async () => ({
  local: {...localStorage},
  session: {...sessionStorage},
  databases: await indexedDB.databases(),
  caches: await caches.keys(),
  seen: document.cookie,
})"""


def test_nothing_that_was_typed_or_read_stays_in_the_browser(
    browser: Browser, server: Server, lived: FoundedFund, tmp_path: Path
) -> None:
    address, profile = f"http://127.0.0.1:{server.port}", tmp_path / "profile"
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=str(CHROMIUM), args=ARGUMENTS, base_url=address, locale="en"
    )
    context.set_default_timeout(15_000)
    somebody = Hands(context.pages[0])
    somebody.signs_in("bolat", lived.password("bolat"), lived.totp("bolat"))
    somebody.page.goto("/families/")
    somebody.types("[name=sought]", NAME)
    somebody.presses("main button[type=submit]")
    _types_family(somebody.page)
    assert NAME in somebody.page.content(), "it was there"
    somebody.page.goto("/")
    with somebody.page.expect_navigation():
        somebody.page.locator("[formaction='/sign-out']").first.evaluate("button => button.click()")

    kept: dict[str, Any] = somebody.page.evaluate(KEPT)
    cookies = {cookie["name"]: cookie for cookie in context.cookies()}
    somebody.page.go_back()
    back = somebody.page.content()
    context.close()
    found = Scanner(NAME, STREET, PHONE, lived.password("bolat")).scan(files_under(profile))

    assert kept == {"local": {}, "session": {}, "databases": [], "caches": [], "seen": ""}
    assert all(name.startswith("__Host-") and cookie["httpOnly"] for name, cookie in cookies.items())
    assert "bolat" not in back
    assert found == []


def _types_family(page: Page) -> None:
    """A form with everything in it, sent and refused: its page shows all that was typed."""
    page.goto("/families/new")
    page.fill("main [name=members-0-name]", NAME)
    page.fill("main [name=members-0-born]", "31.31.1985")
    page.fill("main [name=phone]", PHONE)
    page.fill("main [name=address]", STREET)
    with page.expect_navigation():
        page.locator("main form button.btn-main").first.click()
