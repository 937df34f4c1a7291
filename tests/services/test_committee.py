"""Voting: who may, on what, with which signature; and the decision, which never spends what is not there."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationState
from aid.domain.clock import Instant
from aid.domain.entries import EntryKind
from aid.domain.quorum import Choice, Outcome, RecusalReason
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.vouchers import VoucherState
from aid.extensions import db
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Decision, Vote
from aid.models.audit import AuditLine
from aid.models.families import Sighting
from aid.models.ledger import Available, Entry, Transfer
from aid.models.people import Person, PersonState, VotingKey
from aid.models.records import Record, RecordKind
from aid.models.vouchers import Voucher
from aid.perform import look
from aid.services import verification
from aid.services.allocations import propose, repropose, withdraw
from aid.services.committee import SigningKey, cast_vote, message_of, open_lines, signing_key
from aid.services.decisions import NotEnough
from aid.vault.failures import Tampered
from aid.vault.signatures import verify
from tests.conftest import both_databases
from tests.make import do, rows, see
from tests.make.allocations import ballot, make_allocation, make_carried, make_money, newest_version, vote
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.one_database import app as app
from tests.make.programmes import make_programme
from tests.thorough import rounds

ROUNDS = rounds(2)
AT_ONCE = 8
Result = TypeVar("Result")


def all_at_once(app: Flask, actions: Iterable[Callable[[], Result]]) -> list[Result | RuleBroken]:
    """What came of each action, all begun at the same time."""

    def run(action: Callable[[], Result]) -> Result | RuleBroken:
        with app.app_context():
            try:
                return action()
            except RuleBroken as refusal:
                return refusal

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, actions))


# ---------------------------------------------------------------- deciding


@both_databases
def test_the_third_yes_carries_reserves_the_money_and_makes_the_vouchers(fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=3)
    first, second, third = fund.members[:3]

    assert vote(fund, first, proposed.allocation_id).decided is Outcome.OPEN
    assert vote(fund, second, proposed.allocation_id).decided is Outcome.OPEN
    assert vote(fund, third, proposed.allocation_id).decided is Outcome.CARRIED

    total = newest_version(proposed.allocation_id).total_minor
    [decision] = rows(select(Decision))
    assert (decision.carried, decision.yes, decision.no, decision.recused) == (True, 3, 0, 0)
    assert decision.notice_until is not None
    assert (decision.notice_until - decision.decided_at).total_seconds() == 24 * 3600
    [reservation] = rows(select(Entry).where(Entry.kind == EntryKind.RESERVATION))
    assert (reservation.cause_id, reservation.id) == (decision.id, decision.entry_id)
    assert rows(select(Transfer.amount_minor).where(Transfer.entry_id == reservation.id)) == [total]
    lines = {line.id: line for line in rows(select(AllocationLine))}
    vouchers = rows(select(Voucher).order_by(Voucher.serial))
    assert [voucher.serial for voucher in vouchers] == [1, 2, 3]
    assert all(lines[voucher.id].amount_minor == voucher.amount_minor for voucher in vouchers)
    assert {voucher.state for voucher in vouchers} == {VoucherState.ISSUED}
    assert {voucher.papers for voucher in vouchers} == {0}


def test_vouchers_hold_from_the_end_of_notice_on_the_funds_own_day(fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=1)
    late = Instant.at(datetime(2026, 8, 3, 20, 30, tzinfo=UTC), ZoneInfo("Asia/Aqtau"))  # already 4 August in Aqtau

    for member in fund.members[:3]:
        vote(fund, member, proposed.allocation_id, now=late)

    [voucher] = rows(select(Voucher))
    assert (voucher.valid_until, voucher.grace_until) == (date(2026, 9, 4), date(2026, 9, 18))


def test_three_no_of_five_reject_and_nothing_is_reserved(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)
    vote(fund, fund.members[0], proposed.allocation_id)

    last = [vote(fund, member, proposed.allocation_id, Choice.NO) for member in fund.members[1:4]][-1]

    assert last.decided is Outcome.REJECTED
    assert rows(select(Allocation.state)) == [AllocationState.REJECTED]
    assert rows(select(Voucher)) == []
    assert rows(select(Entry).where(Entry.kind == EntryKind.RESERVATION)) == []


def test_who_steps_out_says_why_and_is_not_waited_for(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)
    one, two, three, *_others = fund.members
    with pytest.raises(RuleBroken, match="Say why you step out"):
        vote(fund, one, proposed.allocation_id, Choice.RECUSAL)

    for member in (one, two):
        out = vote(fund, member, proposed.allocation_id, Choice.RECUSAL, reason=RecusalReason.RELATIVE)
        assert out.decided is Outcome.OPEN
    assert vote(fund, three, proposed.allocation_id, Choice.NO).decided is Outcome.REJECTED
    with pytest.raises(RuleBroken, match="already decided"):
        vote(fund, one, proposed.allocation_id)


def test_who_stepped_out_does_not_come_back(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)
    vote(fund, fund.members[0], proposed.allocation_id, Choice.RECUSAL, reason=RecusalReason.OTHER_INTEREST)

    with pytest.raises(RuleBroken, match="stepped out of this decision"):
        vote(fund, fund.members[0], proposed.allocation_id)


@both_databases
def test_a_member_may_change_their_mind_and_the_latest_word_counts(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)
    one, two, three, *_others = fund.members
    for member in (one, two):
        vote(fund, member, proposed.allocation_id)

    vote(fund, one, proposed.allocation_id, Choice.NO)

    assert vote(fund, three, proposed.allocation_id).decided is Outcome.OPEN
    assert rows(select(Vote.number).where(Vote.member_id == one.person_id).order_by(Vote.number)) == [1, 2]


def test_a_suspended_members_vote_counts_no_more(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)
    one, two, three, *_others = fund.members
    for member in (one, two):
        vote(fund, member, proposed.allocation_id)
    with Session(db.engine.execution_options(writes=True)) as session:
        session.execute(update(Person).where(Person.id == one.person_id).values(state=PersonState.SUSPENDED))
        session.commit()

    assert vote(fund, three, proposed.allocation_id).decided is Outcome.OPEN


# ---------------------------------------------------------------- money


def test_a_vote_that_would_overspend_is_not_recorded_and_says_what_is_missing(fund: FoundedFund) -> None:
    make_family(fund, members=3)
    make_money(fund, minor=29_999_99)
    proposed = do(propose, actor=fund.coordinator, programme_id=make_programme(fund))
    for member in fund.members[:2]:
        vote(fund, member, proposed.allocation_id)

    with pytest.raises(NotEnough, match=r"needs 30000\.00 KZT, but only 29999\.99 KZT"):
        vote(fund, fund.members[2], proposed.allocation_id)

    assert rows(select(func.count()).select_from(Vote)) == [2]
    assert rows(select(Allocation.state)) == [AllocationState.PROPOSED]
    make_money(fund, minor=1)
    assert vote(fund, fund.members[2], proposed.allocation_id).decided is Outcome.CARRIED


@both_databases
@pytest.mark.slow
def test_eight_deciding_votes_at_once_never_spend_more_than_there_is(app: Flask, fund: FoundedFund) -> None:
    for _each in range(2):
        make_family(fund, members=3)
    third = fund.members[2]
    left = select(Available.amount_minor).where(Available.purpose_id == fund.purposes["school"])

    for round_ in range(1, ROUNDS + 1):
        make_money(fund, minor=60_000_00)
        ids = [_one_vote_short(fund) for _each in range(AT_ONCE)]

        outcomes = all_at_once(app, [partial(vote, fund, third, id_) for id_ in ids])

        assert sum(isinstance(outcome, NotEnough) for outcome in outcomes) == AT_ONCE - 1
        assert rows(left) == [0]
        assert rows(select(func.count()).where(Allocation.state == AllocationState.CARRIED)) == [round_]
        assert rows(select(func.count()).select_from(Voucher)) == [2 * round_]


def _one_vote_short(fund: FoundedFund) -> UUID:
    """An allocation for all families that two members said yes to."""
    proposed = do(propose, actor=fund.coordinator, programme_id=make_programme(fund))
    for member in fund.members[:2]:
        vote(fund, member, proposed.allocation_id)
    return proposed.allocation_id


@both_databases
def test_five_members_at_once_decide_once(app: Flask, fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=2)

    outcomes = all_at_once(app, [partial(vote, fund, member, proposed.allocation_id) for member in fund.members])

    decided = [outcome for outcome in outcomes if not isinstance(outcome, RuleBroken)]
    assert sorted(outcome.decided for outcome in decided) == ["carried", "open", "open"]
    assert rows(select(func.count()).select_from(Decision)) == [1]
    assert rows(select(func.count()).select_from(Voucher)) == [2]
    times = rows(select(Vote.cast_at))
    assert len(set(times)) == len(times)


@both_databases
def test_a_change_and_a_vote_at_once_never_count_the_vote_for_what_was_not_seen(app: Flask, fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=2)
    for member in fund.members[:2]:
        vote(fund, member, proposed.allocation_id)
    make_family(fund)
    seen = ballot(proposed.allocation_id)
    third, coordinator = fund.members[2], fund.coordinator
    signing = SigningKey(fund.signing_key(third))

    actions: list[Callable[[], Any]] = [
        lambda: do(cast_vote, actor=third, order=seen, signing=signing),
        lambda: do(repropose, actor=coordinator, allocation_id=proposed.allocation_id),
    ]
    voted, changed = all_at_once(app, actions)

    assert isinstance(voted, RuleBroken) is not isinstance(changed, RuleBroken)


# ---------------------------------------------------------------- signatures


def test_a_vote_is_signed_for_one_allocation_and_fits_no_other(fund: FoundedFund) -> None:
    one, other = make_allocation(fund), make_allocation(fund)
    member = fund.members[0]
    vote(fund, member, one.allocation_id)
    [cast] = rows(select(Vote))
    [key] = rows(select(VotingKey).where(VotingKey.id == cast.voting_key_id))

    def fits(version: AllocationVersion, **changed: Any) -> bool:
        said: dict[str, Any] = {"member": cast.member_id, "choice": cast.choice, "number": cast.number} | changed
        return verify(key.public, cast.signature, message_of(fund.id, version, **said))

    mine = newest_version(one.allocation_id)
    assert fits(mine)
    assert not fits(newest_version(other.allocation_id))
    assert not fits(mine, choice=Choice.NO)
    assert not fits(mine, number=2)
    assert not fits(mine, member=fund.members[1].person_id)


def test_a_vote_for_what_the_member_did_not_see_is_refused(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)
    seen = ballot(proposed.allocation_id)
    make_family(fund)
    do(repropose, actor=fund.coordinator, allocation_id=proposed.allocation_id)
    member = fund.members[0]
    signing = SigningKey(fund.signing_key(member))

    for order in (seen, replace(ballot(proposed.allocation_id), content_root=seen.content_root)):
        with pytest.raises(RuleBroken, match="computed anew after you opened it"):
            do(cast_vote, actor=member, order=order, signing=signing)


def test_another_persons_key_does_not_vote(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)
    foreign = SigningKey(fund.signing_key(fund.members[1]))

    with pytest.raises(Tampered):
        do(cast_vote, actor=fund.members[0], order=ballot(proposed.allocation_id), signing=foreign)
    assert rows(select(Vote)) == []


def test_a_wrong_password_opens_no_voting_key(fund: FoundedFund) -> None:
    member = fund.members[0]

    with pytest.raises(RuleBroken, match="not your password") as refusal:
        see(signing_key, actor=member, password="seven loud herons")

    assert refusal.value.field == "password"
    opened = see(signing_key, actor=member, password=fund.password(member.handle))
    assert opened == SigningKey(fund.signing_key(member))
    assert opened.private.hex() not in repr(opened)
    assert repr(opened.private) not in repr(opened)


def test_only_the_committee_votes(fund: FoundedFund) -> None:
    proposed = make_allocation(fund)

    for stranger in (fund.coordinator, fund.treasurer, fund.auditor):
        with pytest.raises(NotAllowed):
            do(
                cast_vote,
                actor=stranger,
                order=ballot(proposed.allocation_id),
                signing=SigningKey(fund.signing_key(fund.members[0])),
            )


# ---------------------------------------------------------------- looking


def test_a_member_sees_what_a_line_rests_on_and_that_is_recorded(fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=1, members=3)
    member = fund.members[0]

    [line] = look(open_lines, actor=member, allocation_id=proposed.allocation_id).lines

    assert [(str(who.who), who.birth_year, who.grade) for who in line.members] == [
        ("Worker", 1985, None),
        ("Wife or husband", 1987, None),
        ("Child", 2016, 1),
    ]
    assert [str(each) for each in line.circumstances] == ["Dismissed from work", "On strike, wages stopped"]
    assert [(str(reason.what), reason.amount.minor) for reason in line.reasons] == [
        ("The family", 10_000_00),
        ("1 child in grades 1 to 4", 20_000_00),
    ]
    seen = rows(select(Sighting).where(Sighting.person_id == member.person_id))
    assert [(sighting.what, sighting.why) for sighting in seen] == [(RecordKind.LINE, "vote")]


@both_databases
def test_lines_come_in_pages(fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=3)
    member = fund.members[0]

    first = look(open_lines, actor=member, allocation_id=proposed.allocation_id, size=2)
    rest = look(open_lines, actor=member, allocation_id=proposed.allocation_id, size=2, after=2)

    assert ([line.n for line in first.lines], first.next_after) == ([1, 2], 2)
    assert ([line.n for line in rest.lines], rest.next_after) == ([3], None)


def test_facts_of_another_line_are_not_shown_for_this_one(fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=2)
    one, other = rows(select(Record).where(Record.kind == RecordKind.LINE))
    with Session(db.engine.execution_options(writes=True)) as session:
        session.execute(update(Record).where(Record.id == one.id).values(blob=other.blob))
        session.commit()

    with pytest.raises(Tampered):
        look(open_lines, actor=fund.members[0], allocation_id=proposed.allocation_id)


# ---------------------------------------------------------------- the audit chain


@both_databases
def test_every_row_of_a_decision_stands_in_the_audit_chain(fund: FoundedFund) -> None:
    carried = make_carried(fund, families=2)

    acts = rows(select(AuditLine.act).where(AuditLine.subject_id == carried.allocation_id).order_by(AuditLine.seq))
    assert acts == ["allocation.proposed", *["vote.cast"] * 3, "allocation.carried"]
    [last] = rows(select(AuditLine).where(AuditLine.act == "allocation.carried"))
    made = [
        key
        for table in (Decision, Entry, Voucher)
        for key in rows(select(table.id).where(_of(table, carried.allocation_id)))
    ]
    assert all(UUID.bytes.fget(key) in last.made for key in made)  # type: ignore[attr-defined]


def _of(table: Any, allocation_id: UUID) -> Any:
    return table.kind == EntryKind.RESERVATION if table is Entry else table.allocation_id == allocation_id


@both_databases
def test_a_lively_committee_leaves_books_that_hold(fund: FoundedFund) -> None:
    one, two, three, four, _five = fund.members
    lively = make_allocation(fund, families=2)
    vote(fund, one, lively.allocation_id)
    make_family(fund)
    do(repropose, actor=fund.coordinator, allocation_id=lively.allocation_id)
    vote(fund, one, lively.allocation_id, Choice.NO)
    vote(fund, two, lively.allocation_id, Choice.RECUSAL, reason=RecusalReason.SAME_WORKPLACE)
    for member in (one, three, four):
        vote(fund, member, lively.allocation_id)
    dull = make_allocation(fund, families=1, purpose="food")
    do(withdraw, actor=fund.coordinator, allocation_id=dull.allocation_id)
    refused = make_allocation(fund, families=1, purpose="general")
    for member in (one, two, three):
        vote(fund, member, refused.allocation_id, Choice.NO)

    states = select(Allocation.state).order_by(Allocation.number)
    assert rows(states) == [AllocationState.CARRIED, AllocationState.WITHDRAWN, AllocationState.REJECTED]
    with Session(db.engine) as session:
        assert list(verification.verify(session)) == []
