"""The printer's pages: nothing before the notice is over, sheets once, and reasons for what is printed again."""

import pytest
from sqlalchemy import select

from aid.domain.codes import grouped
from aid.domain.vouchers import VoucherState
from aid.extensions import now as this_moment
from aid.models.vouchers import PrintBatch
from tests.conftest import BrowserOf
from tests.documents.reading import Printed
from tests.make import rows
from tests.make.browser import Page
from tests.make.fund import FoundedFund
from tests.make.vouchers import MadeVoucher, make_voucher, make_vouchers


def print_page(voucher: MadeVoucher) -> str:
    return f"/vouchers/{voucher.allocation_id}/at/{voucher.point_id}/print"


def link(page: Page, part: str) -> str:
    [found] = [path for path in page.links if part in path]
    return found


def test_a_coordinator_prints_what_waits(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_vouchers(fund, 2, state=VoucherState.ISSUED)[0]
    browser = browser_of(fund.coordinator)
    assert print_page(voucher) in browser.get("/vouchers/").links

    sheets = browser.submit(print_page(voucher), button="Print now")

    assert sheets.headers["Content-Type"] == "application/pdf"
    assert sheets.headers["Content-Disposition"] == 'inline; filename="sheets-1.pdf"'
    assert sheets.headers["Cache-Control"] == "no-store"
    words = Printed(sheets.content).text()
    assert "Help list" in words
    assert f"{voucher.serial:06}" in words
    assert "All printed" in browser.get("/vouchers/").text
    assert "these vouchers were all printed" in browser.get(print_page(voucher)).text.lower()


def test_the_page_says_how_many_how_much_and_how_many_sheets(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_vouchers(fund, 5, state=VoucherState.ISSUED)[0]

    page = browser_of(fund.coordinator).get(print_page(voucher))

    assert "Vouchers 5" in page.text
    assert "150,000" in page.text
    assert "A4, four to a sheet 2 sheets in the printer" in page.text
    assert "A4, eight to a sheet 1 sheet in the printer" in page.text


def test_during_the_notice_the_page_says_until_when(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_vouchers(fund, 1, state=VoucherState.ISSUED, decided=this_moment())[0]
    browser = browser_of(fund.coordinator)

    assert "Notice until" in browser.get("/vouchers/").text
    page = browser.get(print_page(voucher))
    assert "Nothing is printed before" in page.text
    assert "Print now" not in page.text


def test_a_form_sent_twice_prints_once_and_says_so(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund, state=VoucherState.ISSUED)
    browser = browser_of(fund.coordinator)
    page = browser.get(print_page(voucher))

    browser.send(page, button="Print now")
    again = browser.send(page, button="Print now")

    assert again.heading == "Batch 1"
    assert "made already" in again.text
    assert len(rows(select(PrintBatch))) == 1
    sheets = browser.send(browser.get(link(again, "/reprint")), reason="lost_in_printer")
    assert sheets.headers["Content-Type"] == "application/pdf"


def test_who_prints_second_is_told_that_nothing_is_left(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund, state=VoucherState.ISSUED)
    first, second = browser_of(fund.coordinator), browser_of(fund.coordinator)
    early = second.get(print_page(voucher))
    first.submit(print_page(voucher), button="Print now")

    late = second.send(early, button="Print now")

    assert late.status == 409
    assert "nothing left to print" in late.text


def test_a_lost_paper_is_printed_again_with_a_reason(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund)
    browser = browser_of(fund.coordinator)

    without = browser.submit("/vouchers/reprint", serial=f"{voucher.serial:06}")
    sheets = browser.submit("/vouchers/reprint", serial=f" {voucher.serial:06} / 1", reason="lost")

    assert "Choose a reason" in without.text
    assert f"{voucher.serial:06} / 2" in Printed(sheets.content).text()
    assert "The family lost it" in browser.get(f"/vouchers/{voucher.allocation_id}").text


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "Type the number"), ("12a", "Type the number"), ("9" * 30, "Type the number"), ("999", "no voucher with")],
)
def test_a_wrong_number_is_refused_beside_its_field(
    fund: FoundedFund, browser_of: BrowserOf, typed: str, words: str
) -> None:
    page = browser_of(fund.coordinator).submit("/vouchers/reprint", serial=typed, reason="lost")

    assert words in page.text
    assert page.status == 409


def test_what_was_collected_is_not_printed_again(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund, state=VoucherState.COLLECTED)

    page = browser_of(fund.coordinator).submit("/vouchers/reprint", serial=str(voucher.serial), reason="lost")

    assert "already collected" in page.text


def test_the_list_shows_codes_and_states_and_no_digits(fund: FoundedFund, browser_of: BrowserOf) -> None:
    printed, collected = make_vouchers(fund, 2, collectors=("Айгүл Сынақова",))
    page = browser_of(fund.auditor).get(f"/vouchers/{printed.allocation_id}")

    assert f"{printed.serial:06}" in page.text
    assert "Waits to be collected" in page.text
    assert "Айгүл" not in page.html
    for voucher in (printed, collected):
        assert voucher.digits not in page.html
        assert grouped(voucher.digits) not in page.html


def test_a_long_list_is_paged_by_number(
    fund: FoundedFund, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aid.queries.vouchers.PAGE", 2)
    vouchers = make_vouchers(fund, 3)
    browser = browser_of(fund.auditor)

    first = browser.get(f"/vouchers/{vouchers[0].allocation_id}")
    second = browser.get(link(first, f"after={vouchers[1].serial}"))

    assert f"{vouchers[2].serial:06}" not in first.text
    assert f"{vouchers[2].serial:06}" in second.text


@pytest.mark.parametrize("who", ["registrar", "treasurer", "distributor"])
def test_only_who_sees_vouchers_opens_these_pages(fund: FoundedFund, browser_of: BrowserOf, who: str) -> None:
    voucher = make_voucher(fund, state=VoucherState.ISSUED)
    browser = browser_of(getattr(fund, who))

    for page in ("/vouchers/", f"/vouchers/{voucher.allocation_id}", print_page(voucher), "/vouchers/reprint"):
        assert browser.get(page).status == 403


def test_an_auditor_sees_and_prints_nothing(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund, state=VoucherState.ISSUED)
    browser = browser_of(fund.auditor)

    assert "Waits for the printer" in browser.get("/vouchers/").text
    assert browser.get(print_page(voucher)).status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/vouchers/{0}",
        "/vouchers/{0}/at/{0}/print",
        "/vouchers/batches/{0}",
        "/vouchers/batches/{0}/reprint",
    ],
)
def test_what_is_not_there_is_not_found(fund: FoundedFund, browser_of: BrowserOf, path: str) -> None:
    assert browser_of(fund.coordinator).get(path.format(fund.id)).status == 404
