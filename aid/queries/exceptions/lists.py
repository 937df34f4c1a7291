"""Days without network: what was entered later, where paper and books say different things, and what that cost."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import String, Uuid, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from aid.domain.exceptions import ExceptionKind
from aid.domain.late import CONFLICT_TITLES, REASON_TITLES, VERDICT_TITLES, Verdict
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.vouchers import printed_number
from aid.domain.words import Message, _, n_
from aid.models.fund import Point
from aid.models.late import LateAnswer, LateEntry, LateLine, PointList
from aid.models.people import Person
from aid.models.vouchers import Voucher
from aid.queries.exceptions.asking import Asked, Story, told_by


def late(asked: Asked) -> Iterator[Story]:
    """Lines of a list that were entered at once."""
    hand = aliased(Person)
    rows = (
        told_by(LateEntry, PointList, Point.names, hand.handle.label("hand"), by=LateEntry.entered_by_id)
        .join(PointList, PointList.id == LateEntry.list_id)
        .join(Point, Point.id == PointList.point_id)
        .join(hand, hand.id == LateEntry.handed_by_id)
    )
    if asked.of.allocation_id is not None:
        decided = Voucher.allocation_id == asked.of.allocation_id
        line = exists().where(LateLine.entry_id == LateEntry.id, Voucher.id == LateLine.voucher_id, decided)
        rows = rows.where(line)
    against = select(func.count()).where(LateLine.entry_id == LateEntry.id, LateLine.conflict.is_not(None))
    rows = rows.add_columns(against.scalar_subquery().label("against"))
    for row in asked.told(
        rows, at=LateEntry.at, point=PointList.point_id, allocation=literal(asked.of.allocation_id, Uuid())
    ):
        said = n_(
            "%(num)s line of list %(number)s of %(day)s entered, handed out by %(who)s",
            "%(num)s lines of list %(number)s of %(day)s entered, handed out by %(who)s",
            row.LateEntry.lines,
            number=row.PointList.number,
            day=row.PointList.day,
            who=row.hand,
        )
        fate = _("Lines that do not go together with the books: %(count)s.", count=row.against)
        of = {"what": said, "by": row.handle, "fate": fate, "point": row.names}
        link = asked.link(Permission.SEE_COLLECTIONS, "point_lists.show", list_id=row.PointList.id)
        yield Story(kind=ExceptionKind.LATE, at=row.LateEntry.at, **of, **link)


def conflicts(asked: Asked) -> Iterator[Story]:
    """Lines that do not go together with the books, and cost nothing."""
    yield from _against(asked, ExceptionKind.CONFLICT)


def losses(asked: Asked) -> Iterator[Story]:
    """Lines for which something was handed out that no voucher was good for."""
    yield from _against(asked, ExceptionKind.LOSS)


def _against(asked: Asked, kind: ExceptionKind) -> Iterator[Story]:
    cost = or_(LateAnswer.loss_minor > 0, cast(LateAnswer.loss_items, String) != "[]")
    decided = aliased(Person)
    of = (LateEntry.at, LateLine, LateAnswer, Voucher.currency, Point.names, decided.handle.label("decided"))
    rows = (
        told_by(*of, by=LateEntry.entered_by_id)
        .join(LateLine, LateLine.entry_id == LateEntry.id)
        .join(PointList, PointList.id == LateEntry.list_id)
        .join(Point, Point.id == PointList.point_id)
        .outerjoin(Voucher, Voucher.id == LateLine.voucher_id)
        .outerjoin(LateAnswer, LateAnswer.line_id == LateLine.id)
        .outerjoin(decided, decided.id == LateAnswer.by_id)
        .where(LateLine.conflict.is_not(None))
    )
    wanted = rows.where(cost) if kind is ExceptionKind.LOSS else rows.where(or_(LateAnswer.line_id.is_(None), ~cost))
    if asked.of.only_open:
        wanted = wanted.where(LateAnswer.line_id.is_(None))
    for row in asked.told(wanted, at=LateEntry.at, point=PointList.point_id, allocation=Voucher.allocation_id):
        line = row.LateLine
        said = _(
            "A paper list says voucher %(number)s was handed out at %(moment)s, but: %(reason)s",
            number=printed_number(line.serial),
            moment=line.handed_at,
            reason=CONFLICT_TITLES[line.conflict],
        )
        of_it = {"what": said, "by": row.handle, "fate": _fate(row), "point": row.names}
        link = asked.link(Permission.SEE_COLLECTIONS, "point_lists.line", line_id=line.id)
        yield Story(kind=kind, at=row.at, is_open=row.LateAnswer is None, **of_it, **link)


def _fate(row: Any) -> Message:
    answer = row.LateAnswer
    if answer is None:
        return _("Nobody has decided it yet.")
    if answer.verdict is Verdict.PAPER_WRONG:
        return _("%(who)s: %(verdict)s.", who=row.decided, verdict=VERDICT_TITLES[answer.verdict])
    why = REASON_TITLES[answer.reason]
    if answer.loss_minor:
        lost = Money(answer.loss_minor, row.currency)
        return _(
            "%(who)s: it was really handed out. %(why)s. The fund bears %(lost)s.", who=row.decided, why=why, lost=lost
        )
    return _("%(who)s: it was really handed out. %(why)s.", who=row.decided, why=why)
