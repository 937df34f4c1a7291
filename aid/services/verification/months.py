"""Proof that closed months are as they were closed: without a gap, with their entries, and with their balances."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.months import Month, months
from aid.models.ledger import Entry
from aid.models.months import MonthClosing
from aid.services.months import digest_of_balances, entries_in
from aid.services.verification.findings import Finding
from aid.services.verification.reading import Unreadable, rows_of


def prove_months(session: Session) -> Iterator[Finding]:
    """Months to which something was added, or taken from, since they were closed."""
    closed: set[Month] = set()
    for row in rows_of(session, MonthClosing):
        if isinstance(row, Unreadable):
            continue
        month = Month.from_plain(row.month)
        if month is None:
            yield Finding("month_closing", row.month, "it is no month")
            continue
        closed.add(month)
        if row.entries != entries_in(session, month):
            yield Finding("month_closing", row.month, f"{row.entries} entries were in it, and now others are")
        if row.balances != digest_of_balances(session, month):
            yield Finding("month_closing", row.month, "what accounts held at its end is not what it was")
    first = session.scalar(select(func.min(Entry.posted_on)))
    if closed and first:
        for month in months(Month.of(first), max(closed)):
            if month not in closed:
                yield Finding("month_closing", str(month), "a later month is closed, and this one is not")
