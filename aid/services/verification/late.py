"""Proof of late entry: each line of a paper list is a collection as the paper says, or a conflict with its story; and
what was handed out beyond what vouchers were good for is booked as a loss, to the last piece.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.entries import EntryKind
from aid.domain.goods import Item
from aid.domain.late import Conflict, ListLine, Verdict
from aid.domain.money import Money
from aid.domain.points import PointKind
from aid.models.audit import AuditLine
from aid.models.collections import Collection
from aid.models.fund import Point
from aid.models.late import LateAnswer, LateEntry, LateLine, PointList, PointListClose
from aid.models.vouchers import Voucher
from aid.services.verification.causes import IDS, Cause, booked
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding
from aid.services.verification.reading import NOT_A_VALUE, Unreadable, rows_of


def causes_of_losses(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Cause]]:
    """What was handed out by a paper list though its voucher was not good: its purpose bears it."""
    for entry_id, line_id, point_id, kind, minor, voucher in session.execute(_losses(), {"ids": ids}):
        assert entry_id is not None, "asked for by its entry"
        asked = entries.lost(voucher.purpose_id, point_id, Money(minor, voucher.currency), kind=kind)
        yield entry_id, Cause(EntryKind.LOSS, line_id, booked(asked))


@cache
def _losses() -> Select[UUID | None, UUID, UUID, PointKind, int, Voucher]:
    return (
        select(LateAnswer.entry_id, LateLine.id, PointList.point_id, Point.kind, LateAnswer.loss_minor, Voucher)
        .join(LateLine, LateLine.id == LateAnswer.line_id)
        .join(LateEntry, LateEntry.id == LateLine.entry_id)
        .join(PointList, PointList.id == LateEntry.list_id)
        .join(Point, Point.id == PointList.point_id)
        .join(Voucher, Voucher.id == LateLine.voucher_id)
        .where(LateAnswer.entry_id.in_(IDS))
        .execution_options(populate_existing=True)
    )


def lost_goods(session: Session, ids: Sequence[UUID]) -> Counter[tuple[UUID, UUID, str]]:
    """Which goods left a point's stock as such a loss, by line."""
    asked: Counter[tuple[UUID, UUID, str]] = Counter()
    found = (
        select(LateLine.id, PointList.point_id, LateAnswer.loss_items)
        .join(LateAnswer, LateAnswer.line_id == LateLine.id)
        .join(LateEntry, LateEntry.id == LateLine.entry_id)
        .join(PointList, PointList.id == LateEntry.list_id)
        .where(LateLine.id.in_(ids))
    )
    for line_id, point_id, items in session.execute(found):
        for item in map(Item.from_plain, items):
            asked[line_id, point_id, item.good] -= item.quantity
    return asked


def prove_late(session: Session) -> Iterator[Finding]:
    """Lines that became something else than the paper says, or nothing; and lists that don't hold what they count."""
    yield from faults_found(session, _entries, _lines, _collections, _answers)
    yield from _lists(session)
    yield from _worth(session)


def _entries() -> Iterator[Fault]:
    of = LateLine.entry_id == LateEntry.id
    count = select(func.count()).where(of).scalar_subquery()
    last = select(func.coalesce(func.max(LateLine.n), 0)).where(of).scalar_subquery()
    wrong = or_(LateEntry.lines != count, LateEntry.lines != last)
    yield those(LateEntry.id, wrong, "it has another number of lines")
    before = exists().where(PointList.id == LateEntry.list_id, PointList.printed_at > LateEntry.at)
    yield those(LateEntry.id, before, "it was entered before its list was printed")
    after = exists().where(PointListClose.list_id == LateEntry.list_id, PointListClose.at < LateEntry.at)
    yield those(LateEntry.id, after, "it was entered after its list was closed")

    own = exists().where(
        LateEntry.list_id == PointListClose.list_id,
        LateEntry.handed_by_id == PointListClose.by_id,
        LateEntry.entered_by_id == PointListClose.by_id,
    )
    said = exists().where(AuditLine.act == "point_list.closed_alone", AuditLine.subject_id == PointListClose.list_id)
    told = "who handed out by it and entered it closed it too"
    yield those(PointListClose.list_id, own & ~said, told)


def _lines() -> Iterator[Fault]:
    number = exists().where(Voucher.id == LateLine.voucher_id, Voucher.serial == LateLine.serial)
    yield those(LateLine.id, LateLine.voucher_id.is_not(None) & ~number, "it names another voucher than its number")
    unknown = LateLine.conflict == Conflict.UNKNOWN
    told = and_(LateLine.conflict.is_not(None), unknown)
    nobody = or_(LateLine.voucher_id.is_(None), LateLine.amount_minor.is_(None))
    yield those(LateLine.id, nobody & ~told, "its voucher is not known, and still it is no such conflict")
    future = exists().where(LateEntry.id == LateLine.entry_id, LateEntry.at < LateLine.handed_at)
    yield those(LateLine.id, future, "it was entered before its hour")
    wrong = LateLine.collection_id.is_not(None) & ~exists().where(_is_of_line(), _is_what_it_says())
    yield those(LateLine.id, wrong, "its collection is not what the paper says")


def _is_of_line() -> ColumnElement[bool]:
    return and_(Collection.id == LateLine.collection_id, LateEntry.id == LateLine.entry_id, _is_by_list())


def _is_by_list() -> ColumnElement[bool]:
    return and_(
        PointList.id == LateEntry.list_id,
        Collection.voucher_id == LateLine.voucher_id,
        Collection.collected_at == LateLine.handed_at,
        Collection.handed_by_id == LateEntry.handed_by_id,
        Collection.point_id == PointList.point_id,
    )


def _is_what_it_says() -> ColumnElement[bool]:
    return and_(Collection.entered_at == LateEntry.at, Collection.amount_minor == LateLine.amount_minor)


def _collections() -> Iterator[Fault]:
    """What was entered later came from a list, once; and only that has nobody who came."""
    by_line = exists().where(LateLine.collection_id == Collection.id)
    by_answer = exists().where(LateAnswer.collection_id == Collection.id)
    later = Collection.entered_at.is_not(None)
    yield those(Collection.id, later & ~by_line & ~by_answer, "it was entered later, but no list says so")
    yield those(Collection.id, or_(by_line & by_answer, ~later & (by_line | by_answer)), "two say that it is theirs")


def _answers() -> Iterator[Fault]:
    line = LateLine.id == LateAnswer.line_id
    own = exists().where(
        line,
        LateEntry.id == LateLine.entry_id,
        or_(LateAnswer.by_id == LateEntry.handed_by_id, LateAnswer.by_id == LateEntry.entered_by_id),
    )
    yield those(LateAnswer.line_id, own, "who handed out, or entered it, decided alone")
    none = exists().where(line, LateLine.conflict.is_(None))
    yield those(LateAnswer.line_id, none, "there was nothing to decide")
    is_its = exists().where(
        line,
        LateEntry.id == LateLine.entry_id,
        Collection.id == LateAnswer.collection_id,
        Collection.entered_at == LateAnswer.at,
        _is_by_list(),
    )
    wrong = LateAnswer.collection_id.is_not(None) & ~is_its
    yield those(LateAnswer.line_id, wrong, "its collection is not what the paper says")


def _lists(session: Session) -> Iterator[Finding]:
    """Each list holds so many vouchers, each once; what became a collection stood on it."""
    on_list: dict[UUID, set[int]] = {}
    for row in rows_of(session, PointList):
        if isinstance(row, Unreadable):
            continue
        try:
            lines = [ListLine.from_plain(plain) for plain in row.lines]
        except NOT_A_VALUE:
            yield Finding("point_list", str(row.id), "its lines can't be read")
            continue
        on_list[row.id] = {line.serial for line in lines}
        if not row.vouchers == len(lines) == len(on_list[row.id]):
            yield Finding("point_list", str(row.id), "it holds another number of vouchers")
    kept = (
        select(LateLine.id, LateLine.serial, LateEntry.list_id)
        .join(LateEntry, LateEntry.id == LateLine.entry_id)
        .where(LateLine.conflict.is_(None))
    )
    for id_, serial, list_id in session.execute(kept):
        if list_id in on_list and serial not in on_list[list_id]:
            yield Finding("late_line", str(id_), "it was not on its list, and still became a collection")


def _worth(session: Session) -> Iterator[Finding]:
    """What the paper says was handed out is what was collected and what was lost, together."""
    found = session.execute(
        select(LateLine.id, LateLine.amount_minor, LateLine.items, LateAnswer, Collection)
        .outerjoin(LateAnswer, LateAnswer.line_id == LateLine.id)
        .outerjoin(Collection, or_(Collection.id == LateLine.collection_id, Collection.id == LateAnswer.collection_id))
        .where(or_(LateLine.collection_id.is_not(None), LateAnswer.verdict == Verdict.HANDED_OUT))
        .execution_options(populate_existing=True)
    )
    for id_, minor, items, answer, collection in found:
        money, goods = _handed(collection, answer)
        if minor != money or _counted(items or []) != goods:
            yield Finding("late_line", str(id_), "what was collected and lost is not what the paper says")


def _handed(collection: Collection | None, answer: LateAnswer | None) -> tuple[int, Counter[str]]:
    money, goods = 0, Counter[str]()
    if collection is not None:
        money += collection.amount_minor or 0
        goods.update(_counted(collection.items or []))
    if answer is not None:
        money += answer.loss_minor
        goods.update(_counted(answer.loss_items))
    return money, goods


def _counted(items: Sequence[str]) -> Counter[str]:
    return Counter({item.good: item.quantity for item in map(Item.from_plain, items)})
