"""The point list: a point's open vouchers on paper for a day without network, and its end when all of it is entered.

It holds no names, no family codes and no digits of vouchers: whoever finds it can collect nothing with it. The check
words on it are opened with the point's keys, each look is recorded, and they are kept nowhere but on the paper.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import Slip
from aid.domain.ids import new_id
from aid.domain.late import ListLine, why_not_close, why_not_day
from aid.domain.late.typed import MOST
from aid.domain.outcomes import transient
from aid.domain.permissions import Permission
from aid.domain.points import PointKind
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.vouchers import ON_PAPER
from aid.domain.words import _
from aid.models.allocations import Allocation, AllocationLine
from aid.models.base import in_language
from aid.models.fund import Fund, Point
from aid.models.late import LateEntry, PointList, PointListClose
from aid.models.programmes import Programme
from aid.models.records import RecordKind
from aid.models.vouchers import Voucher
from aid.services import audit, counters, records, sightings
from aid.services.collections.parts import rest_of
from aid.services.goods import GoodWords, words_for
from aid.services.vouchers.handovers import receivers
from aid.vault.actor import Actor
from aid.vault.failures import NoKey

CHUNK = 500


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line on paper. What can be ticked by itself has its number."""

    line: ListLine
    items: tuple[str, ...]
    check_word: str = field(repr=False)
    in_parts: bool = False  # whether some of it may be given

    @property
    def things(self) -> int:
        """How many things are in it: its money, and each of its goods."""
        return bool(self.line.worth.amount.minor) + len(self.items)


@dataclass(frozen=True, slots=True)
class PaperList:
    """What is printed, once."""

    number: int
    titles: Mapping[str, str]
    point: str
    day: date
    printed_at: datetime
    by: str  # a handle
    demo: bool
    lines: tuple[PaperLine, ...]
    shop: bool = False  # goods are given there, worth a part of a sum too


@dataclass(frozen=True, slots=True)
class ListOrder:
    """For which point and day."""

    point_id: UUID
    day: date


@dataclass(frozen=True, slots=True)
class ListPrinted:
    """A list went to the printer. Whoever asks again learns its number alone."""

    list_id: UUID
    number: int
    paper: PaperList | None = transient()  # noqa: RUF009 - as everywhere


@dataclass(frozen=True, slots=True)
class ListClosed:
    """Nothing more is entered from it."""

    list_id: UUID
    number: int


def may_work_at(*, actor: Actor, point_id: UUID) -> bool:
    """Whether this person hands out at the point, or mends what others did there."""
    return actor.may(Permission.HAND_OUT, point=point_id) or actor.may(Permission.MEND_COLLECTIONS, point=point_id)


def must_work_at(*, actor: Actor, point_id: UUID) -> None:
    """Raise NotAllowed for who has no business there."""
    if not may_work_at(actor=actor, point_id=point_id):
        raise NotAllowed(_("Who hands out at this point does this, or a coordinator."))


def print_list(session: Session, *, actor: Actor, now: Instant, order: ListOrder) -> ListPrinted:
    """Put a point's open vouchers on paper for a day. Raises RuleBroken."""
    must_work_at(actor=actor, point_id=order.point_id)
    assert actor.person_id is not None, "a person prints"
    if reason := why_not_day(order.day, today=now.today):
        raise RuleBroken(reason, "day")
    point = session.get_one(Point, order.point_id)
    if not actor.keyring.has(point.ring_id):
        raise RuleBroken(_("You were not yet given the keys of this point. Ask a coordinator to admit you."))
    vouchers = _open_vouchers(session, order)
    lines = _lines(session, vouchers)
    row = PointList(
        id=new_id(),
        number=counters.take(session, "point_list"),
        point_id=point.id,
        day=order.day,
        printed_by_id=actor.person_id,
        printed_at=now.instant,
        vouchers=len(lines),
        lines=[line.plain() for line in lines],
    )
    session.add(row)
    audit.say(session, "point_list.printed", subject=row.id, made=[row])
    return ListPrinted(row.id, row.number, _on_paper(session, row, point, vouchers, lines, actor=actor, now=now))


def _on_paper(
    session: Session,
    row: PointList,
    point: Point,
    vouchers: Sequence[Voucher],
    lines: Sequence[ListLine],
    *,
    actor: Actor,
    now: Instant,
) -> PaperList:
    """What the paper says besides: each family's check word, and goods by their names."""
    words = _check_words(session, [voucher.family_id for voucher in vouchers], actor=actor, now=now)
    said = words_for(session, {plain for line in lines for plain in line.worth.plain()})
    in_parts = _in_parts(session, vouchers)
    paper_lines = tuple(
        PaperLine(line, _briefly(said, line, actor), words.get(voucher.family_id, ""), voucher.id in in_parts)
        for voucher, line in zip(vouchers, lines, strict=True)
    )
    fund = session.scalars(select(Fund)).one()
    return PaperList(
        number=row.number,
        titles=fund.paper_titles,
        point=in_language(point.names, actor.language),
        day=row.day,
        printed_at=row.printed_at,
        by=actor.handle,
        demo=fund.demo,
        lines=paper_lines,
        shop=point.kind is PointKind.SHOP,
    )


def _briefly(said: GoodWords, line: ListLine, actor: Actor) -> tuple[str, ...]:
    """Its goods, without what is in each kit: who hands out has it before them."""
    return tuple(said.brief(item, actor.language) for item in line.worth.items)


def close_list(session: Session, *, actor: Actor, now: Instant, list_id: UUID) -> ListClosed:
    """Say that all of a list is entered, or none was used, and that its paper is destroyed. Raises RuleBroken.

    Who handed out by it and entered it does not close it too, while another could compare the paper with the lines.
    """
    listed = lock_list(session, actor=actor, list_id=list_id)
    assert actor.person_id is not None, "a person closes it"
    is_own = is_own_entry(session, listed.id, actor.person_id)
    others = who_may_look(session, actor=actor, listed=listed) if is_own else ()
    if reason := why_not_close(is_own=is_own, others=others):
        raise RuleBroken(reason)
    row = PointListClose(list_id=listed.id, by_id=actor.person_id, at=now.instant)
    session.add(row)
    audit.say(session, "point_list.closed_alone" if is_own else "point_list.closed", subject=listed.id, made=[row])
    return ListClosed(listed.id, listed.number)


def is_own_entry(session: Session, list_id: UUID, person_id: UUID) -> bool:
    """Whether a person entered lines of a list by which they had handed out themselves."""
    own = exists().where(
        LateEntry.list_id == list_id, LateEntry.handed_by_id == person_id, LateEntry.entered_by_id == person_id
    )
    return bool(session.scalar(select(own)))


def who_may_look(session: Session, *, actor: Actor, listed: PointList) -> Sequence[str]:
    """The handles of others who work at a list's point, or coordinate."""
    return [handle for _id, handle in receivers(session, listed.point_id, but=actor.person_id)]


def lock_list(session: Session, *, actor: Actor, list_id: UUID) -> PointList:
    """A list at one's own points that is still open. Who enters lines and who closes it wait for each other."""
    listed = session.get(PointList, list_id, with_for_update=True)
    if listed is None:
        raise RuleBroken(_("There is no such list at your points."))
    must_work_at(actor=actor, point_id=listed.point_id)
    if session.get(PointListClose, listed.id, populate_existing=True) is not None:
        raise RuleBroken(_("This list is closed already: its paper was destroyed."))
    return listed


def _open_vouchers(session: Session, order: ListOrder) -> Sequence[Voucher]:
    """Those that somebody may come with on that day, by number. Raises RuleBroken."""
    wanted = (Voucher.point_id == order.point_id) & Voucher.state.in_(ON_PAPER) & (Voucher.grace_until >= order.day)
    count = session.scalar(select(func.count()).select_from(Voucher).where(wanted)) or 0
    if not count:
        raise RuleBroken(_("No printed voucher waits at this point on that day: there is nothing to list."))
    if count > MOST:
        raise RuleBroken(_("More than %(most)s vouchers wait here. One list holds no more.", most=MOST))
    return session.scalars(select(Voucher).where(wanted).order_by(Voucher.serial)).all()


def _lines(session: Session, vouchers: Sequence[Voucher]) -> list[ListLine]:
    """What is left of each voucher."""
    items: dict[UUID, list[str]] = {}
    for start in range(0, len(vouchers), CHUNK):
        ids = [voucher.id for voucher in vouchers[start : start + CHUNK]]
        found = session.execute(select(AllocationLine.id, AllocationLine.items).where(AllocationLine.id.in_(ids)))
        items.update((id_, plain) for id_, plain in found)
    return [ListLine(each.serial, each.papers, rest_of(session, each, items[each.id])) for each in vouchers]


def _in_parts(session: Session, vouchers: Sequence[Voucher]) -> set[UUID]:
    """Those whose programme lets a part be given."""
    rounds = {voucher.allocation_id for voucher in vouchers}
    wanted = select(Allocation.id).join(Programme, Programme.id == Allocation.programme_id)
    open_ = set(session.scalars(wanted.where(Programme.in_parts, Allocation.id.in_(rounds))))
    return {voucher.id for voucher in vouchers if voucher.allocation_id in open_}


def _check_words(session: Session, families: Sequence[UUID], *, actor: Actor, now: Instant) -> Mapping[UUID, str]:
    """Open the families' slips, and record each look. A slip that this point has no key to any more is left out."""
    assert actor.person_id is not None, "the system prints no list"
    wanted = list(dict.fromkeys(families))
    found: dict[UUID, dict[str, Any]] = {}
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        try:
            found |= records.take_out_all(session, kind=RecordKind.SLIP, row_ids=some, keyring=actor.keyring)
        except NoKey:
            found |= _one_by_one(session, some, actor=actor)
    who, why = actor.person_id, "point_list"
    sightings.saw(session, person_id=who, families=list(found), what=RecordKind.SLIP, why=why, now=now)
    return {family_id: Slip.from_plain(opened).check_word for family_id, opened in found.items()}


def _one_by_one(session: Session, families: Sequence[UUID], *, actor: Actor) -> dict[UUID, dict[str, Any]]:
    found: dict[UUID, dict[str, Any]] = {}
    for family_id in families:
        try:
            opened = records.take_out(session, kind=RecordKind.SLIP, row_id=family_id, keyring=actor.keyring)
        except NoKey:
            continue
        if opened is not None:
            found[family_id] = opened
    return found
