"""Counts of a point's day that differ from the books: what, by how much, why, and whose word settled it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased

from aid.domain.days.counting import KIND_TITLES, TITLES_OF, Counted
from aid.domain.exceptions import ExceptionKind
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.vouchers import printed_number
from aid.domain.words import Message, _
from aid.models.day_counts import DayCount, DayCountAnswer, DayCountCash, DayCountGood, DayCountReason
from aid.models.fund import Point
from aid.models.people import Person
from aid.queries.exceptions.asking import Asked, Story, told_by
from aid.services.goods import GoodWords, catalogue


def counts(asked: Asked) -> Iterator[Story]:
    """Each difference that was explained, and counts that wait for a word."""
    words = GoodWords(catalogue(asked.session))
    for row in asked.told(_explained(asked), at=DayCount.at, point=DayCount.point_id):
        count, is_open = row.DayCount, row.agreed is None and not row.newer
        said = _(
            "%(kind)s of %(day)s: %(what)s. %(reason)s",
            kind=KIND_TITLES[count.kind],
            day=count.day,
            what=_what(row, words.name(row.DayCountReason.key, asked.actor.language)),
            reason=TITLES_OF[row.DayCountReason.what][row.DayCountReason.why],
        )
        of = {"what": said, "by": row.handle, "fate": _fate(row), "point": row.names, "is_open": is_open}
        yield Story(kind=ExceptionKind.COUNT, at=count.at, **of, **_its_page(asked, count))
    yield from _waiting(asked)


def _waiting(asked: Asked) -> Iterator[Story]:
    """Counts of which nothing is explained, and which nobody signed."""
    none = ~exists().where(DayCountReason.count_id == DayCount.id)
    rows = told_by(DayCount, Point.names, by=DayCount.by_id).join(Point, Point.id == DayCount.point_id)
    answered = exists().where(DayCountAnswer.count_id == DayCount.id)
    for row in asked.told(rows.where(none, ~answered, ~_newer()), at=DayCount.at, point=DayCount.point_id):
        said = _("%(kind)s of %(day)s was counted", kind=KIND_TITLES[row.DayCount.kind], day=row.DayCount.day)
        fate = _("Nobody has signed it yet.")
        of = {"what": said, "by": row.handle, "fate": fate, "point": row.names, "is_open": True}
        yield Story(kind=ExceptionKind.COUNT, at=row.DayCount.at, **of, **_its_page(asked, row.DayCount))


def _its_page(asked: Asked, count: DayCount) -> dict[str, Any]:
    return asked.link(Permission.SEE_STOCK, "day_counts.show", count_id=count.id)


def _explained(asked: Asked) -> Any:
    signed = aliased(Person)
    of = (DayCount, DayCountReason, DayCountCash, DayCountGood, DayCountAnswer.agreed, Point.names)
    rows = (
        told_by(*of, signed.handle.label("second"), _newer().label("newer"), by=DayCount.by_id)
        .join(DayCountReason, DayCountReason.count_id == DayCount.id)
        .join(Point, Point.id == DayCount.point_id)
        .outerjoin(DayCountAnswer, DayCountAnswer.count_id == DayCount.id)
        .outerjoin(signed, signed.id == DayCountAnswer.by_id)
        .outerjoin(DayCountCash, _is_of(DayCountCash.count_id, DayCountCash.currency, Counted.CASH))
        .outerjoin(DayCountGood, _is_of(DayCountGood.count_id, DayCountGood.good, Counted.GOOD))
    )
    return rows.where(DayCountAnswer.agreed.is_(None), ~_newer()) if asked.of.only_open else rows


def _is_of(count_id: Any, key: Any, what: Counted) -> Any:
    return and_(count_id == DayCount.id, key == DayCountReason.key, DayCountReason.what == what)


def _newer() -> Any:
    """Whether the same end of the day was counted again."""
    other = aliased(DayCount)
    same = and_(other.point_id == DayCount.point_id, other.day == DayCount.day, other.kind == DayCount.kind)
    return select(func.count()).where(same, other.n > DayCount.n).correlate(DayCount).scalar_subquery() > 0


def _what(row: Any, good: str) -> Message:
    match row.DayCountReason.what:
        case Counted.CASH:
            cash = row.DayCountCash
            counted, booked = Money(cash.counted_minor, cash.currency), Money(cash.booked_minor, cash.currency)
            return _("cash: counted %(counted)s, in the books %(booked)s", counted=counted, booked=booked)
        case Counted.GOOD:
            of = row.DayCountGood
            sums = {"good": good, "counted": of.counted, "booked": of.booked}
            return _("%(good)s: counted %(counted)s, in the books %(booked)s", **sums)
        case Counted.STUB_MISSING:
            return _("the stub of voucher %(number)s is missing", number=printed_number(int(row.DayCountReason.key)))
        case _:
            return _("a stub of voucher %(number)s too many", number=printed_number(int(row.DayCountReason.key)))


def _fate(row: Any) -> Message:
    if row.agreed is None:
        return _("It was counted again.") if row.newer else _("Nobody has signed it yet.")
    return _("%(who)s signed it.", who=row.second) if row.agreed else _("%(who)s did not sign it.", who=row.second)
