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
from aid.queries.days.packing import Packing
from aid.queries.days.show import DayPage, SlotRow

A_PAGE = 14
"""Rows of numbers that a poster has room for, in type that is read from two metres."""
A_LARGE_PAGE = 10
"""So many it has in larger type, for days with few slots."""
A_ROW = 3
"""Single numbers beside each other; a range takes the room of two."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a poster says in one language."""

    language: Language
    point: str
    day: str
    hour: str
    number: str
    note: str
    others: str
    off: str
    good: str


def poster_pdf(page: DayPage, *, demo: bool) -> bytes:
    """Which numbers come when, in the fund's languages, for the door. Of a day that does not take place: that."""
    told = tuple(_told(each, page.row) for each in Language if each.value in page.row.point)
    if page.row.cancelled:
        return press(laid_out("day_off.html", language=Language.KK, told=told, demo=demo))
    slots = [slot for slot in page.slots if slot.vouchers]
    is_large = sum(map(_rows, slots)) <= A_LARGE_PAGE
    of = {"told": told, "demo": demo, "is_large": is_large, "more_wait": page.more_wait}
    return bind([laid_out("day_poster.html", language=Language.KK, slots=each, **of) for each in _sheets(slots)])


def packing_pdf(
    row: DayRow, packing: Packing, *, title: Mapping[str, str], demo: bool, language: Language, printed_at: datetime
) -> bytes:
    """Goods by grade and size, kits, notes and coins, with boxes to tick."""
    own = _in(language, title)
    what = {"row": row, "packing": packing, "demo": demo, "printed_at": printed_at, "title": own}
    return press(laid_out("day_packing.html", language=language, **what))


def _sheets(slots: Sequence[SlotRow]) -> list[list[SlotRow]]:
    """The slots of each sheet: as many as surely fit."""
    sheets: list[list[SlotRow]] = [[]]
    left = A_PAGE
    for slot in slots:
        rows = _rows(slot)
        if rows > left and sheets[-1]:
            sheets.append([])
            left = A_PAGE
        sheets[-1].append(slot)
        left -= rows
    return sheets


def _rows(slot: SlotRow) -> int:
    """How many rows its numbers take."""
    rows, left = 0, 0
    for run in slot.runs:
        room = 2 if "–" in run else 1
        if room > left:
            rows, left = rows + 1, A_ROW
        left -= room
    return rows


def _told(language: Language, row: DayRow) -> Told:
    with force_locale(language.value):
        return Told(
            language=language,
            point=named(dict(row.point)),
            day=_spelled(row.day, language),
            hour=gettext("Hour"),
            number=gettext("Number on the voucher"),
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
