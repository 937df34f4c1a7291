"""Help inside: each role's work on one page, in three languages, from every menu."""

import pytest

from aid.domain.guidance import GUIDES
from aid.domain.permissions import Role
from tests.conftest import BrowserOf
from tests.make.fund import FoundedFund

one_database = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def test_every_role_has_its_guidance() -> None:
    assert set(GUIDES) == set(Role)
    assert all(len(guide.steps) >= 4 and len(guide.never) >= 3 for guide in GUIDES.values())


@one_database
def test_help_is_in_the_menu_and_shows_ones_own_work_first(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.distributor)

    page = browser.get("/help/")

    assert "/help/" in browser.get("/").links
    assert page.text.index("You hand out.") < page.text.index("You write families down")
    assert "Your phone is lost or was taken" in page.text


@one_database
@pytest.mark.parametrize("role", list(Role))
def test_anybody_may_read_what_a_role_does_and_never_does(fund: FoundedFund, browser_of: BrowserOf, role: Role) -> None:
    page = browser_of(fund.auditor).get(f"/help/{role}")

    assert page.status == 200
    for sentence in (*GUIDES[role].steps, *GUIDES[role].never):
        assert str(sentence) in page.text


@one_database
def test_there_is_no_guidance_for_a_role_that_is_none(fund: FoundedFund, browser_of: BrowserOf) -> None:
    assert browser_of(fund.auditor).get("/help/minister").status == 404
