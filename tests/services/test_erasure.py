"""Families leave the fund and are erased: their money is free again, their code stays, and nothing else does."""

import gc
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import FamilyState, WithdrawalReason
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.vouchers import VoucherState
from aid.extensions import db, overwrite_deleted
from aid.extensions import now as this_moment
from aid.models.base import Base
from aid.models.families import Erasure, Family, FreshTokens, ImportMark, IndexToken, SampleFamily
from aid.models.ledger import Available
from aid.models.records import Record, RecordKind, Wrap
from aid.models.vouchers import Voucher
from aid.perform import look
from aid.services import audit, token_rows
from aid.services.allocations import propose
from aid.services.collections.checking import Refused
from aid.services.collections.handing_out import collect
from aid.services.committee import open_lines
from aid.services.erasure import Erased, erase, erase_samples
from aid.services.families import open_file
from aid.services.family_index import find_families
from aid.services.verification import verify
from aid.services.withdrawals import FamilyLeft, withdraw
from aid.vault.actor import Actor
from tests.make import do, rows, see
from tests.make.allocations import make_allocation, make_money, vote
from tests.make.databases import SERVER
from tests.make.erasures import KEPT
from tests.make.families import make_family
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.programmes import make_programme
from tests.make.vouchers import later, make_voucher
from tests.services.test_committee import all_at_once


def leaves(
    fund: FoundedFund,
    family_id: UUID,
    *,
    by: Actor | None = None,
    why: WithdrawalReason = WithdrawalReason.OWN_WISH,
    now: Instant | None = None,
) -> FamilyLeft:
    return do(withdraw, actor=by or fund.registrar, now=now, family_id=family_id, reason=why)


def erased(fund: FoundedFund, family_id: UUID) -> Erased:
    return do(erase, actor=fund.coordinator, family_id=family_id, keep_days=KEPT)


def available(fund: FoundedFund) -> int:
    [amount] = rows(select(Available.amount_minor).where(Available.purpose_id == fund.purposes["school"]))
    return amount


def test_a_family_that_leaves_sets_free_what_waited_for_it(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)
    before = available(fund)

    left = leaves(fund, voucher.family_id)

    assert left.cancelled == 1
    [row] = rows(select(Voucher))
    assert (row.state, available(fund)) == (VoucherState.VOID, before + row.amount_minor)
    assert rows(select(Family.state)) == [FamilyState.WITHDRAWN]
    refused = do(collect, actor=fund.distributor, order=voucher.order())
    assert isinstance(refused, Refused)
    holds()


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_a_family_collected_is_not_taken_back(fund: FoundedFund) -> None:
    voucher = make_voucher(fund, state=VoucherState.COLLECTED)
    before = available(fund)

    assert leaves(fund, voucher.family_id).cancelled == 0
    assert (rows(select(Voucher.state)), available(fund)) == ([VoucherState.COLLECTED], before)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_had_expired_already_is_called_expired(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)

    leaves(fund, voucher.family_id, now=later(this_moment(), days=90))

    assert rows(select(Voucher.state)) == [VoucherState.EXPIRED]
    holds()


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_no_round_is_proposed_to_who_left(fund: FoundedFund) -> None:
    stays, left = make_family(fund), make_family(fund)
    leaves(fund, left.family_id)
    make_money(fund)

    do(propose, actor=fund.coordinator, programme_id=make_programme(fund))

    assert rows(select(Base.metadata.tables["allocation_line"].c.family_id)) == [stays.family_id]


def test_a_decision_gives_nothing_to_who_left_while_it_was_voted_on(fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=2)
    [left, stays] = rows(select(Family).order_by(Family.id))
    leaves(fund, left.id)

    for member in fund.members[: fund.quorum]:
        vote(fund, member, proposed.allocation_id)

    states = {row.family_id: row.state for row in rows(select(Voucher))}
    assert states == {left.id: VoucherState.VOID, stays.id: VoucherState.ISSUED}
    holds()


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_registrar_takes_out_families_of_their_own_locality_only(fund: FoundedFund) -> None:
    family = make_family(fund)

    for stranger in (fund.registrar_elsewhere, fund.confirmer, fund.treasurer):
        with pytest.raises(NotAllowed):
            leaves(fund, family.family_id, by=stranger)
    assert rows(select(Family.state)) == [FamilyState.CONFIRMED]


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_family_leaves_once(fund: FoundedFund) -> None:
    family = make_family(fund)
    leaves(fund, family.family_id)

    with pytest.raises(RuleBroken, match="already taken out"):
        leaves(fund, family.family_id)


def test_nothing_sealed_is_left_of_an_erased_family_but_its_code_and_money(fund: FoundedFund) -> None:
    voucher, other = make_voucher(fund, state=VoucherState.COLLECTED), make_family(fund)
    leaves(fund, voucher.family_id)

    outcome = erased(fund, voucher.family_id)

    assert outcome.forgotten_by == this_moment().today + timedelta(days=KEPT)
    for kind in (Record, FreshTokens, IndexToken, ImportMark):
        assert rows(select(kind).where(kind.family_id == voucher.family_id)) == []
    kept = rows(select(Record).where(Record.family_id == other.family_id))
    assert {record.kind for record in kept} == {RecordKind.FILE, RecordKind.FACTS, RecordKind.SLIP}
    assert see(orphans) == 0
    assert len(rows(select(Voucher).where(Voucher.family_id == voucher.family_id))) == 1
    with pytest.raises(RuleBroken, match="was erased"):
        look(open_file, actor=fund.registrar, family_id=voucher.family_id, why="family_asks")
    holds()


def orphans(session: Session) -> int:
    """Keys of records that are gone."""
    there = select(Record.id).where(Record.id == Wrap.record_id).exists()
    return session.scalar(select(func.count()).select_from(Wrap).where(~there)) or 0


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_nobody_finds_an_erased_family_by_name_or_phone(fund: FoundedFund) -> None:
    family = make_family(fund, surname="Жоғалған", phone="+77010000001")
    for sought in ("Жоғалған", "+77010000001"):
        assert look(find_families, actor=fund.registrar, text=sought).families
    leaves(fund, family.family_id)
    erased(fund, family.family_id)

    for sought in ("Жоғалған", "+77010000001"):
        assert look(find_families, actor=fund.registrar, text=sought).families == ()
    [left] = look(find_families, actor=fund.registrar, text=family.code).families
    assert (left.code, left.head, left.phone) == (family.code, "", None)
    assert look(find_families, actor=fund.registrar_elsewhere, text=family.code).families == ()


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_family_is_erased_by_a_coordinator_and_not_by_who_took_it_out(fund: FoundedFund) -> None:
    family = make_family(fund)
    with pytest.raises(RuleBroken, match="out of the fund first"):
        erased(fund, family.family_id)
    leaves(fund, family.family_id, by=fund.coordinator)

    with pytest.raises(RuleBroken, match="another coordinator"):
        erased(fund, family.family_id)
    for stranger in (fund.registrar, fund.administrator):
        with pytest.raises(NotAllowed):
            do(erase, actor=stranger, family_id=family.family_id, keep_days=KEPT)
    assert rows(select(Erasure)) == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_committee_still_reads_a_line_whose_family_was_erased(fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=2)
    [gone, _stays] = rows(select(Family).order_by(Family.id))
    leaves(fund, gone.id)
    erased(fund, gone.id)

    opened = look(open_lines, actor=fund.members[0], allocation_id=proposed.allocation_id)

    told = {line.code: len(line.members) for line in opened.lines}
    assert told.pop(gone.code) == 0
    assert list(told.values()) == [3]


def test_what_is_erased_is_taken_from_the_disk(app: Flask, fund: FoundedFund) -> None:
    """The keys of its records and the tokens of its index, in the files and in SQLite's log."""
    gc.collect()  # a proof that an earlier test left behind may still be reading
    family = make_family(fund)
    assert overwrite_deleted()
    with Session(db.engine) as session:
        theirs = select(Wrap.key).join(Record).where(Record.family_id == family.family_id)
        keys = list(session.scalars(theirs))
    leaves(fund, family.family_id)
    erased(fund, family.family_id)

    for _night in range(3):  # PostgreSQL passes a page by that somebody has in hand
        nobody_reads(app)
        assert overwrite_deleted()

    if app.config["KOMEK"].database_url:
        assert not any(key in heap for heap in files_of("wrap") for key in keys)
    else:
        log = app.config["KOMEK"].data / "komek.db-wal"
        assert not log.exists() or log.stat().st_size == 0


def nobody_reads(app: Flask) -> None:
    """Wait for whom PostgreSQL keeps what was deleted: its own statistics of tables, on a busy machine.

    It counts those of this database and those of none, such as what starts its housekeeping (ComputeXidHorizons).
    """
    readers = text(
        "SELECT count(*) FROM pg_stat_activity WHERE coalesce(datname = current_database(), true) "
        "AND coalesce(backend_xmin, backend_xid) IS NOT NULL AND pid <> pg_backend_pid()"
    )
    deadline = time.monotonic() + 20
    while app.config["KOMEK"].database_url and time.monotonic() < deadline:
        with db.engine.connect() as connection:
            if not connection.execute(readers).scalar_one():
                return
        time.sleep(0.05)


def files_of(table: str) -> list[bytes]:
    """The file in which PostgreSQL keeps a table now."""
    with db.engine.connect() as connection:
        connection.execute(text("COMMIT"))
        connection.execute(text("CHECKPOINT"))
        [path] = connection.execute(text(f"SELECT pg_relation_filepath('{table}')")).scalars()
    return [file.read_bytes() for file in SERVER.rglob(str(path))]


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_made_up_families_go_at_once_and_by_whoever_makes_the_fund_whole(fund: FoundedFund) -> None:
    real, sample = make_family(fund), make_family(fund)
    do(marked_as_sample, actor=Actor.system(), family_id=sample.family_id)

    gone = do(erase_samples, actor=fund.members[0], keep_days=KEPT)

    assert gone.families == 1
    assert rows(select(Erasure.family_id)) == [sample.family_id]
    assert rows(select(Family.state).where(Family.id == real.family_id)) == [FamilyState.CONFIRMED]
    assert do(erase_samples, actor=fund.members[0], keep_days=KEPT).families == 0
    holds()


def marked_as_sample(session: Session, *, actor: Actor, now: Instant, family_id: UUID) -> FamilyLeft:
    row = SampleFamily(family_id=family_id)
    session.add(row)
    audit.say(session, "family.registered", made=[row])
    return FamilyLeft(family_id, "", 0)


# ---------------------------------------------------------------- at once


def test_a_family_that_leaves_while_it_collects_does_one_or_the_other(app: Flask, fund: FoundedFund) -> None:
    voucher = make_voucher(fund)

    leaving = partial(leaves, fund, voucher.family_id)
    collecting = partial(do, collect, actor=fund.distributor, order=voucher.order())
    both: list[Callable[[], Any]] = [leaving, collecting]

    left, collected = all_at_once(app, both)
    assert isinstance(left, FamilyLeft)

    [state] = rows(select(Voucher.state))
    assert (state, left.cancelled) in {(VoucherState.COLLECTED, 0), (VoucherState.VOID, 1)}
    assert isinstance(collected, Refused) is (state is VoucherState.VOID)
    holds()


def test_a_family_that_leaves_while_the_last_vote_is_cast_holds_no_money(app: Flask, fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=2)
    for member in fund.members[: fund.quorum - 1]:
        vote(fund, member, proposed.allocation_id)
    [family, _other] = rows(select(Family).order_by(Family.id))

    deciding = partial(vote, fund, fund.members[fund.quorum - 1], proposed.allocation_id)
    both: list[Callable[[], Any]] = [partial(leaves, fund, family.id), deciding]

    all_at_once(app, both)

    assert rows(select(Voucher.state).where(Voucher.family_id == family.id)) == [VoucherState.VOID]
    holds()


def holds() -> None:
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []


# ---------------------------------------------------------------- verify


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_verify_names_what_was_put_back_or_hidden(fund: FoundedFund, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_rows, "EVERY", 1 << 62)
    voucher, other = make_voucher(fund), make_family(fund)
    leaves(fund, voucher.family_id)
    gone, there = voucher.family_id.hex, other.family_id.hex
    told = "SELECT family_id FROM"

    with forging() as session:
        forge(session, "UPDATE voucher SET state = 'printed'")
        assert "a voucher still waits for it" in says(session, "erased")
        forge(session, "UPDATE voucher SET state = 'expired'")
        assert "its state is not what was done with it" in says(session, "states")
        forge(session, "UPDATE family SET state = 'confirmed' WHERE state = 'withdrawn'")
        assert "its state is not what was done to it" in says(session, "states")
    erased(fund, voucher.family_id)
    with forging() as session:
        forge(session, f"UPDATE record SET family_id = '{gone}', row_id = '{gone}' WHERE kind = 'file'")
        assert "something sealed of it is still there" in says(session, "erased")
        forge(session, f"UPDATE fresh_tokens SET family_id = '{gone}' WHERE family_id = '{there}'")
        assert "it can still be found" in says(session, "erased")
        token_rows.settle(session)
        assert "it can still be found" in says(session, "erased")
        forge(session, f"UPDATE erasure SET by_id = ({told.replace('family_id', 'by_id')} withdrawal)")
        assert "erased it too" in says(session, "erased")
        forge(session, "DELETE FROM withdrawal")
        assert "before it had left the fund" in says(session, "erased")
        assert "though its family never left" in says(session, "erased")
    with forging() as session:
        session.execute(delete(Record).where(Record.family_id == other.family_id))
        assert "its facts is gone" in says(session, "sealed")


def says(session: Session, proof: str) -> str:
    return "\n".join(finding.text for finding in found(session, proof))
