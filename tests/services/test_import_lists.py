"""Lists that wait sealed: nobody else's, never twice, undone wholly, and gone with the families in them."""

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from aid.domain.custody import SuspensionReason
from aid.domain.families import FamilyState, WithdrawalReason
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import db, now
from aid.models.families import Erasure, Family, Sighting
from aid.models.imports import BroughtList, BroughtPart, ImportedFamily, PartKind
from aid.perform import perform
from aid.services.backups.stream import LEFT_OUT
from aid.services.erasure import erase
from aid.services.imports.bringing import Household, import_households
from aid.services.imports.lists import open_list, sweep_lists
from aid.services.imports.parts import BadBack, RowBack
from aid.services.imports.settling import Added, LeftOut, bad_rows, households_set_aside, settle
from aid.services.imports.steps import step_import, step_key
from aid.services.imports.undoing import undo_import
from aid.services.suspensions import suspend
from aid.services.verification import verify
from aid.services.withdrawals import withdraw
from aid.vault.actor import Actor
from aid.vault.failures import Tampered
from tests.make import do, rows, see
from tests.make.families import make_family
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.imports import brought, make_begun, make_import, make_list

SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
BAD = BadBack(RowBack("", 9, ("Nobody", "x")), "B", _("This row says nothing."), _("Correct it."))


def step(actor: Actor, list_id: UUID, number: int) -> object:
    key = step_key(list_id=list_id, number=number, actor=actor)
    return perform(key, step_import, actor=actor, list_id=list_id, number=number)


def holds() -> bool:
    with Session(db.engine) as session:
        return list(verify(session)) == []


@SQLITE
def test_a_list_opens_for_who_brought_it_and_for_nobody_else(fund: FoundedFund) -> None:
    payload = b"name\n" + b"x" * 3_000_000
    list_id = make_list(fund.registrar, payload)

    with Session(db.engine) as session:
        assert open_list(session, actor=fund.registrar, list_id=list_id).take(session, PartKind.FILE) == payload
        assert len(session.scalars(select(BroughtPart).where(BroughtPart.kind == PartKind.FILE)).all()) == 3
        for other in (fund.coordinator, fund.registrar2):
            with pytest.raises(RuleBroken):
                open_list(session, actor=other, list_id=list_id)


@SQLITE
def test_a_part_that_was_changed_or_moved_does_not_open(fund: FoundedFund) -> None:
    list_id = make_begun(fund.registrar, *(brought(n) for n in range(30)))

    with forging() as session:
        forge(session, "UPDATE brought_part SET n = 7 WHERE kind = 'step' AND n = 1")
        moved = open_list(session, actor=fund.registrar, list_id=list_id)
        with pytest.raises(Tampered):
            moved.take(session, PartKind.STEP, n=7)


def test_two_imports_of_the_same_list_at_once_add_its_families_once(fund: FoundedFund, app: Flask) -> None:
    households = [brought(n) for n in range(20)]
    actors = [fund.registrar, fund.registrar2]
    lists = [make_begun(actor, *households) for actor in actors]
    ready, failed = threading.Barrier(2), []

    def bring(actor: Actor, list_id: UUID) -> None:
        with app.app_context():
            ready.wait()
            try:
                step(actor, list_id, 0)
            except Exception as failure:  # noqa: BLE001 - told below
                failed.append(failure)
            db.session.remove()

    threads = [threading.Thread(target=bring, args=pair) for pair in zip(actors, lists, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert len(rows(select(Family))) == 20
    assert sorted(row.added for row in rows(select(BroughtList))) == [0, 20]
    assert holds()


def test_a_step_is_done_once_and_in_its_turn(fund: FoundedFund) -> None:
    list_id = make_begun(fund.registrar, *(brought(n) for n in range(30)))
    with pytest.raises(RuleBroken):
        step(fund.registrar, list_id, 1)

    first = step(fund.registrar, list_id, 0)

    assert step(fund.registrar, list_id, 0) == first
    assert len(rows(select(Family))) == 25


@SQLITE
def test_what_was_brought_is_forgotten_piece_by_piece(fund: FoundedFund) -> None:
    list_id = make_begun(fund.registrar, *(brought(n) for n in range(30)), bad=(BAD,))
    kinds = set(rows(select(BroughtPart.kind)))
    assert kinds == {PartKind.STEP, PartKind.BAD, PartKind.HEAD}, "the file itself is gone"

    for number in range(2):
        step(fund.registrar, list_id, number)

    assert set(rows(select(BroughtPart.kind))) == {PartKind.BAD, PartKind.HEAD}
    assert see(bad_rows, actor=fund.registrar, list_id=list_id) == (BAD,)


@SQLITE
def test_a_household_like_a_family_is_set_aside_and_that_it_was_learnt_is_a_look(fund: FoundedFund) -> None:
    known = make_family(fund, phone=brought(1).household.family.phone)
    looks = len(rows(select(Sighting)))
    list_id = make_import(fund.registrar, brought(1), brought(2))

    [held] = see(households_set_aside, actor=fund.registrar, list_id=list_id)
    assert held.like == known.code
    assert held.brought == brought(1)
    assert len(rows(select(Sighting))) == looks + 1
    assert isinstance(do(settle, actor=fund.registrar, list_id=list_id, n=held.n, add=True), Added)
    with pytest.raises(RuleBroken):
        do(settle, actor=fund.registrar, list_id=list_id, n=held.n, add=False)
    assert len(rows(select(ImportedFamily))) == 2
    assert holds()


@SQLITE
def test_the_other_word_leaves_it_out(fund: FoundedFund) -> None:
    make_family(fund, phone=brought(1).household.family.phone)
    list_id = make_import(fund.registrar, brought(1))

    assert isinstance(do(settle, actor=fund.registrar, list_id=list_id, n=0, add=False), LeftOut)
    assert len(rows(select(Family))) == 1


# ---------------------------------------------------------------- undoing


def test_an_import_is_undone_wholly_and_can_be_brought_again(fund: FoundedFund) -> None:
    other = make_family(fund)
    list_id = make_import(fund.registrar, brought(1), brought(2), bad=(BAD,))

    undone = do(undo_import, actor=fund.registrar, import_id=list_id, keep_days=30)

    assert undone.families == 2
    assert len(rows(select(Erasure))) == 2
    assert rows(select(BroughtList)) == []
    assert holds()
    make_import(fund.registrar, brought(1), brought(2))
    assert [row.state for row in rows(select(Family).order_by(Family.id))].count(FamilyState.REGISTERED) == 2
    assert next(row for row in rows(select(Family)) if row.code == other.code).state is FamilyState.CONFIRMED
    assert holds()


@SQLITE
def test_an_import_is_undone_once_by_who_brought_it_or_a_coordinator(fund: FoundedFund) -> None:
    first, second = make_import(fund.registrar, brought(1)), make_import(fund.registrar, brought(2))

    with pytest.raises(RuleBroken):
        do(undo_import, actor=fund.registrar2, import_id=first, keep_days=30)
    do(undo_import, actor=fund.coordinator, import_id=second, keep_days=30)
    with pytest.raises(RuleBroken):
        do(undo_import, actor=fund.registrar, import_id=second, keep_days=30)


@SQLITE
def test_an_import_on_which_something_rests_stays(fund: FoundedFund) -> None:
    list_id = make_import(fund.registrar, brought(1), brought(2))
    [family, *_more] = rows(select(ImportedFamily.family_id))
    do(withdraw, actor=fund.registrar, family_id=family, reason=WithdrawalReason.TWICE)

    with pytest.raises(RuleBroken, match="Something rests on 1 family"):
        do(undo_import, actor=fund.registrar, import_id=list_id, keep_days=30)
    assert rows(select(Erasure)) == []


@SQLITE
def test_the_rest_of_an_import_that_was_undone_does_not_go_on(fund: FoundedFund) -> None:
    list_id = make_begun(fund.registrar, *(brought(n) for n in range(30)))
    step(fund.registrar, list_id, 0)
    do(undo_import, actor=fund.registrar, import_id=list_id, keep_days=30)

    with pytest.raises(RuleBroken):
        step(fund.registrar, list_id, 1)
    assert holds()


# ---------------------------------------------------------------- what is forgotten with whom


@SQLITE
def test_who_is_erased_is_gone_from_lists_that_wait_too(fund: FoundedFund) -> None:
    known = make_family(fund, phone=brought(1).household.family.phone)
    make_import(fund.registrar, brought(1), brought(2), bad=(BAD,))
    own = rows(select(ImportedFamily.family_id))[0]

    for family in (known.family_id, own):
        do(withdraw, actor=fund.registrar, family_id=family, reason=WithdrawalReason.OWN_WISH)
        do(erase, actor=fund.coordinator, family_id=family, keep_days=30)

    assert set(rows(select(BroughtPart.kind))) == {PartKind.HEAD}
    assert holds()


@SQLITE
def test_who_is_cut_off_leaves_no_list_behind(fund: FoundedFund) -> None:
    make_list(fund.registrar)

    do(suspend, actor=fund.administrator, person_id=fund.registrar.person_id, reason=SuspensionReason.ARRESTED)

    assert rows(select(BroughtList)) == []


@SQLITE
def test_a_list_nobody_came_back_for_is_swept_away(fund: FoundedFund) -> None:
    make_list(fund.registrar)
    later = replace(now(), instant=now().instant + timedelta(days=7, minutes=1))

    with Session(db.engine.execution_options(writes=True)) as session:
        sweep_lists(session, now=later)
        session.commit()

    assert rows(select(BroughtPart)) == []


def test_no_backup_holds_what_waits() -> None:
    assert {"brought_list", "brought_part"} <= LEFT_OUT


# ---------------------------------------------------------------- proofs


@SQLITE
@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE family_import SET by_id = (SELECT id FROM person WHERE handle = 'dina')", "did not write it down"),
        ("UPDATE family_import SET households = 1", "more families came by it"),
        ("DELETE FROM undone_import", "which was not undone"),
        ("UPDATE undone_import SET families = 9", "another number of families"),
        ("DELETE FROM withdrawal", "but it was left"),
        ("UPDATE family_version SET version = 2", "although something rested on it"),
        ("UPDATE table_layout SET columns = '[\"Айгүл\"]'", "something else than what columns are"),
    ],
)
def test_verify_names_what_was_changed_of_an_import(fund: FoundedFund, statement: str, finding: str) -> None:
    make_import(fund.registrar, brought(1), brought(2), layout=True)
    undone = make_import(fund.registrar, brought(3), brought(4))
    do(undo_import, actor=fund.registrar, import_id=undone, keep_days=30)

    with forging() as session:
        assert found(session, "imports") == []
        forge(session, statement)
        assert finding in " ".join(each.text for each in found(session, "imports"))


@SQLITE
def test_verify_names_an_erased_family_that_waits_in_a_list(fund: FoundedFund) -> None:
    make_import(fund.registrar, brought(1), bad=(BAD,))
    undone = make_import(fund.registrar, brought(3))
    do(undo_import, actor=fund.registrar, import_id=undone, keep_days=30)

    with forging() as session:
        session.execute(text("UPDATE brought_part SET family_id = (SELECT family_id FROM erasure)"))
        assert "a household like it waits" in " ".join(each.text for each in found(session, "imports"))


@SQLITE
def test_the_command_counts_what_it_learns_as_looks_too(fund: FoundedFund) -> None:
    make_family(fund, phone=brought(1).household.family.phone)
    looks = len(rows(select(Sighting)))
    household: Household = brought(1).household

    do(import_households, actor=fund.registrar, households=(household,))

    assert len(rows(select(Sighting))) == looks + 1
