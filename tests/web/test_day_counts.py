"""Opening and closing a point's day as people live it: counted blind, explained, signed at another place, printed."""

from sqlalchemy import select

from aid.domain.days.counting import CountKind
from aid.extensions import now as this_moment
from aid.models.day_counts import DayCount
from aid.services.collections.handing_out import collect
from tests.conftest import BrowserOf
from tests.documents.reading import Printed
from tests.make import do, rows
from tests.make.allocations import make_money
from tests.make.day_counts import UNKNOWN_CASH, make_count, sign
from tests.make.fund import FoundedFund
from tests.make.goods import make_cash, make_good, make_stock
from tests.make.one_database import app as app
from tests.make.vouchers import make_vouchers

AGAIN = "point is open again after it was closed"


def test_a_day_is_opened_and_closed_by_two_and_its_report_adds_up(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_money(fund, purpose="general", minor=100_000_00)
    [voucher] = make_vouchers(fund, 1)
    make_cash(fund)
    make_good(fund)
    make_stock(fund, "notebook", 10)
    club, today = fund.points["club"], this_moment().today
    table, coordinator = browser_of(fund.distributor), browser_of(fund.coordinator)
    assert "to count before you open" in table.get("/").text

    opening = f"/day-counts/at/{club}/opening"
    empty = table.submit(opening, button="I counted all of it")
    assert (empty.status, "write 0 once" in empty.text) == (409, True)
    typed = {"cash-0-pieces": "19", "cash-1-pieces": "1"}
    added = table.submit(opening, typed, button="Add up")
    assert "Together: ₸390,000" in " ".join(added.text.split()).replace("₸ ", "₸")
    assert rows(select(DayCount)) == []
    blind = table.submit(opening, typed, button="I counted all of it")
    assert (blind.status, "write 0 where there is none" in blind.text) == (409, True)
    assert "In the books" not in blind.text
    huge = table.submit(opening, typed | {"goods-0-quantity": "1000001"}, button="I counted all of it")
    assert "goods-0-quantity-error" in huge.html
    assert "from 0 to 1" in huge.text
    kept = table.submit(opening, typed | {"goods-0-quantity": "9"}, button="I counted all of it")
    assert "Something differs from the books" in kept.text

    unexplained = table.send(kept, button="That is why")
    assert (unexplained.status, "Choose a reason" in unexplained.text) == (409, True)
    told = table.send(kept, {"reasons-0-why": "damaged"}, button="That is why")
    assert "a second person looks at it" in told.text
    assert not told.forms_to("/sign")

    assert "count waits for your signature" in coordinator.get("/").text
    [count_id] = rows(select(DayCount.id))
    signed = coordinator.submit(f"/day-counts/{count_id}", button="Sign")
    assert "Signed by two" in signed.text

    for _again in range(3):
        do(collect, actor=fund.distributor, order=voucher.order())
    sign(fund, make_count(fund, CountKind.CLOSING, cash=-1_000_00, why=(UNKNOWN_CASH,)))
    report = coordinator.get(f"/day-counts/at/{club}/{today}")
    assert "Closed" in report.text
    assert "In the books at closing" in report.text
    pdf = coordinator.get(f"/day-counts/at/{club}/{today}/report.pdf")
    words = " ".join(Printed(pdf.content).text().split())
    for said in (
        "Arrived",
        "+₸390,000",
        "Handed out",
        "-₸30,000",
        "Counted",
        "nurlan",
        "dina",
        "Signature",
        "collected before: 2",
    ):
        assert said in words.replace("−", "-"), said


def test_what_comes_after_closing_opens_the_day_again_and_nobody_is_sent_away(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    [voucher] = make_vouchers(fund, 1)
    make_cash(fund)
    sign(fund, make_count(fund, CountKind.CLOSING))
    table, elsewhere = browser_of(fund.distributor), browser_of(fund.distributor_elsewhere)
    assert AGAIN not in table.get("/").text

    do(collect, actor=fund.distributor, order=voucher.order())

    assert AGAIN in table.get("/").text
    assert AGAIN not in elsewhere.get("/").text
    listed = browser_of(fund.coordinator).get("/day-counts/")
    assert "Open again" in listed.text
    assert "1 collection since" in listed.text
    assert (
        "counted once more"
        in browser_of(fund.auditor).get(f"/day-counts/at/{fund.points['club']}/{this_moment().today}").text
    )


def test_other_points_days_are_not_shown_and_others_do_not_count(fund: FoundedFund, browser_of: BrowserOf) -> None:
    club, today = fund.points["club"], this_moment().today
    count_id = make_count(fund)

    elsewhere = browser_of(fund.distributor_elsewhere)
    for page in (f"/day-counts/{count_id}", f"/day-counts/at/{club}/{today}", f"/day-counts/at/{club}/opening"):
        assert elsewhere.get(page).status == 404
    auditor = browser_of(fund.auditor)
    assert auditor.get(f"/day-counts/{count_id}").status == 200
    assert auditor.get(f"/day-counts/at/{club}/opening").status == 403
    assert browser_of(fund.distributor).get(f"/day-counts/at/{club}/2026-13-40").status == 404
