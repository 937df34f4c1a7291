"""How a history is asked for: part by part, each the newest rows before a moment, merged into one page."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.words import Message
from aid.models.audit import AuditLine
from aid.models.people import Person
from aid.queries.timelines import Happening

PAGE = 30


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of what happened, the newest first; `next_before` is the moment that the next one begins before."""

    rows: tuple[Happening, ...]
    next_before: datetime | None


@dataclass(frozen=True, slots=True)
class Ask:
    """Of what, up to when, and how much: what each part of a timeline is asked."""

    session: Session
    id: UUID
    now: Instant
    before: datetime | None
    size: int

    def told(self, rows: Any, at: Any) -> Any:
        """The newest of these rows by the moment in one column."""
        if self.before is not None:
            rows = rows.where(at < self.before)
        return self.session.execute(rows.order_by(at.desc()).limit(self.size + 1))

    def is_told(self, at: datetime | None) -> bool:
        """Whether this moment is over, and on this page."""
        return at is not None and at <= self.now.instant and (self.before is None or at < self.before)


Part = Callable[[Ask], Iterable[Happening]]


def page_of(ask: Ask, parts: Iterable[Part]) -> HistoryPage:
    """Parts merged; what happened in one moment stays on one page."""
    every = sorted((one for part in parts for one in part(ask)), key=lambda one: one.at, reverse=True)
    if len(every) <= ask.size:
        return HistoryPage(tuple(every), None)
    end = every[ask.size - 1].at
    shown = [one for one in every if one.at >= end]
    return HistoryPage(tuple(shown), end if len(shown) < len(every) else None)


def done_by(*columns: Any, by: Any) -> Any:
    """These columns, and the handle of who did it."""
    return select(*columns, Person.handle).select_from(by.class_).join(Person, Person.id == by)


def acts(ask: Ask, act: str, said: Message) -> Iterator[Happening]:
    """What only the audit trail tells."""
    rows = select(AuditLine.at, Person.handle).outerjoin(Person, Person.id == AuditLine.actor_id)
    for at, handle in ask.told(rows.where(AuditLine.subject_id == ask.id, AuditLine.act == act), AuditLine.at):
        yield Happening(at, said, handle or "")
