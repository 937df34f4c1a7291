"""Every page of Komek, in Kazakh, whose words are longest: axe finds nothing to mend on a phone, nothing sticks out.

Which pages there are stands in `tests/make/pages`; that none is left out, in `tests/web/test_pages.py`.
"""

import pytest
from playwright.sync_api import Page

from aid.domain.languages import Language
from aid.domain.membership import StopAnswerKind
from aid.services.lockdowns import lock
from aid.services.people import speak
from tests.browser.conftest import PageOf
from tests.browser.hands import DESK, PHONE, let_in, sticks_out
from tests.browser.visiting import come_to, seen_at, wrong_with
from tests.make import do
from tests.make.fund import MEMBERS, FoundedFund
from tests.make.membership import say_of_stop, stop
from tests.make.pages import pages_of, states
from tests.make.pages.people import INVITED, actor_of, cookie_of
from tests.make.pages.visits import Pages

PARTS = {"": 1, INVITED: 1, "aigul": 1, "bolat": 2, "dina": 6, "erlan": 1}
PARTS |= {"gulnar": 1, "nurlan": 1, "olga": 1, "saule": 2, "timur": 2}
"""Who has more pages to open opens them in several parts, which workers share."""


@pytest.fixture(scope="session")
def pages(lived: FoundedFund) -> Pages:
    """Who opens what."""
    return pages_of(lived)


def signed_in(page: Page, fund: FoundedFund, handle: str, language: str) -> None:
    """As if this person had signed in, and reads this language."""
    cookie = cookie_of(fund, handle)
    if cookie:
        do(speak, actor=actor_of(fund, handle), language=Language(language))
        let_in(page, cookie.text())


@pytest.mark.parametrize(("handle", "part"), [(handle, part) for handle in PARTS for part in range(PARTS[handle])])
def test_axe_finds_nothing_on_a_phone_and_nothing_sticks_out_of_any_screen(
    lived: FoundedFund, page_of: PageOf, pages: Pages, handle: str, part: int
) -> None:
    assert pages.keys() == PARTS.keys()
    page = page_of(language="kk")
    signed_in(page, lived, handle, "kk")

    assert [*wrong_with(page, pages[handle][part :: PARTS[handle]])] == []
    assert page.evaluate("document.documentElement.lang") == "kk" or "language=" in page.url


@pytest.mark.thorough
@pytest.mark.parametrize("handle", PARTS)
def test_nothing_sticks_out_in_english(lived: FoundedFund, page_of: PageOf, pages: Pages, handle: str) -> None:
    page = page_of(language="en", size=DESK)
    signed_in(page, lived, handle, "en")
    wrong: list[str] = []
    for visit in (visit for visit in pages[handle] if visit.shown and not visit.presses):
        for width, height in (DESK, PHONE):
            seen_at(page, (width, height))
            if width == DESK[0]:
                come_to(page, visit)
            wrong += sticks_out(page)

    assert wrong == []


def test_nothing_is_wrong_while_the_fund_is_locked_or_stopped(lived: FoundedFund, page_of: PageOf) -> None:
    page = page_of(language="kk")
    do(lock, actor=lived.distributor)
    wrong = [*wrong_with(page, states.LOCKED)]
    states.open_again(lived)
    wrong += wrong_with(page, states.OPEN_AGAIN)
    stopped = stop(lived, "saule")
    signed_in(page, lived, "saule", "kk")
    wrong += wrong_with(page, states.STOPPED)
    for handle in MEMBERS[:3]:
        say_of_stop(lived, stopped, handle, StopAnswerKind.LIFT)

    assert wrong == []
