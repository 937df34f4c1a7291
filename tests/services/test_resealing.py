"""After somebody was cut off, what is old moves under new keys in steps that may stop at any time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.refusals import RuleBroken
from aid.domain.statements import StatementFormat
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.families import Family as FamilyRow
from aid.models.families import FreshTokens, ImportMark, IndexToken
from aid.models.fund import Locality
from aid.models.people import RingEpoch, RingMembership
from aid.models.records import Record, RecordKind, Wrap
from aid.models.statements import BankLine, DonorToken, LineSeen
from aid.perform import look
from aid.queries.lines import open_lines as open_lines_page
from aid.queries.resealing import left_under_old_keys
from aid.services import records
from aid.services.collections.handing_out import Collected, collect
from aid.services.families import Correction, correct, open_file
from aid.services.family_index import find_families
from aid.services.lines.explaining import ByGift
from aid.services.resealing import reseal
from aid.services.verification import replay, verify
from aid.vault.actor import Actor
from aid.vault.failures import NoKey
from tests.make import do, rows, see
from tests.make.custody import cut_off
from tests.make.donations import a_donor, make_donation
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.statements import A, a_line, make_ended, make_euro_bank, make_taught, open_lines
from tests.make.statements import bring as bring_statement
from tests.make.vouchers import make_voucher
from tests.services.test_imports import bring, household

one_database = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
PHONE = "+770155500{:02}"


def ring_of(code: str) -> UUID:
    return next(locality.ring_id for locality in rows(select(Locality)) if locality.code == code)


def still_old() -> set[str]:
    """What is under keys that are not the newest of their ring."""
    with Session(db.engine) as session:
        latest = select(RingEpoch.ring_id, func.max(RingEpoch.epoch)).group_by(RingEpoch.ring_id)
        newest = {ring: epoch for ring, epoch in session.execute(latest)}  # noqa: C416
        rings = {locality: ring for locality, ring in session.execute(select(Locality.id, Locality.ring_id))}  # noqa: C416
        held = session.execute(select(RingMembership.ring_id, RingMembership.epoch)).all()
        wraps = session.execute(select(Wrap.ring_id, Wrap.epoch)).all()
        found = {"memberships" for ring, epoch in held if epoch < newest[ring]}
        found |= {"wraps" for ring, epoch in wraps if epoch < newest[ring]}
        for kind, name in ((FreshTokens, "tokens"), (IndexToken, "tokens"), (ImportMark, "import_mark")):
            theirs = session.execute(select(kind.locality_id, kind.epoch)).all()
            found |= {name for locality, epoch in theirs if epoch < newest[rings[locality]]}
        return found


def finish(actor_of: FoundedFund, size: int = 100) -> int:
    """Step by step until nothing is left; how many steps."""
    steps = 1
    while do(reseal, actor=actor_of.coordinator, size=size).goes_on:
        steps += 1
        assert steps < 500
    return steps


def finds(actor: Actor, phone: str) -> list[str]:
    return [family.code for family in look(find_families, actor=actor, text=phone).families]


def test_interrupted_and_written_to_meanwhile_it_ends_with_nothing_old_and_everything_found(fund: FoundedFund) -> None:
    made = [make_family(fund, phone=PHONE.format(nth)) for nth in range(5)]
    bring(fund.registrar, *(household(nth) for nth in range(4)))
    stranger = fund.registrar  # with all the keys of that day
    cut_off(fund, "aigul")
    assert still_old() == {"memberships", "wraps", "tokens", "import_mark"}

    for nth in range(8):  # a step of two, then nobody is there for a while, and others work on
        do(reseal, actor=fund.coordinator, size=2)
        if nth == 2:
            opened = look(open_file, actor=fund.registrar2, family_id=made[4].family_id, why="correct")
            moved = replace(opened.family, phone=PHONE.format(44))
            do(correct, actor=fund.registrar2, order=Correction(made[4].family_id, 1, fund.points["club"], moved))
        if nth == 5:
            made.append(make_family(fund, by=fund.registrar2, phone=PHONE.format(5), confirmed=False))
            assert bring(fund.registrar2, *(household(nth) for nth in range(5))).known == 4
        phones = [PHONE.format(each) for each in (0, 3, 44 if nth >= 2 else 4)]
        assert [finds(fund.confirmer, phone) for phone in phones] == [[made[each].code] for each in (0, 3, 4)]
    finish(fund, size=3)

    assert still_old() == set()
    assert see(left_under_old_keys, actor=fund.coordinator).total == 0
    assert finds(fund.confirmer, PHONE.format(5)) == [made[5].code]
    assert finds(fund.confirmer, "+77020000003") != []
    assert bring(fund.registrar2, *(household(nth) for nth in range(6))).added == 1
    assert list(see(verify)) == []
    with Session(db.engine) as session:  # the keys of that day open nothing of what lies there now
        every = session.scalars(select(Record)).all()
        opened_by_stranger = [record for record in every if _opens(record, stranger)]
    assert [record.kind for record in opened_by_stranger] == []


def _opens(record: Record, actor: Actor) -> bool:
    try:
        see(records.take_out, kind=record.kind, row_id=record.row_id, keyring=actor.keyring)
    except NoKey:
        return False
    return True


def test_two_who_drive_it_at_once_do_not_stand_in_each_others_way(app: Flask, fund: FoundedFund) -> None:
    made = [make_family(fund, phone=PHONE.format(nth), confirmed=False) for nth in range(4)]
    cut_off(fund, "aigul")

    def drive(_who: int) -> None:
        with app.app_context():
            finish(fund, size=1)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(drive, range(2)))

    assert still_old() == set()
    assert [finds(fund.coordinator, PHONE.format(nth)) for nth in range(4)] == [[family.code] for family in made]


def test_a_voucher_in_somebodys_hands_is_good_and_keeps_its_points_old_keys_until_it_is_collected(
    fund: FoundedFund,
) -> None:
    voucher = make_voucher(fund)

    point_ring = next(ref.ring_id for ref in fund.distributor.keyring.memberships)
    with Session(db.engine.execution_options(writes=True)) as session:
        _rotate(session, point_ring)
    finish(fund)
    left = see(left_under_old_keys, actor=fund.coordinator)

    assert (left.rings, left.for_papers, left.total) == (1, 1, 0)
    assert isinstance(do(collect, actor=fund.distributor, order=voucher.order()), Collected)

    finish(fund)
    assert {ref.epoch for ref in fund.distributor.keyring.refs(point_ring)} == {2}
    assert still_old() == set()


def _rotate(session: Session, ring_id: UUID) -> None:
    """New keys for a ring, as when one of its members leaves."""
    from aid.extensions import now
    from aid.services import rings

    rings._next_epoch(session, ring_id, now=now())
    session.commit()


@one_database
def test_a_record_that_nobody_can_open_stops_nothing_and_keeps_its_rings_old_keys(fund: FoundedFund) -> None:
    damaged, whole = make_family(fund, confirmed=False), make_family(fund, confirmed=False)
    with Session(db.engine.execution_options(writes=True)) as session:
        file = session.scalars(select(Record).where(Record.row_id == damaged.family_id, Record.kind == "file")).one()
        file.blob = file.blob[:-1] + bytes([file.blob[-1] ^ 1])
        session.commit()
    cut_off(fund, "aigul")

    finish(fund, size=1)

    assert still_old() == {"memberships", "wraps", "tokens"}
    look(open_file, actor=fund.registrar2, family_id=whole.family_id, why="correct")
    wraps = [wrap.epoch for wrap in rows(select(Wrap).join(Record).where(Record.family_id == whole.family_id))]
    assert set(wraps) <= {1, 2}
    assert see(left_under_old_keys, actor=fund.coordinator).total > 0


@one_database
def test_the_treasurer_seals_the_donors_anew(fund: FoundedFund) -> None:
    make_donation(fund)
    donors = next(ref.ring_id for ref in fund.treasurer.keyring.memberships)
    with Session(db.engine.execution_options(writes=True)) as session:
        _rotate(session, donors)
    assert see(left_under_old_keys, actor=fund.treasurer).records == 1
    assert see(left_under_old_keys, actor=fund.coordinator).total == 0

    while do(reseal, actor=fund.treasurer).goes_on:
        pass

    assert still_old() == set()


@one_database
def test_givers_lines_and_rules_are_known_under_new_keys_alone(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    lines = [a_line(50_00), a_line(20_00, other="A union", account="NL91ABNA0417164300")]
    bring_statement(fund.treasurer, A(lines, opening=0))
    make_ended(fund, open_lines()[0], ByGift(a_donor(name="A. Muster"), fund.purposes["school"]))
    make_taught(fund)
    bring_statement(fund.treasurer, A(lines, format=StatementFormat.MT940, version="", name="2"))
    donors = next(ref.ring_id for ref in fund.treasurer.keyring.memberships)
    with Session(db.engine.execution_options(writes=True)) as session:
        _rotate(session, donors)
    assert see(left_under_old_keys, actor=fund.treasurer).givers == 1 + 2 + 2 + 1

    steps = 1
    while do(reseal, actor=fund.treasurer, size=1).goes_on:
        steps += 1

    assert steps > 5
    assert see(left_under_old_keys, actor=fund.treasurer).total == 0
    assert {*rows(select(DonorToken.epoch)), *rows(select(BankLine.epoch)), *rows(select(LineSeen.epoch))} == {2}
    again = fund.treasurer
    assert {ref.epoch for ref in again.keyring.memberships} == {2}
    assert bring_statement(again, A(lines, opening=0), file="once more").new == 0
    with pytest.raises(RuleBroken, match="There is a rule for this already"):
        make_taught(fund)
    page = see(open_lines_page, actor=again, now=this_moment(), bank_id=open_lines()[0].bank_id)
    assert [offer.donor.name for row in page.rows for offer in row.offers if offer.donor] == ["A union"]
    with Session(db.engine) as session:
        assert [*replay(session, "statements"), *replay(session, "line_ends")] == []


@one_database
def test_a_mark_whose_terms_were_never_kept_goes_with_the_old_keys(fund: FoundedFund) -> None:
    bring(fund.registrar, household(1))
    with Session(db.engine.execution_options(writes=True)) as session:
        session.delete(session.scalars(select(Record).where(Record.kind == RecordKind.MARK)).one())
        session.commit()
    cut_off(fund, "aigul")

    finish(fund)

    assert still_old() == set()
    assert rows(select(ImportMark)) == []
    again = bring(fund.registrar2, household(1))
    assert (again.added, len(again.held)) == (0, 1)  # it looks like the one that is there


def test_everybody_else_has_nothing_to_seal(fund: FoundedFund) -> None:
    assert see(left_under_old_keys, actor=fund.coordinator).total == 0
    assert do(reseal, actor=fund.coordinator).done == 0
    assert len(rows(select(FamilyRow))) == 0
