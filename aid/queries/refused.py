"""What was refused at the tables: to whom, why and how often; and where oddly many unknown codes are tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.collections import GUESSES, REFUSAL_TITLES, RefusalCode
from aid.domain.permissions import Permission
from aid.domain.words import Message
from aid.models.collections import RefusedCollection
from aid.models.fund import Point
from aid.models.people import Person
from aid.vault.actor import Actor

LOOKED_BACK: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """So many tries of one person at one point for one reason."""

    point: Mapping[str, str]
    by: str  # a handle
    reason: Message
    count: int
    first: datetime
    last: datetime
    is_odd: bool  # so many unknown codes that somebody should ask


def lately(session: Session, *, actor: Actor, now: Instant) -> tuple[RefusedRow, ...]:
    """What was refused within a day at one's own points, odd ones first, then the latest."""
    actor.must(Permission.SEE_COLLECTIONS)
    count, last = func.count(), func.max(RefusedCollection.at)
    found = session.execute(
        select(Point.names, Person.handle, RefusedCollection.reason, count, func.min(RefusedCollection.at), last)
        .select_from(RefusedCollection)
        .join(Point, Point.id == RefusedCollection.point_id)
        .join(Person, Person.id == RefusedCollection.person_id)
        .where(RefusedCollection.point_id.in_(actor.points), RefusedCollection.at > now.instant - LOOKED_BACK)
        .group_by(Point.id, Person.handle, RefusedCollection.reason)
        .order_by(last.desc())
    )
    rows = (_row(*row) for row in found)
    return tuple(sorted(rows, key=lambda row: not row.is_odd))


def odd(session: Session, *, actor: Actor, now: Instant) -> tuple[int, datetime | None]:
    """How many people tried oddly many unknown codes at one's points within a day, and since when."""
    tried = (
        select(func.min(RefusedCollection.at).label("since"))
        .where(
            RefusedCollection.point_id.in_(actor.points),
            RefusedCollection.at > now.instant - LOOKED_BACK,
            RefusedCollection.reason == RefusalCode.UNKNOWN,
        )
        .group_by(RefusedCollection.person_id, RefusedCollection.point_id)
        .having(func.count() >= GUESSES)
        .subquery()
    )
    count, since = session.execute(select(func.count(), func.min(tried.c.since)).select_from(tried)).one()
    return count, since


def _row(point: Any, handle: str, reason: str, count: int, first: datetime, last: datetime) -> RefusedRow:
    is_odd = reason == RefusalCode.UNKNOWN and count >= GUESSES
    return RefusedRow(point, handle, REFUSAL_TITLES[RefusalCode(reason)], count, first, last, is_odd)
