"""Whether vouchers add up, as pages show it: all decisions, one of them by point, and one point by decision."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.allocations import ALLOCATION_KIND_TITLES
from aid.domain.permissions import Permission
from aid.domain.reconciliation import Difference, Tally, total
from aid.domain.words import Message
from aid.models.allocations import Allocation
from aid.models.fund import Point
from aid.models.programmes import Programme
from aid.queries.reconciliation import days
from aid.queries.reconciliation.counted import Place, by_decision, by_place, by_point
from aid.queries.reconciliation.days import Flow, flows, together
from aid.services.goods import GoodWords, catalogue
from aid.vault.actor import Actor

Titles = Mapping[str, str] | Message


@dataclass(frozen=True, slots=True)
class Row:
    """A decision, or a point, with its vouchers: a tally in each currency."""

    id: UUID
    number: int | None  # of the allocation; none for a point
    title: Titles
    tallies: tuple[Tally, ...]

    @property
    def adds_up(self) -> bool:
        """Whether all of it does."""
        return not any(tally.differences for tally in self.tallies)


@dataclass(frozen=True, slots=True)
class GoodSum:
    """One good, by its name, in a sum."""

    name: str
    due: int
    handed: int
    returned: int
    open: int


@dataclass(frozen=True, slots=True)
class Sum:
    """What a page adds up: the whole, and its parts."""

    head: Row | None  # whose page it is; none for the whole fund's
    totals: tuple[Tally, ...]
    rows: tuple[Row, ...]
    points: tuple[Row, ...]  # beside decisions, on the fund's page
    goods: tuple[GoodSum, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What does not add up, once each, whichever part it is of."""
        every = (*self.totals, *(tally for row in (*self.rows, *self.points) for tally in row.tallies))
        return tuple(dict.fromkeys(difference for tally in every for difference in tally.differences))

    @property
    def adds_up(self) -> bool:
        """Whether all of it does."""
        return not self.differences

    @property
    def lost(self) -> bool:
        """Whether something was handed out beyond what vouchers were good for."""
        return any(tally.lost_minor or tally.lost_goods for tally in self.totals)


@dataclass(frozen=True, slots=True)
class Days:
    """Days on which something came or went, the latest first."""

    point: Row | None
    rows: tuple[tuple[date, tuple[Flow, ...]], ...]
    more_before: date | None


@dataclass(frozen=True, slots=True)
class DayPage:
    """One day: each point, and all together."""

    day: date
    totals: tuple[Flow, ...]
    rows: tuple[tuple[Row, Flow], ...]


def overview(session: Session, *, actor: Actor) -> Sum:
    """The whole fund: every decision that gave vouchers, the latest first, and every point."""
    actor.must(Permission.SEE_MONEY)
    places = by_place(session)
    decisions, points = _decisions(session, places), _points(session, by_point(places))
    totals = total(tally for row in decisions for tally in row.tallies)
    return Sum(None, totals, decisions, points, _goods(session, actor, totals))


def decision(session: Session, *, actor: Actor, allocation_id: UUID) -> Sum | None:
    """One decision with its points; nothing for what gave no vouchers."""
    actor.must(Permission.SEE_MONEY)
    places = {place: tally for place, tally in by_place(session).items() if place[0] == allocation_id}
    decisions = _decisions(session, places)
    if not decisions:
        return None
    [head] = decisions
    rows = _points(session, by_point(places))
    return Sum(head, head.tallies, rows, (), _goods(session, actor, head.tallies))


def point(session: Session, *, actor: Actor, point_id: UUID) -> Sum | None:
    """One point with the decisions whose vouchers are, or were, collected there."""
    actor.must(Permission.SEE_MONEY)
    places = {place: tally for place, tally in by_place(session).items() if place[1] == point_id}
    head = _point(session, point_id)
    if head is None:
        return None
    tallies = total(places.values())
    rows = _decisions(session, places, with_ledger=False)
    return Sum(replace(head, tallies=tallies), tallies, rows, (), _goods(session, actor, tallies))


def day_list(
    session: Session, *, actor: Actor, point_id: UUID | None = None, before: date | None = None, size: int = days.PAGE
) -> Days:
    """The latest days on which something came or went, at one point or at all."""
    actor.must(Permission.SEE_MONEY)
    found = days.days(session, point_id=point_id, before=before, size=size)
    shown = found[:size]
    told = flows(session, first=shown[-1], last=shown[0]) if shown else {}
    rows = [(day, together(_of(told[day].values(), point_id), day)) for day in shown if day in told]
    if point_id is not None:
        rows = [(day, tuple(flow for flow in told[day].values() if flow.point_id == point_id)) for day, _all in rows]
    head = _point(session, point_id) if point_id else None
    return Days(head, tuple(rows), shown[-1] if len(found) > size else None)


def day_page(session: Session, *, actor: Actor, day: date) -> DayPage:
    """One day at each point where something was open, came or went."""
    actor.must(Permission.SEE_MONEY)
    told = flows(session, first=day, last=day).get(day, {})
    names = {row.id: row for row in _every_point(session)}
    some = [flow for flow in told.values() if flow.point_id in names and (flow.sums or flow.open_before)]
    rows = sorted(((names[flow.point_id], flow) for flow in some if flow.point_id), key=lambda row: str(row[0].title))
    return DayPage(day, together(told.values(), day), tuple(rows))


def _of(some: Iterable[Flow], point_id: UUID | None) -> list[Flow]:
    return [flow for flow in some if point_id is None or flow.point_id == point_id]


def _decisions(session: Session, places: Mapping[Place, Tally], *, with_ledger: bool = True) -> tuple[Row, ...]:
    """By allocation, the latest first. What a decision keeps at one point alone, the ledger does not say."""
    if with_ledger:
        tallies = by_decision(session, places)
    else:
        ids = {place[0] for place in places}
        tallies = {id_: total(tally for place, tally in places.items() if place[0] == id_) for id_ in ids}
    names: Any = (
        select(Allocation.id, Allocation.number, Allocation.kind, Programme.titles)
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .order_by(Allocation.number.desc())
    )
    of_these = {place[0] for place in places}
    return tuple(
        Row(id_, number, titles or ALLOCATION_KIND_TITLES[kind], tallies[id_])
        for id_, number, kind, titles in session.execute(names)
        if id_ in of_these
    )


def _points(session: Session, tallies: Mapping[UUID, tuple[Tally, ...]]) -> tuple[Row, ...]:
    return tuple(replace(row, tallies=tallies[row.id]) for row in _every_point(session) if row.id in tallies)


def _every_point(session: Session) -> list[Row]:
    found = session.execute(select(Point.id, Point.names).order_by(Point.code))
    return [Row(id_, None, names, ()) for id_, names in found]


def _point(session: Session, point_id: UUID) -> Row | None:
    names = session.scalar(select(Point.names).where(Point.id == point_id))
    return Row(point_id, None, names, ()) if names is not None else None


def _goods(session: Session, actor: Actor, totals: Iterable[Tally]) -> tuple[GoodSum, ...]:
    """Goods by their names in the reader's language: the same good counts once, whatever else its vouchers hold."""
    sums: dict[str, list[int]] = {}
    for good in (good for tally in totals for good in tally.goods):
        four = sums.setdefault(good.good, [0, 0, 0, 0])
        for place, number in enumerate((good.due, good.handed, good.returned, good.open)):
            four[place] += number
    words = GoodWords(catalogue(session)) if sums else None
    return tuple(GoodSum(words.name(good, actor.language), *four) for good, four in sums.items() if words)


def by_decision_and_point(session: Session, *, actor: Actor) -> Iterator[tuple[int, str, Tally]]:
    """A decision's number, a point's code, and what is there, for a file."""
    actor.must(Permission.SEE_MONEY)
    numbers = {id_: number for id_, number in session.execute(select(Allocation.id, Allocation.number))}  # noqa: C416
    codes = {id_: code for id_, code in session.execute(select(Point.id, Point.code))}  # noqa: C416 - pairs
    told = [(numbers[place[0]], codes[place[1]], tally) for place, tally in by_place(session).items()]
    yield from sorted(told, key=lambda row: (row[0], row[1], row[2].currency))
