"""Families that change: who may write it, who can open what afterwards, and that nothing is given twice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.families import ChangeKind, Circumstance, Facts, Family, FamilyState, Slip, TieKind, WithdrawalReason
from aid.domain.families.life import LifeEvent, LifeReason
from aid.domain.families.words import HistoryKind
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.vouchers import VoucherState
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.allocations import Allocation
from aid.models.families import Family as FamilyRow
from aid.models.families import FamilyVersion, Sighting, Withdrawal
from aid.models.households import EarlierAid, FamilyCard, FamilyMove, FamilyTie
from aid.models.records import Record, RecordKind, Wrap
from aid.models.vouchers import Voucher
from aid.perform import look
from aid.services import records, token_rows
from aid.services.allocations import preview
from aid.services.cards import print_cards
from aid.services.collections.handing_out import Collected, collect
from aid.services.confirmations import confirm
from aid.services.erasure import erase
from aid.services.families import ChangedMeanwhile, Correction, correct, open_file
from aid.services.families.joining import open_pair
from aid.services.families.living import live
from aid.services.family_index import find_families
from aid.services.grants import granted_before, propose_grant
from aid.services.verification import verify
from aid.services.withdrawals import withdraw
from aid.vault.actor import Actor
from aid.vault.failures import NoKey
from tests.make import do, rows, see
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.goods import RULES, a_grant, make_rules
from tests.make.households import (
    BABY,
    DAY,
    make_born,
    make_moved,
    make_parted,
    make_returned,
    make_united,
    row_of,
)
from tests.make.programmes import make_programme
from tests.make.vouchers import make_voucher

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def file_of(actor: Actor, family_id: UUID) -> Family:
    return look(open_file, actor=actor, family_id=family_id, why="family_asks").family


def part_of(family_id: UUID, kind: RecordKind, actor: Actor) -> dict[str, Any]:
    with Session(db.engine) as session:
        part = records.take_out(session, kind=kind, row_id=family_id, keyring=actor.keyring)
    assert part is not None
    return part


def corrected(fund: FoundedFund, family_id: UUID, *, by: Actor | None = None, **changed: object) -> object:
    actor = by or fund.registrar
    family, row = file_of(actor, family_id), row_of(family_id)
    order = Correction(family_id, row.version, row.point_id, replace(family, **changed))  # type: ignore[arg-type]
    return do(correct, actor=actor, order=order)


# ---------------------------------------------------------------- what makes a confirmation lapse


def test_a_corrected_phone_leaves_a_family_confirmed_and_in_the_next_round(fund: FoundedFund) -> None:
    family = make_family(fund)

    corrected(fund, family.family_id, phone="+77019999999", address="Сәтбаев 7")

    row = row_of(family.family_id)
    assert (row.state, row.version, row.confirmed_version) == (FamilyState.CONFIRMED, 2, 2)
    assert look(preview, actor=fund.coordinator, programme_id=make_programme(fund)).families == 1
    assert rows(select(FamilyVersion.kind).order_by(FamilyVersion.version))[-1] is ChangeKind.CONTACT
    assert Slip.from_plain(part_of(row.id, RecordKind.SLIP, fund.distributor)).check_word == "алма"
    assert list(see(verify)) == []


def test_a_corrected_member_makes_it_wait_whoever_corrected_its_phone_may_confirm(fund: FoundedFund) -> None:
    family = make_family(fund)
    corrected(fund, family.family_id, by=fund.registrar2, phone="+77019999999")
    corrected(fund, family.family_id, circumstances=frozenset({Circumstance.ILL}))

    assert row_of(family.family_id).state is FamilyState.REGISTERED
    do(confirm, actor=fund.registrar2, family_id=family.family_id, version=3)

    corrected(fund, family.family_id, phone=None)
    assert row_of(family.family_id).confirmed_version == 4
    assert list(see(verify)) == []


def test_who_corrected_an_older_version_is_told_that_it_is_another_by_now(fund: FoundedFund) -> None:
    family = make_family(fund)
    order = Correction(
        family.family_id, 1, fund.points["club"], replace(file_of(fund.registrar, family.family_id), phone=None)
    )
    corrected(fund, family.family_id, phone="+77019999999")

    with pytest.raises(ChangedMeanwhile):
        do(correct, actor=fund.registrar, order=order)


# ---------------------------------------------------------------- births, departures, deaths


def test_a_birth_is_a_fact_of_need_and_remembered_in_the_sealed_file_only(fund: FoundedFund) -> None:
    family = make_family(fund)

    make_born(fund, family.family_id)

    row, file = row_of(family.family_id), file_of(fund.registrar, family.family_id)
    assert (row.state, row.version) == (FamilyState.REGISTERED, 2)
    assert file.members[-1] == BABY
    assert [event.kind for event in file.history] == [HistoryKind.BORN]
    assert len(Facts.from_plain(part_of(row.id, RecordKind.FACTS, fund.members[0])).members) == 4


def test_a_correction_keeps_what_the_file_remembers(fund: FoundedFund) -> None:
    family = make_family(fund)
    make_born(fund, family.family_id)

    corrected(fund, family.family_id, phone=None, history=())

    assert len(file_of(fund.registrar, family.family_id).history) == 1


@pytest.mark.parametrize("who", ["registrar_elsewhere", "confirmer", "distributor", "treasurer"])
def test_life_is_written_down_by_registrars_of_the_place(fund: FoundedFund, who: str) -> None:
    family = make_family(fund)
    event = LifeEvent(HistoryKind.DIED, DAY, LifeReason.ILLNESS, place=0)

    with pytest.raises(NotAllowed):
        do(live, actor=getattr(fund, who), family_id=family.family_id, version=1, event=event)


def test_nothing_happens_to_a_family_that_left(fund: FoundedFund) -> None:
    family = make_family(fund)
    do(withdraw, actor=fund.registrar, family_id=family.family_id, reason=WithdrawalReason.MOVED)

    with pytest.raises(RuleBroken, match="withdrawn"):
        make_born(fund, family.family_id)


# ---------------------------------------------------------------- one becomes two


def test_both_halves_wait_and_name_each_other_in_their_sealed_files(fund: FoundedFund) -> None:
    family = make_family(fund, 4)

    parted = make_parted(fund, family.family_id, 1, 2, by=fund.registrar2)

    assert [row_of(id_).state for id_ in (family.family_id, parted.new_id)] == [FamilyState.REGISTERED] * 2
    rest, new = (file_of(fund.registrar, id_) for id_ in (family.family_id, parted.new_id))
    assert (len(rest.members), len(new.members)) == (2, 2)
    assert (rest.history[0].code, new.history[0].code) == (parted.new_code, family.code)
    assert parted.new_code in {
        it.code for it in look(find_families, actor=fund.registrar, text=new.members[0].name).families
    }
    with pytest.raises(RuleBroken, match="someone else confirms"):
        do(confirm, actor=fund.registrar2, family_id=parted.new_id, version=1)


def test_what_a_family_had_counts_for_both_halves(fund: FoundedFund) -> None:
    voucher = make_voucher(fund, state=VoucherState.COLLECTED)
    parted = make_parted(fund, voucher.family_id)
    for id_ in (voucher.family_id, parted.new_id):
        do(confirm, actor=fund.registrar2, family_id=id_, version=row_of(id_).version)
    programme_id: UUID = rows(programme_of(voucher.family_id))[0]

    again = look(preview, actor=fund.coordinator, programme_id=programme_id)
    other = look(preview, actor=fund.coordinator, programme_id=make_programme(fund, purpose="food"))

    assert parted.carried == 1
    assert (again.families, again.already) == (0, 2)
    assert other.families == 2
    assert list(see(verify)) == []


def programme_of(family_id: UUID) -> Any:
    return (
        select(Allocation.programme_id)
        .join(Voucher, Voucher.allocation_id == Allocation.id)
        .where(Voucher.family_id == family_id)
    )


def test_what_was_given_after_the_parting_counts_for_one_half_only(fund: FoundedFund) -> None:
    family = make_family(fund, 4)
    make_parted(fund, family.family_id, 1)

    assert rows(select(EarlierAid)) == []


# ---------------------------------------------------------------- two become one


def test_two_families_become_one_and_the_other_leaves_with_its_vouchers(fund: FoundedFund) -> None:
    voucher = make_voucher(fund, state=VoucherState.PRINTED)
    one = make_family(fund)

    united = make_united(fund, one.family_id, voucher.family_id, 0, 1)

    assert (united.cancelled, united.carried) == (1, 0)
    assert row_of(one.family_id).state is FamilyState.REGISTERED
    assert row_of(voucher.family_id).state is FamilyState.WITHDRAWN
    assert rows(select(Withdrawal.reason)) == [WithdrawalReason.UNITED]
    file = file_of(fund.coordinator, one.family_id)
    assert len(file.members) == 5
    assert file.history[-1].code == row_of(voucher.family_id).code
    assert list(see(verify)) == []


def test_of_a_family_registered_twice_what_either_had_counts_for_the_one(fund: FoundedFund) -> None:
    voucher = make_voucher(fund, state=VoucherState.COLLECTED)
    one = make_family(fund)

    united = make_united(fund, one.family_id, voucher.family_id, kind=TieKind.TWICE)

    assert united.carried == 1
    assert rows(select(EarlierAid.family_id)) == [one.family_id]
    assert rows(select(Withdrawal.reason)) == [WithdrawalReason.TWICE]
    assert list(see(verify)) == []


def test_who_joins_two_families_works_in_both_places(fund: FoundedFund) -> None:
    one, other = make_family(fund), make_family(fund, locality="new-town", point="school-5", confirmed=False)

    with pytest.raises(NotAllowed):
        make_united(fund, one.family_id, other.family_id, 0, by=fund.registrar)
    with pytest.raises(RuleBroken, match="no such family in your localities"):
        look(open_pair, actor=fund.registrar, family_id=one.family_id, other_code=other.code)
    assert len(file_of(fund.registrar, one.family_id).members) == 3


def test_two_files_are_opened_beside_each_other_and_that_is_written_down(fund: FoundedFund) -> None:
    one, other = make_family(fund), make_family(fund)

    pair = look(open_pair, actor=fund.registrar, family_id=one.family_id, other_code=other.code)

    assert (len(pair.family.members), pair.other_code) == (3, other.code)
    assert {sighting.family_id for sighting in rows(select(Sighting))} == {one.family_id, other.family_id}
    with pytest.raises(RuleBroken, match="not of this one"):
        look(open_pair, actor=fund.registrar, family_id=one.family_id, other_code=one.code)


def test_who_was_joined_can_be_erased_by_somebody_else(fund: FoundedFund) -> None:
    one, other = make_family(fund), make_family(fund)
    make_united(fund, one.family_id, other.family_id, 0, by=fund.registrar)

    do(erase, actor=fund.coordinator, family_id=other.family_id, keep_days=30)

    assert rows(select(Record).where(Record.family_id == other.family_id)) == []
    assert list(see(verify)) == []


# ---------------------------------------------------------------- moving


def test_a_family_that_moved_is_open_to_its_new_place_and_closed_to_the_old(fund: FoundedFund) -> None:
    family = make_family(fund, surname="Көшпенді")

    moved = make_moved(fund, family.family_id)

    assert not moved.is_mine
    for kind in (RecordKind.FILE, RecordKind.FACTS, RecordKind.SLIP):
        assert part_of(family.family_id, kind, fund.registrar_elsewhere)
        assert part_of(family.family_id, kind, fund.coordinator)
        with pytest.raises(NoKey):
            part_of(family.family_id, kind, fund.registrar)
    assert Slip.from_plain(part_of(family.family_id, RecordKind.SLIP, fund.distributor_elsewhere)).check_word == "алма"
    with pytest.raises(NotAllowed):
        file_of(fund.registrar, family.family_id)
    assert list(see(verify)) == []


def test_who_has_no_keys_to_the_new_place_seals_to_it_and_its_index_is_made_there(fund: FoundedFund) -> None:
    family = make_family(fund, surname="Көшпенді")

    make_moved(fund, family.family_id)

    ways = set(
        rows(select(Wrap.way).join(Record, Record.id == Wrap.record_id).where(Record.family_id == family.family_id))
    )
    assert ways == {"hpke"}
    for kind in token_rows.KINDS:
        assert rows(select(kind).where(kind.family_id == family.family_id)) == []
    assert look(find_families, actor=fund.registrar, text="Көшпенді").families == ()

    do(confirm, actor=fund.registrar2, family_id=family.family_id, version=2)

    assert [it.code for it in look(find_families, actor=fund.registrar_elsewhere, text="Көшпенді").families] == [
        family.code
    ]


def test_a_coordinator_who_moves_a_family_lets_it_be_found_at_once(fund: FoundedFund) -> None:
    family = make_family(fund, surname="Көшпенді")

    assert make_moved(fund, family.family_id, by=fund.coordinator).is_mine

    assert look(find_families, actor=fund.registrar_elsewhere, text="Көшпенді").families
    assert not look(find_families, actor=fund.registrar, text="Көшпенді").families


def test_aid_that_waits_is_collected_where_it_waits_though_the_family_moved(fund: FoundedFund) -> None:
    voucher = make_voucher(fund, state=VoucherState.PRINTED)
    make_moved(fund, voucher.family_id, by=fund.coordinator)
    do(confirm, actor=fund.registrar2, family_id=voucher.family_id, version=2)

    handed = do(collect, actor=fund.distributor, order=voucher.order())

    assert isinstance(handed, Collected)
    assert list(see(verify)) == []


def test_who_moves_a_family_has_the_keys_of_where_it_lived(fund: FoundedFund) -> None:
    family = make_family(fund)

    with pytest.raises(NotAllowed):
        make_moved(fund, family.family_id, by=fund.registrar_elsewhere)
    with pytest.raises(RuleBroken, match="there already"):
        make_moved(fund, family.family_id, locality="old-town", point="club")
    assert rows(select(FamilyMove)) == []


def test_a_family_that_moved_to_another_point_stays_in_its_locality(fund: FoundedFund) -> None:
    family = make_family(fund)

    moved = make_moved(fund, family.family_id, locality="old-town", point="school-5")

    assert moved.is_mine
    assert row_of(family.family_id).point_id == fund.points["school-5"]
    assert look(
        find_families, actor=fund.registrar, text=file_of(fund.registrar, family.family_id).members[0].name
    ).families


# ---------------------------------------------------------------- coming back


def test_a_family_that_left_comes_back_and_waits_for_another_persons_word(fund: FoundedFund) -> None:
    family = make_family(fund)
    do(withdraw, actor=fund.registrar, family_id=family.family_id, reason=WithdrawalReason.OWN_WISH)

    make_returned(fund, family.family_id, by=fund.registrar2)

    assert row_of(family.family_id).state is FamilyState.REGISTERED
    assert look(preview, actor=fund.coordinator, programme_id=make_programme(fund)).families == 0
    with pytest.raises(RuleBroken, match="someone else confirms"):
        do(confirm, actor=fund.registrar2, family_id=family.family_id, version=2)
    do(confirm, actor=fund.confirmer, family_id=family.family_id, version=2)
    assert list(see(verify)) == []


def test_who_came_back_may_leave_again_and_be_erased(fund: FoundedFund) -> None:
    family = make_family(fund)
    do(withdraw, actor=fund.coordinator, family_id=family.family_id, reason=WithdrawalReason.OWN_WISH)
    make_returned(fund, family.family_id)
    do(withdraw, actor=fund.registrar, family_id=family.family_id, reason=WithdrawalReason.OWN_WISH)

    do(erase, actor=fund.coordinator, family_id=family.family_id, keep_days=30)  # who took it out the first time

    assert len(rows(select(Withdrawal))) == 2
    assert list(see(verify)) == []
    with pytest.raises(RuleBroken, match="erased"):
        make_returned(fund, family.family_id)


def test_who_never_left_does_not_come_back(fund: FoundedFund) -> None:
    family = make_family(fund)

    with pytest.raises(RuleBroken, match="is in the fund"):
        make_returned(fund, family.family_id)


# ---------------------------------------------------------------- cards


def test_cards_are_printed_for_ones_own_families_and_that_is_written_down(fund: FoundedFund) -> None:
    one, other = make_family(fund), make_family(fund)
    away = make_family(fund, locality="new-town", point="school-5", confirmed=False)

    printed = do(print_cards, actor=fund.registrar, codes=(one.code, other.code))

    assert [code for code, _language, _title in printed.cards] == sorted((one.code, other.code))
    assert {title for _code, _language, title in printed.cards} == {"Help list (қаз)"}
    assert len(rows(select(FamilyCard))) == 2
    with pytest.raises(NotAllowed):
        do(print_cards, actor=fund.registrar, codes=(away.code,))
    with pytest.raises(RuleBroken, match="at least one"):
        do(print_cards, actor=fund.registrar, codes=())


def test_the_rows_of_a_tie_say_who_went_into_whom(fund: FoundedFund) -> None:
    one, other = make_family(fund), make_family(fund)
    make_united(fund, one.family_id, other.family_id, 0)

    assert [(tie.family_id, tie.other_id) for tie in rows(select(FamilyTie))] == [(one.family_id, other.family_id)]
    assert rows(select(FamilyRow.version).where(FamilyRow.id == one.family_id)) == [2]
    assert this_moment().instant - rows(select(FamilyTie.at))[0] < timedelta(minutes=5)


def test_each_family_is_proved_by_its_own_rows(fund: FoundedFund) -> None:
    """One was confirmed in a later version than another that waits; one moved and came back, others did neither."""
    waits, often, back, away = (make_family(fund) for _each in range(4))
    for version in (2, 3):
        make_born(fund, often.family_id)
        do(confirm, actor=fund.registrar2, family_id=often.family_id, version=version)
    make_born(fund, waits.family_id)
    corrected(fund, often.family_id, phone=None)
    make_moved(fund, away.family_id, by=fund.coordinator)
    make_moved(fund, away.family_id, by=fund.coordinator, locality="old-town", point="club")
    make_moved(fund, waits.family_id, by=fund.coordinator)
    do(withdraw, actor=fund.registrar, family_id=back.family_id, reason=WithdrawalReason.OWN_WISH)
    make_returned(fund, back.family_id)
    make_born(fund, back.family_id)

    assert list(see(verify)) == []


def test_a_grant_to_a_family_counts_against_the_cap_of_who_parted_from_it(fund: FoundedFund) -> None:
    family = make_family(fund, 4)
    make_rules(fund)
    grant = a_grant(fund, family.family_id)
    do(propose_grant, actor=fund.coordinator, order=grant)
    parted = make_parted(fund, family.family_id, 1)

    before = {
        each: see(granted_before, family_id=each, rules=RULES, now=this_moment())
        for each in (family.family_id, parted.new_id)
    }

    assert before == dict.fromkeys(before, grant.amount.minor)
