"""Donations as a treasurer books them, and as others may look at them."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from aid.domain.donations import DonorKind
from aid.domain.languages import Language
from aid.extensions import now
from aid.models.donations import Donation, Donor
from aid.queries.donations import donation
from tests.conftest import BrowserOf
from tests.make import rows, see
from tests.make.browser import Browser, Page
from tests.make.donations import a_donor, make_donation, make_thanked
from tests.make.fund import FoundedFund


def typed(fund: FoundedFund, **changed: Any) -> dict[str, Any]:
    """Ingrid gives twelve and a half thousand tenge for school things."""
    return {
        "amount": "12 500",
        "purpose": str(fund.purposes["school"]),
        "received_on": "2026-08-03",
        "kind": "person",
        "name": " Ingrid   Solheim ",
        "address": "Storgata 7\n\n0155 Oslo ",
        "email": "ingrid@example.org",
        "language": "en",
    } | changed


def check_page(browser: Browser, fund: FoundedFund, **changed: Any) -> Page:
    return browser.submit("/donations/new", typed(fund, **changed))


def test_a_donation_is_checked_in_words_before_it_is_booked(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = check_page(browser_of(fund.treasurer), fund)

    assert page.heading == "Check before you book"
    assert "Twelve thousand, five hundred tenge" in page.text
    assert "Storgata 7" in page.text
    assert rows(select(Donation)) == []


def test_what_was_checked_is_what_is_booked(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.treasurer)

    page = browser.send(check_page(browser, fund, never_named="y"), button="Book the donation")

    assert "Donation 1 is booked." in page.text
    assert page.heading == "Donation 1"
    [row] = rows(select(Donation))
    found = see(donation, actor=fund.treasurer, donation_id=row.id)
    assert found is not None
    assert found.donor == a_donor(never_named=True)
    assert (found.amount.minor, found.received_on) == (12_500_00, date(2026, 8, 3))


def test_going_back_to_change_something_loses_nothing(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.treasurer)

    page = browser.send(check_page(browser, fund), button="Change something")

    assert page.heading == "Record a donation"
    filled = page.form_with({"amount"}).filled
    assert (filled["amount"], filled["address"].splitlines()[0]) == ("12 500", "Storgata 7")
    again = browser.send(page, amount="13 000")
    assert "Thirteen thousand tenge" in again.text


def test_the_same_page_sent_twice_books_once(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.treasurer)
    page = check_page(browser, fund)

    first, second = (browser.send(page, button="Book the donation") for _each in range(2))

    assert first.path == second.path
    assert len(rows(select(Donation))) == 1


def test_a_day_to_come_is_refused_and_what_was_typed_stays(fund: FoundedFund, browser_of: BrowserOf) -> None:
    tomorrow = now().today + timedelta(days=2)

    page = check_page(browser_of(fund.treasurer), fund, received_on=tomorrow.isoformat())

    assert "has not come yet" in page.text
    assert page.title.startswith("Error")
    assert page.form_with({"name"}).filled["email"] == "ingrid@example.org"


def test_an_amount_is_never_rounded(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = check_page(browser_of(fund.treasurer), fund, amount="12.505,001")

    assert "too many digits" in page.text


def test_an_empty_form_says_what_is_missing(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = check_page(browser_of(fund.treasurer), fund, amount="", purpose=None, language=None, received_on="")

    for missing in ("Write the amount.", "Choose what the money is for.", "Choose the language", "Choose the day."):
        assert missing in page.text


def test_an_equal_donation_of_the_same_day_is_pointed_out(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_donation(fund, minor=12_500_00, received_on=date(2026, 8, 3))

    page = check_page(browser_of(fund.treasurer), fund)

    assert "is booked already: donation 1" in page.text


def test_who_gave_before_is_searched_first(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_donation(fund)
    make_donation(fund, donor=a_donor(name="Nordic Dockers", kind=DonorKind.UNION, language=Language.RU))
    browser = browser_of(fund.treasurer)

    found = browser.submit("/donations/donors", q="dockers")

    assert "Nordic Dockers" in found.text
    assert "Ingrid" not in found.text
    [known] = [link for link in found.links if link.startswith("/donations/new/")]
    page = browser.submit(known, amount="70", purpose=str(fund.purposes["food"]), received_on="2026-08-04")
    assert "Nordic Dockers" in page.text
    page = browser.send(page, button="Book the donation")
    assert page.heading == "Donation 3"
    assert len(rows(select(Donor))) == 2


def test_nobody_found_leads_to_a_new_donor(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of(fund.treasurer).submit("/donations/donors", q="Nobody")

    assert "Nobody by that name gave before" in page.text
    assert "/donations/new" in page.links


def test_the_list_names_donors_to_treasurers_only(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_thanked(fund)

    own, others = (browser_of(actor).get("/donations/") for actor in (fund.treasurer, fund.auditor))

    assert "Ingrid Solheim" in own.text
    assert "Ingrid" not in others.html
    assert "Thanked" in others.text
    assert "Record a donation" not in others.text


def test_a_donations_page_names_its_donor_to_treasurers_only(fund: FoundedFund, browser_of: BrowserOf) -> None:
    donation_id = make_donation(fund)

    own, others = (browser_of(actor).get(f"/donations/{donation_id}") for actor in (fund.treasurer, fund.members[0]))

    assert "Storgata 7" in own.text
    assert "Ingrid" not in others.html
    assert "only treasurers see who gave" in others.text


def test_no_title_and_no_address_names_a_donor(fund: FoundedFund, browser_of: BrowserOf) -> None:
    donation_id = make_donation(fund)
    browser = browser_of(fund.treasurer)

    for path in ("/donations/", f"/donations/{donation_id}", "/donations/donors"):
        page = browser.get(path)
        assert "Ingrid" not in page.title
        assert not any("ingrid" in link.lower() for link in page.links if link.startswith("/"))


def test_only_treasurers_book(fund: FoundedFund, browser_of: BrowserOf) -> None:
    for actor in (fund.coordinator, fund.auditor, fund.registrar):
        for path in ("/donations/new", "/donations/donors"):
            assert browser_of(actor).get(path).status == 403


def test_a_donation_or_donor_that_is_not_there_is_not_found(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.treasurer)

    assert browser.get("/donations/01910000-0000-7000-8000-000000000000").status == 404
    assert browser.get("/donations/new/01910000-0000-7000-8000-000000000000").status == 404


def test_an_empty_fund_says_what_to_do(fund: FoundedFund, browser_of: BrowserOf) -> None:
    assert "No donation yet" in browser_of(fund.treasurer).get("/donations/").text
    assert "No donation yet" in browser_of(fund.auditor).get("/donations/").text
