"""Late entry: what was handed out by a paper list on a day without network, written down with its true hour.

Each line becomes a collection, or is kept as a conflict with what the paper says: nothing that was typed is dropped.
"""

from collections.abc import Collection as Several
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.late import Conflict, LateFacts, ListLine, Verdict, common, conflict_of, handed_by, on_day, why_not_hour
from aid.domain.late.typed import TypedLine, lines_of
from aid.domain.parts import Worth, is_cut_short
from aid.domain.refusals import RuleBroken
from aid.domain.vouchers import printed_number
from aid.domain.words import _
from aid.models.allocations import Allocation, AllocationLine
from aid.models.base import Permanent
from aid.models.collections import Collection, CollectionUndo
from aid.models.fund import Fund, Point
from aid.models.late import LateAnswer, LateEntry, LateLine, PointList
from aid.models.programmes import Programme
from aid.models.vouchers import Voucher, VoucherMove
from aid.services import audit
from aid.services.collections.late_keeping import Late, keep, paper_at
from aid.services.collections.parts import rest_of
from aid.services.collections.point_lists import lock_list
from aid.services.vouchers import holding
from aid.services.vouchers.handovers import receivers
from aid.vault.actor import Actor

CHUNK = 500


@dataclass(frozen=True, slots=True)
class LateOrder:
    """What was typed from a list, and who had handed out by it."""

    list_id: UUID
    handed_by_id: UUID
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entered:
    """So many lines became collections; so many others don't go together with the books."""

    entry_id: UUID
    list_id: UUID
    collected: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class Told:
    """One line: what was typed, the moment and the worth that come of it, and why it is a conflict."""

    typed: TypedLine
    at: datetime
    worth: Worth | None  # none where no voucher has this number
    voucher: Voucher | None
    conflict: Conflict | None


def enter_late(session: Session, *, actor: Actor, now: Instant, order: LateOrder) -> Entered:
    """Write down what a list says. A rival at a table who has one of its vouchers waits, or this. Raises RuleBroken."""
    listed = lock_list(session, actor=actor, list_id=order.list_id)
    assert actor.person_id is not None, "a person enters"
    told = judged(session, listed, now=now, order=order)
    entry = LateEntry(
        id=new_id(),
        list_id=listed.id,
        handed_by_id=order.handed_by_id,
        entered_by_id=actor.person_id,
        at=now.instant,
        lines=len(told),
    )
    session.add(entry)
    session.flush()
    rows: list[LateLine] = []
    made: list[Permanent] = []
    for n, each in enumerate(told, start=1):
        row, kept = _line(session, listed, entry, each, n, now=now)
        rows.append(row)
        made += kept
    session.flush()
    session.add_all(rows)
    audit.say(session, "late.entered", subject=listed.id, made=[entry, *rows, *made])
    conflicts = sum(row.conflict is not None for row in rows)
    return Entered(entry.id, listed.id, len(rows) - conflicts, conflicts)


def judged(session: Session, listed: PointList, *, now: Instant, order: LateOrder, locks: bool = True) -> list[Told]:
    """What becomes of each line. The vouchers are locked until the commit, unless one only looks. Raises RuleBroken."""
    if order.handed_by_id not in {id_ for id_, _handle in receivers_of(session, listed)}:
        raise RuleBroken(_("Choose who handed out by this list."), "handed_by")
    typed = lines_of(order.text)
    moments = _moments(session, listed, typed, now=now)
    vouchers = _vouchers(session, sorted({line.serial for line in typed}), locks=locks)
    told = _Told(session, listed, order.handed_by_id, vouchers, now)
    return [told.of(line, at) for line, at in zip(typed, moments, strict=True)]


def receivers_of(session: Session, listed: PointList) -> Sequence[tuple[UUID, str]]:
    """Who may have handed out by a list: the point's people, and coordinators."""
    return receivers(session, listed.point_id, but=UUID(int=0))


def _moments(session: Session, listed: PointList, typed: Sequence[TypedLine], *, now: Instant) -> list[datetime]:
    zone = ZoneInfo(session.execute(select(Fund.time_zone)).scalar_one())
    moments = [on_day(listed.day, line.hour, zone) for line in typed]
    for line, at in zip(typed, moments, strict=True):
        if reason := why_not_hour(at, printed_at=listed.printed_at, now=now.instant, serial=line.serial):
            raise RuleBroken(reason, "text")
    return moments


@dataclass(frozen=True, slots=True)
class _Found:
    """A voucher that was typed, its goods, and whether its programme lets a part be given."""

    voucher: Voucher
    items: list[str]
    in_parts: bool


def _vouchers(session: Session, serials: Sequence[int], *, locks: bool) -> dict[int, _Found]:
    """The vouchers with these numbers; locked in the order of their numbers."""
    found: dict[int, _Found] = {}
    for start in range(0, len(serials), CHUNK):
        wanted = (
            select(Voucher, AllocationLine.items, func.coalesce(Programme.in_parts, False))
            .join(AllocationLine, AllocationLine.id == Voucher.id)
            .join(Allocation, Allocation.id == Voucher.allocation_id)
            .outerjoin(Programme, Programme.id == Allocation.programme_id)
            .where(Voucher.serial.in_(serials[start : start + CHUNK]))
            .order_by(Voucher.serial)
            .execution_options(populate_existing=True)
        )
        wanted = wanted.with_for_update(of=Voucher) if locks else wanted
        found |= {row[0].serial: _Found(*row) for row in session.execute(wanted)}
    return found


class _Told:
    """Lines of one entry, one after the other: what is said of a voucher twice is a conflict the second time."""

    def __init__(
        self,
        session: Session,
        listed: PointList,
        handed_by_id: UUID,
        vouchers: Mapping[int, _Found],
        now: Instant,
    ) -> None:
        self._session, self._listed, self._by, self._vouchers = session, listed, handed_by_id, vouchers
        self._lines = {line.serial: line for line in map(ListLine.from_plain, listed.lines)}
        self._since = _since(session, listed, [found.voucher.id for found in vouchers.values()])
        self._earlier = _earlier(session, listed)
        self._seen: set[int] = set()
        self._kind = session.get_one(Point, listed.point_id).kind

    def of(self, typed: TypedLine, at: datetime) -> Told:
        """This line."""
        found = self._vouchers.get(typed.serial)
        if found is None:
            return Told(typed, at, None, None, Conflict.UNKNOWN)
        voucher, items = found.voucher, found.items
        whole = Worth.of(voucher.amount_minor, voucher.currency, items)
        line = self._lines.get(typed.serial)
        due = line or ListLine(typed.serial, voucher.papers, whole)
        worth = handed_by(due, typed.chosen)
        self._refuse_the_same(typed, at, worth)
        handed, undone = self._since.get(voucher.id, (False, False))
        conflict = conflict_of(
            LateFacts(
                state=voucher.state,
                is_on_list=line is not None,
                is_here=voucher.point_id == self._listed.point_id,
                was_here=line is not None or _was_at(self._session, voucher, self._listed.point_id),
                is_repeated=typed.serial in self._seen or typed.serial in {serial for serial, *_r in self._earlier},
                is_same_paper=line is not None and line.paper == voucher.papers,
                handed_since=handed,
                undone_since=undone,
                vouched=self._by in holding.vouched_by(self._session, voucher.family_id),
                is_cut_short=is_cut_short(worth, due.worth, in_parts=found.in_parts, kind=self._kind),
                grace_until=voucher.grace_until,
                day=self._listed.day,
            )
        )
        self._seen.add(typed.serial)
        if conflict is None and common(worth, rest_of(self._session, voucher, items)) != worth:
            conflict = Conflict.PART_COLLECTED
        return Told(typed, at, worth, voucher, conflict)

    def _refuse_the_same(self, typed: TypedLine, at: datetime, worth: Worth) -> None:
        """Lines that were entered before, word for word: the paper was taken twice, not the aid."""
        same = (typed.serial, at, worth.amount.minor, tuple(worth.plain()), self._by)
        if same in self._earlier:
            number = printed_number(typed.serial)
            raise RuleBroken(
                _("%(number)s was entered from this list already, with this hour. Take the line out.", number=number),
                "text",
            )


def _was_at(session: Session, voucher: Voucher, point_id: UUID) -> bool:
    """Whether it was ever to be collected at a point: issued for it, or moved there."""
    if point_id in (voucher.point_id, voucher.issued_point_id):
        return True
    came = select(VoucherMove.n).where(VoucherMove.voucher_id == voucher.id, VoucherMove.to_point_id == point_id)
    return session.scalar(came.limit(1)) is not None


def _since(session: Session, listed: PointList, ids: Sequence[UUID]) -> dict[UUID, tuple[bool, bool]]:
    """Of these vouchers, whether something was handed out, or taken back, after the list was printed.

    Of a list that had lines entered before, those collections are no surprise: they are told apart as repeated.
    """
    told: dict[UUID, tuple[bool, bool]] = {}
    for start in range(0, len(ids), CHUNK):
        here = Collection.voucher_id.in_(ids[start : start + CHUNK])
        mine = exists().where(LateLine.collection_id == Collection.id, LateEntry.id == LateLine.entry_id)
        mine = mine.where(LateEntry.list_id == listed.id)
        later = or_(Collection.collected_at >= listed.printed_at, CollectionUndo.at >= listed.printed_at)
        found = session.execute(
            select(Collection.voucher_id, CollectionUndo.id)
            .outerjoin(CollectionUndo, CollectionUndo.collection_id == Collection.id)
            .where(here, later, ~mine)
        )
        for voucher_id, undo_id in found:
            handed, undone = told.get(voucher_id, (False, False))
            told[voucher_id] = (handed or undo_id is None, undone or undo_id is not None)
    return told


def _earlier(session: Session, listed: PointList) -> Several[tuple[int, datetime, int | None, tuple[str, ...], UUID]]:
    """What was entered from this list before, and neither taken back nor found wrong."""
    undone = exists().where(CollectionUndo.collection_id == LateLine.collection_id)
    wrong = exists().where(LateAnswer.line_id == LateLine.id, LateAnswer.verdict == Verdict.PAPER_WRONG)
    found = session.execute(
        select(LateLine.serial, LateLine.handed_at, LateLine.amount_minor, LateLine.items, LateEntry.handed_by_id)
        .join(LateEntry, LateEntry.id == LateLine.entry_id)
        .where(LateEntry.list_id == listed.id, ~undone, ~wrong)
    )
    return {(serial, at, minor, tuple(items or ()), by) for serial, at, minor, items, by in found}


def _line(
    session: Session, listed: PointList, entry: LateEntry, told: Told, n: int, *, now: Instant
) -> tuple[LateLine, Sequence[Permanent]]:
    """Keep a line: as a collection if it may be one, and if no rival took its voucher meanwhile."""
    conflict, collection_id, made = told.conflict, None, list[Permanent]()
    if conflict is None:
        assert told.voucher is not None, "only a known voucher is without conflict"
        assert told.worth is not None, "its worth is known"
        voucher = told.voucher
        late = Late(listed.point_id, entry.handed_by_id, told.at, told.worth)
        paper = paper_at(session, voucher, listed)
        assert paper is not None, "what is on the list had a paper here"
        kept = keep(session, voucher, late, paper_id=paper, now=now)
        if kept is None:
            conflict = Conflict.COLLECTED
        else:
            collection_id, made = kept
    row = LateLine(
        id=new_id(),
        entry_id=entry.id,
        n=n,
        serial=told.typed.serial,
        voucher_id=told.voucher.id if told.voucher else None,
        handed_at=told.at,
        amount_minor=told.worth.amount.minor if told.worth else None,
        items=told.worth.plain() if told.worth else None,
        conflict=conflict,
        collection_id=collection_id,
    )
    return row, made
