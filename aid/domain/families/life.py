"""What life does to a family: somebody is born, joins, leaves, dies; and what the file remembers of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from aid.domain.families.check import LONGEST_NAME
from aid.domain.families.file import Family, Happened
from aid.domain.families.members import Member
from aid.domain.families.words import Circumstance, HistoryKind
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _


class LifeReason(StrEnum):
    """Why somebody joined a family, left it, or died."""

    BIRTH = "birth"
    MARRIAGE = "marriage"
    RELEASED = "released"
    CAME_BACK = "came_back"
    TAKEN_IN = "taken_in"
    DETAINED = "detained"
    MOVED_AWAY = "moved_away"
    PARTED = "parted"
    SERVICE = "service"
    KILLED = "killed"
    ILLNESS = "illness"
    ACCIDENT = "accident"
    OTHER = "other"


REASON_TITLES: Mapping[LifeReason, Message] = MappingProxyType(
    {
        LifeReason.BIRTH: _("Birth"),
        LifeReason.MARRIAGE: _("Married"),
        LifeReason.RELEASED: _("Released from detention"),
        LifeReason.CAME_BACK: _("Came back from elsewhere"),
        LifeReason.TAKEN_IN: _("Taken in by the family"),
        LifeReason.DETAINED: _("Detained"),
        LifeReason.MOVED_AWAY: _("Moved away"),
        LifeReason.PARTED: _("The couple parted"),
        LifeReason.SERVICE: _("Called up to the army"),
        LifeReason.KILLED: _("Killed"),
        LifeReason.ILLNESS: _("Illness"),
        LifeReason.ACCIDENT: _("Accident"),
        LifeReason.OTHER: _("Another reason"),
    }
)

REASONS: Mapping[HistoryKind, tuple[LifeReason, ...]] = MappingProxyType(
    {
        HistoryKind.BORN: (LifeReason.BIRTH,),
        HistoryKind.JOINED: (
            LifeReason.MARRIAGE,
            LifeReason.RELEASED,
            LifeReason.CAME_BACK,
            LifeReason.TAKEN_IN,
            LifeReason.OTHER,
        ),
        HistoryKind.LEFT: (
            LifeReason.MARRIAGE,
            LifeReason.DETAINED,
            LifeReason.MOVED_AWAY,
            LifeReason.PARTED,
            LifeReason.SERVICE,
            LifeReason.OTHER,
        ),
        HistoryKind.DIED: (LifeReason.KILLED, LifeReason.ILLNESS, LifeReason.ACCIDENT, LifeReason.OTHER),
    }
)
"""What happens to one person of a family, and why it may."""

COMING = (HistoryKind.BORN, HistoryKind.JOINED)
GOING = (HistoryKind.LEFT, HistoryKind.DIED)


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One person was born, joined, left or died on a day. Who comes is described, who goes is told by their place.

    `collector` is who collects from now on, where nobody is left who could.
    """

    kind: HistoryKind
    on: date
    reason: LifeReason
    who: Member | None = None
    place: int | None = None
    collector: str | None = None

    def plain(self) -> dict[str, Any]:
        """The event's code and day: what may be told without a name."""
        return {"kind": self.kind.value, "on": self.on.isoformat(), "reason": self.reason.value}


def lived(family: Family, event: LifeEvent, *, today: date) -> Family:
    """The family after what happened, with the memory of it. Raises RuleBroken."""
    check_day(event.on, today=today)
    if event.reason not in REASONS.get(event.kind, ()):
        raise RuleBroken(_("Choose what happened, and why."), "reason")
    return _joined_by(family, event) if event.kind in COMING else _left_by(family, event)


def check_day(on: date, *, today: date) -> None:
    """Refuse a day that is still to come, or that nobody remembers."""
    if on > today:
        raise RuleBroken(_("%(day)s is still to come: write the day it happened.", day=on), "on")
    if on.year < today.year - 10:
        raise RuleBroken(_("That was more than ten years ago: check the year."), "on")


def without_collectors(family: Family, gone: tuple[Member, ...], *, named: str | None, field: str) -> tuple[str, ...]:
    """Who may collect once these people are gone, led by whoever is named now. Raises RuleBroken for nobody."""
    names = {member.name for member in gone}
    left = [name for name in family.collectors if name not in names]
    first = " ".join((named or "").split())
    if len(first) > LONGEST_NAME:
        raise RuleBroken(_("Write a shorter name."), field)
    collectors = tuple(dict.fromkeys([first, *left] if first else left))
    if not collectors:
        raise RuleBroken(_("Who collected for the family is no longer in it: name who collects now."), field)
    return collectors


def _joined_by(family: Family, event: LifeEvent) -> Family:
    if event.who is None:
        raise RuleBroken(_("Write down who it is."), "name")
    return replace(
        family,
        members=(*family.members, event.who),
        history=(*family.history, _remembered(event, event.who)),
    )


def _left_by(family: Family, event: LifeEvent) -> Family:
    if event.place is None or not 0 <= event.place < len(family.members):
        raise RuleBroken(_("Choose who it is."), "place")
    if len(family.members) == 1:
        raise RuleBroken(_("Nobody would be left: take the family out of the fund instead."), "place")
    who = family.members[event.place]
    follows = {HistoryKind.DIED: Circumstance.BEREAVED}.get(event.kind)
    if event.reason is LifeReason.DETAINED:
        follows = Circumstance.DETAINED
    return replace(
        family,
        members=tuple(member for place, member in enumerate(family.members) if place != event.place),
        circumstances=family.circumstances | ({follows} if follows else set()),
        collectors=without_collectors(family, (who,), named=event.collector, field="collector"),
        history=(*family.history, _remembered(event, who)),
    )


def _remembered(event: LifeEvent, who: Member) -> Happened:
    return Happened(event.kind, event.on, who=who.name, reason=event.reason.value)
