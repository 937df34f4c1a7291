"""The table: digits, then green with who may collect or red with the reason, then done, and once."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.codes import grouped, voucher_code
from aid.domain.vouchers import VoucherState
from aid.extensions import db
from aid.models.collections import Collection, RefusedCollection
from aid.models.families import Family
from aid.models.vouchers import Voucher
from aid.services.collections.handing_out import collect
from tests.conftest import BrowserOf
from tests.make import do, rows
from tests.make.fund import FoundedFund
from tests.make.vouchers import MadeVoucher, make_voucher, make_vouchers
from tests.services.test_collections import give_point

TWO = ("Айгүл Сынақова", "Нұрлан Сынақов")


def family_code(voucher: MadeVoucher) -> str:
    with Session(db.engine) as session:
        return grouped(session.get_one(Family, voucher.family_id).code)


def test_a_voucher_is_handed_out(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund, collectors=TWO, check_word="алма")
    browser = browser_of(fund.distributor)

    green = browser.submit("/collections/new", code=grouped(voucher.digits))

    assert green.heading == "May be collected"
    for words in (*TWO, "алма", "30,000", "School", family_code(voucher), f"{voucher.serial:06}"):
        assert words in green.text

    done = browser.send(green, collector="1")

    assert done.heading == "Handed out"
    assert rows(select(Collection.collector)) == [1]
    for words in ("30,000", family_code(voucher)):
        assert words in done.text
    for name in (*TWO, "алма", voucher.digits):
        assert name not in done.html


def test_nothing_is_personal_in_an_address_or_a_title(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund, collectors=TWO)
    browser = browser_of(fund.distributor)

    green = browser.submit("/collections/new", code=voucher.digits)
    done = browser.send(green, collector="0")

    for page in (green, done):
        for secret in (voucher.digits, *TWO):
            assert secret not in page.path
            assert secret not in page.title


def test_a_voucher_collected_twice_is_refused_the_second_time(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund, collectors=TWO)
    browser, neighbour = browser_of(fund.distributor), browser_of(fund.distributor)
    early, late = (table.submit("/collections/new", code=voucher.digits) for table in (browser, neighbour))
    browser.send(early, collector="0")

    red = neighbour.send(late, collector="0")
    again = browser.submit("/collections/new", code=voucher.digits)

    for page in (red, again):
        assert page.status == 409
        assert page.heading == "Do not hand out"
        assert "already collected on" in page.text
        assert not any(name in page.html for name in TWO)
    assert len(rows(select(Collection))) == 1


def test_the_same_form_sent_twice_is_answered_like_the_first(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund)
    browser = browser_of(fund.distributor)
    green = browser.submit("/collections/new", code=voucher.digits)

    first, second = browser.send(green, collector="0"), browser.send(green, collector="0")

    assert first.path == second.path
    assert second.heading == "Handed out"
    assert len(rows(select(Collection))) == 1


def test_one_alone_is_chosen_and_of_several_one_must_be(fund: FoundedFund, browser_of: BrowserOf) -> None:
    alone, two = make_voucher(fund, collectors=TWO[:1]), make_voucher(fund, collectors=TWO)
    browser = browser_of(fund.distributor)

    unchosen = browser.send(browser.submit("/collections/new", code=two.digits), button="Hand out now")
    chosen = browser.send(browser.submit("/collections/new", code=alone.digits), button="Hand out now")

    assert "Choose the person" in unchosen.text
    assert unchosen.heading == "May be collected"
    assert browser.send(unchosen, collector="1").heading == "Handed out"
    assert chosen.heading == "Handed out"


def test_a_scanners_enter_finds_no_button_that_hands_out(fund: FoundedFund, browser_of: BrowserOf) -> None:
    """Without scripts Enter in a form presses its first button, or the one that has the focus."""
    alone, two = make_voucher(fund, collectors=TWO[:1]), make_voucher(fund, collectors=TWO)
    browser = browser_of(fund.distributor)

    for voucher in (alone, two):
        green = browser.submit("/collections/new", code=voucher.digits)
        _before, form = green.html.split('action="/collections/hand-out"')
        first, *_others = re.findall(r"<(?:button|input)[^>]*type=.submit[^>]*>", form)
        assert 'name="idle"' in first
        assert "disabled" not in first  # a disabled one is passed over
        assert "autofocus" not in green.html
        again = browser.send(green, button="1", collector="0")
        assert "May be collected" in again.text
        assert rows(select(Collection).where(Collection.voucher_id == voucher.id)) == []


def test_somebody_who_is_not_on_the_slip_is_refused(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund, collectors=TWO)
    browser = browser_of(fund.distributor)

    page = browser.send(browser.submit("/collections/new", code=voucher.digits), collector="4")

    assert "Choose the person" in page.text
    assert rows(select(Collection)) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "16 digits"), ("1234", "16 digits"), ("1234 5678 9012 3456", "mistyped"), ("abc", "16 digits")],
)
def test_mistyped_digits_are_refused_before_anything_is_looked_up(
    fund: FoundedFund, browser_of: BrowserOf, typed: str, words: str
) -> None:
    page = browser_of(fund.distributor).submit("/collections/new", code=typed)

    assert words in page.text
    assert page.heading == "Hand out"
    assert rows(select(RefusedCollection)) == []


def test_a_code_nobody_knows_is_red(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of(fund.distributor).submit("/collections/new", code=voucher_code())

    assert page.status == 409
    assert "not known at this point" in page.text
    assert len(rows(select(RefusedCollection))) == 1


def test_ten_guesses_close_the_table_for_a_while(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund)
    browser = browser_of(fund.distributor)
    for _each in range(10):
        browser.submit("/collections/new", code=voucher_code())

    page = browser.submit("/collections/new", code=voucher.digits)

    assert "Too many unknown codes" in page.text
    assert "Wait until" in page.text


def test_who_has_several_points_chooses_and_is_remembered(fund: FoundedFund, browser_of: BrowserOf) -> None:
    give_point(fund, "nurlan", "school-5")
    voucher = make_voucher(fund, collectors=TWO)
    browser = browser_of("nurlan")

    first = browser.get("/collections/new")
    assert first.heading == "Choose your point"
    there = browser.send(first, point=str(fund.points["school-5"]))
    elsewhere = browser.send(there, code=voucher.digits)
    assert "collected at Club" in elsewhere.text

    browser.submit("/collections/point", point=str(fund.points["club"]))
    assert browser.submit("/collections/new", code=voucher.digits).heading == "May be collected"


def test_a_point_that_is_not_mine_can_not_be_chosen(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund)
    browser = browser_of(fund.distributor_elsewhere)
    browser.submit("/collections/point", point=str(fund.points["club"]))

    assert "not known at this point" in browser.submit("/collections/new", code=voucher.digits).text
    page = browser.send(browser.get("/collections/new"), code=voucher_code())
    assert page.status == 409


def test_a_forged_point_or_code_sends_nothing(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund, collectors=TWO)
    browser = browser_of(fund.distributor)
    green = browser.submit("/collections/new", code=voucher.digits)

    assert browser.send(green, collector="0", point="nowhere").heading == "Hand out"
    assert browser.send(green, collector="0", code="123").heading == "Hand out"
    assert browser.send(green, collector="0", point=str(fund.points["school-5"])).status == 403
    assert rows(select(Voucher.state)) == [VoucherState.PRINTED]


def test_the_day_is_listed_without_names(fund: FoundedFund, browser_of: BrowserOf) -> None:
    vouchers = make_vouchers(fund, 2, collectors=TWO)
    for voucher in vouchers:
        do(collect, actor=fund.distributor, order=voucher.order())

    page = browser_of(fund.distributor).get("/collections/")

    assert "Handed out today 2" in page.text
    assert "60,000" in page.text
    assert family_code(vouchers[0]) in page.text
    assert not any(name in page.html for name in TWO)


def test_a_coordinator_sees_every_points_day_and_hands_out_nothing(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund, state=VoucherState.COLLECTED)
    browser = browser_of(fund.coordinator)

    assert family_code(voucher) in browser.get(f"/collections/?point={voucher.point_id}").text
    assert "Nothing was handed out" in browser.get(f"/collections/?point={fund.points['school-5']}").text
    assert browser.get("/collections/new").status == 403


def test_another_points_collection_is_not_found(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund, state=VoucherState.COLLECTED)

    assert browser_of(fund.distributor).get(f"/collections/{voucher.collection_id}").heading == "Handed out"
    assert browser_of(fund.distributor_elsewhere).get(f"/collections/{voucher.collection_id}").status == 404


@pytest.mark.parametrize("who", ["registrar", "treasurer", "auditor"])
def test_only_the_table_opens_the_table(fund: FoundedFund, browser_of: BrowserOf, who: str) -> None:
    browser = browser_of(getattr(fund, who))

    assert [browser.get(path).status for path in ("/collections/new", "/collections/")] == [403, 403]
