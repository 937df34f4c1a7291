"""The plan of a distribution day: which families come in which slot, so that nobody waits in a crowd.

A family comes once, whatever number of vouchers it has there. Families are taken in the order of their lowest number
and spread evenly over the slots, so that each slot is a range of numbers that is easily found at the door.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from itertools import pairwise
from operator import itemgetter
from types import MappingProxyType
from typing import Final
from uuid import UUID

from aid.domain.refusals import Refusals, RuleBroken
from aid.domain.words import Message, _

MOST_TABLES: Final = 20
MOST_AHEAD: Final = 60
"""Days for which a day may be planned ahead."""
SLOT_LENGTHS: Final = (15, 20, 30, 60)
"""Minutes of a slot that can be chosen."""
MOST_MINUTES_A_FAMILY: Final = 30
DAY_ENDS: Final = 22 * 60
"""No day goes on after ten at night."""


class CancelReason(StrEnum):
    """Why a distribution day does not take place."""

    NOT_SAFE = "not_safe"
    NO_CASH = "no_cash"
    NO_GOODS = "no_goods"
    NO_PEOPLE = "no_people"
    PLACE_CLOSED = "place_closed"
    OTHER = "other"


CANCEL_TITLES: Mapping[CancelReason, Message] = MappingProxyType(
    {
        CancelReason.NOT_SAFE: _("It is not safe"),
        CancelReason.NO_CASH: _("The cash does not come in time"),
        CancelReason.NO_GOODS: _("The goods do not come in time"),
        CancelReason.NO_PEOPLE: _("Too few people to hand out"),
        CancelReason.PLACE_CLOSED: _("The place is closed"),
        CancelReason.OTHER: _("Another reason"),
    }
)


@dataclass(frozen=True, slots=True)
class Hours:
    """When a point is open, in slots, and how quickly it works. Minutes are counted from midnight."""

    opens: int
    closes: int
    slot: int  # minutes of a slot
    tables: int
    a_family: int  # minutes that one family takes at a table

    @property
    def slots(self) -> int:
        """How many whole slots there are."""
        return max(self.closes - self.opens, 0) // self.slot

    @property
    def a_slot(self) -> int:
        """How many families all tables serve in a slot."""
        return self.tables * self.slot // self.a_family

    @property
    def room(self) -> int:
        """How many families all slots have room for."""
        return self.slots * self.a_slot

    @property
    def span(self) -> str:
        """From the first slot to the end of the last: 10:00–13:00."""
        return f"{self.begins(0):%H:%M}–{self.ends(self.slots - 1):%H:%M}"

    def begins(self, n: int) -> time:
        """When slot n begins; the first is 0."""
        return clock(self.opens + n * self.slot)

    def ends(self, n: int) -> time:
        """When slot n is over."""
        return clock(self.opens + (n + 1) * self.slot)

    def during(self, n: int) -> str:
        """From when to when slot n is: 10:00–10:30."""
        return f"{self.begins(n):%H:%M}–{self.ends(n):%H:%M}"

    def invited(self, day: date, n: int) -> Invited:
        """When somebody of slot n is asked to come."""
        return Invited(day, self.begins(n), self.ends(n))


@dataclass(frozen=True, slots=True)
class Slot:
    """So many families in one slot, and the numbers of their vouchers, in order."""

    families: int
    serials: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether all families have room, and what would give it to them. None: that does not."""

    families: int
    room: int
    tables: int | None = None  # so many tables would
    closes: int | None = None  # so would closing then, in minutes from midnight
    left_out: int = 0  # so many families come on another day

    @property
    def is_whole(self) -> bool:
        """Whether all have room."""
        return self.families <= self.room


def clock(minutes: int) -> time:
    """An hour of the day, from minutes since midnight."""
    return time(minutes // 60, minutes % 60)


def minutes_of(hour: time) -> int:
    """Minutes since midnight."""
    return hour.hour * 60 + hour.minute


def check_hours(hours: Hours) -> None:
    """Raise RuleBroken beside each field with which no day can be held."""
    refusals = Refusals()
    with refusals:
        if hours.closes <= hours.opens:
            raise RuleBroken(_("The point closes before it opens."), "closes")
        if hours.closes > DAY_ENDS:
            raise RuleBroken(_("Close at %(hour)s at the latest.", hour="22:00"), "closes")
    with refusals:
        if hours.slot not in SLOT_LENGTHS:
            raise RuleBroken(_("Choose how long a slot is."), "slot")
    with refusals:
        if not 1 <= hours.tables <= MOST_TABLES:
            raise RuleBroken(_("Write a number of tables from 1 to %(most)s.", most=MOST_TABLES), "tables")
    with refusals:
        if not 1 <= hours.a_family <= MOST_MINUTES_A_FAMILY:
            raise RuleBroken(_("Write minutes from 1 to %(most)s.", most=MOST_MINUTES_A_FAMILY), "a_family")
    refusals.tell()
    if not hours.slots:
        raise RuleBroken(_("The day is shorter than one slot."), "closes")
    if not hours.a_slot:
        raise RuleBroken(_("One family takes longer than a slot: make slots longer, or have more tables."), "a_family")


def why_not_plan(day: date, *, today: date) -> Message | None:
    """Say why no plan is made for this day, or changed, or nothing."""
    if day < today:
        return _("This day is over.")
    if (day - today).days > MOST_AHEAD:
        return _("Plan at most %(most)s days ahead: vouchers change meanwhile.", most=MOST_AHEAD)
    return None


def in_turn(vouchers: Iterable[tuple[int, UUID]]) -> list[tuple[int, ...]]:
    """Families in the order in which they come: the numbers of each one's vouchers. Given are (number, family)."""
    families: dict[UUID, list[int]] = {}
    for serial, family in sorted(vouchers):
        families.setdefault(family, []).append(serial)
    return [tuple(serials) for serials in families.values()]  # first seen by its lowest number


def spread(families: Sequence[tuple[int, ...]], hours: Hours) -> list[Slot]:
    """The slots of a day, in order and evenly filled. Who has no room, from the last on, is left out."""
    some = families[: hours.room]
    ends = [-(-len(some) * n // hours.slots) for n in range(hours.slots + 1)]
    parts = [some[first:last] for first, last in pairwise(ends)]
    return [Slot(len(part), tuple(sorted(serial for serials in part for serial in serials))) for part in parts]


def fit_of(families: int, hours: Hours) -> Fit:
    """Whether so many families have room, and what would give it to them."""
    if families <= hours.room:
        return Fit(families, hours.room)
    more = range(hours.tables + 1, MOST_TABLES + 1)
    tables = next((each for each in more if hours.slots * (each * hours.slot // hours.a_family) >= families), None)
    closes = hours.opens + -(-families // hours.a_slot) * hours.slot
    return Fit(families, hours.room, tables, closes if closes <= DAY_ENDS else None, families - hours.room)


def shown_ranges(slots: Sequence[Iterable[int]], waiting: Iterable[int] = ()) -> list[list[tuple[int, int]]]:
    """Each slot's numbers as ranges. Numbers that nobody comes with may lie inside one, but none that waits here and
    is left for another day.
    """
    owner: dict[int, int | None] = dict.fromkeys(waiting)
    owner.update((serial, n) for n, serials in enumerate(slots) for serial in serials)
    shown: list[list[tuple[int, int]]] = [[] for _slot in slots]
    before = None
    for serial, n in sorted(owner.items(), key=itemgetter(0)):
        if n is not None and n == before:
            shown[n][-1] = (shown[n][-1][0], serial)
        elif n is not None:
            shown[n].append((serial, serial))
        before = n
    return shown


@dataclass(frozen=True, slots=True)
class Invited:
    """When somebody is asked to come with a voucher. Who comes at another time is not refused."""

    day: date
    begins: time
    ends: time

    @property
    def hours(self) -> str:
        """From when to when: 10:00–10:30."""
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"


def hint_of(invited: Invited | None, *, here: datetime) -> Message | None:
    """Tell the table, in passing, that this voucher was asked for at another time; nothing where it was not."""
    if invited is None:
        return None
    if invited.day != here.date():
        return _("This family was asked to come on %(day)s, %(hours)s.", day=invited.day, hours=invited.hours)
    if here.time() < invited.begins:
        return _("This family comes early: it was asked for %(hours)s.", hours=invited.hours)
    if here.time() >= invited.ends:
        return _("This family was asked for %(hours)s.", hours=invited.hours)
    return None
