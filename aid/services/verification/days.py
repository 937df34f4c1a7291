"""Proof of the plans of distribution days: each family comes once, in slots that have room for it and lie inside the
hours, with vouchers of that point and of the decisions that were chosen; and nobody is asked for on two days at once.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from aid.domain.days.planning import Slot, check_hours, in_turn, spread, why_not_plan
from aid.domain.permissions import Role
from aid.domain.refusals import RuleBroken
from aid.models.days import DayDecision, DayPlan, DaySlot
from aid.models.vouchers import Voucher, VoucherMove
from aid.services.days.coming import hours_of, numbers
from aid.services.fund_days import zone_of
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding
from aid.services.verification.reading import CHUNK, Unreadable, rows_of
from aid.services.verification.roles import AT_ONCE, had_role


@dataclass(frozen=True, slots=True)
class _Planned:
    """A voucher that a plan names."""

    id: UUID
    serial: int
    family_id: UUID
    allocation_id: UUID
    issued_point_id: UUID
    valid_until: date


def prove_days(session: Session) -> Iterator[Finding]:
    """Plans in which a family comes twice, too late, too many at once, or to the wrong point."""
    yield from faults_found(session, _versions)
    zone = zone_of(session)
    for plan in rows_of(session, DayPlan):
        if not isinstance(plan, Unreadable):
            yield from (Finding("day_plan", str(plan.id), fault) for fault in _faults(session, plan, zone))
    yield from _twice(session, zone)


def _versions() -> Iterator[Fault]:
    other = aliased(DayPlan)
    same = and_(other.point_id == DayPlan.point_id, other.day == DayPlan.day)
    before = exists().where(same, other.version == DayPlan.version - 1)
    yield those(DayPlan.id, and_(DayPlan.version > 1, ~before), "no version was before it")
    slots = exists().where(DaySlot.plan_id == DayPlan.id)
    yield those(DayPlan.id, and_(DayPlan.cancelled.is_not(None), slots), "somebody comes though it was cancelled")


def _faults(session: Session, plan: DayPlan, zone: ZoneInfo) -> Iterator[str]:
    """What is wrong with one plan, as it was made."""
    if not had_role(session, Role.COORDINATOR, person_id=plan.by_id, at=plan.at):
        yield "who planned it was no coordinator then"
    if why_not_plan(plan.day, today=plan.at.astimezone(zone).date()):
        yield "it was planned for a day that was over, or far off"
    if plan.cancelled is None:
        yield from _slots(session, plan)


def _slots(session: Session, plan: DayPlan) -> Iterator[str]:
    slots = session.scalars(select(DaySlot).where(DaySlot.plan_id == plan.id).order_by(DaySlot.n)).all()
    serials = [serial for slot in slots for serial in numbers(slot.serials)]
    vouchers = _vouchers(session, serials)
    if len(vouchers) < len(serials):
        yield "a voucher of it comes twice, or is none"
    yield from _who(session, plan, vouchers)
    yield from _when(plan, slots, {each.serial: each.family_id for each in vouchers})


def _who(session: Session, plan: DayPlan, vouchers: Sequence[_Planned]) -> Iterator[str]:
    """Each voucher was to be collected there and then, and is of a decision that was chosen."""
    moves = _moves(session, [each.id for each in vouchers])
    if any(plan.point_id not in _points(each, moves.get(each.id, []), plan.at) for each in vouchers):
        yield "a voucher of it was collected at another point"
    if any(each.valid_until < plan.day for each in vouchers):
        yield "a voucher of it was good only until an earlier day"
    chosen = set(session.scalars(select(DayDecision.allocation_id).where(DayDecision.plan_id == plan.id)))
    if chosen and any(each.allocation_id not in chosen for each in vouchers):
        yield "a voucher of it is of a decision that was not chosen"


def _when(plan: DayPlan, slots: Sequence[DaySlot], families: dict[int, UUID]) -> Iterator[str]:
    """Families are spread over the slots as the rule spreads them."""
    hours = hours_of(plan)
    try:
        check_hours(hours)
    except RuleBroken:
        yield "nobody could be served in its hours"
        return
    if [slot.n for slot in slots] != [*range(hours.slots)]:
        yield "its slots are not those of its hours"
    in_slot = [{families[serial] for serial in numbers(slot.serials) if serial in families} for slot in slots]
    if max(map(len, in_slot), default=0) > hours.a_slot:
        yield "more families come in a slot than it has room for"
    if any(times > 1 for times in Counter(family for those_ in in_slot for family in those_).values()):
        yield "a family comes twice"
    kept = [Slot(slot.families, tuple(numbers(slot.serials))) for slot in slots]
    if kept != spread(in_turn(families.items()), hours):
        yield "its families were spread otherwise"
    if plan.left_out and sum(slot.families for slot in slots) < hours.room:
        yield "families were left out though there was room"


def _twice(session: Session, zone: ZoneInfo) -> Iterator[Finding]:
    """Who was planned for a coming day is not planned for another one."""
    newest = select(DayPlan.point_id, DayPlan.day, func.max(DayPlan.version)).group_by(DayPlan.point_id, DayPlan.day)
    points: dict[UUID, list[DayPlan]] = {}
    for point_id, day, version in session.execute(newest.order_by(DayPlan.point_id, DayPlan.day)):
        its = (DayPlan.point_id == point_id, DayPlan.day == day, DayPlan.version == version)
        points.setdefault(point_id, []).extend(session.scalars(select(DayPlan).where(*its)))
    for plans in points.values():
        for one, other in combinations([plan for plan in plans if plan.cancelled is None], 2):
            first, second = sorted((one, other), key=lambda plan: plan.at)
            was_coming = second.at.astimezone(zone).date() <= first.day
            if was_coming and _named(session, first.id) & _named(session, second.id):
                yield Finding("day_plan", str(second.id), "somebody who comes was asked for on another day")


def _named(session: Session, plan_id: UUID) -> set[int]:
    slots = session.scalars(select(DaySlot.serials).where(DaySlot.plan_id == plan_id))
    return {serial for plain in slots for serial in numbers(plain)}


def _vouchers(session: Session, serials: Sequence[int]) -> list[_Planned]:
    wanted = sorted(set(serials))
    of = (Voucher.id, Voucher.serial, Voucher.family_id, Voucher.allocation_id, Voucher.issued_point_id)
    asked = select(*of, Voucher.valid_until).order_by(Voucher.serial)
    return [
        _Planned(*row)
        for start in range(0, len(wanted), CHUNK)
        for row in session.execute(asked.where(Voucher.serial.in_(wanted[start : start + CHUNK])))
    ]


def _moves(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[tuple[UUID, datetime]]]:
    """Where these went, and when, in order."""
    found: dict[UUID, list[tuple[UUID, datetime]]] = {}
    asked = select(VoucherMove.voucher_id, VoucherMove.to_point_id, VoucherMove.at).order_by(VoucherMove.n)
    for start in range(0, len(ids), CHUNK):
        for id_, point_id, at in session.execute(asked.where(VoucherMove.voucher_id.in_(ids[start : start + CHUNK]))):
            found.setdefault(id_, []).append((point_id, at))
    return found


def _points(voucher: _Planned, moves: Sequence[tuple[UUID, datetime]], at: datetime) -> set[UUID]:
    """Where a voucher was collected then; around a move it may have been either point."""
    there = {next((point for point, moved_at in reversed(moves) if moved_at <= at - AT_ONCE), voucher.issued_point_id)}
    return there | {point for point, moved_at in moves if at - AT_ONCE < moved_at < at + AT_ONCE}
