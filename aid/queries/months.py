"""The months of the books: which are closed, and which one can be closed next."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.exchanges import ExchangeState
from aid.domain.months import Month, months
from aid.domain.permissions import Permission
from aid.models.exchanges import Exchange
from aid.models.ledger import Entry
from aid.models.months import MonthClosing
from aid.models.people import Person
from aid.models.remittances import Remittance
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month of the books."""

    month: Month
    entries: int
    closed_at: datetime | None
    closed_by: str | None
    can_close: bool  # it is over, and all before it are closed


@dataclass(frozen=True, slots=True)
class MonthList:
    """Every month since the first entry, the latest first, and what is still open in them."""

    rows: tuple[MonthRow, ...]
    in_transit: int
    waiting: int  # exchanges for a second person

    @property
    def next(self) -> Month | None:
        """The month that can be closed now."""
        return next((row.month for row in self.rows if row.can_close), None)


def month_list(session: Session, *, actor: Actor, now: Instant) -> MonthList:
    """Every month since the first in which anything was booked."""
    actor.must(Permission.SEE_MONEY)
    days = session.execute(select(Entry.posted_on, func.count()).group_by(Entry.posted_on)).all()
    closings = session.execute(
        select(MonthClosing, Person.handle).join(Person, Person.id == MonthClosing.closed_by_id)
    ).all()
    closed = {row.month: (row.closed_at, handle) for row, handle in closings}
    this = Month.of(now.today)
    first = min((Month.of(day) for day, _count in days), default=this)
    every = list(months(first, this))
    due = next((month for month in every if str(month) not in closed), this)
    rows = (
        MonthRow(
            month=month,
            entries=sum(count for day, count in days if Month.of(day) == month),
            closed_at=closed.get(str(month), (None, None))[0],
            closed_by=closed.get(str(month), (None, None))[1],
            can_close=month == due and month < this,
        )
        for month in reversed(every)
    )
    return MonthList(
        rows=tuple(rows),
        in_transit=session.scalar(select(func.count()).select_from(Remittance).where(Remittance.left_minor > 0)) or 0,
        waiting=session.scalar(
            select(func.count()).select_from(Exchange).where(Exchange.state == ExchangeState.WAITING)
        )
        or 0,
    )


def months_to_close(session: Session, *, now: Instant) -> int:
    """How many months are over and not closed."""
    first = session.scalar(select(func.min(Entry.posted_on)))
    if first is None:
        return 0
    closed = set(session.scalars(select(MonthClosing.month)))
    this = Month.of(now.today)
    return sum(month < this and str(month) not in closed for month in months(Month.of(first), this))
