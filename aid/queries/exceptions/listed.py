"""All stories in one list, and how many of them wait for somebody's word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.allocations import ALLOCATION_KIND_TITLES
from aid.domain.exceptions import ExceptionKind
from aid.domain.permissions import Permission
from aid.domain.words import Message
from aid.models.allocations import Allocation
from aid.models.fund import Point
from aid.models.programmes import Programme
from aid.models.vouchers import Voucher
from aid.queries.exceptions import after, closings, days, lists, papers, tables
from aid.queries.exceptions.asking import Asked, Filter, Part, StoryPage, merged
from aid.services.fund_days import day_bounds
from aid.vault.actor import Actor

PARTS: Mapping[ExceptionKind, Part] = MappingProxyType(
    {
        ExceptionKind.REPRINT: papers.reprints,
        ExceptionKind.SPOILED: papers.spoiled,
        ExceptionKind.GONE: papers.gone,
        ExceptionKind.PILE: papers.piles,
        ExceptionKind.MOVE: papers.moves,
        ExceptionKind.STRANGER: tables.strangers,
        ExceptionKind.UNDONE: tables.undone,
        ExceptionKind.REFUSED: tables.refused,
        ExceptionKind.GRACE: tables.grace,
        ExceptionKind.LATE: lists.late,
        ExceptionKind.CONFLICT: lists.conflicts,
        ExceptionKind.LOSS: lists.losses,
        ExceptionKind.VOID: closings.cancelled,
        ExceptionKind.EXPIRED: closings.expired,
        ExceptionKind.COUNT: days.counts,
        ExceptionKind.SHOP: after.shops,
        ExceptionKind.SURVEY: after.surveys,
    }
)
WAITING: Final = (ExceptionKind.PILE, ExceptionKind.CONFLICT, ExceptionKind.COUNT, ExceptionKind.SURVEY)
"""Kinds that can wait for somebody's word."""
MOST_OPEN: Final = 1_000


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen from: decisions by number, and points."""

    decisions: tuple[tuple[UUID, int, Mapping[str, str] | Message], ...]
    points: tuple[tuple[UUID, Mapping[str, str]], ...]


def exceptions(session: Session, *, actor: Actor, of: Filter) -> StoryPage:
    """What went another way, the newest first."""
    actor.must(Permission.SEE_MONEY)
    return merged((part(_asked(session, actor, of)) for part in _parts(of)), of.size)


def unexplained(session: Session, *, actor: Actor, of: Filter | None = None) -> int:
    """How many things wait for somebody's word: piles nobody counted, lines nobody decided, counts nobody signed."""
    actor.must(Permission.SEE_MONEY)
    wanted = replace(of or Filter(), only_open=True, size=MOST_OPEN)
    return len(exceptions(session, actor=actor, of=wanted).rows)


def choices(session: Session, *, actor: Actor) -> Choices:
    """Decisions that gave vouchers, the latest first, and all points."""
    actor.must(Permission.SEE_MONEY)
    decisions = session.execute(
        select(Allocation.id, Allocation.number, Allocation.kind, Programme.titles)
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .where(Allocation.id.in_(select(Voucher.allocation_id).distinct()))
        .order_by(Allocation.number.desc())
    )
    points = session.execute(select(Point.id, Point.names).order_by(Point.code))
    return Choices(
        tuple((id_, number, titles or ALLOCATION_KIND_TITLES[kind]) for id_, number, kind, titles in decisions),
        tuple((id_, names) for id_, names in points),
    )


def _parts(of: Filter) -> Iterator[Part]:
    for kind, part in PARTS.items():
        if of.kind in (None, kind) and (kind in WAITING or not of.only_open):
            yield part


def _asked(session: Session, actor: Actor, of: Filter) -> Asked:
    if of.day is None:
        return Asked(session, actor, of, None, None)
    return Asked(session, actor, of, *day_bounds(session, of.day))
