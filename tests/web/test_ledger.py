"""The ledger's pages: figures that open to their entries, and shortfalls in red and in words."""

import re

from sqlalchemy import select, update

from aid.domain.entries import EntryKind, collected, reserved
from aid.domain.vouchers import VoucherState
from aid.extensions import db
from aid.models.ledger import Available
from aid.models.purchases import Invoice
from tests.conftest import BrowserOf
from tests.make import rows
from tests.make.donations import make_donation
from tests.make.fund import FoundedFund
from tests.make.goods import make_kinds
from tests.make.vouchers import make_voucher
from tests.services.test_ledger import make_entry, tenge


def make_chain(fund: FoundedFund) -> None:
    make_donation(fund, minor=tenge(1000).minor)
    make_entry(fund, reserved(fund.purposes["school"], tenge(500)), EntryKind.RESERVATION)
    make_entry(fund, collected(fund.purposes["school"], fund.points["club"], tenge(200)), EntryKind.COLLECTION)


def test_the_books_show_every_purpose_and_place(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_chain(fund)

    page = browser_of(fund.auditor).get("/ledger/")

    for words in ("General", "School", "Food", "Main account", "Cash at Club", "Cash at School 5"):
        assert words in page.text
    assert "do not agree" not in page.text


def test_a_shortfall_is_red_and_says_why(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_chain(fund)

    page = browser_of(fund.auditor).get("/ledger/")

    assert "More was handed out here than was booked in" in page.text
    assert page.html.count("justify-content-end short") == 1


def test_every_figure_opens_to_its_entries(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_chain(fund)
    browser = browser_of(fund.auditor)

    opened = [link for link in browser.get("/ledger/").links if "account=" in link]

    assert len(opened) == 3 * 6 + 3
    for link in opened:
        page = browser.get(link)
        assert page.status == 200
        assert "All these entries together" in page.text


def test_an_entry_leads_to_its_donation(fund: FoundedFund, browser_of: BrowserOf) -> None:
    donation_id = make_donation(fund)

    page = browser_of(fund.auditor).get("/ledger/entries")

    assert f"/donations/{donation_id}" in page.links
    assert "Available: School" in page.text


def test_a_table_keeps_a_day_together(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_donation(fund)

    page = browser_of(fund.auditor).get("/ledger/entries")

    assert re.search(r'<span class="dated">\d+ \w+ \d{4}</span>', page.html)


def test_an_entry_leads_to_its_voucher_and_its_purchase_where_the_reader_may_open_them(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    voucher = make_voucher(fund, state=VoucherState.COLLECTED)
    make_kinds(fund)
    [bought] = set(rows(select(Invoice.allocation_id)))

    auditor, treasurer = (browser_of(who).get("/ledger/entries").links for who in (fund.auditor, fund.treasurer))

    assert f"/vouchers/no/{voucher.serial}" in auditor
    assert f"/allocations/{bought}" in auditor
    assert not any(link.startswith(("/vouchers/no", "/allocations/")) for link in treasurer)
    assert f"/deliveries/purchases/{bought}" in treasurer


def test_a_guarded_number_that_disagrees_is_told_at_once(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_chain(fund)
    with db.engine.execution_options(writes=True).begin() as connection:
        connection.execute(update(Available).values(amount_minor=7))

    page = browser_of(fund.auditor).get("/ledger/")

    assert "The books do not agree" in page.text


def test_long_lists_go_on_over_pages(fund: FoundedFund, browser_of: BrowserOf) -> None:
    for _each in range(52):
        make_donation(fund, minor=1)
    browser = browser_of(fund.treasurer)

    for path, rest in (("/ledger/entries", "?before=3"), ("/donations/", "?before=3"), ("/thanks/", "?after=50")):
        page = browser.get(path)
        [more] = [link for link in page.links if link.endswith(rest)]
        assert browser.get(more).html.count("<tr>") == 3  # a heading and two rows


def test_an_account_that_is_not_there_is_not_found(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.auditor)

    assert browser.get("/ledger/entries?account=01910000-0000-7000-8000-000000000000").status == 404
    assert browser.get("/ledger/entries?account=nonsense").status == 200


def test_who_may_not_see_money_is_sent_away(fund: FoundedFund, browser_of: BrowserOf) -> None:
    for actor in (fund.registrar, fund.distributor, fund.administrator):
        assert browser_of(actor).get("/ledger/").status == 403


def test_an_empty_ledger_says_so(fund: FoundedFund, browser_of: BrowserOf) -> None:
    assert "No entry yet" in browser_of(fund.auditor).get("/ledger/entries").text


def test_the_pages_about_money_are_one_thing_to_open_on_a_phone(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of(fund.treasurer).get("/months/")

    (ways,) = (nav for nav in page.tree.iter("nav") if nav.get("aria-label") == "Pages about money")
    (menu,) = ways.iter("details")
    inside = [link.get("href") for link in menu.iter("a")]
    beside = [link.get("href") for link in ways.iter("a")][len(inside) :]

    assert "Pages about money" in "".join(menu[0].itertext())
    assert inside == beside
    assert len(inside) == 11
    assert [link.get("href") for link in menu.iter("a") if link.get("aria-current")] == ["/months/"]
