"""The committee changes itself: proposed by a member, signed by the old quorum, in force after a delay.

Nobody else can change it: not an administrator who invites friends, nor who rules the server, for each certificate is
signed by the committee before it. A proposal has no power of its own; it says what would be signed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.membership import (
    NOT_CERTIFIED,
    Answer,
    Ballots,
    ChangeKind,
    Rules,
    Standing,
    counted_from,
    holds_from,
    standing,
)
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.committee import Certificate, ChangeAnswer, MembershipChange
from aid.models.fund import CommitteePolicy, Fund
from aid.services import audit
from aid.services.certificates import Certified, active_of, hold_seats, in_force, newest, sign_as_member
from aid.services.seat_holders import certifiable_seat, end_seats, give_role
from aid.services.seats import Wanted, changed
from aid.services.signing import SigningKey
from aid.vault.actor import Actor
from aid.vault.certificates import Committee, Member, answer_message

OVERTAKEN = _(
    "The committee has changed since this was proposed, so it can’t be signed any more. Propose it anew if it is "
    "still needed."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOrder:
    """What a member proposes: whom it is about, whose seat is taken or left, or other rules."""

    kind: ChangeKind
    subject_id: UUID | None = None
    leaves_id: UUID | None = None
    alternate: str | None = None
    rules: Rules | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOrder:
    """A member's answer to exactly what they saw."""

    change_id: UUID
    hash: bytes
    answer: Answer


@dataclass(frozen=True, slots=True)
class Proposed:
    """A change is announced."""

    change_id: UUID


@dataclass(frozen=True, slots=True)
class Answered:
    """Where a change stands, and from when it holds if it is certified."""

    standing: Standing
    holds_from: datetime | None


@dataclass(frozen=True, slots=True)
class SeatsEnded:
    """So many people who left the committee lost their role and their keys."""

    count: int


# ---------------------------------------------------------------- proposing


def propose_change(session: Session, *, actor: Actor, now: Instant, order: ChangeOrder) -> Proposed:
    """Announce a change to the committee. It says what would be signed, and starts an absent member's notice.

    It changes the newest certificate; one that does not hold yet may be proposed to, and is signed once it holds.
    """
    _lock(session)
    member_id = _seated(session, actor=actor, now=now)
    base = newest(session)
    after = changed(base.committee, _wanted(session, base.committee, order, member_id=member_id))
    change = MembershipChange(
        id=new_id(),
        kind=order.kind,
        version=after.version,
        subject_id=order.subject_id,
        leaves_id=order.leaves_id,
        content=after.content(),
        hash=after.hash,
        proposed_by_id=member_id,
        proposed_at=now.instant,
    )
    session.add(change)
    audit.say(session, "committee.change_proposed", subject=change.id, made=[change])
    end_seats(session, now=now)
    return Proposed(change.id)


def _wanted(session: Session, base: Committee, order: ChangeOrder, *, member_id: UUID) -> Wanted:
    """The change as it would stand in the certificate. Raises RuleBroken."""
    seat = None
    match order.kind:
        case ChangeKind.ADMIT | ChangeKind.NEW_KEY | ChangeKind.ALTERNATE:
            seat = certifiable_seat(session, person_id=order.subject_id, alternate=order.alternate)
        case ChangeKind.NAME_ALTERNATE:
            if order.subject_id != member_id or member_id not in base.by_id:
                raise RuleBroken(_("Each member names their own alternate."))
            own = base.by_id[member_id]
            seat = Member(own.person_id, own.handle, own.public, order.alternate)
        case ChangeKind.LEAVE | ChangeKind.RULES:
            pass
    return Wanted(kind=order.kind, seat=seat, leaves=order.leaves_id, rules=order.rules)


# ---------------------------------------------------------------- signing


def answer_change(session: Session, *, actor: Actor, now: Instant, order: AnswerOrder, signing: SigningKey) -> Answered:
    """Sign a member's yes or no to a change; with the last signature that it needs, certify it."""
    _lock(session)
    member_id = _seated(session, actor=actor, now=now)
    change, base = _open(session, order.change_id, now=now)
    if order.hash != change.hash:
        raise RuleBroken(OVERTAKEN)
    given = _answers(session, change.id)
    if member_id in given:
        raise RuleBroken(_("You have answered this already. An answer that is signed stays."))
    message = answer_message(
        fund=base.committee.fund, change=change.id, hash_=change.hash, member=member_id, answer=order.answer.value
    )
    signed = sign_as_member(session, member=member_id, committee=base.committee, signing=signing, message=message)
    answer = ChangeAnswer(
        change_id=change.id,
        member_id=member_id,
        voting_key_id=signed.key.id,
        answer=order.answer,
        signature=signed.signature,
        at=now.instant,
    )
    session.add(answer)
    session.flush()
    audit.say(session, "committee.change_answered", subject=change.id, made=[answer])
    end_seats(session, now=now)
    return _count(session, change, base, now=now)


def complete_change(session: Session, *, actor: Actor, now: Instant, change_id: UUID) -> Answered:
    """Count a change's signatures again: an absent member's notice is over, or who had not signed was suspended."""
    _lock(session)
    _seated(session, actor=actor, now=now)
    change, base = _open(session, change_id, now=now)
    counted = _count(session, change, base, now=now)
    if counted.holds_from is None:
        raise RuleBroken(_("It can’t be completed yet: signatures are missing, or its notice is not over."))
    return counted


def finish_leaving(session: Session, *, actor: Actor, now: Instant) -> SeatsEnded:
    """Take role and keys from those whose leaving holds by now. Whoever comes first does it; the worker too."""
    actor.must(Permission.SEE_COMMITTEE)
    _lock(session)
    return SeatsEnded(end_seats(session, now=now))


def _count(session: Session, change: MembershipChange, base: Certified, *, now: Instant) -> Answered:
    """Certify a change that enough have signed, if its notice is over."""
    where = standing(ballots_of(session, change, base.committee))
    rules = base.committee
    from_ = counted_from(
        change.kind,
        proposed_at=change.proposed_at,
        delay_hours=rules.delay_hours,
        absence_hours=rules.absence_hours,
    )
    if where is not Standing.AGREED or now.instant < from_:
        return Answered(where, None)
    certificate = _certify(session, change, base, now=now)
    return Answered(where, certificate.effective_at)


def _certify(session: Session, change: MembershipChange, base: Certified, *, now: Instant) -> Certificate:
    after = Committee.read(change.content)
    policy = _policy(session, after, base, now=now)
    made_at = max(now.instant, *session.scalars(select(ChangeAnswer.at).where(ChangeAnswer.change_id == change.id)))
    certificate = Certificate(
        version=change.version,
        change_id=change.id,
        content=change.content,
        hash=change.hash,
        policy_version=policy.version,
        made_at=made_at,
        effective_at=holds_from(made_at=made_at, delay_hours=base.committee.delay_hours),
    )
    session.add(certificate)
    session.flush()
    made: list[Permanent] = [certificate]
    if policy.version != base.row.policy_version:
        made.append(policy)
    audit.say(session, "committee.changed", subject=change.id, made=made)
    for newcomer in after.by_id.keys() - base.committee.by_id.keys():
        give_role(session, person_id=newcomer, by_id=change.proposed_by_id, now=now)
    return certificate


def _policy(session: Session, after: Committee, base: Certified, *, now: Instant) -> CommitteePolicy:
    """The policy that decisions are counted by: the one there is, or a new one where its numbers change."""
    policy = session.get_one(CommitteePolicy, base.row.policy_version)
    if (policy.quorum, policy.notice_hours) == (after.quorum, after.notice_hours):
        return policy
    new = CommitteePolicy(
        version=policy.version + 1, quorum=after.quorum, notice_hours=after.notice_hours, set_at=now.instant
    )
    session.add(new)
    session.flush()
    return new


# ---------------------------------------------------------------- what stands


def ballots_of(session: Session, change: MembershipChange, base: Committee) -> Ballots:
    """The answers given to a change, and who may give one now."""
    return ballots(change, base, answers=_answers(session, change.id), active=active_of(session, base))


def ballots(
    change: MembershipChange, base: Committee, *, answers: Mapping[UUID, Answer], active: Collection[UUID]
) -> Ballots:
    """The same, from answers and people at work that were read already."""
    members = frozenset(base.by_id)
    return Ballots(
        answers=dict(answers),
        members=members,
        suspended=members - frozenset(active),
        quorum=base.quorum,
        absent=change.leaves_id if change.kind is ChangeKind.ALTERNATE else None,
    )


def _answers(session: Session, change_id: UUID) -> dict[UUID, Answer]:
    given = session.scalars(select(ChangeAnswer).where(ChangeAnswer.change_id == change_id))
    return {answer.member_id: answer.answer for answer in given}


def _open(session: Session, change_id: UUID, *, now: Instant) -> tuple[MembershipChange, Certified]:
    """A change that can still be signed, and the committee that signs it. Raises RuleBroken."""
    change = session.scalar(select(MembershipChange).where(MembershipChange.id == change_id))
    if change is None:
        raise RuleBroken(_("There is no such change. Look at what is proposed now."))
    base = newest(session)
    if change.version != base.committee.version + 1:
        raise RuleBroken(OVERTAKEN)
    hold_seats(session, base.committee)
    if in_force(session, at=now.instant).row.version != base.row.version:
        raise RuleBroken(
            _(
                "The committee that signs this begins on %(moment)s. Sign it from then on.",
                moment=base.row.effective_at,
            )
        )
    if standing(ballots_of(session, change, base.committee)) is Standing.REJECTED:
        raise RuleBroken(_("This was rejected: too many members said no. Propose it anew if it is still needed."))
    return change, base


def _seated(session: Session, *, actor: Actor, now: Instant) -> UUID:
    """The member who acts: with a certified seat now, whatever their role says."""
    actor.must(Permission.CHANGE_COMMITTEE)
    assert actor.person_id is not None, "a person changes the committee"
    if actor.person_id not in in_force(session, at=now.instant).committee.by_id:
        raise RuleBroken(NOT_CERTIFIED)
    return actor.person_id


def _lock(session: Session) -> None:
    """Let one change of the committee wait for the other."""
    session.execute(select(Fund.id).with_for_update())
