"""A family moves: to another point, or to another locality, whose people hold other keys."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import ChangeKind, check_family
from aid.domain.families.file import Happened
from aid.domain.families.life import check_day
from aid.domain.families.words import HistoryKind
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.families import Family as FamilyRow
from aid.services import audit
from aid.services.families.correcting import check_open
from aid.services.families.homes import place_of
from aid.services.families.rows import lock_family, lock_localities
from aid.services.families.sealing import file_of
from aid.services.families.writing import Change, write_next
from aid.services.provisional import must_be_whole
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Move:
    """Where a family goes, from which day, and how it is reached there."""

    family_id: UUID
    version: int
    locality_id: UUID
    point_id: UUID
    on: date
    address: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """The family lives elsewhere, and waits to be confirmed there. `is_mine`: who moved it still has its keys."""

    family_id: UUID
    code: str
    version: int
    is_mine: bool


def move(session: Session, *, actor: Actor, now: Instant, order: Move) -> Moved:
    """Hand a family over to where it lives now. Who moves it needs the keys of where it lived. Raises RuleBroken.

    Everything sealed of it is sealed anew for the new place, and the old one's people can open it no more. Aid that
    waits for it stays at its point.
    """
    row = lock_family(session, order.family_id)
    actor.must(Permission.REGISTER_FAMILIES, locality=row.locality_id)
    must_be_whole(session)
    check_open(row, order.version)
    check_day(order.on, today=now.today)
    if (order.locality_id, order.point_id) == (row.locality_id, row.point_id):
        raise RuleBroken(_("It lives and collects there already."), "locality")
    lock_localities(session, sorted({row.locality_id, order.locality_id}))
    place = place_of(session, actor=actor, locality_id=order.locality_id, point_id=order.point_id)
    before = file_of(session, actor=actor, family_id=row.id)
    moved = Happened(HistoryKind.MOVED, order.on)
    family = replace(before, address=order.address, phone=order.phone, history=(*before.history, moved))
    check_family(family, now.today)
    change = Change(ChangeKind.MOVED, place, family)
    made = write_next(session, actor=actor, now=now, row=row, change=change)
    audit.say(session, "family.moved", subject=row.id, made=made)
    return Moved(row.id, row.code, row.version, is_mine=_may(actor, row))


def _may(actor: Actor, row: FamilyRow) -> bool:
    return actor.may(Permission.REGISTER_FAMILIES, locality=row.locality_id)
