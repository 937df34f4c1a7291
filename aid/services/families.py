"""Registering families, correcting what was written of them, and opening their files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.codes import family_code
from aid.domain.duplicates import certain_terms
from aid.domain.families import Facts, Family, FamilyState, Slip, check_family, plain
from aid.domain.ids import new_id
from aid.domain.permissions import Permission, RingKind
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _
from aid.models.families import Family as FamilyRow
from aid.models.families import FamilyVersion
from aid.models.fund import Locality, Point
from aid.models.people import Ring
from aid.models.records import RecordKind
from aid.services import audit, family_index, records, sightings
from aid.services.family_index import LocalityIndex, index_of
from aid.services.provisional import must_be_whole
from aid.vault.actor import Actor
from aid.vault.failures import NoKey
from aid.vault.records import RingTarget

WHY_OPENED: Mapping[str, Message] = MappingProxyType(
    {
        "correct": _("To correct what is written"),
        "family_asks": _("The family asks what is written of it"),
        "duplicate": _("It may be the same as another family"),
        "objection": _("To answer an objection"),
        "warn": _("To warn the family"),
        "confirm": _("To confirm that the family is real"),
    }
)
"""Why a file is opened, as its sighting remembers it."""


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


@dataclass(frozen=True, slots=True)
class Correction:
    """A family as it should read. `version` is the one that was corrected."""

    family_id: UUID
    version: int
    point_id: UUID
    family: Family


@dataclass(frozen=True, slots=True)
class Corrected:
    """The family reads anew, and waits to be confirmed again."""

    family_id: UUID
    code: str
    version: int


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A family's file, open in front of somebody."""

    family_id: UUID
    code: str
    version: int
    state: FamilyState
    locality_id: UUID
    point_id: UUID
    family: Family = field(repr=False)


def register(session: Session, *, actor: Actor, now: Instant, order: Registration) -> Registered | LooksLike:
    """Write a family down, unless it looks like one that is there already."""
    actor.must(Permission.REGISTER_FAMILIES, locality=order.locality_id)
    must_be_whole(session)
    check_family(order.family, now.today)
    home = home_of(session, actor=actor, locality_id=order.locality_id, point_id=order.point_id)
    lock_localities(session, [order.locality_id])  # two registrars must not both find that nobody is like it
    alike = _lookalikes(session, home.index, order.family)
    if codes := set(alike.values()) - order.despite:
        if actor.person_id:  # that somebody of this phone or name is there was learnt, as by a search
            seen = [family_id for family_id, code in alike.items() if code in codes]
            sightings.saw(
                session, person_id=actor.person_id, families=seen, what=RecordKind.FILE, why="register", now=now
            )
        return LooksLike(tuple(sorted(codes)))
    [code] = fresh_codes(session, 1)
    entry = enter(session, actor=actor, now=now, home=home, code=code, family=order.family)
    session.flush()
    family_index.add(session, [(home.index, entry.family.id, order.family)])
    audit.say(session, "family.registered", subject=entry.family.id, made=[entry.family, entry.version])
    return Registered(entry.family.id, entry.family.code)


def correct(session: Session, *, actor: Actor, now: Instant, order: Correction) -> Corrected:
    """Write a family's next version. Who confirmed it confirmed another one, so it waits again.

    Until then the slip stays as it was confirmed: nobody alone names who collects what others granted.
    """
    row = lock_family(session, order.family_id)
    actor.must(Permission.REGISTER_FAMILIES, locality=row.locality_id)
    must_be_whole(session)
    check_family(order.family, now.today)
    home = home_of(session, actor=actor, locality_id=row.locality_id, point_id=order.point_id)
    if row.version != order.version:
        raise RuleBroken(_("This family was changed meanwhile. Open its file again and make your correction there."))
    if row.state is FamilyState.WITHDRAWN:
        raise RuleBroken(_("This family is withdrawn: nothing can be corrected in it."))
    if order.point_id == row.point_id and _file_of(session, actor, row.id) == order.family:
        raise RuleBroken(_("Nothing is different from what is written already."))

    row.version, row.state = row.version + 1, FamilyState.REGISTERED
    row.point_id, row.language = order.point_id, order.family.language
    version = FamilyVersion(family_id=row.id, version=row.version, by_id=actor.person_id, at=now.instant)
    session.add(version)
    _seal(session, actor, home, row, order.family)
    family_index.replace(session, home.index, row.id, order.family)
    audit.say(session, "family.corrected", subject=row.id, made=[version])
    return Corrected(row.id, row.code, row.version)


def open_file(session: Session, *, actor: Actor, now: Instant, family_id: UUID, why: str) -> OpenedFile:
    """Open a family's file. That it was seen, by whom and why, is written down first: for `look`."""
    row = session.get(FamilyRow, family_id)
    if row is None or actor.person_id is None:
        raise RuleBroken(_("There is no such family."))
    actor.must(Permission.OPEN_FILES, locality=row.locality_id)
    if why not in WHY_OPENED:
        raise RuleBroken(_("Say why you open the file."), "why")
    family = _file_of(session, actor, row.id)
    sightings.saw(session, person_id=actor.person_id, families=[row.id], what=RecordKind.FILE, why=why, now=now)
    return OpenedFile(row.id, row.code, row.version, row.state, row.locality_id, row.point_id, family)


def lock_family(session: Session, family_id: UUID) -> FamilyRow:
    """The family's row, locked until the commit."""
    row = session.get(FamilyRow, family_id, with_for_update=True)
    if row is None:
        raise RuleBroken(_("There is no such family."))
    return row


def lock_localities(session: Session, locality_ids: list[UUID]) -> None:
    """Let nobody else enter families here until the commit."""
    here = select(Locality.id).where(Locality.id.in_(locality_ids)).order_by(Locality.id)
    session.execute(here.with_for_update(key_share=True))


@dataclass(frozen=True, slots=True, eq=False)
class Home:
    """Where a family lives and collects: the index it is found in, and the rings its records are sealed to."""

    locality_id: UUID
    point_id: UUID
    index: LocalityIndex
    locality: RingTarget
    point: RingTarget
    needs: RingTarget


def home_of(session: Session, *, actor: Actor, locality_id: UUID, point_id: UUID) -> Home:
    """The keys to write a family under. Raises RuleBroken for an unknown place, or for who lacks the locality's key."""
    locality, point = session.get(Locality, locality_id), session.get(Point, point_id)
    if locality is None:
        raise RuleBroken(_("Choose the locality where the family lives."), "locality")
    if point is None:
        raise RuleBroken(_("Choose the point where the family collects."), "point")
    index = index_of(actor.keyring, locality_id=locality.id, ring_id=locality.ring_id)
    needs = session.scalars(select(Ring.id).where(Ring.kind == RingKind.NEEDS)).one()
    rings = records.targets(session, [locality.ring_id, point.ring_id, needs])
    if index.epoch != rings[locality.ring_id].ref.epoch:  # a suspension came between this request and its write
        raise RuleBroken(records.NEW_KEYS)
    return Home(locality.id, point.id, index, rings[locality.ring_id], rings[point.ring_id], rings[needs])


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A new family's rows: an audit line has to name them."""

    family: FamilyRow
    version: FamilyVersion


def enter(session: Session, *, actor: Actor, now: Instant, home: Home, code: str, family: Family) -> Entry:
    """Put a family into the register under a fresh code. It is not yet in the index, nor in the audit chain."""
    row = FamilyRow(
        id=new_id(),
        code=code,
        locality_id=home.locality_id,
        registered_at=now.instant,
        point_id=home.point_id,
        language=family.language,
        state=FamilyState.REGISTERED,
        version=1,
        confirmed_version=None,
    )
    version = FamilyVersion(family_id=row.id, version=1, by_id=actor.person_id, at=now.instant)
    session.add_all([row, version])
    _seal(session, actor, home, row, family)
    return Entry(row, version)


def fresh_codes(session: Session, count: int) -> list[str]:
    """Codes that no family has; should a rival take one just now, the constraint refuses one of us."""
    codes: set[str] = set()
    while len(codes) < count:
        drawn = {family_code() for _each in range(min(count - len(codes), 500))}
        codes |= drawn - set(session.scalars(select(FamilyRow.code).where(FamilyRow.code.in_(drawn))))
    return list(codes)


def seal_slip(session: Session, *, actor: Actor, row: FamilyRow) -> None:
    """Seal anew what the table needs to hand out: from the family's file, at the point where it collects now."""
    home = home_of(session, actor=actor, locality_id=row.locality_id, point_id=row.point_id)
    _seal_part(session, actor, row, RecordKind.SLIP, _file_of(session, actor, row.id).slip(), _rings_of_slip(home))


def _seal(session: Session, actor: Actor, home: Home, row: FamilyRow, family: Family) -> None:
    """Seal what is written of a family, each part for those who may open it; the slip as it is registered first."""
    _seal_part(session, actor, row, RecordKind.FILE, family, [home.locality])
    _seal_part(session, actor, row, RecordKind.FACTS, family.facts(), [home.locality, home.needs])
    if row.version == 1:
        _seal_part(session, actor, row, RecordKind.SLIP, family.slip(), _rings_of_slip(home))


def _rings_of_slip(home: Home) -> list[RingTarget]:
    return [home.locality, home.point]


def _seal_part(
    session: Session,
    actor: Actor,
    row: FamilyRow,
    kind: RecordKind,
    part: Family | Facts | Slip,
    rings: list[RingTarget],
) -> None:
    records.put(
        session,
        plain(part),
        kind=kind,
        row_id=row.id,
        family_id=row.id,
        version=row.version,
        rings=rings,
        keyring=actor.keyring,
    )


def _file_of(session: Session, actor: Actor, family_id: UUID) -> Family:
    try:
        file = records.take_out(session, kind=RecordKind.FILE, row_id=family_id, keyring=actor.keyring)
    except NoKey:
        raise RuleBroken(_("You have no key to this locality yet. Ask a coordinator to admit you to it.")) from None
    if file is None:
        raise RuleBroken(_("This family's file was erased."))
    return Family.from_plain(file)


def codes_of(session: Session, family_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The families' codes."""
    codes: dict[UUID, str] = {}
    for start in range(0, len(family_ids), 500):
        rows = session.execute(
            select(FamilyRow.id, FamilyRow.code).where(FamilyRow.id.in_(family_ids[start : start + 500]))
        )
        codes |= {row.id: row.code for row in rows}
    return codes


def _lookalikes(session: Session, index: LocalityIndex, family: Family) -> dict[UUID, str]:
    """The families, with their codes, that one certain term is enough to think the same."""
    alike = set(family_index.with_any(session, index, certain_terms(family)).values())
    return codes_of(session, list(alike))
