"""One paper, two tables: 64 attempts from two processes at once are one collection and 63 clean refusals; and what is
undone while it is collected again is undone once.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid import create_app
from aid.domain.collections import RefusalCode
from aid.domain.entries import EntryKind
from aid.domain.refusals import RuleBroken
from aid.domain.undoing import UndoReason
from aid.domain.vouchers import ReprintReason, VoucherState
from aid.extensions import db
from aid.models.collections import Collection, CollectionUndo, RefusedCollection
from aid.models.ledger import Entry
from aid.models.vouchers import Voucher
from aid.perform import look
from aid.services.collections.checking import Checked, Refused, check
from aid.services.collections.handing_out import CollectionOrder, collect
from aid.services.collections.undoing import UndoOrder, undo_collection
from aid.services.verification import verify
from aid.services.vouchers.printing import ReprintOrder, reprint_vouchers
from config import Config
from tests.make import do, rows
from tests.make.forked import FORKED
from tests.make.fund import FoundedFund, actor_with
from tests.make.vouchers import MadeVoucher, make_vouchers
from tests.thorough import rounds

ROUNDS = rounds(20)
FEW = rounds(2)
ATTEMPTS = 64
AT_ONCE = 4
"""Threads in each of the two processes."""

pytestmark = pytest.mark.slow

Table = ProcessPoolExecutor


@pytest.fixture(scope="module")
def two_processes() -> Iterator[tuple[Table, Table]]:
    """Started once, by a process that knows of no fund: they share nothing but the database."""
    with Table(1, mp_context=FORKED) as first, Table(1, mp_context=FORKED) as second:
        yield first, second


@pytest.fixture
def two_tables(two_processes: tuple[Table, Table]) -> Iterator[tuple[Table, Table]]:
    """Two processes that forget a fund before the next is there."""
    yield two_processes
    for table in two_processes:
        table.submit(forget_all).result()


# ---------------------------------------------------------------- in the other processes


APPS: dict[Config, Flask] = {}


def app_on(config: Config) -> Flask:
    if config not in APPS:
        APPS[config] = create_app(config)
    return APPS[config]


def forget_all() -> None:
    """The fund is gone: its connections are closed, and nothing of it is kept."""
    for app in APPS.values():
        with app.app_context():
            db.engine.dispose()
    APPS.clear()


def attempt(config: Config, private: bytes, order: CollectionOrder, times: int) -> list[str]:
    """Collect one voucher so many times, and say in a word what came of each."""
    app = app_on(config)

    def once(_each: int) -> str:
        with app.app_context():
            outcome = do(collect, actor=actor_with("nurlan", private), order=order)
        return outcome.code.value if isinstance(outcome, Refused) else "collected"

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(once, range(times)))


def reprint(config: Config, private: bytes, serial: int) -> str:
    order = ReprintOrder(ReprintReason.LOST, serial=serial)
    with app_on(config).app_context():
        try:
            do(reprint_vouchers, actor=actor_with("dina", private), order=order)
        except RuleBroken as refusal:
            return str(refusal.message)
    return "reprinted"


def undo(config: Config, private: bytes, collection_id: UUID, times: int) -> list[str]:
    """Take a collection back so many times at once, and say in a word what came of each."""
    app = app_on(config)

    def once(_each: int) -> str:
        with app.app_context():
            try:
                order = UndoOrder(collection_id, UndoReason.GIVEN_BACK)
                do(undo_collection, actor=actor_with("dina", private), order=order)
            except RuleBroken as refusal:
                return str(refusal.message)
        return "undone"

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(once, range(times)))


# ---------------------------------------------------------------- here


def test_of_64_attempts_from_two_processes_one_collects(
    fund: FoundedFund, app: Flask, two_tables: tuple[Table, Table]
) -> None:
    vouchers, config, private = make_vouchers(fund, ROUNDS), app.config["KOMEK"], fund.private("nurlan")

    for done, voucher in enumerate(vouchers, 1):
        results = _both(two_tables, attempt, config, private, _shown(fund, voucher), ATTEMPTS // 2)

        expected = {"collected": 1, RefusalCode.ALREADY_COLLECTED.value: ATTEMPTS - 1}
        assert Counter(result for table in results for result in table) == expected
        assert _count(Collection) == done

    assert len(rows(select(Entry).where(Entry.kind == EntryKind.COLLECTION))) == ROUNDS
    assert _count(RefusedCollection) == ROUNDS * (ATTEMPTS - 1)
    assert set(rows(select(Voucher.state))) == {VoucherState.COLLECTED}


def test_a_paper_that_is_replaced_while_it_is_collected_does_one_or_the_other(
    fund: FoundedFund, app: Flask, two_tables: tuple[Table, Table]
) -> None:
    config, (table, office) = app.config["KOMEK"], two_tables
    for voucher in make_vouchers(fund, FEW):
        collecting = table.submit(attempt, config, fund.private("nurlan"), voucher.order(), 1)
        reprinting = office.submit(reprint, config, fund.private("dina"), voucher.serial)

        outcome = collecting.result()[0], reprinting.result()

        assert outcome == ("replaced", "reprinted") or (outcome[0] == "collected" and "already collected" in outcome[1])


def test_a_collection_that_two_undo_while_a_third_collects_again_is_undone_once(
    fund: FoundedFund, app: Flask, two_tables: tuple[Table, Table]
) -> None:
    config, (table, office) = app.config["KOMEK"], two_tables
    for voucher in make_vouchers(fund, FEW, state=VoucherState.COLLECTED):
        assert voucher.collection_id is not None
        undoing = office.submit(undo, config, fund.private("dina"), voucher.collection_id, 2)
        again = table.submit(attempt, config, fund.private("nurlan"), voucher.order(), 8)

        undone, collected = undoing.result(), Counter(again.result())

        assert sorted(undone) == ["This collection was undone already.", "undone"]
        assert collected["collected"] <= 1
        assert set(collected) <= {"collected", RefusalCode.ALREADY_COLLECTED.value}
    assert _count(CollectionUndo) == FEW
    with Session(db.engine) as session:
        assert list(verify(session)) == []


def _both(tables: tuple[Table, Table], work: Callable[..., Any], *what: Any) -> list[Any]:
    """What came of the same work in both processes, begun together."""
    return [begun.result() for begun in [table.submit(work, *what) for table in tables]]


def _shown(fund: FoundedFund, voucher: MadeVoucher) -> CollectionOrder:
    """What a table sends whose green page shows the slip."""
    seen = look(check, actor=fund.distributor, point_id=voucher.point_id, code=voucher.digits)
    assert isinstance(seen, Checked)
    return replace(voucher.order(), slip=seen.slip)


def _count(kind: type) -> int:
    with Session(db.engine) as session:
        return session.execute(select(func.count()).select_from(kind)).scalar_one()
