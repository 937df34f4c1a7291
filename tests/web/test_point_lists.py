"""A day without network as people live it: the list on paper, lines typed in the evening, and what is decided."""

from sqlalchemy import select

from aid.models.collections import Collection
from aid.models.late import PointList
from tests.conftest import BrowserOf
from tests.documents.reading import Printed
from tests.make import rows
from tests.make.fund import FoundedFund
from tests.make.late import conflicts, make_list
from tests.make.one_database import app as app
from tests.make.vouchers import make_vouchers


def test_a_list_is_printed_entered_in_the_evening_and_its_conflict_decided(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    first, second, third = make_vouchers(fund, 3, check_word="алма", collectors=("Айгүл Сынақова",))
    table = browser_of(fund.distributor)

    sheet = table.submit("/point-lists/new", button="Make the list")
    assert sheet.headers["Content-Type"] == "application/pdf"
    words = Printed(sheet.content).text()
    for number in (first, second, third):
        assert f"{number.serial:06}" in words
        assert number.digits not in words.replace(" ", "")
    assert words.count("алма") == 3
    assert "Сынақова" not in words
    assert "destroy it" in " ".join(words.split())

    [list_id] = rows(select(PointList.id))
    hour = make_list(fund).hour  # the same minute
    page = f"/point-lists/{list_id}"
    wrong = table.submit(f"{page}/enter", text=f"{first.serial} 10.61", button="Check")
    assert (wrong.status, "can’t be read" in wrong.text or "can't be read" in wrong.text) == (409, True)
    assert f"{first.serial} 10.61" in wrong.text
    text = f"{first.serial} {hour}\n{second.serial}\n{first.serial}"
    check = table.submit(f"{page}/enter", text=text, button="Check")
    assert check.heading == "Check before you enter"
    assert "It was entered twice" in check.text
    assert rows(select(Collection.id)) == []
    done = table.send(check, button="Enter these lines")
    assert "2 lines are collections" in done.text
    assert "1 line does not go together" in done.text
    assert len(rows(select(Collection.id))) == 2

    coordinator = browser_of(fund.coordinator)
    assert "line of a paper list to decide" in coordinator.get("/").text
    [line] = conflicts()
    both = coordinator.get(f"/point-lists/lines/{line}")
    assert "What the paper says" in both.text
    assert "by a paper list, entered" in both.text
    unclear = coordinator.submit(f"/point-lists/lines/{line}", verdict="handed_out", button="Decide")
    assert (unclear.status, "Choose how it came about" in unclear.text) == (409, True)
    told = coordinator.submit(f"/point-lists/lines/{line}", verdict="handed_out", reason="same_family", button="Decide")
    assert "booked as a loss" in told.text
    assert "The family came twice" in told.text

    own = table.get(page).text
    assert "closes the list: dina" in own
    assert "the paper is destroyed" not in own
    compared = coordinator.get(page)
    assert "Compare each line with the paper" in compared.text
    closed = coordinator.send(compared, button="All is entered, and the paper is destroyed")
    assert "List 1 is closed" in closed.text
    assert f"{page}/enter" not in closed.links


def test_nobody_else_sees_a_points_list(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_vouchers(fund, 1)
    page = f"/point-lists/{make_list(fund).id}"

    elsewhere = browser_of(fund.distributor_elsewhere)

    assert "No list was printed yet" in elsewhere.get("/point-lists/").text
    assert elsewhere.get(page).status == 404
    assert elsewhere.get(f"{page}/enter").status == 404
