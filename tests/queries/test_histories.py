"""Allocations, vouchers and donations tell what happened to them, the newest first and a page at a time."""

import secrets
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import event, select

from aid.documents.thanking import letter_again
from aid.domain.families import WithdrawalReason
from aid.domain.money import Money
from aid.domain.vouchers import ReprintReason, VoucherState, printed_number
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.donations import Donation
from aid.models.vouchers import Voucher
from aid.queries import histories, timelines
from aid.queries.histories import HistoryPage
from aid.services.collections.checking import Refused
from aid.services.collections.handing_out import collect
from aid.services.discussion import remark
from aid.services.vouchers.expiry import return_expired
from aid.services.vouchers.printing import ReprintOrder, reprint_vouchers
from aid.services.withdrawals import withdraw as let_family_go
from tests.conftest import BrowserOf
from tests.make import do, rows, see
from tests.make.allocations import make_allocation, make_carried, vote
from tests.make.donations import make_thanked
from tests.make.fund import FoundedFund
from tests.make.goods import make_good, make_goods_voucher
from tests.make.meetings import lines_of, make_held, make_meeting, make_question
from tests.make.vouchers import MadeVoucher, later, make_voucher, make_vouchers

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def told(page: HistoryPage) -> list[str]:
    return [str(row.what) for row in page.rows]


def vouchers_amount(voucher_id: UUID) -> Money:
    [row] = rows(select(Voucher).where(Voucher.id == voucher_id))
    return Money(row.amount_minor, row.currency)


def questions(ask: Callable[[], object]) -> int:
    asked: list[str] = []

    def listen(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        ask()
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    return len(asked)


def test_an_allocation_tells_its_path(fund: FoundedFund) -> None:
    allocation = make_allocation(fund, families=3).allocation_id
    make_meeting(fund, allocation)
    line = lines_of(allocation)[0].id
    make_question(fund, line)
    do(remark, actor=fund.members[0], allocation_id=allocation, words="Ойланайық.")
    make_held(fund, line)
    for member in fund.members[:3]:
        vote(fund, member, allocation)

    page = see(histories.of_allocation, actor=fund.auditor, now=this_moment(), allocation_id=allocation)

    said = told(page)
    assert said[:4] == ["Carried by 3 yes against 0 no: the money is set aside", *["Vote on version 2: Yes"] * 3]
    assert said[4:] == [
        "Put to the committee anew, as version 2",
        "1 line held out: A question is not answered yet",
        "A remark was made",
        "Line 1 questioned: The sum looks wrong",
        "Put on the agenda of meeting no. 1",
        "Submitted to the committee",
    ]
    assert {row.handle for row in page.rows} >= {"marat", "dina"}


def test_an_allocation_tells_what_was_printed_collected_and_given_back(fund: FoundedFund) -> None:
    vouchers = make_vouchers(fund, 3)
    allocation = vouchers[0].allocation_id
    for voucher in vouchers[:2]:
        do(collect, actor=fund.distributor, order=voucher.order())
    do(return_expired, actor=fund.coordinator, allocation_id=allocation, now=later(this_moment(), days=100))

    page = see(
        histories.of_allocation, actor=fund.auditor, now=later(this_moment(), days=101), allocation_id=allocation
    )

    said = told(page)
    assert said[0] == f"1 voucher expired or cancelled: {vouchers_amount(vouchers[2].id)} is available again"
    assert "2 of 3 vouchers collected so far" in said
    assert "The first voucher collected" in said
    assert "3 vouchers printed for Club" in said


def test_a_voucher_tells_its_papers_its_refused_tries_and_its_end(fund: FoundedFund) -> None:
    first = make_voucher(fund)
    order = ReprintOrder(reason=ReprintReason.LOST, serial=first.serial)
    do(reprint_vouchers, actor=fund.coordinator, order=order)
    assert isinstance(do(collect, actor=fund.distributor, order=first.order()), Refused)

    page = see(histories.of_voucher, actor=fund.auditor, now=this_moment(), voucher_id=first.id)

    assert told(page) == [
        "Refused at Club: a newer paper was printed",
        "Printed again, as paper 2: The family lost it",
        "Printed",
        "Issued by the committee’s decision",
    ]


def test_a_voucher_for_goods_alone_tells_when_they_are_promised_no_more(fund: FoundedFund) -> None:
    make_good(fund)
    lapsed, left = make_goods_voucher(fund), make_goods_voucher(fund)
    do(let_family_go, actor=fund.registrar, family_id=left.family_id, reason=WithdrawalReason.OWN_WISH)
    late = later(this_moment(), days=100)
    do(return_expired, actor=fund.coordinator, allocation_id=lapsed.allocation_id, now=late)

    def newest(voucher: MadeVoucher) -> list[str]:
        of_voucher = see(histories.of_voucher, actor=fund.auditor, now=late, voucher_id=voucher.id)
        of_family = see(timelines.of_family, actor=fund.coordinator, family_id=voucher.family_id)
        of_all = see(histories.of_allocation, actor=fund.auditor, now=late, allocation_id=voucher.allocation_id)
        return [told(of_voucher)[0], *(str(row.what) for row in of_family[:1]), told(of_all)[0]]

    [number, other] = [printed_number(voucher.serial) for voucher in (lapsed, left)]
    freed = "1 voucher expired or cancelled: its goods are promised no more"
    assert newest(lapsed) == ["Expired: its goods are promised no more", f"Voucher {number} expired", freed]
    cancelled = newest(left)
    assert cancelled[0] == "Cancelled: its goods are promised no more"
    assert f"Voucher {other} cancelled" in [
        str(row.what) for row in see(timelines.of_family, actor=fund.coordinator, family_id=left.family_id)
    ]


def test_a_collected_voucher_says_where_and_by_whom(fund: FoundedFund) -> None:
    voucher = make_voucher(fund, state=VoucherState.COLLECTED)

    page = see(histories.of_voucher, actor=fund.auditor, now=this_moment(), voucher_id=voucher.id)

    assert (told(page)[0], page.rows[0].handle) == ("Collected at Club", "nurlan")


def test_a_donation_tells_its_thanks_and_every_letter(fund: FoundedFund) -> None:
    make_thanked(fund)
    [donation] = rows(select(Donation))
    letter_again(fund.treasurer, donation.id, secrets.token_hex(16))

    page = see(histories.of_donation, actor=fund.auditor, now=this_moment(), donation_id=donation.id)

    assert told(page)[:2] == ["The letter printed again", "Thanked by letter"]
    assert told(page)[-1].startswith("Received on")


def test_a_long_history_goes_on_where_it_ended_and_loses_nothing(fund: FoundedFund) -> None:
    allocation = make_allocation(fund, families=1).allocation_id
    for _each in range(7):
        do(remark, actor=fund.members[0], allocation_id=allocation, words="Тағы бір сөз.")

    seen, before = 0, None
    while True:
        page = see(
            histories.of_allocation,
            actor=fund.auditor,
            now=this_moment(),
            allocation_id=allocation,
            before=before,
            size=3,
        )
        seen += len(page.rows)
        if page.next_before is None:
            break
        before = page.next_before

    assert seen == 8


def test_however_long_it_is_as_many_questions_are_asked(fund: FoundedFund) -> None:
    allocation = make_allocation(fund, families=1).allocation_id

    def ask() -> None:
        see(histories.of_allocation, actor=fund.auditor, now=this_moment(), allocation_id=allocation)

    short = questions(ask)
    for _each in range(5):
        do(remark, actor=fund.members[0], allocation_id=allocation, words="Тағы бір сөз.")
        make_meeting(fund, allocation)

    assert questions(ask) == short


def test_each_stands_on_its_page(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_thanked(fund)
    carried = make_carried(fund, families=1)
    [voucher] = rows(select(Voucher))
    [donation] = [row for row in rows(select(Donation)) if row.number == 1]
    browser = browser_of(fund.auditor)

    pages = {
        f"/allocations/{carried.allocation_id}": "Submitted to the committee",
        f"/vouchers/no/{voucher.serial}": "Issued by the committee’s decision",
        f"/donations/{donation.id}": "Thanked by letter",
    }

    for path, words in pages.items():
        page = browser.get(path)
        assert "History" in page.text
        assert words in page.text
        earlier = browser.get(f"{path}?told=2020-01-01T00:00:00%2B00:00")
        assert earlier.status == 200
        assert browser.get(f"{path}?told=yesterday").status == 200
    assert browser.get("/vouchers/no/999999").status == 404
