"""A family that had left the fund comes back, and waits for somebody's second word like a new one."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import ChangeKind, Consent, FamilyState, check_family
from aid.domain.families.file import Happened
from aid.domain.families.words import HistoryKind
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.families import Withdrawal
from aid.models.households import FamilyReturn, came_back
from aid.services import audit
from aid.services.families.homes import home_of
from aid.services.families.rows import lock_family
from aid.services.families.sealing import file_of
from aid.services.families.writing import Change, write_next
from aid.services.provisional import must_be_whole
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Returned:
    """The family is in the fund again, and waits to be confirmed by somebody else."""

    family_id: UUID
    code: str
    version: int


def come_back(
    session: Session, *, actor: Actor, now: Instant, family_id: UUID, version: int, consent: Consent
) -> Returned:
    """Take a family in again that had left and was not erased. It agrees anew to what is read to it."""
    row = lock_family(session, family_id)
    actor.must(Permission.REGISTER_FAMILIES, locality=row.locality_id)
    must_be_whole(session)
    if row.state is not FamilyState.WITHDRAWN:
        raise RuleBroken(_("This family is in the fund."))
    if row.version != version:
        raise RuleBroken(_("This family was changed meanwhile. Open its file again."))
    home = home_of(session, actor=actor, locality_id=row.locality_id, point_id=row.point_id)
    before = file_of(session, actor=actor, family_id=row.id)
    returned = Happened(HistoryKind.RETURNED, now.today)
    family = replace(before, consent=consent, history=(*before.history, returned))
    check_family(family, now.today)
    withdrawal = session.scalars(select(Withdrawal).where(Withdrawal.family_id == row.id, ~came_back())).one()
    back = FamilyReturn(withdrawal_id=withdrawal.id, family_id=row.id, by_id=actor.person_id, at=now.instant)
    session.add(back)
    change = Change(ChangeKind.RETURNED, home, family)
    made = write_next(session, actor=actor, now=now, row=row, change=change)
    audit.say(session, "family.returned", subject=row.id, made=[*made, back])
    return Returned(row.id, row.code, row.version)
