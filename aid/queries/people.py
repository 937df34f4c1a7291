"""Who works with the fund."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.languages import Language
from aid.domain.permissions import Permission, Role
from aid.domain.rings import RingKind
from aid.domain.work import Work
from aid.models.fund import Fund, Locality, Point
from aid.models.people import Person, PersonState, Ring, RingMembership, VotingKey
from aid.models.records import RecordKind
from aid.services.grounds import rings_due
from aid.services.records import take_out_all
from aid.services.work import work_of
from aid.vault.actor import Actor
from aid.vault.signatures import fingerprint_of

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of the list. The name is there for members of the staff ring only."""

    id: UUID
    handle: str
    name: str | None
    roles: tuple[Role, ...]
    places: tuple[Names, ...]  # localities and points; none: everywhere
    state: PersonState


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One colleague, as an administrator or coordinator looks at them."""

    id: UUID
    handle: str
    name: str | None
    work: Work
    places: tuple[Names, ...]
    state: PersonState
    joined_at: datetime
    fingerprint: str
    rings_missing: int  # that their work needs, and nobody gave them


@dataclass(frozen=True, slots=True)
class Named:
    """A place to choose."""

    id: UUID
    names: Names


@dataclass(frozen=True, slots=True)
class Places:
    """All places of the fund."""

    localities: tuple[Named, ...]
    points: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class FundFace:
    """What every page says of the fund."""

    names: Names
    paper_titles: Names
    demo: bool


def fund_face(session: Session) -> FundFace | None:
    """The fund's names, or nothing before it is founded."""
    row = session.execute(select(Fund.names, Fund.paper_titles, Fund.demo)).one_or_none()
    return FundFace(*row) if row else None


def everyone(session: Session, *, actor: Actor) -> list[PersonRow]:
    """All people, by handle."""
    actor.must(Permission.SEE_PEOPLE)
    people = session.scalars(select(Person).order_by(Person.handle)).all()
    names = _names(session, actor=actor, people=[person.id for person in people])
    return _rows(session, people=people, names=names)


def one_person(session: Session, *, actor: Actor, person_id: UUID) -> PersonPage | None:
    """One colleague, or nothing."""
    actor.must(Permission.SEE_PEOPLE)
    person = session.get(Person, person_id)
    if person is None:
        return None
    row = _rows(session, people=[person], names=_names(session, actor=actor, people=[person.id]))[0]
    held = select(RingMembership.ring_id).where(RingMembership.person_id == person.id)
    return PersonPage(
        id=person.id,
        handle=person.handle,
        name=row.name,
        work=work_of(person),
        places=row.places,
        state=person.state,
        joined_at=person.joined_at,
        fingerprint=fingerprint_of(person.hpke_public),
        rings_missing=len(rings_due(session, person.id) - set(session.scalars(held))),
    )


def places_of_fund(session: Session) -> Places:
    """All localities and points, by code."""
    localities = session.execute(select(Locality.id, Locality.names).order_by(Locality.code))
    points = session.execute(select(Point.id, Point.names).order_by(Point.code))
    return Places(tuple(Named(*row) for row in localities), tuple(Named(*row) for row in points))


def languages_of_fund(session: Session) -> tuple[Language, ...]:
    """The languages that the fund speaks, its own first."""
    return tuple(Language(language) for language in session.scalars(select(Fund.languages)).one())


def myself(session: Session, *, actor: Actor) -> PersonRow:
    """The person who asks."""
    person = session.scalars(select(Person).where(Person.id == actor.id)).one()
    return _rows(session, people=[person], names={})[0]


def voting_fingerprint(session: Session, *, actor: Actor) -> str | None:
    """The voting key of the person who asks, as one reads it aloud."""
    keys = select(VotingKey.public).where(VotingKey.person_id == actor.id).order_by(VotingKey.made_at.desc())
    public = session.scalar(keys.limit(1))
    return fingerprint_of(public) if public else None


def keys_fingerprint(session: Session, *, actor: Actor) -> str:
    """The key that rings are sealed to, of the person who asks."""
    return fingerprint_of(session.scalars(select(Person.hpke_public).where(Person.id == actor.id)).one())


def _rows(session: Session, *, people: Sequence[Person], names: Mapping[UUID, str]) -> list[PersonRow]:
    localities = {id_: said for id_, said in session.execute(select(Locality.id, Locality.names))}  # noqa: C416
    points = {id_: said for id_, said in session.execute(select(Point.id, Point.names))}  # noqa: C416
    return [
        PersonRow(
            id=person.id,
            handle=person.handle,
            name=names.get(person.id),
            roles=tuple(sorted(grant.role for grant in person.grants)),
            places=(
                *(localities[own.locality_id] for own in person.localities),
                *(points[own.point_id] for own in person.points),
            ),
            state=person.state,
        )
        for person in people
    ]


def _names(session: Session, *, actor: Actor, people: list[UUID]) -> dict[UUID, str]:
    """Names, for who is in the staff ring."""
    staff = session.scalar(select(Ring.id).where(Ring.kind == RingKind.STAFF))
    if staff is None or not actor.keyring.has(staff):
        return {}
    records = take_out_all(session, kind=RecordKind.STAFF, row_ids=people, keyring=actor.keyring)
    return {person: record["name"] for person, record in records.items()}
