"""Objections as pages list them: numbers, codes and dates. What was said is opened, not queried."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from aid.domain.clock import Instant
from aid.domain.objections import WAITING, CaseFacts, ObjectionReason, ObjectionState
from aid.domain.permissions import Permission
from aid.models.families import Erasure, Family
from aid.models.objections import Objection, ObjectionAnswer, ObjectionPassedOn
from aid.vault.actor import Actor

PAGE = 50
_First, _Last = aliased(ObjectionAnswer), aliased(ObjectionAnswer)


class Chosen(StrEnum):
    """Which objections a list shows."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    COMMITTEE = "committee"
    ANSWERED = "answered"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """One objection in a list. Its age is counted in the fund's days."""

    id: UUID
    number: int
    code: str
    reason: ObjectionReason
    state: ObjectionState
    opened_at: datetime
    due_on: date
    age: int
    is_overdue: bool


def objections(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    chosen: Chosen = Chosen.WAITING,
    before: int | None = None,
    size: int = PAGE,
) -> tuple[ObjectionRow, ...]:
    """Objections that this reader may see, the newest first; `before` is the last number already shown."""
    actor.must(Permission.SEE_OBJECTIONS)
    wanted = chosen_of(actor=actor, now=now, chosen=chosen).add_columns(Family.code)
    if before is not None:
        wanted = wanted.where(Objection.number < before)
    found = session.execute(wanted.order_by(Objection.number.desc()).limit(size))
    return tuple(_row(row, now) for row in found)


def families_objections(session: Session, *, actor: Actor, now: Instant, family_id: UUID) -> tuple[ObjectionRow, ...]:
    """The latest objections of one family."""
    actor.must(Permission.SEE_OBJECTIONS)
    wanted = cases().add_columns(Family.code).where(_seen_by(actor), Objection.family_id == family_id)
    found = session.execute(wanted.order_by(Objection.number.desc()).limit(PAGE))
    return tuple(_row(row, now) for row in found)


def chosen_of(*, actor: Actor, now: Instant, chosen: Chosen) -> Any:
    """The objections of one kind that this reader may see, to be asked something of."""
    return cases().where(_seen_by(actor), _chosen(chosen, now))


def due_of(chosen: Chosen) -> Any:
    """Since when they wait: an overdue one since its day, another since it came."""
    if chosen is Chosen.OVERDUE:
        return func.coalesce(ObjectionPassedOn.due_on, Objection.due_on)
    return func.coalesce(ObjectionPassedOn.at, Objection.opened_at)


def cases() -> Any:
    """Each objection with what happened to it."""
    return (
        select(Objection, ObjectionPassedOn, _First.id.label("first"), _Last.id.label("last"), Erasure.at.label("gone"))
        .join(Family, Family.id == Objection.family_id)
        .outerjoin(ObjectionPassedOn, ObjectionPassedOn.objection_id == Objection.id)
        .outerjoin(_First, and_(_First.objection_id == Objection.id, _First.n == 1))
        .outerjoin(_Last, and_(_Last.objection_id == Objection.id, _Last.n == 2))
        .outerjoin(Erasure, Erasure.family_id == Objection.family_id)
    )


def facts_in(row: Any) -> CaseFacts:
    """What happened to the objection in this row."""
    return CaseFacts(
        is_answered=row.first is not None,
        is_passed_on=row.ObjectionPassedOn is not None,
        is_final=row.last is not None,
        is_erased=row.gone is not None,
    )


def _row(row: Any, now: Instant) -> ObjectionRow:
    case, passed, state = row.Objection, row.ObjectionPassedOn, facts_in(row).state
    due = passed.due_on if passed else case.due_on
    return ObjectionRow(
        id=case.id,
        number=case.number,
        code=row.code,
        reason=case.reason,
        state=state,
        opened_at=case.opened_at,
        due_on=due,
        age=(now.instant - case.opened_at).days,
        is_overdue=state in WAITING and due < now.today,
    )


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    if actor.may(Permission.OPEN_OBJECTIONS):
        everywhere = actor.everywhere(Permission.OPEN_OBJECTIONS)
        return true() if everywhere else Family.locality_id.in_(actor.localities)
    return ObjectionPassedOn.id.is_not(None)


def _chosen(chosen: Chosen, now: Instant) -> ColumnElement[bool]:
    passed, first, last = ObjectionPassedOn.id, _First.id, _Last.id
    before_committee = and_(passed.is_not(None), last.is_(None), Erasure.at.is_(None))
    waits = or_(before_committee, and_(passed.is_(None), first.is_(None), Erasure.at.is_(None)))
    match chosen:
        case Chosen.WAITING:
            return waits
        case Chosen.OVERDUE:
            return and_(waits, func.coalesce(ObjectionPassedOn.due_on, Objection.due_on) < now.today)
        case Chosen.COMMITTEE:
            return before_committee
        case Chosen.ANSWERED:
            return or_(last.is_not(None), and_(first.is_not(None), passed.is_(None)))
        case Chosen.ALL:
            return true()
