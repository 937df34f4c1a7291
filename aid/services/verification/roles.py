"""Who worked as what at a moment, as roles were given and taken: for proofs of acts that need a role."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.permissions import Role
from aid.models.people import RoleGrant, WorkChange

AT_ONCE: Final = timedelta(minutes=1)
"""Of what two people did within a minute, either may have been done first: moments are taken before locks are."""


def had_role(session: Session, role: Role, *, person_id: UUID, at: datetime) -> bool:
    """Whether somebody had this role then: it had been given, and not taken since."""
    mine = RoleGrant.granted_at <= at, RoleGrant.person_id == person_id, RoleGrant.role == role
    if session.scalar(select(RoleGrant.granted_at).where(*mine)) is None:
        return False
    changes = select(WorkChange.ends, WorkChange.at).where(WorkChange.person_id == person_id, WorkChange.role == role)
    before = session.execute(changes.where(WorkChange.at <= at).order_by(WorkChange.at, WorkChange.id))
    known = [ends for ends, changed_at in before if not ends or changed_at <= at - AT_ONCE]
    return not (known and known[-1])
