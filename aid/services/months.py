"""The months of the books: postings share a month's row, closing takes it for itself and never gives it back."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.entries import HAD
from aid.domain.months import Month, months
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.ledger import Account, Entry, Transfer
from aid.models.months import BookMonth, MonthClosing
from aid.models.ready import Ready
from aid.services import audit
from aid.vault.actor import Actor
from aid.vault.cbor import canonical


@dataclass(frozen=True, slots=True)
class MonthClosed:
    """A month is closed for good."""

    month: str


def hold_month(session: Session, month: Month) -> None:
    """Keep a month open until this is committed. Raises RuleBroken where it is closed."""
    _lock(session, month, alone=False)
    if _CLOSED.first(session, {"month": str(month)}) is not None:
        raise RuleBroken(_("%(month)s is closed. What comes late is booked in an open month.", month=month))


def close_month(session: Session, *, actor: Actor, now: Instant, month: Month) -> MonthClosed:
    """Close a month that is over, once all before it are closed. Raises RuleBroken."""
    actor.must(Permission.CLOSE_MONTHS)
    assert actor.person_id is not None, "a person closes months"
    _lock(session, month, alone=True)
    if session.get(MonthClosing, str(month), populate_existing=True) is not None:
        raise RuleBroken(_("%(month)s is closed already.", month=month))
    if month >= Month.of(now.today):
        raise RuleBroken(_("%(month)s is not over yet.", month=month))
    still_open = open_months(session, until=month)
    if not still_open:
        raise RuleBroken(_("Nothing was ever booked in %(month)s or before it.", month=month))
    if still_open[0] != month:
        raise RuleBroken(_("Close the months before it first."))
    closing = MonthClosing(
        month=str(month),
        entries=entries_in(session, month),
        balances=digest_of_balances(session, month),
        closed_at=now.instant,
        closed_by_id=actor.person_id,
    )
    session.add(closing)
    audit.say(session, "month.closed", made=[closing])
    return MonthClosed(str(month))


def open_months(session: Session, *, until: Month) -> list[Month]:
    """Months up to this one that are not closed, from the first in which anything was booked."""
    first = session.scalar(select(func.min(Entry.posted_on)))
    closed = set(session.scalars(select(MonthClosing.month)))
    return [month for month in months(Month.of(first), until) if str(month) not in closed] if first else []


def entries_in(session: Session, month: Month) -> int:
    """How many entries were booked in a month."""
    booked = select(func.count()).select_from(Entry).where(Entry.posted_on.between(month.first, month.last))
    return session.execute(booked).scalar_one()


def digest_of_balances(session: Session, month: Month) -> bytes:
    """SHA-256 over what every account held at the end of a month, by the accounts' keys."""
    held: dict[str, int] = {}
    for side, sign in ((Transfer.debit_id, 1), (Transfer.credit_id, -1)):
        summed = (
            select(Account.key, Account.kind, func.sum(Transfer.amount_minor))
            .join(Transfer, side == Account.id)
            .join(Entry, Entry.id == Transfer.entry_id)
            .where(Entry.posted_on <= month.last)
            .group_by(Account.key, Account.kind)
        )
        for key, kind, minor in session.execute(summed):
            held[key] = held.get(key, 0) + int(minor) * (sign if kind in HAD else -sign)
    content = ["komek/month/1", str(month), [[key, held[key]] for key in sorted(held)]]
    return hashlib.sha256(canonical(content)).digest()


def _lock(session: Session, month: Month, *, alone: bool) -> None:
    """Take the month's row: postings together, closing alone. It is made where this is the first to come."""
    held, its = _ALONE if alone else _TOGETHER, {"month": str(month)}
    if held.first(session, its) is None:
        connection = session.connection()
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(BookMonth).values(month=str(month)).on_conflict_do_nothing())
        assert held.first(session, its), "it is there now, and held"


_MONTH, _CLOSING = BookMonth.__table__.c, MonthClosing.__table__.c
_ROW = select(_MONTH.month).where(_MONTH.month == bindparam("month"))
_ALONE, _TOGETHER = Ready(_ROW.with_for_update()), Ready(_ROW.with_for_update(read=True))
_CLOSED = Ready(select(_CLOSING.month).where(_CLOSING.month == bindparam("month")))
"""Asked at each entry of the books: built once."""
