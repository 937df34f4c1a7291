"""The committee's decision: with the deciding vote the money is set aside and the vouchers are made."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.allocations import GIVES_VOUCHERS, AllocationState
from aid.domain.clock import Instant
from aid.domain.entries import EntryKind
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.quorum import Ballot, Choice, Outcome, outcome
from aid.domain.refusals import RuleBroken
from aid.domain.vouchers import VoucherState
from aid.domain.words import _
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Decision, Vote
from aid.models.base import Permanent
from aid.models.fund import CommitteePolicy
from aid.models.programmes import Programme
from aid.models.purchases import GrantRulesVersion
from aid.models.vouchers import Voucher
from aid.services import audit, counters, ledger
from aid.services.fund_days import zone_of
from aid.services.stops import refuse_while_stopped
from aid.services.withdrawals import cancel_for_who_left


class NotEnough(RuleBroken):
    """The vote would carry the allocation, but the money is not there: nothing was recorded."""


def decide(
    session: Session,
    allocation: Allocation,
    version: AllocationVersion,
    votes: Sequence[Vote],
    members: frozenset[UUID],
    *,
    now: Instant,
) -> Outcome:
    """Where the allocation stands after its newest vote; when that decides it, do what follows.

    While the fund is stopped nothing is decided: the vote that would decide is refused.
    """
    policy = session.get_one(CommitteePolicy, version.policy_version)
    ballots = [Ballot(vote.member_id, vote.choice) for vote in votes]
    standing = outcome(ballots, members=members, proposer=version.proposed_by_id, quorum=policy.quorum)
    if standing is Outcome.OPEN:
        return standing
    refuse_while_stopped(session, now=now)
    carried = standing is Outcome.CARRIED
    choices = list({vote.member_id: vote.choice for vote in votes if vote.member_id in members}.values())
    decision = Decision(
        id=new_id(),
        allocation_id=allocation.id,
        version=version.version,
        carried=carried,
        yes=choices.count(Choice.YES),
        no=choices.count(Choice.NO),
        recused=choices.count(Choice.RECUSAL),
        deciding_vote_id=votes[-1].id,
        decided_at=votes[-1].cast_at,
        notice_until=votes[-1].cast_at + timedelta(hours=policy.notice_hours) if carried else None,
    )
    if carried:
        _carry(session, allocation, version, decision, now=now)
    else:
        allocation.state = AllocationState.REJECTED
        session.add(decision)
        audit.say(session, "allocation.rejected", subject=allocation.id, made=[decision])
    return standing


def _carry(
    session: Session, allocation: Allocation, version: AllocationVersion, decision: Decision, *, now: Instant
) -> None:
    """Set the money aside and make a voucher of every family's line, or refuse the vote that would do so."""
    allocation.state = AllocationState.CARRIED
    made: list[Permanent] = [decision, *_reserve(session, allocation, version, decision, now=now)]
    session.add(decision)
    if allocation.kind in GIVES_VOUCHERS:
        made += _make_vouchers(session, allocation, version, decision)
        made += cancel_for_who_left(session, allocation_id=allocation.id, now=now)
    audit.say(session, "allocation.carried", subject=allocation.id, made=made)


def _reserve(
    session: Session, allocation: Allocation, version: AllocationVersion, decision: Decision, *, now: Instant
) -> list[Permanent]:
    """Set money aside for what is to be spent. A transfer spends nothing, and goods in stock are paid already."""
    total = Money(version.total_minor, version.currency)
    if allocation.purpose_id is None or not total.minor:
        return []
    postings = entries.reserved(allocation.purpose_id, total)
    try:
        entry, transfers = ledger.post(session, postings, kind=EntryKind.RESERVATION, cause=decision.id, now=now)
    except ledger.NotEnoughMoney as refusal:
        raise NotEnough(
            _(
                "Your vote would carry this allocation, but the money is not there, so it was not recorded. %(why)s "
                "Vote again when money has come, or ask the coordinator for a smaller allocation.",
                why=refusal.message,
            )
        ) from None
    decision.entry_id = entry.id
    return [entry, *transfers]


def _make_vouchers(
    session: Session, allocation: Allocation, version: AllocationVersion, decision: Decision
) -> Sequence[Voucher]:
    """A voucher of every line, in one statement, read back for the audit chain."""
    assert decision.notice_until is not None, "a carried decision has a notice"
    valid_days, grace_days = _days(session, allocation, version)
    zone = zone_of(session)
    valid_until = Instant.at(decision.notice_until, zone).today + timedelta(days=valid_days)
    before_first = counters.take(session, "voucher", count=version.families) - 1
    values = {
        Voucher.id: AllocationLine.id,
        Voucher.serial: literal(before_first) + AllocationLine.n,
        Voucher.allocation_id: AllocationLine.allocation_id,
        Voucher.family_id: AllocationLine.family_id,
        Voucher.issued_point_id: AllocationLine.point_id,
        Voucher.point_id: AllocationLine.point_id,
        Voucher.purpose_id: literal(allocation.purpose_id, Voucher.purpose_id.type),
        Voucher.amount_minor: AllocationLine.amount_minor,
        Voucher.currency: AllocationLine.currency,
        Voucher.valid_until: literal(valid_until, Voucher.valid_until.type),
        Voucher.grace_until: literal(valid_until + timedelta(days=grace_days), Voucher.grace_until.type),
        Voucher.state: literal(VoucherState.ISSUED, Voucher.state.type),
        Voucher.papers: literal(0),
    }
    lines = select(*values.values()).where(
        AllocationLine.allocation_id == allocation.id, AllocationLine.version == version.version
    )
    session.flush()
    session.execute(insert(Voucher).from_select([column.key for column in values], lines))
    made = session.scalars(select(Voucher).where(Voucher.allocation_id == allocation.id).order_by(Voucher.serial)).all()
    assert len(made) == version.families, "a voucher for every family"
    return made


def _days(session: Session, allocation: Allocation, version: AllocationVersion) -> tuple[int, int]:
    """How long vouchers may be collected, and the days of grace after it: by the programme, or the rules for grants."""
    if version.grant_rules_version is not None:
        rules = session.get_one(GrantRulesVersion, version.grant_rules_version).rules
        return rules["valid_days"], rules["grace_days"]
    programme = session.get_one(Programme, allocation.programme_id)
    return programme.valid_days, programme.grace_days
