"""Recovery shares as people meet them: making, writing down, typing back, losing; and a fund that is provisional."""

import re

import pytest
from sqlalchemy import func, select

from aid.models.audit import AuditLine, Performed
from aid.models.families import Family
from aid.models.recovery import RecoveryKey, RecoveryShare, ShareLoss
from tests.conftest import BrowserOf
from tests.make import recovery, rows
from tests.make.browser import Browser, Page
from tests.make.fund import FoundedFund

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def holders(fund: FoundedFund, *countries: str, **changed: str) -> dict[str, str]:
    """The form of new shares, filled in."""
    people = [str(fund.actor(handle).person_id) for handle in recovery.HOLDERS]
    fields = {"threshold": "3"} | changed
    for place, (person, country) in enumerate(zip(people, countries, strict=True)):
        fields |= {f"holders-{place}-person_id": person, f"holders-{place}-country": country}
    return fields


def shown(browser: Browser) -> Page:
    """One's own words, for the press of a button."""
    return browser.press("/recovery/mine", "Show me my words")


def words_on(page: Page) -> list[str]:
    return re.findall(r"<li><span>(\w+)</span></li>", page.html)


def typed_back(browser: Browser, path: str, words: list[str]) -> Page:
    """The two words that the page asks for."""
    page = browser.get(path)
    first, second = map(int, re.findall(r"Word number (\d+)", page.text)[:2])
    return browser.send(page, {"first": words[first - 1], "second": words[second - 1]})


def test_from_the_first_shares_to_a_fund_that_is_whole(provisional: FoundedFund, browser_of: BrowserOf) -> None:
    dina = browser_of("dina")
    assert "There are no recovery shares yet." in dina.get("/recovery/").text

    made = dina.submit("/recovery/new", holders(provisional, "KZ", "KZ", "GE", "DE", "DE"))

    assert "The shares are made." in made.text
    assert "3 more have to be confirmed" in made.text
    assert "of the 3 recovery shares that are enough, 0 are on paper" in made.text, "the band, as on every page"
    assert "Georgia" in made.text
    for number, handle in enumerate(recovery.HOLDERS[:3], start=1):
        browser = browser_of(handle)
        assert "recovery share to write down" in browser.get("/").text
        words = words_on(shown(browser))
        assert len(words) == 33
        done = typed_back(browser, f"/recovery/mine/1/{number}/confirm", words)
        assert "Your share is on your paper now" in done.text
        assert "Show me my words" not in done.text
    assert "with it there are enough" in done.text
    after = dina.get("/recovery/").text
    assert "None of them may be lost. Remind the other holders" in after
    assert "Waits for its holder" in after
    assert "Donors" in after


def test_words_are_in_one_answer_only(provisional: FoundedFund, browser_of: BrowserOf) -> None:
    recovery.make_shares_confirmed(
        provisional.coordinator, [provisional.actor(handle) for handle in recovery.HOLDERS], confirmed=0
    )
    browser = browser_of("askar")

    page = shown(browser)

    words = words_on(page)
    assert " ".join(words) == recovery.secret().mnemonics[2]
    assert page.headers["Cache-Control"].startswith("no-store")
    assert browser.get("/recovery/mine/1/3/show").heading == "My recovery share"
    for other in ("/recovery/mine", "/recovery/mine/1/3/confirm", "/"):
        assert not [word for word in words[4:] if f">{word}<" in browser.get(other).html]
    for outcome in rows(select(Performed.outcome)):
        assert words[7] not in outcome
    assert "recovery.share_shown" in rows(select(AuditLine.act))


@pytest.mark.parametrize("handle", ["dina", "erlan", "marat", "aigul"])
def test_nobody_is_shown_anothers_words(provisional: FoundedFund, browser_of: BrowserOf, handle: str) -> None:
    recovery.make_shares_confirmed(
        provisional.coordinator, [provisional.actor(handle) for handle in recovery.HOLDERS], confirmed=0
    )
    browser = browser_of(handle)
    token = next(form.filled["csrf_token"] for form in browser.get("/").forms() if "csrf_token" in form.filled)

    page = browser.post("/recovery/mine/1/3/show", {"csrf_token": token, "key": "0" * 32})

    assert "This share is not yours." in page.text
    assert not words_on(page)


def test_a_wrong_word_is_named_and_the_share_stays(provisional: FoundedFund, browser_of: BrowserOf) -> None:
    recovery.make_shares_confirmed(
        provisional.coordinator, [provisional.actor(handle) for handle in recovery.HOLDERS], confirmed=0
    )
    browser = browser_of("askar")

    page = browser.submit("/recovery/mine/1/3/confirm", {"first": "apple", "second": "apple"})

    assert page.status == 409
    assert re.search(r"Word \d+ is another one", page.text)
    asked = re.findall(r"Word number (\d+)", page.text)
    assert len(set(asked)) == 2
    assert "Show me my words" in browser.get("/recovery/mine").text
    words = recovery.secret().mnemonics[2].split()
    again = {"first": words[int(asked[0]) - 1], "second": words[int(asked[1]) - 1]}
    assert "Your share is on your paper now" in browser.send(page, again).text


def test_so_many_shares_in_one_country_are_asked_about(provisional: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("dina")
    together = holders(provisional, "KZ", "KZ", "KZ", "DE", "DE")

    page = browser.submit("/recovery/new", together)

    assert page.status == 409
    assert "its police could open everything" in page.text
    assert rows(select(RecoveryKey)) == []
    assert "The shares are made." in browser.send(page, together | {"despite_country": "y"}).text


def test_a_line_of_shares_is_added_taken_away_and_asked_for_when_half_filled_in(
    provisional: FoundedFund, browser_of: BrowserOf
) -> None:
    browser = browser_of("dina")
    page = browser.get("/recovery/new")
    assert "Share 5" in page.text

    more = browser.send(page, button="Add a share")
    assert "Share 6" in more.text
    fewer = browser.send(more, button="Remove Share 6")
    assert "Share 6" not in fewer.text
    half = browser.send(fewer, holders(provisional, "KZ", "KZ", "GE", "DE", ""))

    assert "Say for each share who holds it" in half.text
    assert rows(select(RecoveryShare)) == []


def test_a_lost_share_is_reported_by_its_holder_or_a_coordinator(fund: FoundedFund, browser_of: BrowserOf) -> None:
    mine = browser_of("saule").submit("/recovery/lost/1/2", button="It is lost")
    assert "4 shares can still be counted on." in mine.text
    assert "Should you find the paper, burn it." in mine.text
    theirs = browser_of("dina").submit("/recovery/lost/1/3", button="It is lost")

    assert "3 shares can still be counted on." in theirs.text
    assert "Not one more may be lost." in theirs.text
    for handle in ("marat", "erlan", "aigul"):
        assert browser_of(handle).get("/recovery/lost/1/5").status == 404
    assert rows(select(func.count()).select_from(ShareLoss)) == [2]


def test_where_papers_lie_is_for_those_who_make_shares(fund: FoundedFund, browser_of: BrowserOf) -> None:
    assert "Georgia" in browser_of("dina").get("/recovery/").text
    for handle in ("erlan", "olga"):
        page = browser_of(handle).get("/recovery/")
        assert "The fund can be recovered" in page.text
        assert "Georgia" not in page.text
        assert "It is lost" not in page.text


def test_with_just_enough_shares_left_new_ones_are_asked_for(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("dina")
    for number in (1, 2):
        browser.submit(f"/recovery/lost/1/{number}", button="It is lost")

    assert "Not one more may be lost. Make new shares soon." in browser.get("/recovery/").text


def test_with_too_few_shares_left_a_coordinator_is_told_everywhere(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("dina")
    for number in (1, 2, 3):
        browser.submit(f"/recovery/lost/1/{number}", button="It is lost")

    assert "Too few shares are left to open anything." in browser.get("/recovery/").text
    assert "recovery share is missing" in browser.get("/").text


def test_the_treasurer_seals_the_donors_to_the_shares(provisional: FoundedFund, browser_of: BrowserOf) -> None:
    people = [provisional.actor(handle) for handle in recovery.HOLDERS]
    recovery.make_shares_confirmed(provisional.coordinator, people)
    treasurer = browser_of("timur")
    assert "key that recovery shares do not open yet" in treasurer.get("/").text

    sealed = treasurer.submit("/recovery/seal", button="Seal them")

    assert "Everything you hold can be recovered now." in sealed.text
    assert "Nothing: they open all families" in browser_of("dina").get("/recovery/").text


def test_a_provisional_fund_registers_sample_families_only(provisional: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("aigul")
    page = browser.get("/families/new")
    assert page.heading == "Register a sample family"

    made = browser.send(page, button="Register a sample family")

    assert "is registered." in made.text
    assert rows(select(func.count()).select_from(Family)) == [1]


def test_a_whole_fund_has_no_use_for_a_sample_family(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of("aigul").submit("/families/sample/", button="Register a sample family")

    assert page.status == 409
    assert "only real families" in page.text
