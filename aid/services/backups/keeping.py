"""Which backups there are: to whom they are sealed, how long they are kept, and that they were destroyed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.backups import Backup, BackupRecipient
from aid.models.recovery import RecoveryKey
from aid.services import audit
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class WrittenBackup:
    """A file that was written: what it is called, what is in it, and where its audit chain ends."""

    name: str
    size: int  # bytes
    sha256: bytes
    head_seq: int
    head_hash: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """The backup is on the list."""

    backup_id: UUID


def recipients(session: Session) -> tuple[str, ...]:
    """Who can read a backup that is made now, as age public keys. Raises RuleBroken where nobody could."""
    found = _recipients(session)
    if not found:
        raise RuleBroken(
            _(
                "Nobody could read a backup yet: the recovery shares are not confirmed. "
                "As soon as enough holders have confirmed theirs, backups are made."
            )
        )
    return found


def has_recipients(session: Session) -> bool:
    """Whether anybody could read a backup that is made now."""
    return bool(_recipients(session))


def _recipients(session: Session) -> tuple[str, ...]:
    newest = (
        select(RecoveryKey.backup_recipient)
        .where(RecoveryKey.confirmed_at.is_not(None))
        .order_by(RecoveryKey.generation.desc())
        .limit(1)
    )
    named = select(BackupRecipient.recipient).where(BackupRecipient.ended_at.is_(None))
    found = [*session.scalars(newest), *session.scalars(named.order_by(BackupRecipient.named_at, BackupRecipient.id))]
    return tuple(dict.fromkeys(found))


def keep(session: Session, *, actor: Actor, now: Instant, written: WrittenBackup, days: int) -> Kept:
    """Put a written file on the list. It is kept for so many days, today among them."""
    actor.must(Permission.MAKE_BACKUPS)
    backup = Backup(
        id=new_id(),
        name=written.name,
        size=written.size,
        sha256=written.sha256,
        head_seq=written.head_seq,
        head_hash=written.head_hash,
        made_at=now.instant,
        keep_until=now.today + timedelta(days=days - 1),
    )
    session.add(backup)
    audit.say(session, "backup.made", subject=backup.id, made=[backup])
    return Kept(backup.id)


def note_copied(session: Session, *, actor: Actor, now: Instant, backup_id: UUID) -> Kept:
    """A second place has it too, and it was read back there."""
    actor.must(Permission.MAKE_BACKUPS)
    session.get_one(Backup, backup_id).copied_at = now.instant
    audit.say(session, "backup.copied", subject=backup_id)
    return Kept(backup_id)


def note_destroyed(session: Session, *, actor: Actor, now: Instant, backup_id: UUID, was_there: bool) -> Kept:
    """Its time is over: it is in neither place any more. One that was gone already is said to be so."""
    actor.must(Permission.MAKE_BACKUPS)
    session.get_one(Backup, backup_id).destroyed_at = now.instant
    audit.say(session, "backup.destroyed" if was_there else "backup.missing", subject=backup_id)
    return Kept(backup_id)


def not_copied(session: Session) -> Sequence[Backup]:
    """Backups that only one place has."""
    there = select(Backup).where(Backup.destroyed_at.is_(None), Backup.copied_at.is_(None))
    return session.scalars(there.order_by(Backup.made_at)).all()


def past_keeping(session: Session, *, today: date) -> Sequence[Backup]:
    """Backups whose time is over."""
    over = select(Backup).where(Backup.destroyed_at.is_(None), Backup.keep_until < today)
    return session.scalars(over.order_by(Backup.made_at)).all()
