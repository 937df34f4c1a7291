"""Grants, purchases, cash for points and stock, as people fill the forms in."""

import pytest
from sqlalchemy import select

from aid.domain.goods import Item
from aid.extensions import now as this_moment
from aid.models.allocations import AllocationLine
from aid.models.families import Family, Sighting
from aid.services.putting import Proposed
from tests.conftest import BrowserOf
from tests.make import rows
from tests.make.allocations import make_money, vote
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.goods import (
    carried,
    in_stock,
    make_good,
    make_goods_voucher,
    make_grant,
    make_purchase,
    make_rules,
    make_stock,
    make_transfer,
)

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def test_rules_for_grants_are_written_by_filling_a_form_and_read_back(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.coordinator)
    assert "no rules for grants yet" in browser.get("/allocations/grant").text

    for wrong, words in (
        ("400 000", "5. A parcel for a prisoner – No single grant"),
        ("x", "5. A parcel for a prisoner – “x”"),
    ):
        refused = browser.submit("/allocations/grant-rules", {"cap": "300 000", "days": "90", "most-4-amount": wrong})
        assert words in refused.text
    page = browser.submit("/allocations/grant-rules", {"cap": "300 000", "days": "90", "most-4-amount": "40 000"})

    assert "at most ₸300,000 in grants within 90 days" in page.text
    assert "A parcel for a prisoner: at most ₸40,000 at a time" in page.text


def test_a_grant_is_typed_checked_and_put_to_the_committee(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_rules(fund)
    make_money(fund, purpose="general", minor=500_000_00)
    family = make_family(fund).family_id
    [code] = rows(select(Family.code).where(Family.id == family))
    browser = browser_of(fund.coordinator)
    typed = {
        "family_code": code,
        "reason": "home_burnt",
        "words": "The stove",
        "amount": "120 000",
        "purpose": str(fund.purposes["general"]),
    }

    check = browser.submit("/allocations/grant", typed)
    assert "One hundred and twenty thousand tenge" in check.text
    assert "Their home burnt down" in check.text
    done = browser.send(check, button="Put to the committee")

    assert "is put to the committee" in done.text
    member = browser_of(fund.members[0])
    [line] = rows(select(AllocationLine))
    seen = member.get(f"/committee/{line.allocation_id}")
    assert "The stove" in seen.text
    assert "Rules for grants" in seen.text


def test_a_grant_above_the_cap_is_refused_beside_its_amount(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_rules(fund)
    family = make_family(fund).family_id
    [code] = rows(select(Family.code).where(Family.id == family))
    typed = {
        "family_code": code,
        "reason": "funeral",
        "amount": "300 001",
        "purpose": str(fund.purposes["general"]),
    }

    page = browser_of(fund.coordinator).submit("/allocations/grant", typed)

    assert "For this reason a grant is at most" in page.text
    assert "300 001" in page.html


def test_a_purchase_goes_from_the_form_to_the_stock(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_money(fund)
    make_good(fund)
    coordinator = browser_of(fund.coordinator)
    typed = {
        "supplier": "Kitap Alemi",
        "purpose": str(fund.purposes["school"]),
        "currency": "KZT",
        "lines-0-good": "notebook",
        "lines-0-quantity": "100",
        "lines-0-each": "150",
        "lines-0-point": str(fund.points["club"]),
    }
    check = coordinator.submit("/allocations/purchase", typed)
    assert "Fifteen thousand tenge" in check.text
    shown = coordinator.send(check, button="Put to the committee")
    assert "Notebook × 100" in shown.text
    [line] = rows(select(AllocationLine))
    carried(fund, Proposed(line.allocation_id, 1, 1))

    treasurer = browser_of(fund.treasurer)
    assert "Kitap Alemi" in treasurer.get(f"/deliveries/purchases/{line.allocation_id}").text
    today = this_moment().today.isoformat()
    invoice = {"number": "17", "dated": today, "amount": "15000", "bank": str(fund.bank), "value_on": today}
    address = f"/deliveries/purchases/{line.allocation_id}/invoice"
    assert "0 of 100" in treasurer.get(address).text
    paying = treasurer.submit(address, invoice)
    assert "Fifteen thousand tenge" in paying.text
    assert "What came so far is worth ₸0." in paying.text
    assert "The invoice is paid" in treasurer.send(paying, button="Book the payment").text

    distributor = browser_of(fund.distributor)
    assert "1 purchase comes to your point" in distributor.get("/").text
    assert "comes to your point" not in browser_of(fund.distributor_elsewhere).get("/").text
    assert "comes to your point" not in coordinator.get("/").text
    note = f"/deliveries/purchases/{line.allocation_id}/take-in/{fund.points['club']}"
    refused = distributor.submit(note, {"lines-0-delivered": "98"})
    assert "If it differs: why – 100 were ordered, with these 98 came: say why." in refused.text
    counted = distributor.submit(note, {"lines-0-delivered": "98", "lines-0-fault": "short"})
    assert "is in the stock" in distributor.send(counted, button="Take it into stock").text
    assert in_stock(fund, "notebook") == 98
    assert "Notebook" in distributor.get("/stock/").text

    assert "comes to your point" not in distributor.get("/").text
    assert "at the prices ordered ₸14,700" in treasurer.get(address).text

    assert "that are not paid" not in coordinator.get(f"/deliveries/purchases/{line.allocation_id}/close").text
    closed = coordinator.press(f"/deliveries/purchases/{line.allocation_id}/close", "Close it")
    assert "The purchase is closed" in closed.text


def test_who_closes_a_purchase_sees_what_came_unpaid_and_what_may_still_come(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    make_money(fund)
    make_good(fund)
    bought = carried(fund, make_purchase(fund, ("notebook", 100, 150_00, "club"))).allocation_id
    point, coordinator = browser_of(fund.distributor), browser_of(fund.coordinator)
    note = f"/deliveries/purchases/{bought}/take-in/{fund.points['club']}"
    point.send(point.submit(note, {"lines-0-delivered": "60", "lines-0-fault": "later"}), button="Take it into stock")

    page = coordinator.get(f"/deliveries/purchases/{bought}/close")

    assert "What came is worth ₸9,000, paid is ₸0." in page.text
    assert "Some of what was ordered has not come" in page.text


def test_a_withdrawn_purchase_is_proposed_again_changed(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_money(fund)
    make_good(fund)
    old = make_purchase(fund, ("notebook", 100, 150_00, "school-5")).allocation_id
    browser = browser_of(fund.coordinator)
    assert "Propose again, changed" not in browser_of(fund.members[0]).get(f"/allocations/{old}").text
    again = next(link for link in browser.get(f"/allocations/{old}").links if "like=" in link)
    assert "still before the committee" in browser.get(again).text
    assert "Families 0" not in browser.get(f"/allocations/{old}/withdraw").text
    browser.press(f"/allocations/{old}/withdraw", "Withdraw it")

    form = browser.get(again)
    assert "Filled in from allocation no. 1" in form.text
    assert "still before the committee" not in form.text
    check = browser.send(form, {"lines-0-quantity": "77"})
    done = browser.send(check, button="Put to the committee")

    assert "Allocation no. 2 is put to the committee" in done.text
    [line] = rows(select(AllocationLine).where(AllocationLine.allocation_id != old))
    assert (line.items, line.amount_minor) == (["77 notebook"], 77 * 150_00)
    assert line.point_id == fund.points["school-5"]


def test_a_grant_and_cash_are_proposed_again_as_they_were_written(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_rules(fund)
    make_money(fund)
    grant, cash = make_grant(fund).allocation_id, make_transfer(fund, ("club", 4_000_000)).allocation_id
    browser = browser_of(fund.coordinator)
    looks = len(rows(select(Sighting)))

    written = browser.get(f"/allocations/grant?like={grant}").form_with({"family_code"}).filled
    sums = browser.get(f"/allocations/transfer?like={cash}").form_with({"lines-0-amount"}).filled

    [code] = rows(select(AllocationLine.family_code).where(AllocationLine.allocation_id == grant))
    assert written["family_code"].replace(" ", "") == code
    assert {written["amount"], written["words"]} == {"120000", "The stove and the winter clothes"}
    amounts = {sums[f"lines-{n}-point"]: sums[f"lines-{n}-amount"] for n in range(2)}
    assert amounts == {str(fund.points["club"]): "40000", str(fund.points["school-5"]): ""}
    assert sums["words"] == "For the round"
    assert len(rows(select(Sighting))) == looks + 1, "a family's grant was opened"
    assert browser.get(f"/allocations/purchase?like={grant}").text.count("does not exist") == 1


def test_a_line_is_added_to_a_purchase_without_javascript(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_good(fund)

    page = browser_of(fund.coordinator).submit("/allocations/purchase", {"supplier": "Kitap"}, button="Add a line")

    assert 'name="lines-1-quantity"' in page.html
    assert "Kitap" in page.html


def test_what_is_wrong_in_a_purchase_stands_in_its_line(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_money(fund, purpose="general", minor=500_000_00)
    make_good(fund)
    browser, point = browser_of(fund.coordinator), str(fund.points["club"])
    asked = browser.submit("/allocations/purchase", {"supplier": "Kitap"}, button="Add a line")
    assert "Available: ₸500,000" in asked.text
    first = {"lines-0-quantity": "10", "lines-0-each": "150", "lines-0-point": point}
    typed = {"purpose": str(fund.purposes["general"]), **first, "lines-1-point": point}

    for wrong, words in (
        ({"lines-1-quantity": "many", "lines-1-each": "150"}, "2. How many – Write how many, as a whole number"),
        ({"lines-1-quantity": "5", "lines-1-each": ""}, "2. Price for one – Write the price for one"),
        ({"lines-1-quantity": "5", "lines-1-each": "x"}, "2. Price for one – “x” is not an amount"),
        ({"lines-1-quantity": "5", "lines-1-each": "1"}, "2. Good – This good already stands above"),
    ):
        asked = browser.send(asked, {**typed, **wrong})
        assert words in asked.text
    assert "Check the purchase" in browser.send(asked, {**typed, "lines-1-quantity": "", "lines-1-each": ""}).text


def test_cash_that_is_not_in_the_bank_may_be_proposed_after_a_warning(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_money(fund, purpose="general", minor=500_000_00)
    browser = browser_of(fund.coordinator)

    wrong = browser.submit("/allocations/transfer", {"currency": "KZT", "lines-0-amount": "abc"})
    assert "– “abc” is not an amount" in wrong.text
    check = browser.send(wrong, {"lines-0-amount": "600 000"})

    assert "hold ₸500,000 together" in check.text
    enough = browser.submit("/allocations/transfer", {"currency": "KZT", "lines-0-amount": "500 000"})
    assert "not in the bank" not in enough.text


def test_cash_goes_from_the_bank_to_the_point_that_counts_it(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_money(fund)
    coordinator = browser_of(fund.coordinator)
    check = coordinator.submit(
        "/allocations/transfer", {"currency": "KZT", "lines-0-amount": "400 000", "words": "Week 1"}
    )
    assert "Four hundred thousand tenge" in check.text
    assert "put to the committee" in coordinator.send(check, button="Put to the committee").text
    [line] = rows(select(AllocationLine))
    carried(fund, Proposed(line.allocation_id, 1, 1))

    treasurer = browser_of(fund.treasurer)
    assert "to be sent" in treasurer.get("/deliveries/").text
    sending = treasurer.submit(f"/deliveries/cash/{line.id}/send", {"bank": str(fund.bank)})
    assert "on its way" in treasurer.send(sending, button="It is sent").text

    point = fund.distributor if line.point_id == fund.points["club"] else fund.distributor_elsewhere
    table = browser_of(point)
    asked = table.submit(f"/deliveries/cash/{line.id}/count", {"amount": "390 000"})
    assert "missing: say why" in asked.text
    checked = table.submit(f"/deliveries/cash/{line.id}/count", {"amount": "390 000", "fault": "later"})
    assert "Still missing" in table.send(checked, button="Book it into the cash").text.replace("still", "Still")
    too_much = table.submit(f"/deliveries/cash/{line.id}/count", {"amount": "10 000,50"})
    assert "If it is still more, write ₸10,000, keep the rest apart, and tell the treasurer" in too_much.text
    without = table.submit(f"/deliveries/cash/{line.id}/count", {"amount": "10 000", "fault": "later"})
    assert "All of it arrived: leave the difference empty." in without.text


def test_goods_and_kits_are_written_counted_packed_carried_and_lost(fund: FoundedFund, browser_of: BrowserOf) -> None:
    coordinator = browser_of(fund.coordinator)
    names = {"name_kk": "Қалам", "name_ru": "Ручка", "name_en": "Pen"}
    assert "in the catalogue" in coordinator.submit("/stock/goods/new", {"code": "pen", **names}).text
    kit = {"code": "kit", "name_kk": "Жинақ", "name_ru": "Набор", "name_en": "Kit"}
    inside = {"items-0-good": "pen", "items-0-quantity": "3"}
    assert "Pen × 3" in coordinator.submit("/stock/goods/new", {**kit, **inside}).text
    assert "is not" not in coordinator.submit("/stock/goods/pen/change", {"variants": "blue, red"}).text

    make_good(fund, "notebook")
    club = fund.points["club"]
    table = browser_of(fund.distributor)
    page = table.get(f"/stock/points/{club}/count")
    place = next(n for n in range(9) if page.forms()[-1].filled.get(f"lines-{n}-good") == "notebook")
    asked = table.send(page, {f"lines-{place}-quantity": "30"})
    assert "say why" in asked.text
    check = table.send(asked, {f"lines-{place}-quantity": "30", f"lines-{place}-why": "not_written_down"})
    assert "The count is booked" in table.send(check, button="Book the count").text
    assert in_stock(fund, "notebook") == 30

    make_good(fund, "bundle", contents=(Item("notebook", 10),))
    assert "are packed" in table.submit(f"/stock/points/{club}/pack", {"good": "bundle", "quantity": "2"}).text
    lost = {"good": "notebook", "quantity": "3", "why": "damaged"}
    assert "The loss is reported" in table.submit(f"/stock/points/{club}/lose", lost).text
    assert "You reported it" in table.get("/stock/losses").text
    assert "are written off" in coordinator.press("/stock/losses", "Agree: write it off").text
    assert in_stock(fund, "notebook") == 7

    carry = {"to": str(fund.points["school-5"]), "items-0-good": "bundle", "items-0-quantity": "1"}
    checked = coordinator.submit(f"/stock/points/{club}/carry", carry)
    assert "booked at the other point" in coordinator.send(checked, button="Book it").text
    assert in_stock(fund, "bundle", point="school-5") == 1


def test_one_count_of_all_goods_writes_off_what_is_missing_by_two_people(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    for code, there in (("notebook", 30), ("pen", 20), ("bag", 5)):
        make_good(fund, code)
        make_stock(fund, code, there)
    club, table = fund.points["club"], browser_of(fund.distributor)
    page = table.get(f"/stock/points/{club}/count")
    places = {page.forms()[-1].filled.get(f"lines-{n}-good"): n for n in range(3)}
    typed: dict[str, str] = {}
    for code, quantity, why in (("notebook", "26", "stolen"), ("pen", "18", "miscounted"), ("bag", "6", "miscounted")):
        typed |= {f"lines-{places[code]}-quantity": quantity, f"lines-{places[code]}-why": why}

    check = table.send(page, typed)
    assert "leaves them when a second person agrees" in check.text
    assert "when a second person agrees" in table.send(check, button="Book the count").text

    assert [in_stock(fund, code) for code in ("notebook", "pen", "bag")] == [30, 20, 6]
    assert "reported lost: 4" in table.get(f"/stock/points/{club}").text
    again = table.get(f"/stock/points/{club}/count")
    assert again.text.count("Not to be counted yet") == 2
    assert "nurlan reported a loss: 4." in again.text
    assert "Ask one of these: dina" in again.text
    assert fund.distributor_elsewhere.handle not in again.text
    assert [n for n in range(3) if again.forms()[-1].filled.get(f"lines-{n}-good") == "notebook"] == []
    waiting = browser_of(fund.coordinator)
    beside = waiting.get(f"/stock/points/{club}/count")
    assert "Ask one of these" not in beside.text
    assert "/stock/losses" in beside.links
    assert waiting.get("/stock/losses").html.count("Agree: write it off") == 1
    assert "are written off" in waiting.press("/stock/losses", "Agree: write it off").text
    assert [in_stock(fund, code) for code in ("notebook", "pen", "bag")] == [26, 18, 6]


def test_a_mother_gets_what_the_books_do_not_have_and_the_coordinator_is_told(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    make_good(fund)
    voucher = make_goods_voucher(fund)
    make_stock(fund, "notebook", 3)
    table = browser_of(fund.distributor)

    answer = table.submit("/collections/new", code=voucher.digits)
    assert "Notebook × 5" in answer.text
    handed = table.send(answer, collector="0", button="Hand out now")
    assert "Notebook × 5" in handed.text
    assert in_stock(fund, "notebook") == -2

    assert "good is below zero at a point" in browser_of(fund.coordinator).get("/").text
    stock = table.get(f"/stock/points/{fund.points['club']}").text
    assert "-2 below zero" in stock
    assert "Too few" in stock
    assert "good is below zero at a point" in table.get("/").text, "who can count it is told too"
    today = table.get("/collections/").text
    assert "Notebook × 5" in today
    assert "₸0" not in today


def test_only_what_is_there_can_be_reported_lost(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_good(fund)
    make_good(fund, "pen")
    make_stock(fund, "pen", 20)

    page = browser_of(fund.distributor).get(f"/stock/points/{fund.points['club']}/lose")

    assert 'value="pen"' in page.html
    assert 'value="notebook"' not in page.html


def test_a_distributor_sees_only_their_own_point(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_money(fund)
    make_good(fund)
    bought = carried(fund, make_purchase(fund, ("notebook", 10, 150_00, "club")))
    carried(fund, make_transfer(fund, ("club", 100_00)))
    browser = browser_of(fund.distributor_elsewhere)

    listed = browser.get("/deliveries/").text
    assert "No purchase was carried" in listed
    assert "No cash was carried" in listed
    assert browser.get(f"/stock/points/{fund.points['club']}").status == 404
    assert browser.get(f"/deliveries/purchases/{bought.allocation_id}").status == 404


def test_every_kind_shows_in_the_list_with_its_own_page(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_rules(fund)
    make_good(fund)
    made = [
        make_grant(fund),
        make_purchase(fund, ("notebook", 10, 150_00, "club")),
        make_transfer(fund, ("club", 1_00)),
    ]
    browser = browser_of(fund.members[0])

    listed = browser.get("/allocations/").text

    for title in ("Grant to one family", "Purchase of goods", "Cash for points"):
        assert title in listed
    for proposed in made:
        assert f"no. {proposed.number}" in browser.get(f"/allocations/{proposed.allocation_id}").text
        assert f"no. {proposed.number}" in browser.get(f"/committee/{proposed.allocation_id}").text
        vote(fund, fund.members[0], proposed.allocation_id)
