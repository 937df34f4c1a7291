"""A family's next version: sealed, found by what is right now, and confirmed anew where that is needed."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import ChangeKind, Family, FamilyState
from aid.models.families import Family as FamilyRow
from aid.models.families import FamilyVersion
from aid.models.fund import Locality
from aid.models.households import FamilyMove
from aid.services import family_index, token_rows
from aid.services.families.homes import Home, Place, home_of
from aid.services.families.sealing import file_of, hand_over, seal, seal_slip
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What a family reads like from now on, where, and what kind of change that is."""

    kind: ChangeKind
    place: Place
    family: Family


def write_next(
    session: Session, *, actor: Actor, now: Instant, row: FamilyRow, change: Change
) -> list[FamilyVersion | FamilyMove]:
    """Write the next version of a family whose row is locked. The rows made, for the audit line.

    Who confirmed it confirmed another one, so it waits again, unless only the way to reach it was corrected.
    The slip stays as it was confirmed: nobody alone names who collects what others granted.
    """
    confirmed = row.state is FamilyState.CONFIRMED
    version = FamilyVersion(
        family_id=row.id, version=row.version + 1, by_id=actor.person_id, at=now.instant, kind=change.kind
    )
    made: list[FamilyVersion | FamilyMove] = [version]
    place, was = change.place, (row.locality_id, row.point_id)
    row.version, row.language = version.version, change.family.language
    row.locality_id, row.point_id = place.locality_id, place.point_id
    if change.kind is not ChangeKind.CONTACT:
        row.state = FamilyState.REGISTERED
    session.add(version)
    if was != (place.locality_id, place.point_id):
        made.append(_moved(session, row, was, version))
    seal(session, actor=actor, place=place, row=row, family=change.family)
    _let_be_found_there(session, row, place, change.family)
    if was[0] != place.locality_id:
        left = session.get_one(Locality, was[0]).ring_id
        hand_over(session, actor=actor, place=place, row=row, left=left)
    if confirmed and change.kind is ChangeKind.CONTACT:
        row.confirmed_version = row.version
        session.flush()
        seal_slip(session, actor=actor, row=row)
    return made


def let_be_found(session: Session, *, actor: Actor, row: FamilyRow) -> None:
    """Make a family findable where it lives: who brought it there may have had no key to that."""
    home = home_of(session, actor=actor, locality_id=row.locality_id, point_id=row.point_id)
    family_index.replace(session, home.index, row.id, file_of(session, actor=actor, family_id=row.id))


def _moved(session: Session, row: FamilyRow, was: tuple[object, object], version: FamilyVersion) -> FamilyMove:
    from_locality, from_point = was
    move = FamilyMove(
        family_id=row.id,
        version=version.version,
        from_locality_id=from_locality,
        to_locality_id=row.locality_id,
        from_point_id=from_point,
        to_point_id=row.point_id,
        at=version.at,
    )
    session.flush()
    session.add(move)
    return move


def _let_be_found_there(session: Session, row: FamilyRow, place: Place, family: Family) -> None:
    """Nobody writes another locality's index: there it is made when somebody of that place confirms the family."""
    if isinstance(place, Home):
        family_index.replace(session, place.index, row.id, family)
    else:
        token_rows.delete_of(session, [row.id])
