"""How stories are asked for: of a decision, a point, a day or a kind; part by part, merged into one page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from aid.domain.exceptions import KIND_TITLES, ExceptionKind
from aid.domain.permissions import Permission
from aid.domain.words import Message
from aid.models.people import Person
from aid.vault.actor import Actor

PAGE: Final = 40


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for; none: all."""

    kind: ExceptionKind | None = None
    allocation_id: UUID | None = None
    point_id: UUID | None = None
    day: date | None = None
    only_open: bool = False
    before: datetime | None = None
    size: int = PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One thing that went another way."""

    kind: ExceptionKind
    at: datetime
    what: Message  # with the reason, where one was asked for
    by: str = ""  # a handle
    fate: Message | None = None  # what became of it
    point: Mapping[str, str] | None = None
    is_open: bool = False  # it waits for somebody's word
    endpoint: str = ""
    key: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def title(self) -> Message:
        """Its kind, in words."""
        return KIND_TITLES[self.kind]


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A page of them; `next_before` is the moment that the next one begins before."""

    rows: tuple[Story, ...]
    next_before: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What each part is asked."""

    session: Session
    actor: Actor
    of: Filter
    since: datetime | None  # the day's beginning and end, where a day is asked for
    until: datetime | None

    def told(self, rows: Any, *, at: Any, point: Any = None, allocation: Any = None) -> Any:
        """The newest of these rows, and all of the last one's moment: an invoice has many differences at once.

        What knows no point, or no decision, is left out where one is asked for.
        """
        wanted = [
            _is(self.of.point_id, point),
            _is(self.of.allocation_id, allocation),
            at < self.of.before if self.of.before else true(),
            (at >= self.since) & (at < self.until) if self.since else true(),
        ]
        found = rows.where(and_(*wanted)).order_by(at.desc())
        moments = found.add_columns(at.label("moment")).order_by(None).subquery().c.moment
        last = select(moments).order_by(moments.desc()).offset(self.of.size).limit(1).scalar_subquery()
        return self.session.execute(found.where(at >= func.coalesce(last, at)))

    def link(self, needed: Permission, endpoint: str, **key: Any) -> dict[str, Any]:
        """The way to a page, for who may open it."""
        return {"endpoint": endpoint, "key": key} if self.actor.may(needed) else {}

    def voucher(self, serial: int) -> dict[str, Any]:
        """The way to a voucher."""
        return self.link(Permission.SEE_VOUCHERS, "vouchers.one", serial=serial)


Part = Callable[[Asked], Iterable[Story]]


def told_by(*columns: Any, by: Any) -> Any:
    """These columns, and the handle of who did it."""
    return select(*columns, Person.handle.label("handle")).join_from(by.class_, Person, Person.id == by)


def merged(parts: Iterable[Iterable[Story]], size: int) -> StoryPage:
    """Parts in one page; what happened in one moment stays on one page."""
    every = sorted((story for part in parts for story in part), key=lambda story: story.at, reverse=True)
    if len(every) <= size:
        return StoryPage(tuple(every), None)
    end = every[size - 1].at
    shown = [story for story in every if story.at >= end]
    return StoryPage(tuple(shown), end if len(shown) < len(every) else None)


def _is(id_: UUID | None, columns: Any) -> Any:
    """Whether a column, or one of some, names it."""
    if id_ is None:
        return true()
    some = columns if isinstance(columns, tuple) else (columns,)
    return or_(*(column == id_ for column in some)) if columns is not None else false()
