"""Changes of the committee as they are read: what would change, who has signed, and from when it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.membership import Answer, Ballots, ChangeKind, Stage, Standing, counted_from, standing
from aid.domain.permissions import Permission
from aid.domain.words import Message, _
from aid.models.committee import Certificate, ChangeAnswer, MembershipChange
from aid.models.people import Person, PersonState
from aid.queries.audit import in_groups
from aid.services.certificates import Certified, in_force, newest
from aid.services.membership import ballots
from aid.vault.actor import Actor
from aid.vault.certificates import Committee
from aid.vault.signatures import fingerprint_of

SIGNABLE = (Stage.SIGNING, Stage.NOTICE, Stage.READY)
OPEN = (Stage.WAITS, *SIGNABLE, Stage.CERTIFIED)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule that would be another."""

    what: Message
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What one member signed."""

    member: str
    answer: Answer
    at: datetime
    is_mine: bool


@dataclass(frozen=True, slots=True)
class ChangePage:
    """A change of the committee, and how far it has come."""

    id: UUID
    kind: ChangeKind
    sentence: Message
    who: str | None  # whose key is certified
    fingerprint: str | None
    rules: tuple[RuleChange, ...]
    hash: bytes
    groups: tuple[str, ...]
    version: int
    proposed_by: str
    proposed_at: datetime
    stage: Stage
    moment: datetime | None  # from when it can be signed, is counted, or holds: by its stage
    answers: tuple[AnswerRow, ...]
    missing: tuple[str, ...]  # who may still sign
    needed: int  # signatures that it takes
    may_sign: bool

    @property
    def yes(self) -> int:
        """How many signed for it."""
        return sum(row.answer is Answer.YES for row in self.answers)

    @property
    def mine(self) -> AnswerRow | None:
        """What the reader signed."""
        return next((row for row in self.answers if row.is_mine), None)


@dataclass(frozen=True, slots=True)
class _Reader:
    """What all changes are read with: the committees, people's handles, certificates by change."""

    session: Session
    actor: Actor
    now: Instant
    held: Certified
    last: Certified
    handles: Mapping[UUID, str]
    committees: Mapping[int, Committee]
    certificates: Mapping[UUID, Certificate]
    given: Mapping[UUID, Sequence[ChangeAnswer]]  # by change, in the order they were given
    active: frozenset[UUID]  # who is not suspended

    def ballots(self, row: MembershipChange) -> Ballots:
        """The answers given to a change, and who may give one now."""
        answers = {each.member_id: each.answer for each in self.given.get(row.id, ())}
        return ballots(row, self.committees[row.version - 1], answers=answers, active=self.active)


def changes(session: Session, *, actor: Actor, now: Instant) -> tuple[ChangePage, ...]:
    """All changes that were ever proposed, the newest first."""
    actor.must(Permission.SEE_COMMITTEE)
    reader = _reader(session, actor=actor, now=now)
    rows = session.scalars(select(MembershipChange).order_by(MembershipChange.proposed_at.desc(), MembershipChange.id))
    return tuple(_page(reader, row) for row in rows)


def change(session: Session, *, actor: Actor, now: Instant, change_id: UUID) -> ChangePage | None:
    """One change, or None."""
    actor.must(Permission.SEE_COMMITTEE)
    row = session.get(MembershipChange, change_id)
    return _page(_reader(session, actor=actor, now=now), row) if row is not None else None


def waiting_to_sign(session: Session, *, actor: Actor, now: Instant) -> list[datetime]:
    """Since when each change waits that this member can sign or complete: only the next version's can be."""
    actor.must(Permission.SEE_COMMITTEE)
    following = newest(session).row.version + 1
    rows = session.scalars(select(MembershipChange).where(MembershipChange.version == following)).all()
    if not rows:
        return []
    reader = _reader(session, actor=actor, now=now)
    pages = [_page(reader, row) for row in rows]
    return [page.proposed_at for page in pages if page.may_sign or page.stage is Stage.READY]


def _reader(session: Session, *, actor: Actor, now: Instant) -> _Reader:
    rows = session.scalars(select(Certificate).order_by(Certificate.version)).all()
    people = session.execute(select(Person.id, Person.handle, Person.state)).all()
    given: dict[UUID, list[ChangeAnswer]] = {}
    for answer in session.scalars(select(ChangeAnswer).order_by(ChangeAnswer.at)):
        given.setdefault(answer.change_id, []).append(answer)
    return _Reader(
        session=session,
        actor=actor,
        now=now,
        held=in_force(session, at=now.instant),
        last=newest(session),
        handles={id_: handle for id_, handle, _state in people},
        committees={row.version: Committee.read(row.content) for row in rows},
        certificates={row.change_id: row for row in rows if row.change_id is not None},
        given=given,
        active=frozenset(id_ for id_, _handle, state in people if state is not PersonState.SUSPENDED),
    )


def _page(reader: _Reader, row: MembershipChange) -> ChangePage:
    before, after = reader.committees[row.version - 1], Committee.read(row.content)
    stage, moment = _stage(reader, row)
    answers = _answers(reader, row)
    votes = reader.ballots(row)
    asked = set(votes.members) - set(votes.suspended)
    open_to = sorted(reader.handles[member] for member in asked - set(votes.answers) - {votes.absent})
    key = after.by_id.get(row.subject_id) if row.subject_id and row.kind is not ChangeKind.NAME_ALTERNATE else None
    return ChangePage(
        id=row.id,
        kind=row.kind,
        sentence=_sentence(row, before, after),
        who=key.handle if key else None,
        fingerprint=fingerprint_of(key.public) if key else None,
        rules=_rules(before, after),
        hash=row.hash,
        groups=in_groups(row.hash),
        version=row.version,
        proposed_by=reader.handles[row.proposed_by_id],
        proposed_at=row.proposed_at,
        stage=stage,
        moment=moment,
        answers=answers,
        missing=tuple(open_to),
        needed=before.quorum if votes.absent is None else max(3, len(asked - {votes.absent})),
        may_sign=stage in SIGNABLE
        and reader.actor.person_id in asked
        and reader.actor.person_id not in votes.answers
        and reader.actor.may(Permission.CHANGE_COMMITTEE),
    )


def _stage(reader: _Reader, row: MembershipChange) -> tuple[Stage, datetime | None]:
    """How far it has come, and the moment that matters at this stage."""
    now = reader.now.instant
    certificate = reader.certificates.get(row.id)
    if certificate is not None:
        holds = certificate.effective_at
        return (Stage.IN_FORCE if holds <= now else Stage.CERTIFIED), holds
    base = reader.last
    where = standing(reader.ballots(row))
    if where is Standing.REJECTED:
        return Stage.REJECTED, None
    if row.version != base.row.version + 1:
        return Stage.OVERTAKEN, None
    if reader.held.row.version != base.row.version:
        return Stage.WAITS, base.row.effective_at
    rules = base.committee
    counted = counted_from(
        row.kind, proposed_at=row.proposed_at, delay_hours=rules.delay_hours, absence_hours=rules.absence_hours
    )
    if where is Standing.AGREED:
        return (Stage.READY, counted) if counted <= now else (Stage.NOTICE, counted)
    return Stage.SIGNING, counted if counted > now else None


def _answers(reader: _Reader, row: MembershipChange) -> tuple[AnswerRow, ...]:
    return tuple(
        AnswerRow(reader.handles[each.member_id], each.answer, each.at, each.member_id == reader.actor.person_id)
        for each in reader.given.get(row.id, ())
    )


def _sentence(row: MembershipChange, before: Committee, after: Committee) -> Message:
    """What changes, in one sentence."""
    subject = row.subject_id and (after.by_id.get(row.subject_id) or before.by_id.get(row.subject_id))
    leaves = row.leaves_id and before.by_id.get(row.leaves_id)
    name = subject.handle if subject else leaves.handle if leaves else ""
    match row.kind:
        case ChangeKind.ADMIT:
            return _("New member of the committee: %(handle)s.", handle=name)
        case ChangeKind.LEAVE:
            return _("Leaves the committee: %(handle)s.", handle=name)
        case ChangeKind.NEW_KEY:
            return _("Votes with a new key: %(handle)s.", handle=name)
        case ChangeKind.ALTERNATE:
            gone = leaves.handle if leaves else ""
            return _("In place of the absent member %(absent)s: %(handle)s.", absent=gone, handle=name)
        case ChangeKind.NAME_ALTERNATE:
            other = subject.alternate if subject else None
            if other is None:
                return _("Without an alternate from now on: %(handle)s.", handle=name)
            return _("New alternate of %(handle)s: %(alternate)s.", handle=name, alternate=other)
        case ChangeKind.RULES:
            return _("The committee decides by other rules.")


def _rules(before: Committee, after: Committee) -> tuple[RuleChange, ...]:
    said = (
        (_("Votes needed"), before.quorum, after.quorum),
        (_("Hours from decision to printing"), before.notice_hours, after.notice_hours),
        (_("Hours until a signed change holds"), before.delay_hours, after.delay_hours),
        (_("Hours that an absence is announced"), before.absence_hours, after.absence_hours),
    )
    return tuple(RuleChange(what, old, new) for what, old, new in said if old != new)
