"""A distribution day on paper: the poster for the door, and the list of what is packed and brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import force_locale, format_date, gettext

from aid.documents.layout import laid_out
from aid.documents.press import bind, press
from aid.domain.languages import Language
from aid.formats import named
from aid.queries.days import DayRow
from aid.queries.days.door import Door, DoorRow
from aid.queries.days.packing import Packing

A_PAGE = 14
"""Slots that a poster has room for, in type that is read from two metres."""
A_LARGE_PAGE = 10
"""So many it has in larger type."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a poster says in one language."""

    language: Language
    point: str
    day: str
    hour: str
    number: str
    smallest: str
    note: str
    others: str
    off: str
    good: str


def poster_pdf(row: DayRow, door: Door | None, *, demo: bool) -> bytes:
    """Which numbers come when, in the fund's languages, for the door. Of a day that does not take place: that."""
    told = tuple(_told(each, row) for each in Language if each.value in row.point)
    if door is None:
        return press(laid_out("day_off.html", language=Language.KK, told=told, demo=demo))
    sheets = _sheets(door.slots)
    of = {"told": told, "demo": demo, "door": door, "is_large": _rows(door.slots) <= A_LARGE_PAGE}
    return bind([laid_out("day_poster.html", language=Language.KK, slots=each, **of) for each in sheets])


def packing_pdf(
    row: DayRow, packing: Packing, *, title: Mapping[str, str], demo: bool, language: Language, printed_at: datetime
) -> bytes:
    """Goods by grade and size, kits, notes and coins, with boxes to tick."""
    own = _in(language, title)
    what = {"row": row, "packing": packing, "demo": demo, "printed_at": printed_at, "title": own}
    return press(laid_out("day_packing.html", language=language, **what))


def _sheets(slots: Sequence[DoorRow]) -> list[list[DoorRow]]:
    """The slots of each sheet: as many as surely fit."""
    sheets: list[list[DoorRow]] = [[]]
    for slot in slots:
        if sheets[-1] and _rows([*sheets[-1], slot]) > A_PAGE:
            sheets.append([])
        sheets[-1].append(slot)
    return sheets


def _rows(slots: Sequence[DoorRow]) -> int:
    """How many rows their numbers take: a range has one for itself; it is broken where others wait in its midst."""
    return sum(len(slot.runs) for slot in slots)


def _told(language: Language, row: DayRow) -> Told:
    with force_locale(language.value):
        return Told(
            language=language,
            point=named(dict(row.point)),
            day=_spelled(row.day, language),
            hour=gettext("Hour"),
            number=gettext("Number on the voucher"),
            smallest=gettext("The smallest number on your vouchers"),
            note=gettext("Come in the hour of your number, and nobody waits long. Who comes later is served, too."),
            others=gettext("A number that does not stand here is not for this day: you will be told when to come."),
            off=gettext("Nothing is handed out on this day."),
            good=gettext("Your voucher stays good until the last day on it. You will be told when to come."),
        )


def _in(language: Language, names: Mapping[str, str]) -> str:
    with force_locale(language.value):
        return named(dict(names))


def _spelled(day: date, language: Language) -> str:
    """Tuesday, 24 November 2026."""
    with force_locale("en_GB" if language is Language.EN else language.value):
        return str(format_date(day, "full"))
