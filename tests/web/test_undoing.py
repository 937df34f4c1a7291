"""At the table: what was wrong is undone, goods are handed out one by one, and strangers need a second person."""

import pytest
from sqlalchemy import select

from aid.domain.codes import voucher_code
from aid.domain.vouchers import VoucherState
from aid.models.collections import Collection, StrangerAnswer
from aid.models.vouchers import Voucher
from tests.conftest import BrowserOf
from tests.make import rows
from tests.make.fund import FoundedFund
from tests.make.goods import make_parcel
from tests.make.one_database import app as app
from tests.make.vouchers import make_voucher
from tests.services.test_collections import give_point


def test_a_collection_is_undone_at_the_table_and_told_in_the_day_and_the_vouchers_story(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    voucher = make_voucher(fund)
    table, office = browser_of(fund.distributor), browser_of(fund.coordinator)
    done = table.send(table.submit("/collections/new", code=voucher.digits), collector="0")
    assert "Thirty thousand tenge" in done.text
    assert 'name="code"' in done.html, "the next voucher is read right here"

    unsaid = table.send(done, button="Undo this collection")
    undone = table.send(done, reason="given_back")

    assert "Choose what was wrong" in unsaid.text
    assert undone.heading == "Undone"
    assert "The family gave it back" in undone.text
    assert "undo it until" not in undone.text
    for told in (table.get("/collections/"), office.get(f"/vouchers/no/{voucher.serial}")):
        assert "The family gave it back" in told.text
        assert "nurlan" in told.text
    assert "Handed out today 0" in office.get(f"/collections/?point={voucher.point_id}").text
    again = table.submit("/collections/new", code=voucher.digits)
    assert table.send(again, collector="0").heading == "Handed out"


def test_goods_are_ticked_that_are_handed_out_now_and_the_rest_is_told(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    voucher = make_parcel(fund)
    table = browser_of(fund.distributor)

    green = table.submit("/collections/new", code=voucher.digits)
    assert "What do you hand out now?" in green.text
    nothing = {"collector": "0", "wares-0-now": None, "wares-1-now": None, "money": None}
    assert "Tick what you hand out now" in table.send(green, nothing).text
    for number in ("9" * 20, "-" + "9" * 20):  # of which no voucher has so many
        refused = table.send(green, {"collector": "0", "wares-0-number": number, "wares-1-now": None})
        assert "Check this voucher again" in refused.text
    part = table.send(green, {"collector": "0", "wares-0-number": "3", "wares-1-now": None})

    assert part.heading == "Handed out"
    assert "Still waits for this family" in part.text
    assert "10,000" in part.text
    [voucher_row] = rows(select(Voucher))
    assert voucher_row.state is VoucherState.BEGUN
    rest = table.submit("/collections/new", code=voucher.digits)
    assert rest.heading == "The rest may be collected"
    done = table.send(rest, collector="0")
    assert "Still waits" not in done.text
    assert [row.items for row in rows(select(Collection).order_by(Collection.turn))] == [
        ["3 notebook"],
        ["2 notebook", "2 pen"],
    ]


def test_a_stranger_collects_when_a_colleague_agreed_on_their_own_page(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    give_point(fund, "sanzhar", "club")
    voucher = make_voucher(fund)
    table, neighbour = browser_of(fund.distributor), browser_of("sanzhar")
    green = table.submit("/collections/new", code=voucher.digits)
    assert "Choose why somebody else comes" in table.send(green, button="Ask a second person").text

    waits = table.send(green, reason="ill")
    assert "Call who also hands out here" in waits.text
    assert "1 collector not on the list waits for your word" in neighbour.get("/").text
    listed = neighbour.get("/collections/strangers/")
    page = neighbour.get(waits.path)
    assert f"{voucher.serial:06}" in listed.text
    agreed = neighbour.send(page, button="I have looked, and agree")
    assert "Agreed" in agreed.text

    assert "Read the voucher again" in table.get(waits.path).text
    again = table.submit("/collections/new", code=voucher.digits)
    assert "sanzhar agreed to somebody who is not on the list" in again.text
    done = table.send(again, collector="stranger")
    assert "a second person agreed" in done.text
    assert len(rows(select(StrangerAnswer))) == 1


def test_who_did_not_look_is_not_asked(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund)
    table = browser_of(fund.distributor)
    waits = table.send(table.submit("/collections/new", code=voucher.digits), reason="ill")

    assert browser_of(fund.distributor_elsewhere).get(waits.path).status == 404
    assert browser_of(fund.treasurer).get(waits.path).status == 403
    office = browser_of(fund.coordinator)
    assert "Not agreed" in office.send(office.get(waits.path), button="I do not agree").text
    assert "Nothing is handed out to this person" in table.get(waits.path).text
    assert rows(select(Collection)) == []


def test_of_a_paper_that_is_not_known_here_the_point_is_told_by_its_number(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    voucher = make_voucher(fund)
    table = browser_of(fund.distributor_elsewhere)

    red = table.submit("/collections/new", code=voucher.digits)
    told = table.send(red, serial=f"{voucher.serial:06}")

    assert "is collected at: Club" in told.text
    assert "30,000" not in told.text
    assert "There is no voucher with the number 000999" in table.send(red, serial="999").text
    assert "such as 000012" in table.send(red, serial="x").text
    assert browser_of(fund.treasurer).get("/collections/where").status == 403


def test_many_unknown_codes_are_shown_to_the_coordinator(fund: FoundedFund, browser_of: BrowserOf) -> None:
    table, office = browser_of(fund.distributor), browser_of(fund.coordinator)
    for _each in range(9):
        table.submit("/collections/new", code=voucher_code())
    assert "many unknown codes" not in office.get("/").text
    table.submit("/collections/new", code=voucher_code())

    assert "1 person tried many unknown codes" in office.get("/").text
    listed = office.get("/collections/refused")
    assert "nurlan" in listed.text
    assert "Ask them" in listed.text


@pytest.mark.parametrize("path", ["/collections/strangers/", "/collections/refused"])
def test_only_who_sees_collections_sees_what_was_refused(fund: FoundedFund, browser_of: BrowserOf, path: str) -> None:
    assert browser_of(fund.coordinator).get(path).status == 200
    assert browser_of(fund.auditor).get(path).status == 403
