"""One line of an MT940 or MT942: its fields :61:, :86: and :NS: put together."""

import re
from dataclasses import dataclass, field
from datetime import date

from aid.domain.currencies import EVER
from aid.domain.money import Money
from aid.domain.payments import Charge, Codes, Foreign, Party, Payment, Returned
from aid.domain.statements import BankLine, LineStatus, Lost, Place, Problem, ProblemKind
from aid.domain.words import _
from aid.readers.statements.bookings import Booking, booking_of, day_of, end_of_february, entry_day
from aid.readers.statements.dialects import story_of, unswift_story
from aid.readers.statements.figures import Bounds, NotRead, minor_of, too_long
from aid.readers.statements.stories import Story

_PRINTED = re.compile(r"([A-Z]{3})\s?([0-9][0-9.,]*)|([0-9][0-9.,]*)\s?([A-Z]{3})")
_ASIDE = {
    "original": re.compile(r"/OCMT/([A-Z]{3}[0-9.,]+)"),
    "charged": re.compile(r"/CHGS/([A-Z]{3}[0-9.,]+)"),
    "rate": re.compile(r"/EXCH/([0-9.,]+)"),
}


@dataclass(slots=True)
class Told:
    """The fields of one line."""

    place: Place
    lines: list[str]  # of :61:
    rows: list[str] = field(default_factory=list)  # of :86:
    unswift: list[str] = field(default_factory=list)  # of :NS:


def line_of(told: Told, currency: str, near: date | None, bounds: Bounds) -> tuple[BankLine | None, list[Problem]]:
    """The line in this currency, and what of it could not be read. Days without a year are near the day given."""
    problems: list[Problem] = []
    try:
        booking = booking_of(told.lines)
        if not currency:
            raise NotRead(ProblemKind.NO_CURRENCY, _("its statement names no currency, so its amount can't be counted"))
        minor = minor_of(booking.amount, currency, "," if "," in booking.amount else ".")
        value_on, booked_on = _days(booking, near, told.place, problems)
    except NotRead as trouble:
        return None, [*problems, Problem(trouble.kind, told.place, trouble.what, Lost.LINE)]
    if sum(map(len, told.rows)) > bounds.text:
        cut = too_long(bounds)
        problems.append(Problem(cut.kind, told.place, cut.what, Lost.FIELD))
    story = story_of(told.rows)
    if told.unswift:
        _add(story, unswift_story(told.unswift))
    line = BankLine(
        told.place,
        booked_on,
        value_on,
        minor,
        currency,
        booking.direction,
        booking.is_reversal,
        _status(booking, minor),
        booking.bank_reference or story.bank_reference,
        "",
        Codes(gvc=story.gvc, swift=booking.type),
        _payment(booking, story, bounds),
    )
    return line, problems


def _days(booking: Booking, near: date | None, place: Place, problems: list[Problem]) -> tuple[date | None, date]:
    """The day of value and that of booking; where only one can be read, it stands for the other's."""
    value_on: date | None = None
    try:
        value_on = day_of(booking.value)
    except ValueError:
        value_on = end_of_february(booking.value)
        what = _("“%(text)s” is not a day of the calendar", text=booking.value)
        if value_on:
            what = _("“%(text)s” is not a day of the calendar; read as %(day)s", text=booking.value, day=value_on)
        lost = Lost.NOTHING if value_on else Lost.FIELD
        problems.append(Problem(ProblemKind.UNREADABLE, place, what, lost))
    by = value_on or near
    if booking.entry and by:
        try:
            return value_on, entry_day(booking.entry, by)
        except ValueError:
            what = _("“%(text)s” is not a day of the calendar", text=booking.entry)
            problems.append(Problem(ProblemKind.UNREADABLE, place, what, Lost.FIELD))
    if by is None:
        raise NotRead(ProblemKind.NO_DAY, _("it has no day, and neither has its statement"))
    return value_on, by


def _status(booking: Booking, minor: int) -> LineStatus:
    if booking.is_expected:
        return LineStatus.PENDING
    return LineStatus.BOOKED if minor else LineStatus.INFORMATION


def _payment(booking: Booking, story: Story, bounds: Bounds) -> Payment:
    """What stands behind the line, of all its fields."""
    other = Party(
        story.name or booking.name,
        story.account or booking.account,
        story.country,
        story.address,
        story.bank,
    )
    beside = "".join(booking.more) + story.text.replace(" ", "")
    aside = {name: found[1] for name, pattern in _ASIDE.items() if (found := pattern.search(beside))}
    original = _money(story.original or aside.get("original", ""))
    charged = _money(story.charged or aside.get("charged", ""))
    rate = story.rate or aside.get("rate", "")
    additional = " ".join(filter(None, (*story.additional, *_unsaid(booking, story))))
    is_returned = bool(story.returned) or booking.type in {"NRTI", "FRTI", "SRTI"}
    return Payment(
        other=None if other == Party() else other,
        ultimate=Party(story.ultimate) if story.ultimate else None,
        text=story.text[: bounds.text],
        references=tuple(story.references),
        end_to_end=story.end_to_end,
        mandate=story.mandate,
        payment_id=story.order or booking.reference,
        purpose=story.purpose,
        additional=additional[: bounds.text],
        foreign=Foreign(instructed=original, rate=rate) if original or rate else None,
        charges=(Charge(charged),) if charged else (),
        returned=Returned(story.returned) if is_returned else None,
    )


def _unsaid(booking: Booking, story: Story) -> list[str]:
    """The supplementary details, unless :86: says them as well."""
    return [row for row in booking.more if row not in {story.name, story.text}]


def _money(printed: str) -> Money | None:
    """An amount in another currency; what can't be read of it stays in the text."""
    found = _PRINTED.fullmatch(printed.strip("/ "))
    if not found:
        return None
    currency, figures = found[1] or found[4], (found[2] or found[3]).rstrip(",")
    if currency not in EVER:
        return None
    try:
        return Money(minor_of(figures, currency, "," if "," in figures else "."), currency)
    except NotRead:
        return None


def _add(story: Story, more: Story) -> None:
    """What :NS: tells beside :86:."""
    story.name, story.account = story.name or more.name, story.account or more.account
    story.text = " ".join(filter(None, (story.text, more.text)))
    story.additional += more.additional
