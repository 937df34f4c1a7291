"""Vouchers are printed when the notice is over, once, and again only with a reason that kills the earlier paper."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from aid.domain.codes import parse_voucher_code
from aid.domain.goods import Item
from aid.domain.languages import Language
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.vouchers import ReprintReason, VoucherState
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models import Base
from aid.models.vouchers import Paper, PrintBatch, Voucher
from aid.perform import perform
from aid.services.collections.checking import Refused
from aid.services.collections.handing_out import Collected, collect
from aid.services.vouchers.printed import PrintedGood
from aid.services.vouchers.printing import Printed, ReprintOrder, print_vouchers, reprint_vouchers
from tests.conftest import both_databases
from tests.make import do, rows
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.goods import carried, make_good, make_goods_round
from tests.make.one_database import app as app
from tests.make.vouchers import digits_of, later, make_voucher, make_vouchers, print_at


def reprint(fund: FoundedFund, serial: int, reason: ReprintReason = ReprintReason.LOST) -> Printed:
    return do(reprint_vouchers, actor=fund.coordinator, order=ReprintOrder(reason=reason, serial=serial))


@both_databases
def test_what_was_carried_is_printed_for_one_point(fund: FoundedFund) -> None:
    vouchers = make_vouchers(fund, 3, state=VoucherState.ISSUED)

    printed = print_at(fund, vouchers[0])

    assert printed.papers is not None
    assert [paper.serial for paper in printed.papers] == [voucher.serial for voucher in vouchers]
    assert len({parse_voucher_code(paper.digits) for paper in printed.papers}) == 3
    assert {(row.state, row.papers) for row in rows(select(Voucher))} == {(VoucherState.PRINTED, 1)}
    [batch] = rows(select(PrintBatch))
    assert (batch.papers, batch.reason, batch.number) == (3, None, printed.number)


def test_a_paper_speaks_its_familys_language(fund: FoundedFund) -> None:
    voucher = make_voucher(fund, state=VoucherState.ISSUED, language=Language.RU)

    [paper] = print_at(fund, voucher).papers or ()

    assert (paper.title, paper.purpose, paper.point) == ("Help list (рус)", "School (рус)", "Club (рус)")
    assert (paper.language, paper.is_rest) == (Language.RU, False)


def test_a_paper_says_what_a_kit_holds_and_its_stub_how_many_kits(fund: FoundedFund) -> None:
    make_good(fund)
    make_good(fund, "kit", contents=(Item("notebook", 4),))
    family = make_family(fund, language=Language.EN).family_id
    carried(fund, make_goods_round(fund, good="kit", each=2))
    [voucher] = rows(select(Voucher).where(Voucher.family_id == family))

    of, at = voucher.allocation_id, voucher.point_id
    [paper] = do(print_vouchers, actor=fund.coordinator, allocation_id=of, point_id=at).papers or ()

    assert paper.goods == (PrintedGood("Notebook", 2, "Notebook × 4"),)


def test_nothing_is_printed_during_the_notice(fund: FoundedFund) -> None:
    voucher = make_vouchers(fund, 1, state=VoucherState.ISSUED, decided=this_moment())[0]

    with pytest.raises(RuleBroken, match="notice runs until"):
        print_at(fund, voucher)
    assert print_at(fund, voucher, now=later(this_moment(), days=2)).papers


def test_what_is_printed_is_not_printed_for_the_first_time_again(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)

    with pytest.raises(RuleBroken, match="nothing left to print"):
        print_at(fund, voucher)


def test_a_repeated_request_makes_no_second_batch_and_gives_no_digits(fund: FoundedFund) -> None:
    voucher, key = make_voucher(fund, state=VoucherState.ISSUED), secrets.token_hex(16)
    what: dict[str, Any] = {"allocation_id": voucher.allocation_id, "point_id": voucher.point_id}

    first = perform(key, print_vouchers, actor=fund.coordinator, **what)
    again = perform(key, print_vouchers, actor=fund.coordinator, **what)

    assert first.papers
    assert (again.batch_id, again.papers) == (first.batch_id, None)
    assert len(rows(select(PrintBatch))) == 1


@both_databases
def test_two_who_print_at_once_make_one_batch(fund: FoundedFund, app: Flask) -> None:
    voucher = make_vouchers(fund, 2, state=VoucherState.ISSUED)[0]

    def run(_each: int) -> Printed | RuleBroken:
        with app.app_context():
            try:
                return print_at(fund, voucher)
            except RuleBroken as refusal:
                return refusal

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(run, range(4)))

    assert sum(isinstance(outcome, Printed) for outcome in outcomes) == 1
    assert len(rows(select(PrintBatch))) == 1
    assert len(rows(select(Paper))) == 2


@pytest.mark.parametrize("who", ["registrar", "distributor", "treasurer", "auditor"])
def test_only_a_coordinator_prints(fund: FoundedFund, who: str) -> None:
    voucher = make_voucher(fund, state=VoucherState.ISSUED)
    what: dict[str, Any] = {"allocation_id": voucher.allocation_id, "point_id": voucher.point_id}

    with pytest.raises(NotAllowed):
        do(print_vouchers, actor=getattr(fund, who), **what)
    with pytest.raises(NotAllowed):
        do(reprint_vouchers, actor=getattr(fund, who), order=ReprintOrder(ReprintReason.LOST, serial=voucher.serial))


def test_a_reprint_kills_the_earlier_paper(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)

    printed = reprint(fund, voucher.serial)

    refused = do(collect, actor=fund.distributor, order=voucher.order())
    assert isinstance(refused, Refused)
    assert "replaced by a newer one" in str(refused.reason)
    [paper] = printed.papers or ()
    assert paper.paper == 2
    order = voucher.order()
    collected = do(collect, actor=fund.distributor, order=type(order)(order.point_id, paper.digits, 0))
    assert isinstance(collected, Collected)


def test_a_reprint_keeps_its_reason(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)

    reprint(fund, voucher.serial, ReprintReason.DAMAGED)

    assert [batch.reason for batch in rows(select(PrintBatch).order_by(PrintBatch.number))] == [None, "damaged"]


@both_databases
def test_a_lost_batch_is_printed_again_but_for_what_was_collected_or_replaced(fund: FoundedFund) -> None:
    collected, replaced, lost = make_vouchers(fund, 3)
    do(collect, actor=fund.distributor, order=collected.order())
    reprint(fund, replaced.serial)
    [first] = rows(select(PrintBatch).where(PrintBatch.reason.is_(None)))

    order = ReprintOrder(ReprintReason.LOST_IN_PRINTER, batch_id=first.id)
    printed = do(reprint_vouchers, actor=fund.coordinator, order=order)

    assert list(digits_of(printed)) == [lost.serial]
    with pytest.raises(RuleBroken, match="can be printed again"):
        do(reprint_vouchers, actor=fund.coordinator, order=order)


def test_what_was_collected_is_not_printed_again(fund: FoundedFund) -> None:
    voucher = make_voucher(fund, state=VoucherState.COLLECTED)

    with pytest.raises(RuleBroken, match="already collected") as refusal:
        reprint(fund, voucher.serial)
    assert refusal.value.field == "serial"


def test_what_expired_is_not_printed_again(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)
    order = ReprintOrder(ReprintReason.LOST, serial=voucher.serial)

    with pytest.raises(RuleBroken, match="expired"):
        do(reprint_vouchers, actor=fund.coordinator, order=order, now=later(this_moment(), days=60))


def test_a_number_that_no_voucher_has_is_said_beside_its_field(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken, match="no voucher with this number") as refusal:
        reprint(fund, 999_999)
    assert refusal.value.field == "serial"


@both_databases
def test_a_vouchers_digits_are_nowhere_in_the_database(fund: FoundedFund) -> None:
    """Not as text, not as a number, not as bytes: a thief of the whole dump can print nothing."""
    voucher = make_voucher(fund, state=VoucherState.COLLECTED)
    again = digits_of(reprint(fund, make_voucher(fund).serial))
    do(collect, actor=fund.distributor, order=voucher.order())

    kept = _everything()

    for digits in [voucher.digits, *again.values()]:
        for trace in (digits.encode(), digits.encode().hex().encode(), str(int(digits)).encode()):
            assert trace not in kept


def _everything() -> bytes:
    """Every cell of every table, as text and as hex."""
    with db.engine.connect() as connection:
        cells = [
            cell
            for table in Base.metadata.tables
            for row in connection.execute(text(f'SELECT * FROM "{table}"'))
            for cell in row
        ]
    texts = [
        bytes(cell) + bytes(cell).hex().encode() if isinstance(cell, bytes | memoryview) else str(cell).encode()
        for cell in cells
    ]
    assert len(texts) > 1000
    return b"\n".join(texts)
