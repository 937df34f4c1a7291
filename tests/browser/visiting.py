"""Coming to a page in Chromium as `tests/make/pages` says, and looking at it there."""

from collections.abc import Iterable, Iterator

from playwright.sync_api import Locator, Page

from tests.browser.hands import found_by, out_of_reach, sticks_out
from tests.browser.people import type_into
from tests.make.pages.visits import Press, Visit


def come_to(page: Page, visit: Visit) -> None:
    """Open the page: by its address, and by what is sent from there."""
    page.goto(visit.address)
    for press in visit.presses:
        form = _form_for(page, press)
        for name, value in press.typed.items():
            type_into(form, name, value)
        with page.expect_navigation():
            _button_of(form, press).click()


def wrong_with(page: Page, visits: Iterable[Visit]) -> Iterator[str]:
    """What sticks out of the screen, what no keyboard comes to, and what axe finds, in pages that are shown to it."""
    for visit in (visit for visit in visits if visit.shown):
        come_to(page, visit)
        yield from sticks_out(page)
        yield from out_of_reach(page)
        yield from found_by(page)


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
