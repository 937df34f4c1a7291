from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.custody import SuspensionReason
from aid.domain.families import Facts, Family, FamilyState, Slip
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.extensions import db
from aid.models.families import Family as FamilyRow
from aid.models.families import FamilyVersion, FreshTokens, IndexToken, Sighting
from aid.models.records import Record, RecordKind
from aid.perform import look
from aid.services import records
from aid.services.confirmations import confirm
from aid.services.families import (
    Corrected,
    Correction,
    LooksLike,
    OpenedFile,
    Registered,
    Registration,
    correct,
    open_file,
    register,
)
from aid.services.family_index import Found, find_families
from aid.services.suspensions import suspend
from aid.services.token_rows import settle
from aid.vault.actor import Actor
from aid.vault.failures import NoKey
from tests.conftest import both_databases
from tests.make import do
from tests.make.families import a_family, make_family
from tests.make.fund import FoundedFund
from tests.make.one_database import app as app


def row_of(family_id: UUID) -> FamilyRow:
    with Session(db.engine) as session:
        return session.get_one(FamilyRow, family_id)


def part_of(family_id: UUID, kind: RecordKind, actor: Actor) -> dict[str, Any]:
    with Session(db.engine) as session:
        part = records.take_out(session, kind=kind, row_id=family_id, keyring=actor.keyring)
    assert part is not None
    return part


def at(fund: FoundedFund, family: Family, **changed: Any) -> Registration:
    return replace(Registration(fund.localities["old-town"], fund.points["club"], family), **changed)


def namesake(nth: int) -> Family:
    family = a_family(1, surname="Серікқызы", address=f"Абай {nth}")
    return replace(family, members=(replace(family.members[0], born=None),))


def sought(actor: Actor, text: str) -> Found:
    return look(find_families, actor=actor, text=text)


def opened(actor: Actor, family_id: UUID, why: str = "correct") -> OpenedFile:
    return look(open_file, actor=actor, family_id=family_id, why=why)


def test_a_registered_family_waits_under_a_code_of_nine_digits(fund: FoundedFund) -> None:
    registered = make_family(fund, confirmed=False)

    row = row_of(registered.family_id)
    assert (row.code, row.state, row.version) == (registered.code, FamilyState.REGISTERED, 1)
    assert len(registered.code) == 9


def test_what_a_registrar_wrote_is_read_back_as_it_was(fund: FoundedFund) -> None:
    family = a_family(5)

    registered = do(register, actor=fund.registrar, order=at(fund, family))

    assert isinstance(registered, Registered)
    assert opened(fund.registrar, registered.family_id).family == family


def test_each_office_reads_its_part_of_a_family_and_no_more(fund: FoundedFund) -> None:
    registered = make_family(fund, phone="+77011112233")
    [member, *_rest] = fund.members

    facts = Facts.from_plain(part_of(registered.family_id, RecordKind.FACTS, member))
    slip = Slip.from_plain(part_of(registered.family_id, RecordKind.SLIP, fund.distributor))

    assert len(facts.members) == 3
    assert slip.check_word == "алма"
    for actor, kind in (
        (member, RecordKind.FILE),
        (member, RecordKind.SLIP),
        (fund.distributor, RecordKind.FACTS),
        (fund.distributor, RecordKind.FILE),
        (fund.distributor_elsewhere, RecordKind.SLIP),
        (fund.registrar_elsewhere, RecordKind.FILE),
        (fund.treasurer, RecordKind.FILE),
        (fund.administrator, RecordKind.FILE),
    ):
        with pytest.raises(NoKey):
            part_of(registered.family_id, kind, actor)


@both_databases
def test_nothing_in_the_database_says_a_name_or_a_phone(fund: FoundedFund) -> None:
    make_family(fund, phone="+77015556677")

    with Session(db.engine) as session:
        kept = [record.blob for record in session.scalars(select(Record))]
        kept += session.scalars(select(FreshTokens.tokens))
        settle(session)
        tokens = list(session.scalars(select(IndexToken.token)))

    assert not any("Нұрлан".encode() in blob or b"5556677" in blob for blob in (*kept, *tokens))
    assert {len(token) for token in tokens} == {5}


def test_a_registrar_registers_in_their_own_locality_only(fund: FoundedFund) -> None:
    with pytest.raises(NotAllowed):
        do(register, actor=fund.registrar_elsewhere, order=at(fund, a_family()))


@pytest.mark.parametrize("who", ["treasurer", "distributor", "administrator", "auditor", "confirmer"])
def test_who_has_no_such_work_registers_nobody(fund: FoundedFund, who: str) -> None:
    with pytest.raises(NotAllowed):
        do(register, actor=getattr(fund, who), order=at(fund, a_family()))


def test_a_family_that_cannot_be_right_is_refused(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken, match="at least one member"):
        do(register, actor=fund.registrar, order=at(fund, a_family(0)))


@both_databases
def test_the_same_phone_in_another_spelling_looks_like_the_family_that_has_it(fund: FoundedFund) -> None:
    first = make_family(fund, phone="+77011234567")

    answer = do(register, actor=fund.registrar, order=at(fund, a_family(phone="8 701 123 45 67", surname="Басқа")))

    assert answer == LooksLike((first.code,))
    with Session(db.engine) as session:  # who tries phones to see who is there is on record
        assert [(s.family_id, s.why) for s in session.scalars(select(Sighting))] == [(first.family_id, "register")]


@both_databases
def test_the_same_name_and_birth_date_looks_like_a_family_whatever_the_alphabet(fund: FoundedFund) -> None:
    first = make_family(fund, surname="Серікқызы")
    again = a_family(1, surname="Серікқызы")
    latin = replace(again, members=(replace(again.members[0], name="Serikkyzy Nurlan"),))

    answer = do(register, actor=fund.registrar, order=at(fund, latin))

    assert answer == LooksLike((first.code,))


def test_a_registrar_who_knows_better_registers_a_family_despite_its_likeness(fund: FoundedFund) -> None:
    first = make_family(fund, phone="+77011234567")
    order = at(fund, a_family(phone="+77011234567", surname="Басқа"), despite=frozenset({first.code}))

    assert isinstance(do(register, actor=fund.registrar, order=order), Registered)


def test_a_family_of_another_locality_is_not_given_away_as_a_likeness(fund: FoundedFund) -> None:
    make_family(fund, locality="new-town", point="school-5", phone="+77011234567")

    answer = do(register, actor=fund.registrar, order=at(fund, a_family(phone="+77011234567")))

    assert isinstance(answer, Registered)


def test_a_correction_is_a_new_version_that_waits_to_be_confirmed_again(fund: FoundedFund) -> None:
    registered = make_family(fund)
    family = replace(a_family(4, surname="Жаңа"), phone="+77029998877")

    order = Correction(registered.family_id, 1, fund.points["school-5"], family)
    corrected = do(correct, actor=fund.registrar, order=order)

    row = row_of(registered.family_id)
    assert corrected == Corrected(registered.family_id, registered.code, 2)
    assert (row.state, row.version, row.confirmed_version) == (FamilyState.REGISTERED, 2, 1)
    assert opened(fund.registrar, registered.family_id).family == family
    assert len(Facts.from_plain(part_of(row.id, RecordKind.FACTS, fund.members[0])).members) == 4

    do(confirm, actor=fund.registrar2, family_id=row.id, version=2)

    assert Slip.from_plain(part_of(row.id, RecordKind.SLIP, fund.distributor_elsewhere)).collectors == family.collectors


def test_a_corrected_family_is_found_by_what_is_right_only(fund: FoundedFund) -> None:
    registered = make_family(fund, phone="+77011234567")
    order = Correction(registered.family_id, 1, fund.points["club"], a_family(phone="+77029998877"))

    do(correct, actor=fund.registrar, order=order)

    assert sought(fund.registrar, "8 701 123 45 67").families == ()
    assert [found.code for found in sought(fund.registrar, "8 702 999 88 77").families] == [registered.code]


@both_databases
def test_of_two_corrections_of_one_version_the_second_is_refused(fund: FoundedFund) -> None:
    registered = make_family(fund)
    order = Correction(registered.family_id, 1, fund.points["club"], a_family())
    do(correct, actor=fund.registrar, order=order)

    with pytest.raises(RuleBroken, match="changed meanwhile"):
        do(correct, actor=fund.registrar2, order=replace(order, family=a_family(4)))


def test_a_correction_that_changes_nothing_leaves_the_confirmation_alone(fund: FoundedFund) -> None:
    registered = make_family(fund, surname="Бір", phone="+77011234567")
    same = a_family(surname="Бір", phone="+77011234567")

    with pytest.raises(RuleBroken, match="Nothing is different"):
        do(correct, actor=fund.registrar, order=Correction(registered.family_id, 1, fund.points["club"], same))

    assert row_of(registered.family_id).state is FamilyState.CONFIRMED


def test_a_correction_elsewhere_is_refused(fund: FoundedFund) -> None:
    registered = make_family(fund)

    with pytest.raises(NotAllowed):
        do(
            correct,
            actor=fund.registrar_elsewhere,
            order=Correction(registered.family_id, 1, fund.points["club"], a_family()),
        )


def test_every_version_says_who_wrote_it(fund: FoundedFund) -> None:
    registered = make_family(fund)
    do(
        correct,
        actor=fund.registrar2,
        order=Correction(registered.family_id, 1, fund.points["club"], a_family()),
    )

    with Session(db.engine) as session:
        versions = session.scalars(select(FamilyVersion).order_by(FamilyVersion.version))
        assert [(v.version, v.by_id) for v in versions] == [
            (1, fund.registrar.person_id),
            (2, fund.registrar2.person_id),
        ]


def test_opening_a_file_is_written_down_with_its_reason(fund: FoundedFund) -> None:
    registered = make_family(fund)

    opened(fund.registrar, registered.family_id, "family_asks")

    with Session(db.engine) as session:
        [sighting] = session.scalars(select(Sighting))
    assert (sighting.person_id, sighting.family_id) == (fund.registrar.person_id, registered.family_id)
    assert (sighting.what, sighting.why) == (RecordKind.FILE, "family_asks")


def test_a_file_is_not_opened_without_a_reason_nor_elsewhere(fund: FoundedFund) -> None:
    registered = make_family(fund)

    with pytest.raises(RuleBroken, match="Say why"):
        opened(fund.registrar, registered.family_id, "curiosity")
    with pytest.raises(NotAllowed):
        opened(fund.registrar_elsewhere, registered.family_id)


@both_databases
@pytest.mark.parametrize(
    "text",
    ["Серікқызы", "нурлан серіккызы", "Serikkyzy", "Nurlan  SERIKKYZY", "8 (701) 123-45-67", "+7 701 123 45 67"],
)
def test_a_family_is_found_by_a_name_in_any_alphabet_or_by_its_phone(fund: FoundedFund, text: str) -> None:
    registered = make_family(fund, surname="Серікқызы", phone="+77011234567")
    make_family(fund)

    found = sought(fund.registrar, text)

    assert [family.code for family in found.families] == [registered.code]
    assert found.families[0].head == "Нұрлан Серікқызы"
    assert found.families[0].phone == "•••• 4567"


@pytest.mark.parametrize("write", [str, lambda code: f"{code[:3]} {code[3:6]} {code[6:]}"])
def test_a_family_is_found_by_its_code(fund: FoundedFund, write: Callable[[str], str]) -> None:
    registered = make_family(fund)

    assert [family.code for family in sought(fund.registrar, write(registered.code)).families] == [registered.code]


@both_databases
def test_all_words_of_a_search_must_match(fund: FoundedFund) -> None:
    make_family(fund, surname="Серікқызы")

    assert sought(fund.registrar, "Нұрлан Бөлекбаев").families == ()


def test_a_search_stays_in_ones_own_localities_and_a_coordinators_goes_everywhere(fund: FoundedFund) -> None:
    registered = make_family(fund, surname="Серікқызы")

    assert sought(fund.registrar_elsewhere, "Серікқызы").families == ()
    assert sought(fund.registrar_elsewhere, registered.code).families == ()
    assert len(sought(fund.coordinator, "Серікқызы").families) == 1


@both_databases
def test_a_search_shows_twenty_at_most_and_says_that_there_are_more(fund: FoundedFund) -> None:
    for nth in range(21):
        do(register, actor=fund.registrar, order=at(fund, namesake(nth)))

    found = sought(fund.registrar, "Серікқызы")

    assert (len(found.families), found.more) == (20, True)


@both_databases
def test_after_somebody_was_cut_off_families_are_found_under_the_old_key_and_the_new(fund: FoundedFund) -> None:
    before = make_family(fund, surname="Серікқызы", phone="+77011234567")
    do(suspend, actor=fund.administrator, person_id=fund.registrar2.person_id, reason=SuspensionReason.ARRESTED)
    after = make_family(fund, surname="Серікқызы Алиева", confirmed=False)

    found = sought(fund.registrar, "Серікқызы").families
    alike = do(register, actor=fund.registrar, order=at(fund, a_family(phone="+77011234567", surname="Басқа")))

    assert {family.code for family in found} == {before.code, after.code}
    assert alike == LooksLike((before.code,))


def test_who_is_shown_by_a_search_was_seen(fund: FoundedFund) -> None:
    registered = make_family(fund, surname="Серікқызы")
    make_family(fund)

    sought(fund.registrar, "Серікқызы")

    with Session(db.engine) as session:
        assert [(s.family_id, s.why) for s in session.scalars(select(Sighting))] == [(registered.family_id, "search")]


def test_a_search_for_nothing_is_refused(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken, match="Type a name"):
        sought(fund.registrar, " 12 ")


def test_who_may_not_search_is_refused(fund: FoundedFund) -> None:
    with pytest.raises(NotAllowed):
        sought(fund.treasurer, "Серікқызы")
