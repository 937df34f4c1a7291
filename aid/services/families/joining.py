"""Two families become one, or turn out to be one: the other leaves the fund, what it had counts for the one."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import ChangeKind, Family, FamilyState, TieKind, WithdrawalReason, check_family
from aid.domain.families.parting import united
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.families import Family as FamilyRow
from aid.models.households import FamilyTie
from aid.models.records import RecordKind
from aid.services import audit, sightings
from aid.services.families.correcting import check_open
from aid.services.families.homes import home_of
from aid.services.families.open_aid import carry_over
from aid.services.families.rows import lock_family
from aid.services.families.sealing import file_of
from aid.services.families.writing import Change, write_next
from aid.services.provisional import must_be_whole
from aid.services.withdrawals import let_go
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Union:
    """Two families that become one. `coming` are places in the other one; versions are those that were seen."""

    family_id: UUID
    version: int
    other_id: UUID
    other_version: int
    kind: TieKind
    on: date
    coming: frozenset[int]


@dataclass(frozen=True, slots=True)
class United:
    """One family goes on and waits to be confirmed; the other left, and so many vouchers of it were cancelled."""

    family_id: UUID
    code: str
    other_code: str
    carried: int
    cancelled: int


@dataclass(frozen=True, slots=True)
class OpenedPair:
    """Two files, open beside each other."""

    family_id: UUID
    version: int
    family: Family = field(repr=False)
    other_id: UUID
    other_code: str
    other_version: int
    other: Family = field(repr=False)


def open_pair(session: Session, *, actor: Actor, now: Instant, family_id: UUID, other_code: str) -> OpenedPair:
    """Open two families' files beside each other. That they were seen is written down first: for `look`."""
    row = session.get_one(FamilyRow, family_id)
    other = session.scalar(select(FamilyRow).where(FamilyRow.code == other_code))
    if other is None or not actor.may(Permission.OPEN_FILES, locality=other.locality_id):
        raise RuleBroken(_("There is no such family in your localities."), "other")
    actor.must(Permission.OPEN_FILES, locality=row.locality_id)
    _check_pair(row, other)
    assert actor.person_id is not None, "only a person has keys"
    files = [file_of(session, actor=actor, family_id=family.id) for family in (row, other)]
    seen = [row.id, other.id]
    sightings.saw(session, person_id=actor.person_id, families=seen, what=RecordKind.FILE, why="join", now=now)
    return OpenedPair(row.id, row.version, files[0], other.id, other.code, other.version, files[1])


def join(session: Session, *, actor: Actor, now: Instant, union: Union) -> United:
    """Let one family go on with people of another, which leaves the fund. Raises RuleBroken.

    What still waits for the other is cancelled; what it was given counts for the one, so nothing is given twice.
    """
    first, second = sorted((union.family_id, union.other_id))
    locked = {family_id: lock_family(session, family_id) for family_id in (first, second)}
    row, other = locked[union.family_id], locked[union.other_id]
    for one_row in (row, other):
        actor.must(Permission.REGISTER_FAMILIES, locality=one_row.locality_id)
    must_be_whole(session)
    _check_pair(row, other)
    check_open(row, union.version)
    check_open(other, union.other_version)
    home = home_of(session, actor=actor, locality_id=row.locality_id, point_id=row.point_id)
    one, another = file_of(session, actor=actor, family_id=row.id), file_of(session, actor=actor, family_id=other.id)
    family = united(one, another, coming=union.coming, on=union.on, code=other.code, today=now.today)
    check_family(family, now.today)

    tie = FamilyTie(
        id=new_id(), kind=union.kind, family_id=row.id, other_id=other.id, by_id=actor.person_id, at=now.instant
    )
    session.add(tie)
    session.flush()
    cancelled = let_go(session, by_id=actor.person_id, now=now, row=other, reason=_reason(union.kind))
    carried = carry_over(session, tie, to=row.id, of=other.id)
    change = Change(ChangeKind.UNITED, home, family)
    made = write_next(session, actor=actor, now=now, row=row, change=change)
    audit.say(session, "family.united", subject=row.id, made=[*made, tie, *carried])
    return United(row.id, row.code, other.code, len(carried), cancelled)


def _check_pair(row: FamilyRow, other: FamilyRow) -> None:
    if row.id == other.id:
        raise RuleBroken(_("Write the code of the other family, not of this one."), "other")
    if other.state is FamilyState.WITHDRAWN:
        raise RuleBroken(_("The other family has left the fund."), "other")


def _reason(kind: TieKind) -> WithdrawalReason:
    return WithdrawalReason.TWICE if kind is TieKind.TWICE else WithdrawalReason.UNITED
