"""Registering a family, unless it looks like one that is there already."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.duplicates import Term, family_terms
from aid.domain.families import ChangeKind, Family, FamilyState, check_family
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.models.families import Family as FamilyRow
from aid.models.families import FamilyVersion
from aid.models.records import RecordKind
from aid.services import audit, family_index, sightings
from aid.services.families.homes import Home, home_of
from aid.services.families.rows import codes_of, fresh_code, lock_localities
from aid.services.families.sealing import seal
from aid.services.family_index import LocalityIndex
from aid.services.provisional import must_be_whole
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Registration:
    """A family to register. `despite` names families, by code, that it resembles and is known not to be."""

    locality_id: UUID
    point_id: UUID
    family: Family
    despite: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Registered:
    """The family is in the register, under this code, and waits for confirmation."""

    family_id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class LooksLike:
    """Nothing was registered: these families have the same phone, or somebody of the same name and birth date."""

    codes: tuple[str, ...]


def register(session: Session, *, actor: Actor, now: Instant, order: Registration) -> Registered | LooksLike:
    """Write a family down, unless it looks like one that is there already."""
    actor.must(Permission.REGISTER_FAMILIES, locality=order.locality_id)
    must_be_whole(session)
    check_family(order.family, now.today)
    home = home_of(session, actor=actor, locality_id=order.locality_id, point_id=order.point_id)
    lock_localities(session, [order.locality_id])  # two registrars must not both find that nobody is like it
    terms = family_terms(order.family)
    alike = _lookalikes(session, home.index, terms.certain)
    if codes := set(alike.values()) - order.despite:
        if actor.person_id:  # that somebody of this phone or name is there was learnt, as by a search
            seen = [family_id for family_id, code in alike.items() if code in codes]
            sightings.saw(
                session, person_id=actor.person_id, families=seen, what=RecordKind.FILE, why="register", now=now
            )
        return LooksLike(tuple(sorted(codes)))
    code = fresh_code(session)
    entry = enter(session, actor=actor, now=now, home=home, code=code, family=order.family)
    family_index.add(session, [(home.index, entry.family.id, terms.every)])
    audit.say(session, "family.registered", subject=entry.family.id, made=[entry.family, entry.version])
    return Registered(entry.family.id, entry.family.code)


_INSERT_FAMILY = FamilyRow.__table__.insert()  # type: ignore[attr-defined]
_INSERT_VERSION = FamilyVersion.__table__.insert()  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A new family's rows, as they were put in: an audit line has to name them."""

    family: FamilyRow
    version: FamilyVersion


def enter(session: Session, *, actor: Actor, now: Instant, home: Home, code: str, family: Family) -> Entry:
    """Put a family into the register under a fresh code. It is not yet in the index, nor in the audit chain."""
    values = {
        "id": new_id(),
        "code": code,
        "registered_in_id": home.locality_id,
        "registered_at": now.instant,
        "locality_id": home.locality_id,
        "point_id": home.point_id,
        "language": family.language,
        "state": FamilyState.REGISTERED,
        "version": 1,
        "confirmed_version": None,
    }
    row = FamilyRow(**values)
    written = {
        "family_id": row.id,
        "version": 1,
        "by_id": actor.person_id,
        "at": now.instant,
        "kind": ChangeKind.WRITTEN,
    }
    connection = session.connection()
    connection.execute(_INSERT_FAMILY, values)
    connection.execute(_INSERT_VERSION, written)
    seal(session, actor=actor, place=home, row=row, family=family)
    return Entry(row, FamilyVersion(**written))


def _lookalikes(session: Session, index: LocalityIndex, certain: frozenset[Term]) -> dict[UUID, str]:
    """The families, with their codes, that one certain term is enough to think the same."""
    alike = set(family_index.with_any(session, index, certain).values())
    return codes_of(session, list(alike))
