"""Writing down what a family objects to, in its own words."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.objections import ObjectionReason, checked_words, due_on
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.allocations import Allocation
from aid.models.families import Erasure
from aid.models.objections import Objection, ObjectionAnswer, ObjectionPassedOn
from aid.models.records import RecordKind
from aid.services import audit, counters
from aid.services.families import lock_family
from aid.services.objections.cases import put_words
from aid.services.objections.rules import days_in_force
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class ObjectionOrder:
    """What a family objects to; `allocation_id` where it is about one of them."""

    family_id: UUID
    reason: ObjectionReason
    words: str = field(repr=False)
    allocation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """An objection waits for its answer until a day."""

    objection_id: UUID
    number: int
    due_on: date


def open_objection(session: Session, *, actor: Actor, now: Instant, order: ObjectionOrder) -> Opened:
    """Write down an objection of a family of one's own locality. Raises RuleBroken."""
    assert actor.person_id is not None, "a person writes it down"
    family = lock_family(session, order.family_id)
    actor.must(Permission.OPEN_OBJECTIONS, locality=family.locality_id)
    said = checked_words(order.words)
    if session.get(Erasure, family.id) is not None:
        raise RuleBroken(_("This family was erased: nobody can be answered any more."))
    if order.allocation_id is not None and session.get(Allocation, order.allocation_id) is None:
        raise RuleBroken(_("This allocation does not exist; choose one from the list."), "about")
    _refuse_twice(session, order)
    objection = Objection(
        id=new_id(),
        number=counters.take(session, "objection"),
        family_id=family.id,
        allocation_id=order.allocation_id,
        reason=order.reason,
        due_on=due_on(now.today, days_in_force(session)),
        opened_by_id=actor.person_id,
        opened_at=now.instant,
    )
    session.add(objection)
    session.flush()
    put_words(session, words=said, kind=RecordKind.PROTEST, row_id=objection.id, family=family, actor=actor)
    audit.say(session, "objection.opened", subject=objection.id, made=[objection])
    return Opened(objection.id, objection.number, objection.due_on)


def _refuse_twice(session: Session, order: ObjectionOrder) -> None:
    """The same is not written down again while it waits: somebody asked twice, or two wrote at once."""
    answered = exists().where(ObjectionAnswer.objection_id == Objection.id)
    passed = exists().where(ObjectionPassedOn.objection_id == Objection.id)
    last = exists().where(ObjectionAnswer.objection_id == Objection.id, ObjectionAnswer.n == 2)
    waits = ~answered | (passed & ~last)
    same = (
        Objection.allocation_id.is_(None)
        if order.allocation_id is None
        else Objection.allocation_id == order.allocation_id
    )
    number = session.scalar(
        select(Objection.number)
        .where(Objection.family_id == order.family_id, Objection.reason == order.reason, same, waits)
        .limit(1)
    )
    if number is not None:
        raise RuleBroken(_("Objection no. %(number)s of this family says the same and still waits.", number=number))
