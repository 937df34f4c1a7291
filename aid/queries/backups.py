"""Backups as people look at them: when the last was made, who can read it, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.jobs import JobKind, JobState
from aid.domain.permissions import Permission
from aid.models.audit import AuditLine
from aid.models.backups import Backup, BackupRecipient
from aid.models.fund import Fund
from aid.models.jobs import Job
from aid.models.recovery import RecoveryKey
from aid.vault.actor import Actor

PAGE = 40
FRESH = timedelta(hours=36)  # a night and half a day: later than that, a night was missed


@dataclass(frozen=True, slots=True)
class BackupRow:
    """One backup."""

    id: UUID
    name: str
    size: int
    made_at: datetime
    keep_until: date
    copied_at: datetime | None
    destroyed_at: datetime | None
    was_missing: bool  # when it was to be destroyed, it was in neither place any more

    @property
    def kilobytes(self) -> int:
        """Its size, rounded up."""
        return -(-self.size // 1000)


@dataclass(frozen=True, slots=True)
class Shares:
    """The recovery key that opens backups made now."""

    threshold: int
    count: int


@dataclass(frozen=True, slots=True)
class BackupsPage:
    """One page of the list, the newest first, and how things stand."""

    rows: tuple[BackupRow, ...]
    next_before: UUID | None
    last_at: datetime | None
    is_fresh: bool
    shares: Shares | None
    others: tuple[str, ...]  # age public keys that the founding act names
    is_being_made: bool
    failure: str | None  # of the latest try, by its kind; none if it went well

    @property
    def can_be_read(self) -> bool:
        """Whether anybody could read a backup made now."""
        return self.shares is not None or bool(self.others)


def backups_page(session: Session, *, actor: Actor, now: Instant, before: UUID | None = None) -> BackupsPage:
    """The backups made before one of them, or the newest."""
    actor.must(Permission.SEE_CUSTODY)
    asked = select(Backup).order_by(Backup.id.desc()).limit(PAGE + 1)
    found = session.scalars(asked if before is None else asked.where(Backup.id < before)).all()
    shown = found[:PAGE]
    missing = _missing(session, [backup.id for backup in shown])
    last_at = session.scalar(select(func.max(Backup.made_at)))
    key = session.scalars(
        select(RecoveryKey)
        .where(RecoveryKey.confirmed_at.is_not(None))
        .order_by(RecoveryKey.generation.desc())
        .limit(1)
    ).first()
    others = session.scalars(select(BackupRecipient.recipient).where(BackupRecipient.ended_at.is_(None)))
    return BackupsPage(
        rows=tuple(_row(backup, was_missing=backup.id in missing) for backup in shown),
        next_before=shown[-1].id if len(found) > PAGE else None,
        last_at=last_at,
        is_fresh=last_at is not None and now.instant - last_at <= FRESH,
        shares=Shares(key.threshold, key.shares) if key else None,
        others=tuple(others),
        is_being_made=_is_being_made(session),
        failure=_failure(session),
    )


def days_without(session: Session, *, now: Instant) -> int:
    """Whole days since the last backup, or since the founding; 0 while none could be read."""
    readable = select(RecoveryKey.generation).where(RecoveryKey.confirmed_at.is_not(None)).limit(1)
    if session.scalar(readable) is None:
        return 0
    last = session.scalar(select(func.max(Backup.made_at))) or session.scalar(select(Fund.founded_at))
    return (now.instant - last).days if last else 0


def _row(backup: Backup, *, was_missing: bool) -> BackupRow:
    return BackupRow(
        backup.id,
        backup.name,
        backup.size,
        backup.made_at,
        backup.keep_until,
        backup.copied_at,
        backup.destroyed_at,
        was_missing,
    )


def _missing(session: Session, ids: Sequence[UUID]) -> frozenset[UUID]:
    said = select(AuditLine.subject_id).where(AuditLine.act == "backup.missing", AuditLine.subject_id.in_(ids))
    return frozenset(id_ for id_ in session.scalars(said) if id_)


def _is_being_made(session: Session) -> bool:
    open_ = (Job.state == JobState.WAITING) | (Job.state == JobState.RUNNING)
    return session.scalar(select(Job.id).where(Job.kind == JobKind.BACKUP, open_).limit(1)) is not None


def _failure(session: Session) -> str | None:
    latest = select(Job.failure).where(Job.kind == JobKind.BACKUP).order_by(Job.asked_at.desc(), Job.id.desc())
    return session.scalars(latest.limit(1)).first()
