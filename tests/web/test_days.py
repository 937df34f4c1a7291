"""Distribution days as people live them: planned, printed, packed for, hung on the door, and watched."""

from datetime import timedelta

from sqlalchemy import select

from aid.domain.vouchers import VoucherState
from aid.extensions import now as this_moment
from aid.models.vouchers import Voucher
from aid.services.collections.handing_out import collect
from tests.conftest import BrowserOf
from tests.documents.reading import Printed
from tests.make import do, rows
from tests.make.days import make_day
from tests.make.fund import FoundedFund
from tests.make.goods import make_parcel
from tests.make.vouchers import make_vouchers

TIGHT = {"opens": "10:00", "closes": "11:00", "slot": "30", "tables": "1", "a_family": "30"}


def test_a_day_is_planned_where_all_have_room_and_the_rest_waits_for_a_second_day(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    first, second, third = make_vouchers(fund, 3)
    coordinator = browser_of(fund.coordinator)
    day = this_moment().today + timedelta(days=1)
    club = str(fund.points["club"])

    tight = coordinator.submit("/days/new", point=club, day=str(day), **TIGHT, button="See whether all have room")
    for words in ("1 family has no room", "2 tables", "until 11:30", "a second day"):
        assert words in tight.text
    assert "Save this plan" not in tight.text
    again = coordinator.send(tight, button="Change something")
    check = coordinator.send(again, leaves_out="y", button="See whether all have room")
    page = coordinator.send(check, button="Save this plan")
    assert page.heading == "Distribution day"
    for words in ("10:00–10:30", f"{first.serial:06}", "10:30–11:00", f"{second.serial:06}", "Left for another day"):
        assert words in page.text
    assert f"{third.serial:06}" not in page.text

    seen = coordinator.submit(f"{page.path}/change", button="See whether all have room")
    wider = coordinator.submit(f"{page.path}/change", leaves_out=[], tables="2", button="See whether all have room")
    assert "All 3 families have room" in wider.text
    assert "3 vouchers were printed before and say no hour" in wider.text
    assert f"{third.serial:06}" in coordinator.send(wider, button="Save this plan").text
    again = coordinator.submit("/days/new", point=club, day=str(day), button="See whether all have room")
    assert f'href="{page.path}"' in coordinator.send(again, button="Save this plan").html, "to the plan that there is"
    late = coordinator.send(seen, button="Save this plan")
    assert f'href="{page.path}"' in late.html.split("while you looked at it")[1]
    off = coordinator.submit(f"{page.path}/cancel", reason="no_cash", button="Call this day off")
    assert "The cash does not come in time" in off.text


def test_whose_vouchers_come_is_chosen_where_several_decisions_have_some(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    [first] = make_vouchers(fund, 1)
    second, *_others = make_vouchers(fund, 1)
    coordinator, day = browser_of(fund.coordinator), this_moment().today + timedelta(days=1)
    see = "See whether all have room"

    of_all = coordinator.submit("/days/new", point=str(fund.points["club"]), day=str(day), button=see)
    assert "those of all come" in of_all.text
    asked = coordinator.send(of_all, button="Change something")
    assert "Choose whose vouchers come" in coordinator.send(asked, decisions=[], button=see).text
    check = coordinator.send(asked, decisions=[str(second.allocation_id)], button=see)
    assert "Of decisions that do not come" in check.text
    page = coordinator.send(check, button="Save this plan")
    assert "Vouchers of other decisions, for another day" in page.text
    assert "came since" not in page.text
    assert "is not for this day" in Printed(coordinator.get(f"{page.path}/poster.pdf").content).text()

    both = [str(first.allocation_id), str(second.allocation_id)]
    all_ = coordinator.submit(f"{page.path}/change", decisions=both, button=see)
    assert "all that have vouchers here" in all_.text
    again = coordinator.send(all_, decisions=both, button="Save this plan")
    poster = Printed(coordinator.get(f"{again.path}/poster.pdf").content).text()
    assert "is not for this day" not in poster
    its = (Voucher.allocation_id == second.allocation_id, Voucher.family_id == first.family_id)
    [twin] = rows(select(Voucher.serial).where(*its))
    there = [f"{serial:06}" in poster for serial in (first.serial, second.serial, twin)]
    assert there == [True, True, False], "a family looks for its smallest number alone"


def test_what_is_packed_hung_on_the_door_and_watched(fund: FoundedFund, browser_of: BrowserOf) -> None:
    first, second = make_vouchers(fund, 2)
    parcel = make_parcel(fund)
    plan = make_day(fund, days=0)
    here = f"/days/{plan.point_id}/{plan.day}"
    do(collect, actor=fund.distributor, order=first.order())
    table = browser_of(fund.distributor)

    packing = table.get(f"{here}/packing")
    for words in ("Cash to bring", "Notes and coins", "₸20,000 note"):
        assert words in packing.text
    for address in ("packing.pdf", "poster.pdf"):
        paper = table.get(f"{here}/{address}")
        assert paper.headers["Content-Type"] == "application/pdf"
        words = Printed(paper.content).text()
        assert "10:00–10:30" in words
    for number in (first, second, parcel):
        assert f"{number.serial:06}" in words
    assert all(told in words for told in ("The smallest number on your vouchers", "is served, too"))

    live = table.get(f"{here}/live")
    part = table.get(f"{here}/live?part=1")
    for words in ("1 of 5", "Cash left · too little", "Refused"):
        assert words in live.text
        assert words in part.html.replace("</dt>", "")
    assert "<html" not in part.html
    assert "Today" in table.get("/days/").text


def test_a_points_day_is_its_own_peoples(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_vouchers(fund, 1)
    plan = make_day(fund)
    here = f"/days/{plan.point_id}/{plan.day}"
    elsewhere, table = browser_of(fund.distributor_elsewhere), browser_of(fund.distributor)

    assert "No day is planned yet" in elsewhere.get("/days/").text
    assert [elsewhere.get(f"{here}{more}").status for more in ("", "/live", "/packing", "/poster.pdf")] == [404] * 4
    assert table.get(here).status == 200
    assert [table.get(page).status for page in ("/days/new", f"{here}/change", f"{here}/cancel")] == [403] * 3
    assert table.get(f"/days/{plan.point_id}/tomorrow").status == 404


def test_the_table_is_told_in_passing_who_comes_at_another_hour_and_hands_out_all_the_same(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    first, _second = make_vouchers(fund, 2)
    make_day(fund, days=3)
    table = browser_of(fund.distributor)

    green = table.submit("/collections/new", code=first.digits)

    assert green.heading == "May be collected"
    assert "was asked to come on" in green.text
    assert table.send(green, collector="0").heading == "Handed out"


def test_a_voucher_that_is_printed_after_its_day_was_planned_says_when_to_come(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    [voucher] = make_vouchers(fund, 1, state=VoucherState.ISSUED)
    make_day(fund)
    coordinator = browser_of(fund.coordinator)
    page = f"/vouchers/{voucher.allocation_id}/at/{voucher.point_id}/print"

    sheets = coordinator.send(coordinator.get(page), button="Print now")

    assert "10:00–10:30" in Printed(sheets.content).text()
    day = coordinator.get(f"/days/{fund.points['club']}/{this_moment().today + timedelta(days=1)}")
    assert "says another" not in day.text
    assert "says no hour" not in day.text


def test_today_tells_of_a_day_today_and_of_what_is_missing_tomorrow(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_vouchers(fund, 1)
    make_day(fund)

    assert "distribution day is tomorrow, and not all is there" in browser_of(fund.distributor).get("/").text
    assert "distribution day" not in browser_of(fund.distributor_elsewhere).get("/").text.replace("Distribution", "")
