"""Coming to a page in Chromium as `tests/make/pages` says, and looking at it there.

It is written into the document that is open, as the server answers it, and its scripts run anew: to load what looks at
it into a new document takes longer than looking. That pages open by themselves, and forms are sent by their buttons, is
tried by the tests that work them by keyboard.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Locator, Page

import aid
from tests.browser.hands import DESK, PHONE, out_of_reach, sticks_out
from tests.browser.people import type_into
from tests.make.pages.visits import Press, Visit

SCRIPTS: Final = sorted(script.stem for script in (Path(aid.__file__).parent / "static/js").glob("*.js"))
AXE: Final = f"() => {{ {AXE_SCRIPT} }}"
LOOKING: Final = Path(__file__).with_name("looking.js").read_text()


def come_to(page: Page, visit: Visit) -> None:
    """Open the page: by its address, and by what is sent from there."""
    if not page.evaluate("'comeTo' in window"):
        page.goto(visit.address)
        page.evaluate(AXE)
        page.evaluate(LOOKING, SCRIPTS)
    page.evaluate("address => comeTo(address)", visit.address)
    for press in visit.presses:
        form = _form_for(page, press)
        for name, value in press.typed.items():
            type_into(form, name, value)
        _button_of(form, press).evaluate("button => press(button)")


def wrong_with(page: Page, visits: Iterable[Visit]) -> Iterator[str]:
    """What sticks out of a phone's screen and a desk's, what no keyboard comes to, and what axe finds on a phone.

    The screen changes once a page, not back and forth: every second page is opened on a desk.
    """
    sizes = [PHONE, DESK]
    for visit in (visit for visit in visits if visit.shown):
        come_to(page, visit)
        for size in sizes:
            seen_at(page, size)
            yield from sticks_out(page)
            if size == PHONE:
                yield from out_of_reach(page)
                yield from (f"{page.url}: {found}" for found in _found_by_axe(page))
        sizes.reverse()
    seen_at(page, PHONE)


def seen_at(page: Page, size: tuple[int, int]) -> None:
    """The page that is open, on a screen of this size."""
    width, height = size
    if page.viewport_size != {"width": width, "height": height}:
        page.set_viewport_size({"width": width, "height": height})


def _found_by_axe(page: Page) -> Any:
    """What a screen reader, a weak eye or a thumb would stumble over."""
    return page.evaluate("() => violations()")


def _form_for(page: Page, press: Press) -> Locator:
    where = f"[action$='{press.to}']" if press.to else ""
    form = f"main form[method=post]{where}" + "".join(f":has([name='{name}'])" for name in press.typed)
    main = page.locator(f"{form}:has(.btn-main)")
    return (main if main.count() else page.locator(form)).first


def _button_of(form: Locator, press: Press) -> Locator:
    if press.button:
        name, _is, value = press.button.partition("=")
        return form.locator(f"button[name='{name}'][value='{value}']").first
    main = form.locator(".btn-main")
    return (main if main.count() else form.locator("button")).first
