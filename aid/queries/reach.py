"""What an account had the keys to until a moment, whether or not it ever opened it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from aid.domain.permissions import Role
from aid.models.donations import Donor
from aid.models.families import Family
from aid.models.households import FamilyMove
from aid.models.people import PersonLocality, PersonPoint, RoleGrant
from aid.models.vouchers import Voucher

EVERY_FILE = frozenset({Role.COORDINATOR})
FACTS_ONLY = frozenset({Role.COMMITTEE_MEMBER})
OF_LOCALITIES = frozenset({Role.REGISTRAR, Role.CONFIRMER})
OF_POINTS = frozenset({Role.DISTRIBUTOR})
OF_DONORS = frozenset({Role.TREASURER})
OF_STAFF = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an account's keys reached. Places and roles that ended count until they did."""

    everywhere_until: datetime | None
    localities: tuple[tuple[UUID, datetime], ...]
    points: tuple[tuple[UUID, datetime], ...]
    files: bool  # whole files were within reach; else facts without names, or slips, at most
    donors: int
    staff: bool


def reach_of(session: Session, *, person_id: UUID, at: datetime) -> Reach:
    """What this account had the keys to until this moment."""
    ends = dict(_ends(session, person_id, at))
    everywhere = [end for role, end in ends.items() if role in EVERY_FILE | FACTS_ONLY]
    locals_until = max((end for role, end in ends.items() if role in OF_LOCALITIES), default=None)
    points_until = max((end for role, end in ends.items() if role in OF_POINTS), default=None)
    localities = select(PersonLocality.locality_id, PersonLocality.ended_at).where(
        PersonLocality.person_id == person_id
    )
    points = select(PersonPoint.point_id, PersonPoint.ended_at).where(PersonPoint.person_id == person_id)
    held = set(ends)
    return Reach(
        everywhere_until=max(everywhere, default=None),
        localities=tuple(
            (id_, min(end or locals_until, locals_until)) for id_, end in session.execute(localities) if locals_until
        ),
        points=tuple(
            (id_, min(end or points_until, points_until)) for id_, end in session.execute(points) if points_until
        ),
        files=bool(held & (EVERY_FILE | OF_LOCALITIES)),
        donors=_donors(session, ends),
        staff=bool(held & OF_STAFF),
    )


def within(reach: Reach) -> ColumnElement[bool]:
    """The families that were there while the account had keys to them."""
    return or_(false(), *_parts(reach))


def _parts(reach: Reach) -> Iterator[ColumnElement[bool]]:
    if reach.everywhere_until:
        yield Family.registered_at <= reach.everywhere_until
    for locality_id, until in reach.localities:
        came = Family.id.in_(
            select(FamilyMove.family_id).where(FamilyMove.to_locality_id == locality_id, FamilyMove.at <= until)
        )
        yield came | ((Family.registered_in_id == locality_id) & (Family.registered_at <= until))
    for point_id, until in reach.points:
        collects = Family.id.in_(select(Voucher.family_id).where(Voucher.point_id == point_id))
        left = Family.id.in_(select(FamilyMove.family_id).where(FamilyMove.from_point_id == point_id))
        yield ((Family.point_id == point_id) | collects | left) & (Family.registered_at <= until)


def _ends(session: Session, person_id: UUID, at: datetime) -> Iterator[tuple[Role, datetime]]:
    """Each role the account ever had, and until when."""
    grants = select(RoleGrant.role, RoleGrant.ended_at).where(
        RoleGrant.person_id == person_id, RoleGrant.granted_at <= at
    )
    for role, ended_at in session.execute(grants):
        yield role, min(ended_at or at, at)


def _donors(session: Session, ends: dict[Role, datetime]) -> int:
    until = max((end for role, end in ends.items() if role in OF_DONORS), default=None)
    if until is None:
        return 0
    return session.scalar(select(func.count()).select_from(Donor).where(Donor.known_since <= until)) or 0
