"""Collectors who are not on the list: whose case waits for a second person's word, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from aid.domain.clock import Instant
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import NotAllowed
from aid.domain.strangers import STRANGER_TITLES, WAITS, why_not_agree
from aid.domain.vouchers import printed_number
from aid.domain.words import Message, _
from aid.models.allocations import AllocationLine
from aid.models.base import in_language
from aid.models.collections import StrangerAnswer, StrangerAsked
from aid.models.fund import Point
from aid.models.people import Person
from aid.models.vouchers import Voucher
from aid.services.collections.parts import rest_of
from aid.services.collections.strangers import USED, may_agree
from aid.services.goods import words_for
from aid.services.vouchers import holding
from aid.vault.actor import Actor

ANSWERED = exists().where(StrangerAnswer.asked_id == StrangerAsked.id).correlate(StrangerAsked)


@dataclass(frozen=True, slots=True)
class StrangerRow:
    """Somebody who is not on the slip stands at a table."""

    asked_id: UUID
    serial: int
    family_code: str
    amount: Money  # what is left of the voucher
    items: tuple[str, ...]
    point: str
    reason: Message
    by: str  # a handle
    at: datetime
    is_own: bool  # the reader asked for it
    agreed: bool | None  # none: nobody has answered
    answered_by: str | None
    is_used: bool  # something was handed out by this word

    @property
    def printed_number(self) -> str:
        """The number as it stands on the paper."""
        return printed_number(self.serial)


@dataclass(frozen=True, slots=True)
class StrangerPage:
    """One of them, and why the reader may not agree, if so."""

    row: StrangerRow
    why_not: Message | None


def waiting(session: Session, *, actor: Actor, now: Instant) -> tuple[StrangerRow, ...]:
    """What waits for the reader's word, those who wait longest first; and what the reader asked lately."""
    _must_agree(actor)
    found = session.execute(
        _asked().where(or_(_waits(actor, now), _lately(actor, now))).order_by(StrangerAsked.at)
    ).all()
    words = words_for(session, {plain for row in found for plain in row.items})
    return tuple(_row(session, row, actor, words) for row in found)


def count_waiting(session: Session, *, actor: Actor, now: Instant) -> int:
    """How many wait for the reader's word."""
    return session.execute(select(func.count()).select_from(StrangerAsked).where(_waits(actor, now))).scalar_one()


def one(session: Session, *, actor: Actor, now: Instant, asked_id: UUID) -> StrangerPage | None:
    """One of them at a point of the reader's own."""
    _must_agree(actor)
    found = session.execute(_asked().where(StrangerAsked.id == asked_id)).one_or_none()
    if found is None or not may_agree(actor=actor, point_id=found.StrangerAsked.point_id):
        return None
    assert actor.person_id is not None, "a person reads"
    row = _row(session, found, actor, words_for(session, found.items))
    why_not = why_not_agree(
        asked_by=found.StrangerAsked.by_id,
        me=actor.person_id,
        vouched_by=holding.vouched_by(session, found.Voucher.family_id),
        is_answered=row.agreed is not None,
        asked_at=row.at,
        now=now.instant,
    )
    return StrangerPage(row, why_not)


def _must_agree(actor: Actor) -> None:
    """Raise NotAllowed for who is never asked about strangers."""
    if not (actor.may(Permission.HAND_OUT) or actor.may(Permission.MEND_COLLECTIONS)):
        raise NotAllowed(_("Who hands out at this point agrees, or a coordinator."))


def _waits(actor: Actor, now: Instant) -> ColumnElement[bool]:
    here = StrangerAsked.point_id.in_(actor.points)
    fresh = StrangerAsked.at > now.instant - WAITS
    return and_(here, fresh, StrangerAsked.by_id != actor.person_id, ~ANSWERED)


def _lately(actor: Actor, now: Instant) -> ColumnElement[bool]:
    return and_(StrangerAsked.by_id == actor.person_id, StrangerAsked.at > now.instant - WAITS, ~USED)


def _asked() -> Any:
    second = aliased(Person)
    return (
        select(
            StrangerAsked, StrangerAnswer.agreed, Person.handle, second.handle.label("second"), USED.label("is_used")
        )
        .add_columns(Voucher)
        .add_columns(AllocationLine.items, AllocationLine.family_code, Point.names)
        .join(Voucher, Voucher.id == StrangerAsked.voucher_id)
        .join(AllocationLine, AllocationLine.id == Voucher.id)
        .join(Point, Point.id == StrangerAsked.point_id)
        .join(Person, Person.id == StrangerAsked.by_id)
        .outerjoin(StrangerAnswer, StrangerAnswer.asked_id == StrangerAsked.id)
        .outerjoin(second, second.id == StrangerAnswer.by_id)
    )


def _row(session: Session, row: Any, actor: Actor, words: Any) -> StrangerRow:
    asked, rest = row.StrangerAsked, rest_of(session, row.Voucher, row.items)
    return StrangerRow(
        asked_id=asked.id,
        serial=row.Voucher.serial,
        family_code=row.family_code,
        amount=rest.amount,
        items=words.say_all(rest.plain(), actor.language),
        point=in_language(row.names, actor.language),
        reason=STRANGER_TITLES[asked.reason],
        by=row.handle,
        at=asked.at,
        is_own=asked.by_id == actor.person_id,
        agreed=row.agreed,
        answered_by=row.second,
        is_used=row.is_used,
    )
