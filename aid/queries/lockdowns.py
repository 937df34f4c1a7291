"""Whether the fund is locked: everything that serves, runs or writes asks this first."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.models.custody import Lockdown


def lockdown_in_force(session: Session) -> UUID | None:
    """The lockdown that nobody lifted yet, or None."""
    return session.scalar(select(Lockdown.id).where(Lockdown.lifted_at.is_(None)).limit(1))


def is_locked(session: Session) -> bool:
    """Whether somebody pressed panic, and two people have not yet opened the fund again."""
    return lockdown_in_force(session) is not None
