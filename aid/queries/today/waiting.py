"""What one line of Today is, and how it is asked for: one question to the database, however much waits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select, func
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.waiting import PATIENCE, Age, age_of, days_waited
from aid.domain.words import Message
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many things of one kind wait for this person. `endpoint` is the page where they do, one tap away."""

    endpoint: str
    count: int
    title: Message
    hint: Message | None = None
    since: date | datetime | None = None  # of the oldest; None where it has no age
    patience: int = PATIENCE  # in days
    is_days: bool = False  # what is counted is days: its age is said already
    values: tuple[tuple[str, str | int | UUID], ...] = ()  # what the address names, where it is one thing's own page

    def days(self, now: Instant) -> int | None:
        """How long the oldest has waited."""
        return None if self.since is None else days_waited(self.since, now=now)

    def age(self, now: Instant) -> Age:
        """Whether it is time to mind."""
        days = self.days(now)
        return Age.NEW if days is None else age_of(days, patience=self.patience)


Question: TypeAlias = Callable[[Session, Actor, Instant], Waiting]


@dataclass(frozen=True, slots=True)
class Oldest:
    """How many there are, and the oldest of them."""

    count: int = 0
    since: Any = None
    id: Any = None

    def alone(self, name: str) -> tuple[tuple[str, Any], ...]:
        """Its own address, where it is the only one."""
        return ((name, self.id),) if self.count == 1 else ()


def oldest(session: Session, rows: Select[Any, Any] | Select[Any]) -> Oldest:
    """The number of rows of (when, id) or of (when), and the oldest of them, in one question."""
    columns = list(rows.selected_columns)
    found = session.execute(rows.add_columns(func.count().over()).order_by(columns[0]).limit(1)).one_or_none()
    if found is None:
        return Oldest()
    return Oldest(found[-1], found[0], found[1] if len(columns) > 1 else None)
