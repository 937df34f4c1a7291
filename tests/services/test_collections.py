"""A voucher is collected once, where it belongs; every refusal is kept, and slow guessing is stopped."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from aid.domain.codes import voucher_code
from aid.domain.collections import GUESSES, RefusalCode
from aid.domain.entries import AccountKind, EntryKind
from aid.domain.families import ChangeKind
from aid.domain.ids import new_id
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.vouchers import ReprintReason, VoucherState
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.audit import AuditLine
from aid.models.collections import Collection, RefusedCollection
from aid.models.families import FamilyVersion, Sighting
from aid.models.fund import Point
from aid.models.ledger import Account, Entry, Transfer
from aid.models.people import Person, PersonPoint
from aid.models.records import RecordKind, Wrap
from aid.models.vouchers import Voucher
from aid.perform import look
from aid.queries import collections as queries
from aid.services import rings
from aid.services.collections.checking import Checked, Refused, check
from aid.services.collections.handing_out import Collected, CollectionOrder, collect
from aid.services.confirmations import confirm
from aid.services.families import Correction, correct, open_file
from aid.services.verification import verify
from aid.services.vouchers import holding
from aid.services.vouchers.printing import ReprintOrder, reprint_vouchers
from aid.vault.actor import Actor
from tests.conftest import both_databases
from tests.make import do, rows, see
from tests.make.fund import FoundedFund, actor_with
from tests.make.one_database import app as app
from tests.make.people import enrolled, give, invited
from tests.make.vouchers import MadeVoucher, later, make_voucher, make_vouchers


def look_at(actor: Actor, code: str, *, point_id: UUID) -> Checked | Refused:
    return look(check, actor=actor, point_id=point_id, code=code)


def shown(fund: FoundedFund, to: Actor) -> tuple[MadeVoucher, CollectionOrder]:
    """A voucher whose slip was shown to somebody, and what their table sends then."""
    voucher = make_voucher(fund, collectors=("Айгүл Сынақова", "Нұрлан Сынақов"))
    seen = look_at(to, voucher.digits, point_id=voucher.point_id)
    assert isinstance(seen, Checked)
    return voucher, replace(voucher.order(), slip=seen.slip)


def refusal_of(outcome: object) -> RefusalCode:
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def balance(kind: AccountKind) -> int:
    """Debits less credits of all accounts of a kind, in minor units."""
    with Session(db.engine) as session:
        sums = [
            session.scalar(
                select(func.coalesce(func.sum(Transfer.amount_minor), 0))
                .join(Account, Account.id == side)
                .where(Account.kind == kind)
            )
            for side in (Transfer.debit_id, Transfer.credit_id)
        ]
    return int(sums[0] or 0) - int(sums[1] or 0)


# ---------------------------------------------------------------- looking


def test_the_table_sees_who_may_collect_and_what(fund: FoundedFund) -> None:
    voucher = make_voucher(fund, collectors=("Айгүл Сынақова", "Нұрлан Сынақов"), check_word="алма")

    seen = look_at(fund.distributor, voucher.digits, point_id=voucher.point_id)

    assert isinstance(seen, Checked)
    assert seen.collectors == ("Айгүл Сынақова", "Нұрлан Сынақов")
    assert seen.check_word == "алма"
    assert seen.amount.minor == 30_000_00
    assert seen.purpose == "School"
    assert rows(select(Voucher.state)) == [VoucherState.PRINTED]


def test_a_look_at_a_slip_is_recorded(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)

    look_at(fund.distributor, voucher.digits, point_id=voucher.point_id)

    [sighting] = rows(select(Sighting).where(Sighting.person_id == fund.distributor.id))
    assert (sighting.family_id, sighting.what, sighting.why) == (voucher.family_id, RecordKind.SLIP, "collect")


def test_an_unknown_code_is_refused_and_kept(fund: FoundedFund) -> None:
    refused = look_at(fund.distributor, voucher_code(), point_id=fund.points["club"])

    assert "not known at this point. Check the digits" in str(refused.reason if isinstance(refused, Refused) else "")
    [kept] = rows(select(RefusedCollection))
    assert (kept.reason, kept.voucher_id, kept.person_id) == ("unknown", None, fund.distributor.id)
    assert rows(select(AuditLine.act).order_by(AuditLine.seq.desc()).limit(1)) == ["collection.refused"]


# ---------------------------------------------------------------- handing out


@both_databases
def test_a_collection_is_booked_and_kept(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)

    outcome = do(collect, actor=fund.distributor, order=voucher.order(collector=1))

    assert isinstance(outcome, Collected)
    [collection] = rows(select(Collection))
    assert (collection.id, collection.voucher_id, collection.collector) == (outcome.collection_id, voucher.id, 1)
    assert collection.handed_by_id == fund.distributor.id
    [entry] = rows(select(Entry).where(Entry.kind == EntryKind.COLLECTION))
    assert (entry.id, entry.cause_id, entry.transfers) == (collection.entry_id, collection.id, 2)
    assert rows(select(Voucher.state)) == [VoucherState.COLLECTED]


def test_what_is_collected_leaves_the_points_cash_and_is_spent(fund: FoundedFund) -> None:
    make_voucher(fund, state=VoucherState.COLLECTED)

    kinds = (AccountKind.GIVEN, AccountKind.CASH, AccountKind.RESERVED, AccountKind.SPENT)
    assert [balance(kind) for kind in kinds] == [30_000_00, -30_000_00, 0, -30_000_00]


@both_databases
def test_a_second_collection_is_refused_with_the_time_of_the_first(fund: FoundedFund) -> None:
    voucher = make_voucher(fund, state=VoucherState.COLLECTED)
    [first] = rows(select(Collection))

    for outcome in (
        do(collect, actor=fund.distributor, order=voucher.order()),
        look_at(fund.distributor, voucher.digits, point_id=voucher.point_id),
    ):
        assert refusal_of(outcome) is RefusalCode.ALREADY_COLLECTED
        assert isinstance(outcome, Refused)
        assert outcome.reason.values["moment"] == first.collected_at
    assert len(rows(select(Collection))) == 1


@both_databases
def test_a_voucher_that_a_rival_took_meanwhile_can_not_be_claimed(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)
    with Session(db.engine.execution_options(writes=True)) as session:
        point = session.get_one(Point, voucher.point_id)
        found = holding.by_code(session, keyring=fund.distributor.keyring, point=point, code=voucher.digits)
        assert found is not None
        claims = [holding.claim(session, found, whole=True) for _each in range(2)]

    assert claims == [True, False]


def test_an_earlier_paper_is_refused_once_there_is_a_newer(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)
    order = ReprintOrder(ReprintReason.LOST, serial=voucher.serial)
    do(reprint_vouchers, actor=fund.coordinator, order=order)

    assert refusal_of(do(collect, actor=fund.distributor, order=voucher.order())) is RefusalCode.REPLACED


def test_an_expired_voucher_is_refused_when_its_grace_is_over(fund: FoundedFund) -> None:
    kept, expired = make_vouchers(fund, 2)
    [until] = set(rows(select(Voucher.grace_until)))
    left = (until - this_moment().today).days

    in_time = do(collect, actor=fund.distributor, order=kept.order(), now=later(this_moment(), days=left))
    too_late = do(collect, actor=fund.distributor, order=expired.order(), now=later(this_moment(), days=left + 1))

    assert isinstance(in_time, Collected)
    assert refusal_of(too_late) is RefusalCode.EXPIRED


def test_somebody_who_is_not_on_the_slip_is_refused(fund: FoundedFund) -> None:
    voucher = make_voucher(fund, collectors=("Айгүл Сынақова",))

    for nobody in (1, -1):
        with pytest.raises(RuleBroken, match="Choose the person"):
            do(collect, actor=fund.distributor, order=voucher.order(collector=nobody))
    assert rows(select(Collection)) == []


@both_databases
def test_who_was_shown_the_slip_hands_out_without_opening_it_again(fund: FoundedFund) -> None:
    voucher, order = shown(fund, fund.distributor)

    handed = do(collect, actor=fund.distributor, order=order)

    assert isinstance(handed, Collected)
    assert len(rows(select(Sighting).where(Sighting.person_id == fund.distributor.id))) == 1
    assert refusal_of(do(collect, actor=fund.distributor, order=voucher.order())) is RefusalCode.ALREADY_COLLECTED


def test_who_was_shown_no_slip_opens_it_by_handing_out(fund: FoundedFund) -> None:
    do(collect, actor=fund.distributor, order=make_voucher(fund).order())

    assert len(rows(select(Sighting).where(Sighting.person_id == fund.distributor.id))) == 1


def test_a_slip_that_was_shown_lets_hand_out_to_nobody_who_is_not_on_it(fund: FoundedFund) -> None:
    _voucher, order = shown(fund, fund.distributor)

    with pytest.raises(RuleBroken, match="Choose the person"):
        do(collect, actor=fund.distributor, order=replace(order, collector=2))


@pytest.mark.parametrize("changed", [lambda mark: "9" + mark[1:], lambda mark: mark[:-1] + "g", lambda _mark: "?"])
def test_a_mark_that_no_table_was_given_is_refused(fund: FoundedFund, changed: Callable[[str], str]) -> None:
    _voucher, order = shown(fund, fund.distributor)

    handed = do(collect, actor=fund.distributor, order=replace(order, slip=changed(order.slip)))

    assert refusal_of(handed) is RefusalCode.CHANGED
    assert rows(select(Collection)) == []


def test_the_slip_of_another_voucher_or_another_persons_is_not_what_this_table_was_shown(fund: FoundedFund) -> None:
    _voucher, order = shown(fund, fund.distributor)
    _other, others = shown(fund, fund.distributor)
    colleague = enrolled(invited(fund))
    give(fund.coordinator, colleague.handle)
    colleague = actor_with(colleague.handle, colleague.keyring.private)

    of_another = do(collect, actor=fund.distributor, order=replace(order, slip=others.slip))
    by_another = do(collect, actor=colleague, order=order)

    assert {refusal_of(of_another), refusal_of(by_another)} == {RefusalCode.CHANGED}


def test_a_slip_that_was_changed_after_it_was_shown_is_shown_again(fund: FoundedFund) -> None:
    voucher, order = shown(fund, fund.distributor)
    opened = look(open_file, actor=fund.registrar, family_id=voucher.family_id, why="correct")
    theirs = replace(opened.family, collectors=("Басқа Біреу",))
    do(correct, actor=fund.registrar, order=Correction(voucher.family_id, 1, voucher.point_id, theirs))
    do(confirm, actor=fund.confirmer, family_id=voucher.family_id, version=2)

    handed = do(collect, actor=fund.distributor, order=order)

    assert refusal_of(handed) is RefusalCode.CHANGED
    assert isinstance(handed, Refused)
    assert "Who may collect for this family was changed" in str(handed.reason)
    assert rows(select(Collection)) == []


# ---------------------------------------------------------------- where, and by whom


def test_another_points_distributor_knows_nothing_of_a_code(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)

    seen = look_at(fund.distributor_elsewhere, voucher.digits, point_id=fund.points["school-5"])

    assert refusal_of(seen) is RefusalCode.UNKNOWN
    with pytest.raises(NotAllowed):
        look_at(fund.distributor_elsewhere, voucher.digits, point_id=voucher.point_id)


def test_who_has_two_points_is_told_where_a_voucher_belongs(fund: FoundedFund) -> None:
    give_point(fund, "nurlan", "school-5")
    voucher = make_voucher(fund)

    order = voucher.order(point_id=fund.points["school-5"])
    refused = do(collect, actor=fund.actor("nurlan"), order=order)

    assert refusal_of(refused) is RefusalCode.ELSEWHERE
    assert isinstance(refused, Refused)
    assert "collected at Club" in str(refused.reason)
    assert isinstance(do(collect, actor=fund.actor("nurlan"), order=voucher.order()), Collected)


@pytest.mark.parametrize("who", ["coordinator", "registrar", "treasurer", "administrator", "auditor"])
def test_only_a_distributor_hands_out(fund: FoundedFund, who: str) -> None:
    voucher = make_voucher(fund)

    with pytest.raises(NotAllowed):
        do(collect, actor=getattr(fund, who), order=voucher.order())


def test_who_registered_or_corrected_a_family_does_not_hand_out_to_it(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)
    with Session(db.engine) as session:
        by, at = fund.distributor.id, this_moment().instant
        session.add(FamilyVersion(family_id=voucher.family_id, version=2, by_id=by, at=at, kind=ChangeKind.WRITTEN))
        session.commit()

    assert refusal_of(do(collect, actor=fund.distributor, order=voucher.order())) is RefusalCode.OWN_FAMILY
    assert rows(select(Sighting).where(Sighting.person_id == by)) == []  # nor are they shown the slip


def test_a_family_that_moved_to_another_point_still_collects_what_waits_at_the_old_one(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)
    opened = look(open_file, actor=fund.registrar, family_id=voucher.family_id, why="correct")
    moved = Correction(voucher.family_id, opened.version, fund.points["school-5"], opened.family)
    do(correct, actor=fund.registrar, order=moved)
    do(confirm, actor=fund.registrar2, family_id=voucher.family_id, version=2)

    assert isinstance(do(collect, actor=fund.distributor, order=voucher.order()), Collected)


def test_a_family_whose_slip_this_point_can_not_open_sends_to_the_coordinator(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)
    with Session(db.engine.execution_options(writes=True)) as session:
        ring_id = session.get_one(Point, voucher.point_id).ring_id
        session.execute(delete(Wrap).where(Wrap.ring_id == ring_id))
        session.commit()

    assert refusal_of(do(collect, actor=fund.distributor, order=voucher.order())) is RefusalCode.NO_SLIP


def test_who_corrects_a_family_does_not_alone_name_who_collects(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)
    opened = look(open_file, actor=fund.registrar, family_id=voucher.family_id, why="correct")
    theirs = replace(opened.family, collectors=("Басқа Біреу",), check_word="шие")
    do(correct, actor=fund.registrar, order=Correction(voucher.family_id, 1, voucher.point_id, theirs))

    before = look(check, actor=fund.distributor, point_id=voucher.point_id, code=voucher.digits)
    do(confirm, actor=fund.confirmer, family_id=voucher.family_id, version=2)
    after = look(check, actor=fund.distributor, point_id=voucher.point_id, code=voucher.digits)

    assert isinstance(before, Checked)
    assert isinstance(after, Checked)
    assert (before.collectors, before.check_word) == (opened.family.collectors, opened.family.check_word)
    assert (after.collectors, after.check_word) == (theirs.collectors, theirs.check_word)
    assert [
        finding for finding in see(lambda session: list(verify(session))) if finding.what in {"record", "family"}
    ] == []


@both_databases
def test_papers_from_before_the_rings_keys_changed_are_still_known(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)
    give_point(fund, "sanzhar", "club")
    with Session(db.engine) as session:
        rings.rotate_without(session, person_id=fund.actor("sanzhar").person_id or new_id(), now=this_moment())
        session.commit()

    newer = make_voucher(fund)

    assert isinstance(do(collect, actor=fund.distributor, order=voucher.order()), Collected)
    assert isinstance(do(collect, actor=fund.distributor, order=newer.order()), Collected)


# ---------------------------------------------------------------- guessing


@both_databases
def test_ten_unknown_codes_stop_the_table_for_a_while(fund: FoundedFund) -> None:
    voucher, start = make_voucher(fund), this_moment()
    for seconds in range(GUESSES):
        moment = replace(start, instant=start.instant + timedelta(seconds=seconds))
        outcome = do(collect, actor=fund.distributor, now=moment, order=replace(voucher.order(), code=voucher_code()))
        assert refusal_of(outcome) is RefusalCode.UNKNOWN

    stopped = do(collect, actor=fund.distributor, now=later(start, minutes=1), order=voucher.order())
    after = do(collect, actor=fund.distributor, now=later(start, minutes=10), order=voucher.order())

    assert refusal_of(stopped) is RefusalCode.TOO_MANY_TRIES
    assert isinstance(stopped, Refused)
    assert stopped.reason.values["until"] == start.instant + timedelta(minutes=10)
    assert isinstance(after, Collected)


@both_databases
def test_many_unknown_codes_at_the_same_moment_are_no_more_than_one_after_the_other(
    fund: FoundedFund, app: Flask
) -> None:
    point, moment = fund.points["club"], this_moment()

    def guess(digits: str) -> RefusalCode:
        with app.app_context():
            return refusal_of(look(check, actor=fund.distributor, now=moment, point_id=point, code=digits))

    with ThreadPoolExecutor(8) as tables:
        told = Counter(tables.map(guess, [voucher_code() for _each in range(3 * GUESSES)]))

    assert told == {RefusalCode.UNKNOWN: GUESSES, RefusalCode.TOO_MANY_TRIES: 2 * GUESSES}


def test_one_persons_guesses_do_not_stop_another(fund: FoundedFund) -> None:
    voucher = make_voucher(fund)
    for _each in range(GUESSES):
        look_at(fund.distributor_elsewhere, voucher_code(), point_id=fund.points["school-5"])

    assert isinstance(do(collect, actor=fund.distributor, order=voucher.order()), Collected)


# ---------------------------------------------------------------- the day


@both_databases
def test_a_points_day_is_counted_and_summed(fund: FoundedFund) -> None:
    made = make_vouchers(fund, 3)
    for voucher in made[:2]:
        do(collect, actor=fund.distributor, order=voucher.order())
    of_today = {"point_id": fund.points["club"], "day": this_moment().today}

    day = see(queries.point_day, actor=fund.distributor, **of_today)

    assert (day.count, [sum_.minor for sum_ in day.sums]) == (2, [60_000_00])
    assert [row.serial for row in day.rows] == [made[1].serial, made[0].serial]
    with pytest.raises(NotAllowed):
        see(queries.point_day, actor=fund.distributor_elsewhere, **of_today)


def test_another_points_collection_is_not_there(fund: FoundedFund) -> None:
    voucher = make_voucher(fund, state=VoucherState.COLLECTED)

    what = {"collection_id": voucher.collection_id, "now": this_moment()}
    handed = see(queries.handed, actor=fund.distributor, **what)
    assert handed is not None
    assert handed.handed.serial == voucher.serial
    assert see(queries.handed, actor=fund.distributor_elsewhere, **what) is None
    assert see(queries.handed, actor=fund.distributor, now=this_moment(), collection_id=new_id()) is None


@both_databases
def test_all_that_was_printed_collected_and_refused_is_proved_by_the_audit_chain(fund: FoundedFund) -> None:
    collected, replaced = make_vouchers(fund, 2)
    do(reprint_vouchers, actor=fund.coordinator, order=ReprintOrder(ReprintReason.LOST, serial=replaced.serial))
    do(collect, actor=fund.distributor, order=collected.order())
    for voucher in (collected, replaced):
        assert isinstance(do(collect, actor=fund.distributor, order=voucher.order()), Refused)

    with Session(db.engine) as session:
        assert list(verify(session)) == []


# ---------------------------------------------------------------- arranging


def give_point(fund: FoundedFund, handle: str, code: str) -> None:
    """Let a distributor work at a second point: the place, and its keys."""
    person_id = fund.actor(handle).id
    with Session(db.engine) as session:
        person, point = session.get_one(Person, person_id), session.get_one(Point, fund.points[code])
        session.add(PersonPoint(person_id=person.id, point_id=point.id))
        keys = fund.coordinator.keyring.current(point.ring_id)
        rings.admit(session, keys=keys, person_id=person.id, public=person.hpke_public)
        session.commit()
