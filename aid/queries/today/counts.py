"""What waits at both ends of a point's day: a count before opening, a second signature, a day that nobody closed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.days.counting import CountKind
from aid.domain.permissions import Permission
from aid.domain.points import PointKind
from aid.domain.vouchers import ON_PAPER
from aid.domain.words import Message, _, n_
from aid.models.day_counts import DayCount, DayCountAnswer
from aid.models.fund import Point
from aid.models.vouchers import Voucher
from aid.queries.day_counts.states import left_open_of, open_again_of, waiting_rows
from aid.queries.today.waiting import Waiting
from aid.vault.actor import Actor


def to_open(session: Session, actor: Actor, now: Instant) -> Waiting:
    """One's own points with printed vouchers that wait, which nobody has opened by a count today."""
    own = () if actor.everywhere(Permission.KEEP_POINT) else actor.points
    opened = exists().where(
        DayCount.point_id == Point.id,
        DayCount.day == now.today,
        DayCountAnswer.count_id == DayCount.id,
        DayCountAnswer.agreed,
    )
    waits = exists().where(Voucher.point_id == Point.id, Voucher.state.in_(ON_PAPER))
    points = select(Point.id).where(Point.id.in_(own), Point.kind == PointKind.TABLE, waits, ~opened)
    found = session.scalars(points).all() if own else []
    title = n_("point to count before you open", "points to count before you open", len(found))
    hint = _("Count cash and goods before the first family comes.")
    return _to_count(found, CountKind.OPENING, title, hint)


def to_sign(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Counts of somebody else's that wait for a second person."""
    rows = waiting_rows(session, actor=actor)
    title = n_("count waits for your signature", "counts wait for your signature", len(rows))
    hint = _("Look at what was counted, and sign, or let it be counted again.")
    since = min((row.at for row in rows), default=None)
    if len(rows) == 1:
        return Waiting("day_counts.show", 1, title, hint, since, 1, values=(("count_id", rows[0].id),))
    return Waiting("day_counts.index", len(rows), title, hint, since, 1)


def left_open(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Points that handed out on a day before today, and were not counted since."""
    rows = left_open_of(session, actor=actor, today=now.today)
    title = n_("point was not closed after its last day", "points were not closed after their last day", len(rows))
    hint = _("Ask who was there; it can be closed until the point works again.")
    return Waiting("day_counts.index", len(rows), title, hint, min((row.day for row in rows), default=None), 0)


def open_again(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Points that two closed today, and that handed something out since."""
    points = open_again_of(session, actor=actor, today=now.today)
    title = n_("point is open again after it was closed", "points are open again after they were closed", len(points))
    hint = _("Something was handed out since. Count it once more when the last family has gone.")
    return _to_count(points, CountKind.CLOSING, title, hint)


def _to_count(points: Sequence[UUID], kind: CountKind, title: Message, hint: Message) -> Waiting:
    """A single point leads to its count at once."""
    if len(points) == 1:
        return Waiting("day_counts.count", 1, title, hint, values=(("point_id", points[0]), ("kind", kind.value)))
    return Waiting("day_counts.index", len(points), title, hint)
