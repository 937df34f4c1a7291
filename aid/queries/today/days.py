"""Distribution days: which are today, and what is missing for those of tomorrow."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.words import InLanguages, Message, _, n_
from aid.models.days import DayPlan
from aid.queries.days import DayRow, newest_of, row_of
from aid.queries.days.packing import Packing, packing
from aid.queries.today.waiting import Waiting
from aid.vault.actor import Actor

FIRST = 0
"""No patience: this stands above what has waited long."""


def is_today(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Days at one's own points that are held today."""
    rows = _held(session, actor, now, days=0)
    title = n_("distribution day is today", "distribution days are today", len(rows))
    hint = _("At %(point)s, %(hours)s.", point=_where(rows[0]), hours=rows[0].hours) if len(rows) == 1 else None
    return Waiting(
        "days.live" if len(rows) == 1 else "days.index",
        len(rows),
        title,
        hint,
        now.today,
        FIRST,
        is_days=True,
        values=_address(rows),
    )


def not_ready(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Tomorrow's days at one's own points for which cash or goods are not there by the books."""
    wanting = []
    for row in _held(session, actor, now, days=1):
        found = packing(session, actor=actor, point_id=row.point_id, day=row.day)
        if found and (found.cash_missing or found.goods_missing):
            wanting.append((row, found))
    rows = [row for row, _found in wanting]
    title = n_(
        "distribution day is tomorrow, and not all is there",
        "distribution days are tomorrow, and not all is there",
        len(rows),
    )
    hint = _missing(*wanting[0]) if len(wanting) == 1 else None
    return Waiting(
        "days.packing" if len(rows) == 1 else "days.index",
        len(rows),
        title,
        hint,
        now.today,
        FIRST,
        is_days=True,
        values=_address(rows),
    )


def _held(session: Session, actor: Actor, now: Instant, *, days: int) -> list[DayRow]:
    day = now.today + timedelta(days=days)
    found = session.execute(newest_of(actor=actor).where(DayPlan.day == day, DayPlan.cancelled.is_(None)))
    return [row_of(each) for each in found]


def _missing(row: DayRow, found: Packing) -> Message:
    if found.cash_missing and found.goods_missing:
        return _("At %(point)s cash is missing: %(sum)s. Goods, too.", point=_where(row), sum=found.cash_missing[0])
    if found.cash_missing:
        return _("At %(point)s cash is missing: %(sum)s.", point=_where(row), sum=found.cash_missing[0])
    return _("At %(point)s goods are missing.", point=_where(row))


def _where(row: DayRow) -> InLanguages:
    return InLanguages.of(row.point)


def _address(rows: list[DayRow]) -> tuple[tuple[str, str | UUID], ...]:
    return (("point_id", rows[0].point_id), ("day", rows[0].day.isoformat())) if len(rows) == 1 else ()
