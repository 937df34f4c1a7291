"""A family becomes two: its people divided, what it had before counting for both."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.duplicates import terms_of
from aid.domain.families import ChangeKind, TieKind, check_family
from aid.domain.families.parting import Parting, parted
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.models.households import FamilyTie
from aid.services import audit, family_index
from aid.services.families.correcting import check_open
from aid.services.families.entering import enter
from aid.services.families.homes import home_of
from aid.services.families.open_aid import carry_over
from aid.services.families.rows import fresh_code, lock_family, lock_localities
from aid.services.families.sealing import file_of
from aid.services.families.writing import Change, write_next
from aid.services.provisional import must_be_whole
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Parted:
    """A family goes on as two; both wait to be confirmed. `carried`: so many lines of aid count for both."""

    family_id: UUID
    code: str
    new_id: UUID
    new_code: str
    carried: int


def part(session: Session, *, actor: Actor, now: Instant, family_id: UUID, version: int, parting: Parting) -> Parted:
    """Divide a family. What it was given or proposed stays with it, and counts for the new one too."""
    row = lock_family(session, family_id)
    actor.must(Permission.REGISTER_FAMILIES, locality=row.locality_id)
    must_be_whole(session)
    check_open(row, version)
    home = home_of(session, actor=actor, locality_id=row.locality_id, point_id=row.point_id)
    lock_localities(session, [row.locality_id])
    code = fresh_code(session)
    before = file_of(session, actor=actor, family_id=row.id)
    rest, new = parted(before, parting, codes=(row.code, code), today=now.today)
    for family in (rest, new):
        check_family(family, now.today)

    made = write_next(session, actor=actor, now=now, row=row, change=Change(ChangeKind.SPLIT, home, rest))
    entry = enter(session, actor=actor, now=now, home=home, code=code, family=new)
    session.flush()
    family_index.add(session, [(home.index, entry.family.id, terms_of(new))])
    tie = FamilyTie(
        id=new_id(),
        kind=TieKind.SPLIT,
        family_id=row.id,
        other_id=entry.family.id,
        by_id=actor.person_id,
        at=now.instant,
    )
    session.add(tie)
    session.flush()
    carried = carry_over(session, tie, to=entry.family.id, of=row.id)
    audit.say(session, "family.split", subject=row.id, made=[*made, tie, *carried])
    audit.say(session, "family.registered", subject=entry.family.id, made=[entry.family, entry.version])
    return Parted(row.id, row.code, entry.family.id, code, len(carried))
