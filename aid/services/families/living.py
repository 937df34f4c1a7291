"""Writing down what happened in a family: somebody was born, joined, left or died."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import ChangeKind, check_family
from aid.domain.families.life import LifeEvent, lived
from aid.domain.permissions import Permission
from aid.services import audit
from aid.services.families.correcting import check_open
from aid.services.families.homes import home_of
from aid.services.families.rows import lock_family
from aid.services.families.sealing import file_of
from aid.services.families.writing import Change, write_next
from aid.services.provisional import must_be_whole
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Lived:
    """What happened is written down, and the family waits to be confirmed again."""

    family_id: UUID
    code: str
    version: int


def live(session: Session, *, actor: Actor, now: Instant, family_id: UUID, version: int, event: LifeEvent) -> Lived:
    """Write down who came or went. Its day, reason and name stand in the sealed file only. Raises RuleBroken."""
    row = lock_family(session, family_id)
    actor.must(Permission.REGISTER_FAMILIES, locality=row.locality_id)
    must_be_whole(session)
    check_open(row, version)
    home = home_of(session, actor=actor, locality_id=row.locality_id, point_id=row.point_id)
    family = lived(file_of(session, actor=actor, family_id=row.id), event, today=now.today)
    check_family(family, now.today)
    change = Change(ChangeKind.LIFE, home, family)
    made = write_next(session, actor=actor, now=now, row=row, change=change)
    audit.say(session, "family.lived", subject=row.id, made=made)
    return Lived(row.id, row.code, row.version)
