"""What the worker has to do: the rows are the truth. Who has a job has a lease on it; one that lapsed is taken anew."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.jobs import NIGHTLY, JobKind, JobState
from aid.domain.permissions import Permission
from aid.models.custody import Lockdown
from aid.models.jobs import Job
from aid.models.people import Person, PersonState
from aid.services import audit
from aid.services.backups.keeping import has_recipients, recipients
from aid.vault.actor import Actor

LEASE: Final = timedelta(minutes=10)
MOST_ATTEMPTS: Final = 5
KEPT: Final = timedelta(days=30)  # so long an ended job is shown
OPEN: Final = (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Asked:
    """The job that does what was asked for."""

    job_id: UUID


@dataclass(frozen=True, slots=True)
class Taken:
    """A job is the worker's; or it isn't, and there is nothing to do."""

    kind: JobKind | None


@dataclass(frozen=True, slots=True)
class Noted:
    """How a job stands is written down."""

    state: JobState | None


def ask_for_backup(session: Session, *, actor: Actor, now: Instant) -> Asked:
    """Have a backup made as soon as the worker comes to it; one that is asked for already is enough.

    Raises RuleBroken where nobody could read it.
    """
    actor.must(Permission.MAKE_BACKUPS)
    recipients(session)
    there = session.scalars(select(Job.id).where(Job.kind == JobKind.BACKUP, Job.state.in_(OPEN)).limit(1)).first()
    if there:
        return Asked(there)
    job = put_down(session, actor=actor, now=now, kind=JobKind.BACKUP)
    audit.say(session, "backup.asked")
    return Asked(job.id)


def put_down(session: Session, *, actor: Actor, now: Instant, kind: JobKind) -> Job:
    """A job that somebody asks for, to be done as soon as the worker comes to it."""
    job = _job(new_id(), kind, actor=actor, now=now)
    session.add(job)
    return job


def plan(session: Session, *, actor: Actor, now: Instant, kind: JobKind, night: date) -> Asked:
    """Write down what is due every night. Its id is its night's: there is one, however many workers there are."""
    job = _job(job_of_night(kind, night), kind, actor=actor, now=now)
    session.add(job)
    return Asked(job.id)


def missing(session: Session, *, night: date) -> list[JobKind]:
    """What of this night's work nobody wrote down yet. A backup that nobody could read is not made."""
    ids = {job_of_night(kind, night): kind for kind in NIGHTLY}
    there = set(session.scalars(select(Job.id).where(Job.id.in_(ids))))
    wanted = [kind for id_, kind in ids.items() if id_ not in there]
    return wanted if has_recipients(session) else [kind for kind in wanted if kind is not JobKind.BACKUP]


def job_of_night(kind: JobKind, night: date) -> UUID:
    """The same for every worker, so that one of them writes it down."""
    return UUID(bytes=hashlib.sha256(f"komek/1/job/{kind.value}/{night.isoformat()}".encode()).digest()[:16])


def due(session: Session, *, now: Instant) -> list[UUID]:
    """Jobs that may be taken, the longest due first; none while the fund is locked."""
    if is_locked(session):
        return []
    return list(session.scalars(select(Job.id).where(_is_due(now.instant)).order_by(Job.run_after, Job.id)))


def is_locked(session: Session) -> bool:
    """Whether somebody pressed panic: nothing runs then."""
    return bool(session.scalar(select(exists().where(Lockdown.lifted_at.is_(None)))))


def take(session: Session, *, actor: Actor, now: Instant, job_id: UUID) -> Taken:
    """Take a job, unless another has it, it isn't its time, or who asked for it was cut off meanwhile."""
    if is_locked(session):
        return Taken(None)
    _stop_if_asker_is_cut_off(session, job_id, now=now)
    lease = {"state": JobState.RUNNING, "lease_until": now.instant + LEASE, "attempts": Job.attempts + 1}
    mine = update(Job).where(Job.id == job_id, _is_due(now.instant)).values(lease)
    return Taken(session.scalar(mine.returning(Job.kind)))


def renew(session: Session, *, actor: Actor, now: Instant, job_id: UUID) -> Noted:
    """Long work goes on: nobody else is to take it. Says how the job stands: it may have been stopped."""
    running = update(Job).where(Job.id == job_id, Job.state == JobState.RUNNING)
    return Noted(session.scalar(running.values(lease_until=now.instant + LEASE).returning(Job.state)))


def finish(session: Session, *, actor: Actor, now: Instant, job_id: UUID) -> Noted:
    """It is done."""
    return _end(session, job_id, JobState.DONE, now=now)


def fail(session: Session, *, actor: Actor, now: Instant, job_id: UUID, kind: str, again: bool) -> Noted:
    """It could not be done: try again later, each time after twice as long, or give it up."""
    attempts = session.scalar(select(Job.attempts).where(Job.id == job_id)) or 0
    if not again or attempts >= MOST_ATTEMPTS:
        return _end(session, job_id, JobState.FAILED, now=now, failure=kind)
    later = now.instant + timedelta(minutes=2**attempts)
    mine = update(Job).where(Job.id == job_id, Job.state == JobState.RUNNING)
    values = {"state": JobState.WAITING, "lease_until": None, "run_after": later, "failure": kind}
    return Noted(session.scalar(mine.values(values).returning(Job.state)))


def forget_ended(session: Session, *, now: Instant) -> None:
    """Jobs that ended long ago tell nothing any more."""
    session.execute(delete(Job).where(Job.state.not_in(OPEN), Job.ended_at < now.instant - KEPT))


def _end(session: Session, job_id: UUID, state: JobState, *, now: Instant, failure: str | None = None) -> Noted:
    mine = update(Job).where(Job.id == job_id, Job.state == JobState.RUNNING)
    values = {"state": state, "lease_until": None, "ended_at": now.instant, "failure": failure}
    return Noted(session.scalar(mine.values(values).returning(Job.state)))


def _stop_if_asker_is_cut_off(session: Session, job_id: UUID, *, now: Instant) -> None:
    cut_off = exists().where(Person.id == Job.asked_by_id, Person.state == PersonState.SUSPENDED)
    theirs = update(Job).where(Job.id == job_id, Job.state.in_(OPEN), cut_off)
    session.execute(theirs.values(state=JobState.STOPPED, lease_until=None, ended_at=now.instant))


def _is_due(moment: datetime) -> ColumnElement[bool]:
    waits = and_(Job.state == JobState.WAITING, Job.run_after <= moment)
    return or_(waits, and_(Job.state == JobState.RUNNING, Job.lease_until < moment))


def _job(id_: UUID, kind: JobKind, *, actor: Actor, now: Instant) -> Job:
    return Job(
        id=id_,
        kind=kind,
        state=JobState.WAITING,
        asked_by_id=actor.person_id,
        asked_at=now.instant,
        run_after=now.instant,
        attempts=0,
    )
