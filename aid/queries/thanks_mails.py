"""Messages of thanks on their way, and those of which somebody has to find out whether they arrived."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.jobs import JobState
from aid.domain.mails import IN_DOUBT, MOVING, MailState
from aid.domain.permissions import Permission
from aid.models.donations import Donation
from aid.models.jobs import Job
from aid.models.people import Person
from aid.models.thanks import MailStep, ThanksMail
from aid.services import run_keys
from aid.vault.actor import Actor

SHOWN = 50


@dataclass(frozen=True, slots=True)
class MailRow:
    """A message, and how it stands."""

    id: UUID
    donation_id: UUID
    number: int  # of the donation
    state: MailState
    asked_at: datetime
    asked_by: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """What happened to a message, and in whose words."""

    state: MailState
    at: datetime
    by: str | None
    words: str | None


@dataclass(frozen=True, slots=True)
class MailPage:
    """One message whole: what is known of it, and never what it says."""

    row: MailRow
    steps: tuple[StepRow, ...]

    @property
    def in_doubt(self) -> bool:
        """Whether a treasurer has to decide."""
        return self.row.state in IN_DOUBT


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that were sent together: how many stand where."""

    job_id: UUID
    counts: Mapping[MailState, int]
    again_at: datetime | None  # the mail server was not reached; then it is tried again
    asked_at: datetime

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """Those that nobody is sending any more."""
        return sum(count for state, count in self.counts.items() if state not in MOVING)


def can_send(session: Session, *, now: Instant, run_mac_key: bytes) -> bool:
    """Whether a worker runs that messages can be handed to."""
    return bool(run_keys.running(session, now=now, key=run_mac_key))


def doubts(session: Session, *, actor: Actor, size: int = SHOWN) -> tuple[MailRow, ...]:
    """Messages that failed, or of which nobody knows, the oldest first."""
    actor.must(Permission.THANK_DONORS)
    wanted = _mails().where(ThanksMail.state.in_(IN_DOUBT)).order_by(ThanksMail.asked_at, ThanksMail.id).limit(size)
    return tuple(MailRow(*row) for row in session.execute(wanted))


def mail(session: Session, *, actor: Actor, mail_id: UUID) -> MailPage | None:
    """One message, or None where there is none."""
    actor.must(Permission.THANK_DONORS)
    found = session.execute(_mails().where(ThanksMail.id == mail_id)).one_or_none()
    if found is None:
        return None
    steps = (
        select(MailStep.state, MailStep.at, Person.handle, MailStep.words)
        .outerjoin(Person, Person.id == MailStep.by_id)
        .where(MailStep.mail_id == mail_id)
        .order_by(MailStep.n)
    )
    return MailPage(MailRow(*found), tuple(StepRow(*row) for row in session.execute(steps)))


def mails_of(session: Session, *, actor: Actor, donation_id: UUID) -> tuple[MailRow, ...]:
    """All messages that thanked for a donation, or tried to, the latest first."""
    actor.must(Permission.SEE_MONEY)
    wanted = _mails().where(ThanksMail.donation_id == donation_id).order_by(ThanksMail.n.desc())
    return tuple(MailRow(*row) for row in session.execute(wanted))


def batch(session: Session, *, actor: Actor, job_id: UUID) -> Batch | None:
    """One batch, or None where there is none."""
    actor.must(Permission.THANK_DONORS)
    return next(iter(_batches(session, [job_id])), None)


def batches_on_their_way(session: Session, *, actor: Actor) -> tuple[Batch, ...]:
    """Batches that are being sent, the oldest first."""
    actor.must(Permission.THANK_DONORS)
    moving = session.scalars(select(ThanksMail.job_id).where(ThanksMail.state.in_(MOVING)).distinct()).all()
    return tuple(_batches(session, list(moving)))


def _batches(session: Session, job_ids: list[UUID]) -> list[Batch]:
    counts: dict[UUID, dict[MailState, int]] = {}
    asked: dict[UUID, datetime] = {}
    grouped = select(ThanksMail.job_id, ThanksMail.state, func.count(), func.min(ThanksMail.asked_at))
    rows = session.execute(grouped.where(ThanksMail.job_id.in_(job_ids)).group_by(ThanksMail.job_id, ThanksMail.state))
    for job_id, state, count, at in rows:
        counts.setdefault(job_id, {})[state] = count
        asked[job_id] = min(asked.get(job_id, at), at)
    waits = select(Job.id, Job.run_after).where(Job.id.in_(job_ids), Job.state == JobState.WAITING, Job.attempts > 0)
    again = {job_id: at for job_id, at in session.execute(waits)}  # noqa: C416
    found = [Batch(job_id, of, again.get(job_id), asked[job_id]) for job_id, of in counts.items()]
    return sorted(found, key=lambda each: each.asked_at)


def _mails() -> Select[UUID, UUID, int, MailState, datetime, str]:
    return (
        select(
            ThanksMail.id,
            ThanksMail.donation_id,
            Donation.number,
            ThanksMail.state,
            ThanksMail.asked_at,
            Person.handle,
        )
        .join(Donation, Donation.id == ThanksMail.donation_id)
        .join(Person, Person.id == ThanksMail.asked_by_id)
    )
