"""Proof that the list of backups says what was done: each was copied and destroyed when the chain says so, or not."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from aid.models.audit import AuditLine
from aid.models.backups import Backup, BackupRecipient
from aid.services.verification.findings import Finding

COPIED = ("backup.copied",)
DESTROYED = ("backup.destroyed", "backup.missing")


def backup_states(session: Session) -> Iterator[Finding]:
    """Backups that stand on the list otherwise than the chain says."""
    yield from _told_otherwise(session, Backup.copied_at, COPIED, "it was not copied to the second place then")
    yield from _told_otherwise(session, Backup.destroyed_at, DESTROYED, "it was not destroyed then")
    for (id_,) in session.execute(select(BackupRecipient.id).where(BackupRecipient.ended_at.is_not(None))):
        yield Finding("backup_recipient", str(id_), "nobody ended it")


def _told_otherwise(
    session: Session, told: InstrumentedAttribute[datetime | None], acts: tuple[str, ...], text: str
) -> Iterator[Finding]:
    done = (
        select(func.min(AuditLine.at))
        .where(AuditLine.act.in_(acts), AuditLine.subject_id == Backup.id)
        .correlate(Backup)
        .scalar_subquery()
    )
    differing: Select[Any] = select(Backup.id).where(told.is_distinct_from(done)).order_by(Backup.id)
    for (id_,) in session.execute(differing):
        yield Finding("backup", str(id_), text)
