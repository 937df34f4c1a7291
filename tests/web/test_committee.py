"""Voting as a committee member does: looking, answering, signing with the password; and the printed record."""

import io
from uuid import UUID

import pypdfium2
from sqlalchemy import func, select

from aid.domain.codes import grouped
from aid.domain.quorum import Choice
from aid.models.allocations import Vote
from aid.models.families import Sighting
from aid.services.allocations import propose, repropose
from tests.conftest import BrowserOf
from tests.make import do, rows
from tests.make.allocations import make_allocation, make_carried, make_money, vote
from tests.make.browser import Browser, Page
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.goods import make_good, make_purchase
from tests.make.programmes import make_programme


def votes() -> int:
    return rows(select(func.count()).select_from(Vote))[0]


def answer(browser: Browser, fund: FoundedFund, allocation: UUID, who: str = "marat", **changed: object) -> Page:
    fields = {"choice": "yes", "password": fund.password(who)} | changed
    return browser.submit(f"/committee/{allocation}/vote", fields)


def test_a_member_looks_votes_and_sees_that_it_counts(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund, families=1, members=3)
    browser = browser_of("marat")

    page = browser.get(f"/committee/{proposed.allocation_id}")
    assert "Thirty thousand tenge" in page.text
    assert "Child, born in 2016, grade 1" in page.text
    assert "1 child in grades 1 to 4" in page.text
    assert "Айгүл" not in page.text
    assert rows(select(Sighting.why).where(Sighting.person_id == fund.members[0].person_id)) == ["vote"]

    after = answer(browser, fund, proposed.allocation_id)

    assert "Your vote is signed and counted." in after.text
    assert "1 yes, 0 no" in after.text
    assert "Yes" in browser.get("/committee/").text


def test_the_third_yes_says_that_the_money_is_set_aside(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund)
    for member in fund.members[:2]:
        vote(fund, member, proposed.allocation_id)

    page = answer(browser_of("askar"), fund, proposed.allocation_id, "askar")

    assert "the allocation is carried" in page.text
    assert "Vouchers may be printed after" in page.text
    assert "Disbursement record" in page.text


def test_a_wrong_password_is_said_beside_it_and_nothing_is_counted(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund)

    page = answer(browser_of("marat"), fund, proposed.allocation_id, password="seven loud herons")

    assert page.status == 409
    assert "This is not your password." in page.text
    assert "seven loud herons" not in page.html
    assert votes() == 0


def test_who_steps_out_has_to_say_why(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund)
    browser = browser_of("marat")

    page = answer(browser, fund, proposed.allocation_id, choice="recusal")
    assert "Say why you step out of this decision." in page.text
    page = answer(browser, fund, proposed.allocation_id, choice="recusal", reason="relative")

    assert "A relative is in it" in page.text
    assert "You stepped out" in browser.get(f"/committee/{proposed.allocation_id}/vote").text


def test_a_vote_for_an_older_version_is_refused_in_words(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund)
    browser = browser_of("marat")
    form = browser.get(f"/committee/{proposed.allocation_id}/vote")
    make_family(fund)
    do(repropose, actor=fund.coordinator, allocation_id=proposed.allocation_id)

    page = browser.send(form, choice="yes", password=fund.password("marat"))

    assert "computed anew after you opened it" in page.text
    assert votes() == 0


def test_who_looked_at_an_older_version_is_shown_the_new_one_before_voting(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    proposed = make_allocation(fund, families=1)
    browser = browser_of("marat")
    [to_vote] = {link for link in browser.get(f"/committee/{proposed.allocation_id}").links if "/vote" in link}
    late = make_family(fund)
    do(repropose, actor=fund.coordinator, allocation_id=proposed.allocation_id)

    page = browser.get(to_vote)

    assert page.path == f"/committee/{proposed.allocation_id}"
    assert "was computed anew" in page.text
    assert grouped(late.code) in page.text


def test_who_carries_a_purchase_is_not_told_of_families(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_money(fund)
    make_good(fund)
    proposed = make_purchase(fund, ("notebook", 10, 500_00, "club"))
    *others, last = fund.members[: fund.quorum]
    for member in others:
        vote(fund, member, proposed.allocation_id)
    browser = browser_of(last)

    voting = {"choice": "yes", "password": fund.password(last.handle)}
    page = browser.submit(f"/committee/{proposed.allocation_id}/vote", voting)

    assert "is put into practice once the decision has rested" in page.text
    assert "set aside for the families" not in page.text


def test_a_vote_sent_twice_is_counted_once(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund)
    browser = browser_of("marat")
    form = browser.get(f"/committee/{proposed.allocation_id}/vote")

    for _each in range(2):
        page = browser.send(form, choice="yes", password=fund.password("marat"))
        assert "Your vote is signed and counted." in page.text

    assert votes() == 1


def test_a_vote_that_the_money_does_not_allow_says_what_is_missing(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_family(fund, members=3)
    make_money(fund, minor=10_000_00)
    browser = browser_of("askar")
    allocation = do(propose, actor=fund.coordinator, programme_id=make_programme(fund)).allocation_id
    for member in fund.members[:2]:
        vote(fund, member, allocation)

    page = answer(browser, fund, allocation, "askar")

    assert page.status == 409
    assert "was not recorded" in page.text
    assert votes() == 2


def test_the_record_of_a_decision_is_printed_with_votes_and_codes(fund: FoundedFund, browser_of: BrowserOf) -> None:
    carried = make_carried(fund, families=2)

    page = browser_of(fund.auditor).get(f"/committee/{carried.allocation_id}/record.pdf")

    assert page.headers["Content-Type"] == "application/pdf"
    words = " ".join(
        sheet.get_textpage().get_text_bounded() for sheet in pypdfium2.PdfDocument(io.BytesIO(page.content))
    )
    assert "Disbursement record" in words
    for member in fund.members[:3]:
        assert member.handle in words


def test_an_open_allocation_has_no_record(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund)

    assert browser_of("marat").get(f"/committee/{proposed.allocation_id}/record.pdf").status == 404


def test_only_members_open_the_committees_room(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund)

    for stranger in (fund.coordinator, fund.auditor, fund.treasurer):
        browser = browser_of(stranger)
        assert browser.get("/committee/").status == 403
        assert browser.get(f"/committee/{proposed.allocation_id}").status == 403
        assert browser.get(f"/committee/{proposed.allocation_id}/vote").status == 403


def test_a_rejected_allocation_says_that_nothing_is_given(fund: FoundedFund, browser_of: BrowserOf) -> None:
    proposed = make_allocation(fund)
    for member in fund.members[:3]:
        vote(fund, member, proposed.allocation_id, Choice.NO)
    browser = browser_of("yerlan")

    assert "Nothing is given." in browser.get(f"/committee/{proposed.allocation_id}").text
    assert "nothing to vote on" in browser.get(f"/committee/{proposed.allocation_id}/vote").text
