"""Taking families out of the fund and erasing them: what people see, and what is left to see afterwards."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from aid.domain.families import WithdrawalReason
from aid.domain.vouchers import VoucherState
from aid.extensions import now as this_moment
from aid.models.allocations import AllocationLine
from aid.models.families import Erasure, Family, Withdrawal
from aid.models.records import Record
from aid.queries.withdrawals import quiet
from aid.services.collections.handing_out import collect
from aid.services.erasure import erase
from aid.services.withdrawals import withdraw
from tests.conftest import BrowserOf
from tests.make import do, rows, see
from tests.make.allocations import make_allocation
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.goods import make_good, make_goods_voucher
from tests.make.vouchers import later, make_voucher

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def test_a_family_is_taken_out_by_one_and_erased_by_another(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund)
    code = code_of(voucher.family_id)
    registrar, coordinator = browser_of(fund.registrar), browser_of(fund.coordinator)

    asked = registrar.get(f"/families/{code}/withdraw")
    assert "Aid still waits for it" in asked.text
    left = registrar.submit(f"/families/{code}/withdraw", why="own_wish")
    assert "left the fund" in left.text
    assert rows(select(Withdrawal.reason)) == [WithdrawalReason.OWN_WISH]

    assert "1 family to erase" in " ".join(coordinator.get("/").text.split())
    page = coordinator.get("/families/leaving")
    assert code[:3] in page.text
    erased = coordinator.submit(f"/families/{code}/erase", sure="y")

    forgotten = this_moment().today + timedelta(days=fund.app.config["KOMEK"].backup_days)
    assert f"The last backup forgets it by {forgotten.day} {forgotten:%B %Y}" in erased.text
    assert len(rows(select(Erasure))) == 1
    assert rows(select(Record).where(Record.family_id == voucher.family_id)) == []


def test_who_takes_a_family_out_sees_the_votes_and_the_goods_that_wait_for_it(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    make_good(fund)
    bag = make_goods_voucher(fund)
    proposed = make_allocation(fund)
    family, *_others = rows(
        select(AllocationLine.family_id).where(AllocationLine.allocation_id == proposed.allocation_id)
    )
    registrar = browser_of(fund.registrar)

    with_goods = registrar.get(f"/families/{code_of(bag.family_id)}/withdraw")
    assert family is not None
    voted_on = registrar.get(f"/families/{code_of(family)}/withdraw")

    assert "Notebook × 5" in with_goods.text
    assert f"cancelled at once. Allocations: {proposed.number}" in voted_on.text
    left = registrar.submit(voted_on.path, why="own_wish")
    assert "Left the fund" in left.text
    assert "Until then it can come back: open its file below" in left.text


def code_of(family_id: UUID) -> str:
    [code] = rows(select(Family.code).where(Family.id == family_id))
    return code


def test_of_an_erased_family_a_page_shows_code_and_money_only(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund, state=VoucherState.COLLECTED, surname="Жоғалған", phone="+77010000001")
    code = code_of(voucher.family_id)
    vanish(fund, voucher.family_id)

    for_coordinator = browser_of(fund.coordinator).get(f"/families/{code}")
    for_registrar = browser_of(fund.registrar).get(f"/families/{code}")

    assert "This family was erased" in for_coordinator.text
    assert "No backup of the fund holds more" in for_coordinator.text
    assert "Collected" in for_coordinator.text
    assert "Collected" not in for_registrar.text
    for page in (for_coordinator, for_registrar):
        assert "Жоғалған" not in page.html
        assert "Open the file" not in page.text
        assert "Take the family out" not in page.text


def vanish(fund: FoundedFund, family_id: UUID) -> None:
    do(withdraw, actor=fund.registrar, family_id=family_id, reason=WithdrawalReason.OWN_WISH)
    do(erase, actor=fund.coordinator, family_id=family_id, keep_days=30)


def test_who_comes_back_to_the_page_is_told_that_the_family_left_already(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    code = code_of(make_voucher(fund).family_id)
    registrar = browser_of(fund.registrar)
    assert "left the fund already" not in registrar.get(f"/families/{code}/withdraw").text

    registrar.submit(f"/families/{code}/withdraw", why="own_wish")
    page = registrar.get(f"/families/{code}/withdraw")

    assert "This family has left the fund already." in page.text
    assert "Take it out of the fund" not in page.text


def test_nobody_erases_what_they_took_out_themselves(fund: FoundedFund, browser_of: BrowserOf) -> None:
    code = make_family(fund).code
    coordinator = browser_of(fund.coordinator)
    coordinator.submit(f"/families/{code}/withdraw", why="not_real")

    page = coordinator.get(f"/families/{code}/erase")

    assert "another coordinator erases it" in page.text
    assert "nobody can bring it back" not in page.text  # no form


def test_what_was_erased_is_not_offered_to_be_erased_again(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund)
    vanish(fund, family.family_id)

    page = browser_of(fund.coordinator).get(f"/families/{family.code}/erase")

    assert "Nothing more is to be done." in page.text
    assert "nobody can bring it back" not in page.text


def test_what_is_still_in_the_fund_is_not_offered_to_be_erased(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund)

    page = browser_of(fund.coordinator).get(f"/families/{family.code}/erase")

    assert "Take it out first" in page.text
    assert "nobody can bring it back" not in page.text


def test_erasing_asks_for_a_word(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund)
    do(withdraw, actor=fund.registrar, family_id=family.family_id, reason=WithdrawalReason.MOVED)

    page = browser_of(fund.coordinator).submit(f"/families/{family.code}/erase")

    assert "nobody can bring it back" in page.text
    assert rows(select(Erasure)) == []


@pytest.mark.parametrize("handle", ["gulnar", "sauran", "timur", "erlan", "olga"])
def test_others_do_neither(fund: FoundedFund, browser_of: BrowserOf, handle: str) -> None:
    family = make_family(fund)

    refused = [browser_of(handle).get(f"/families/{family.code}/{what}").status for what in ("withdraw", "erase")]

    assert set(refused) <= {403, 404}


def test_a_family_that_left_is_not_offered_for_correction(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund)
    assert "To correct what is written" in browser_of(fund.registrar).get(f"/families/{family.code}").text
    do(withdraw, actor=fund.registrar, family_id=family.family_id, reason=WithdrawalReason.MOVED)

    page = browser_of(fund.registrar).get(f"/families/{family.code}")

    assert "This family left the fund" in page.text
    assert "To correct what is written" not in page.text


def test_families_are_asked_about_a_year_after_the_last_thing_that_happened(fund: FoundedFund) -> None:
    waits, helped, idle = make_voucher(fund), make_voucher(fund, point="school-5"), make_family(fund)
    today = this_moment().today

    def asked(days: int) -> set[str]:
        return {family.code for family in see(quiet, actor=fund.coordinator, today=today + timedelta(days=days))}

    do(collect, actor=fund.distributor_elsewhere, now=later(this_moment(), days=10), order=helped.order())
    collected = code_of(helped.family_id)

    assert asked(364) == set()
    assert asked(370) == {idle.code}  # a voucher still waits for the second
    assert asked(377) == {idle.code, collected}
    assert code_of(waits.family_id) not in asked(999)
    registrar = see(quiet, actor=fund.registrar, today=today + timedelta(days=377))
    assert {family.code for family in registrar} == {idle.code}
