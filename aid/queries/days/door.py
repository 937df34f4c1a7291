"""What the poster on the door says: in which hour each family comes, by the smallest number on its vouchers.

Families come in the order of their smallest numbers, so that each hour has one range, however many vouchers they hold.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.days.planning import in_turn, shown_ranges
from aid.domain.paper_trail import written
from aid.domain.permissions import Permission
from aid.domain.vouchers import OPEN_STATES
from aid.models.vouchers import Voucher
from aid.services.days.coming import planned
from aid.vault.actor import Actor

CHUNK = 500


@dataclass(frozen=True, slots=True)
class DoorRow:
    """One slot: when, and the smallest numbers of those who come."""

    hours: str
    runs: tuple[str, ...]  # as they are printed


@dataclass(frozen=True, slots=True)
class Door:
    """The slots in which somebody comes, and what a reader has to know besides."""

    slots: tuple[DoorRow, ...]
    has_several: bool  # whether some family has more than one voucher
    more_wait: bool  # whether somebody waits here who is not asked for on this day


def door(session: Session, *, actor: Actor, point_id: UUID, day: date) -> Door | None:
    """What hangs on the door; nothing where no plan of this day takes place."""
    actor.must(Permission.KEEP_POINT, point=point_id)
    plan = planned(session, point_id=point_id, day=day)
    if plan is None or plan.plan.cancelled:
        return None
    slot_of = plan.slot_of()
    families = in_turn(_with_families(session, sorted(slot_of)))
    waits = select(Voucher.serial).where(Voucher.point_id == point_id, Voucher.state.in_(OPEN_STATES))
    others = set(session.scalars(waits)) - slot_of.keys()
    smallest = [[serials[0] for serials in families if slot_of[serials[0]] == slot.n] for slot in plan.slots]
    ranges = shown_ranges(smallest, others)
    rows = (DoorRow(plan.hours.during(slot.n), written(ranges[n])) for n, slot in enumerate(plan.slots))
    return Door(
        slots=tuple(row for row in rows if row.runs),
        has_several=any(len(serials) > 1 for serials in families),
        more_wait=bool(others),
    )


def _with_families(session: Session, serials: list[int]) -> list[tuple[int, UUID]]:
    asked = select(Voucher.serial, Voucher.family_id)
    return [
        (serial, family_id)
        for start in range(0, len(serials), CHUNK)
        for serial, family_id in session.execute(asked.where(Voucher.serial.in_(serials[start : start + CHUNK])))
    ]
