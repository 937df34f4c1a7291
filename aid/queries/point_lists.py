"""Lists of days without network: what was printed, what was entered from it, and what waits for a coordinator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from aid.domain.clock import Instant
from aid.domain.late import CONFLICT_TITLES, REASON_TITLES, VERDICT_TITLES, Conflict, ListLine
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.points import PointKind
from aid.domain.vouchers import printed_number
from aid.domain.words import Message
from aid.models.fund import Point
from aid.models.late import LateAnswer, LateEntry, LateLine, PointList, PointListClose
from aid.models.people import Person
from aid.models.vouchers import Voucher
from aid.queries import histories
from aid.queries.histories.asking import HistoryPage
from aid.services.collections.late import LateOrder, Told, judged, receivers_of
from aid.services.collections.point_lists import is_own_entry, who_may_look
from aid.services.goods import GoodWords, words_for
from aid.vault.actor import Actor

PAGE = 30
OPEN = and_(LateLine.conflict.is_not(None), ~exists().where(LateAnswer.line_id == LateLine.id))
"""A line that waits for a coordinator."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One list."""

    list_id: UUID
    number: int
    point_id: UUID
    point: Mapping[str, str]
    at_shop: bool
    day: date
    printed_at: datetime
    by: str  # a handle
    vouchers: int
    entered: int
    waiting: int  # conflicts without an answer
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class LateRow:
    """What the paper says of one voucher, and what came of it."""

    line_id: UUID
    serial: int
    has_voucher: bool
    handed_at: datetime
    handed_by: str  # handles
    entered_by: str
    entered_at: datetime
    amount: Money | None
    items: tuple[str, ...]
    conflict: Message | None
    collection_id: UUID | None
    verdict: Message | None = None
    reason: Message | None = None
    answered_by: str = ""
    lost: Money | None = None
    lost_items: tuple[str, ...] = ()
    is_own: bool = False  # who handed out entered it too

    @property
    def printed_number(self) -> str:
        """The number as it stands on the paper."""
        return printed_number(self.serial)

    @property
    def waits(self) -> bool:
        """Whether a coordinator is to decide."""
        return self.conflict is not None and self.verdict is None


@dataclass(frozen=True, slots=True)
class ListPage:
    """One list by itself."""

    row: ListRow
    lines: tuple[LateRow, ...]
    others: tuple[str, ...]  # who compares and closes it, where the reader handed out and entered it


@dataclass(frozen=True, slots=True)
class LinePage:
    """One line that does not go together with the books: both stories."""

    row: LateRow
    listed: ListRow
    was_on_list: bool
    books: HistoryPage | None
    may_decide: bool
    voucher_point: Mapping[str, str] | None  # where it is collected now


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What would become of a typed line."""

    number: str
    at: datetime
    amount: Money | None
    items: tuple[str, ...]
    conflict: Message | None


def lists(session: Session, *, actor: Actor, before: int | None = None) -> tuple[ListRow, ...]:
    """The lists of one's own points, the latest first."""
    wanted = _lists().where(_mine(actor)).order_by(PointList.number.desc()).limit(PAGE)
    wanted = wanted if before is None else wanted.where(PointList.number < before)
    return tuple(map(_row, session.execute(wanted)))


def one(session: Session, *, actor: Actor, list_id: UUID) -> ListPage | None:
    """A list and all that was entered from it, what waits first."""
    found = session.execute(_lists().where(_mine(actor), PointList.id == list_id)).one_or_none()
    if found is None:
        return None
    lines = session.execute(_lines().where(LateEntry.list_id == list_id).order_by(LateEntry.at, LateLine.n)).all()
    rows = _worded(session, lines, actor)
    assert actor.person_id is not None, "a person reads"
    is_own, listed = is_own_entry(session, list_id, actor.person_id), session.get_one(PointList, list_id)
    others = who_may_look(session, actor=actor, listed=listed) if is_own else ()
    return ListPage(_row(found), tuple(sorted(rows, key=lambda row: not row.waits)), tuple(others))


def line(session: Session, *, actor: Actor, now: Instant, line_id: UUID) -> LinePage | None:
    """A line at one's own points, with what the books say of its voucher."""
    found = session.execute(_lines().where(LateLine.id == line_id)).one_or_none()
    if found is None or found.LateLine.conflict is None:
        return None
    listed = one_row(session, actor=actor, list_id=found.LateEntry.list_id)
    if listed is None:
        return None
    [row] = _worded(session, [found], actor)
    voucher_id, entry = found.LateLine.voucher_id, found.LateEntry
    books = None
    if voucher_id is not None and actor.may(Permission.SEE_VOUCHERS):
        books = histories.of_voucher(session, actor=actor, now=now, voucher_id=voucher_id)
    plain = session.scalars(select(PointList.lines).where(PointList.id == entry.list_id)).one()
    own = actor.person_id in (entry.handed_by_id, entry.entered_by_id)
    return LinePage(
        row=row,
        listed=listed,
        was_on_list=row.serial in {ListLine.from_plain(each).serial for each in plain},
        books=books,
        voucher_point=_point_of(session, voucher_id),
        may_decide=row.waits and not own and actor.may(Permission.MEND_COLLECTIONS, point=listed.point_id),
    )


def _point_of(session: Session, voucher_id: UUID | None) -> Mapping[str, str] | None:
    names = select(Point.names).join(Voucher, Voucher.point_id == Point.id)
    return session.scalar(names.where(Voucher.id == voucher_id)) if voucher_id else None


def one_row(session: Session, *, actor: Actor, list_id: UUID) -> ListRow | None:
    """A list at one's own points, without its lines."""
    found = session.execute(_lists().where(_mine(actor), PointList.id == list_id)).one_or_none()
    return _row(found) if found is not None else None


def who_handed_out(session: Session, *, actor: Actor, list_id: UUID) -> Sequence[tuple[UUID, str]]:
    """Who may have handed out by a list, by handle."""
    return receivers_of(session, _own(session, actor, list_id))


def checked(session: Session, *, actor: Actor, now: Instant, order: LateOrder) -> tuple[CheckRow, ...]:
    """What would become of what was typed. Raises RuleBroken."""
    told = judged(session, _own(session, actor, order.list_id), now=now, order=order, locks=False)
    said = words_for(session, {plain for each in told if each.worth for plain in each.worth.plain()})
    return tuple(_check_row(each, said, actor) for each in told)


def _check_row(told: Told, said: GoodWords, actor: Actor) -> CheckRow:
    return CheckRow(
        number=printed_number(told.typed.serial),
        at=told.at,
        amount=told.worth.amount if told.worth and told.worth.amount.minor else None,
        items=said.say_all(told.worth.plain(), actor.language) if told.worth else (),
        conflict=CONFLICT_TITLES[told.conflict] if told.conflict else None,
    )


def _own(session: Session, actor: Actor, list_id: UUID) -> PointList:
    return session.scalars(select(PointList).where(PointList.id == list_id, _mine(actor))).one()


def _mine(actor: Actor) -> ColumnElement[bool]:
    """Those of one's own points; all, for who works at every point."""
    actor.must(Permission.SEE_COLLECTIONS)
    if actor.everywhere(Permission.SEE_COLLECTIONS):
        return PointList.id.is_not(None)
    return PointList.point_id.in_(actor.points)


def _lists() -> Any:
    of_list = and_(LateEntry.list_id == PointList.id, LateLine.entry_id == LateEntry.id)
    entered = select(func.count(LateLine.serial.distinct())).where(of_list).scalar_subquery()
    waiting = select(func.count(LateLine.id)).where(of_list, OPEN).scalar_subquery()
    return (
        select(
            PointList.id,
            PointList.number,
            PointList.point_id,
            PointList.day,
            PointList.printed_at,
            PointList.vouchers,
            Point.names,
            Point.kind,
            Person.handle,
            entered.label("entered"),
            waiting.label("waiting"),
            PointListClose.at.label("closed_at"),
        )
        .join(Point, Point.id == PointList.point_id)
        .join(Person, Person.id == PointList.printed_by_id)
        .outerjoin(PointListClose, PointListClose.list_id == PointList.id)
    )


def _row(found: Any) -> ListRow:
    return ListRow(
        list_id=found.id,
        number=found.number,
        point_id=found.point_id,
        point=found.names,
        at_shop=found.kind is PointKind.SHOP,
        day=found.day,
        printed_at=found.printed_at,
        by=found.handle,
        vouchers=found.vouchers,
        entered=found.entered,
        waiting=found.waiting,
        closed_at=found.closed_at,
    )


def _lines() -> Any:
    hand, typist, judge = aliased(Person), aliased(Person), aliased(Person)
    return (
        select(LateLine, LateEntry, LateAnswer, Voucher.currency)
        .add_columns(hand.handle.label("hand"), typist.handle.label("typist"), judge.handle.label("judge"))
        .join(LateEntry, LateEntry.id == LateLine.entry_id)
        .join(hand, hand.id == LateEntry.handed_by_id)
        .join(typist, typist.id == LateEntry.entered_by_id)
        .outerjoin(LateAnswer, LateAnswer.line_id == LateLine.id)
        .outerjoin(judge, judge.id == LateAnswer.by_id)
        .outerjoin(Voucher, Voucher.id == LateLine.voucher_id)
    )


def _worded(session: Session, found: Sequence[Any], actor: Actor) -> list[LateRow]:
    goods = {plain for row in found for plain in row.LateLine.items or ()}
    said = words_for(session, goods | {plain for row in found if row.LateAnswer for plain in row.LateAnswer.loss_items})
    return [_late_row(row, said, actor) for row in found]


def _late_row(row: Any, said: GoodWords, actor: Actor) -> LateRow:
    line, entry, answer = row.LateLine, row.LateEntry, row.LateAnswer
    return LateRow(
        line_id=line.id,
        serial=line.serial,
        has_voucher=line.voucher_id is not None,
        handed_at=line.handed_at,
        handed_by=row.hand,
        entered_by=row.typist,
        is_own=entry.handed_by_id == entry.entered_by_id,
        entered_at=entry.at,
        amount=Money(line.amount_minor, row.currency) if line.amount_minor else None,
        items=said.say_all(line.items or (), actor.language),
        conflict=CONFLICT_TITLES[Conflict(line.conflict)] if line.conflict else None,
        collection_id=line.collection_id or (answer.collection_id if answer else None),
        verdict=VERDICT_TITLES[answer.verdict] if answer else None,
        reason=REASON_TITLES[answer.reason] if answer and answer.reason else None,
        answered_by=row.judge or "",
        lost=Money(answer.loss_minor, row.currency) if answer and answer.loss_minor else None,
        lost_items=said.say_all(answer.loss_items, actor.language) if answer else (),
    )


def waiting_lines(*, actor: Actor) -> Any:
    """What waits for a coordinator's word: (when, line)."""
    of = select(LateEntry.at, LateLine.id).join(LateEntry, LateEntry.id == LateLine.entry_id)
    own = or_(LateEntry.handed_by_id == actor.person_id, LateEntry.entered_by_id == actor.person_id)
    return of.join(PointList, PointList.id == LateEntry.list_id).where(OPEN, _mine(actor), ~own)


def lists_to_enter(*, actor: Actor, now: Instant) -> Any:
    """Lists whose day is over, or has come, and that nobody closed: (day, list)."""
    open_ = ~exists().where(PointListClose.list_id == PointList.id)
    return select(PointList.day, PointList.id).where(open_, _mine(actor), PointList.day < now.today)
