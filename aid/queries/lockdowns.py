"""Whether the fund is locked: everything that serves, runs or writes asks this first."""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.models.custody import Lockdown

_LOCKDOWN = Lockdown.__table__.c
IS_LOCKED = exists().where(_LOCKDOWN.lifted_at.is_(None))
"""For who asks it together with something else."""

_IN_FORCE = select(_LOCKDOWN.id).where(_LOCKDOWN.lifted_at.is_(None)).limit(1)


def lockdown_in_force(session: Session) -> UUID | None:
    """The lockdown that nobody lifted yet, or None."""
    return session.scalar(_IN_FORCE)


def is_locked(session: Session) -> bool:
    """Whether somebody pressed panic, and two people have not yet opened the fund again."""
    return lockdown_in_force(session) is not None
