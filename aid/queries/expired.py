"""What expired: vouchers that nobody collected, night by night, and what went back to which purpose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select, true, union_all
from sqlalchemy.orm import Session

from aid.domain.entries import EntryKind
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.vouchers import VoucherState, printed_number
from aid.models.allocations import Allocation, AllocationLine
from aid.models.fund import Point, Purpose
from aid.models.goods import GoodsRelease
from aid.models.ledger import Entry, Transfer
from aid.models.vouchers import Voucher
from aid.vault.actor import Actor

PAGE = 50
DAYS: Final = 30
"""So many sums are shown: of days and purposes."""


@dataclass(frozen=True, slots=True)
class ExpiredRow:
    """One voucher that nobody collected. The family's code only for who may see vouchers."""

    serial: int
    family_code: str
    allocation_id: UUID
    allocation_number: int
    point: Mapping[str, str]
    purpose: Mapping[str, str]
    amount: Money  # what went back: less than its worth where a part was collected

    @property
    def printed_number(self) -> str:
        """The number as it stands on the paper."""
        return printed_number(self.serial)


@dataclass(frozen=True, slots=True)
class ExpiredSum:
    """What went back to one purpose on one day."""

    on: date
    purpose: Mapping[str, str]
    vouchers: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Expired:
    """What the last nights came to, and one night's vouchers by number."""

    sums: tuple[ExpiredSum, ...]
    day: date | None  # whose vouchers are listed; none where nothing ever expired
    rows: tuple[ExpiredRow, ...]
    more_after: int | None


def expired(session: Session, *, actor: Actor, day: date | None = None, after: int = 0) -> Expired:
    """The vouchers that expired on a day, or on the last one on which any did, a page at a time."""
    actor.must(Permission.SEE_MONEY)
    sums = _sums(session)
    shown = day or (sums[0].on if sums else None)
    if shown is None:
        return Expired((), None, (), None)
    freed = _freed(Entry.posted_on == shown, GoodsRelease.released_on == shown).subquery()
    found = session.execute(
        select(freed.c.minor, Voucher, AllocationLine.family_code, Allocation.number, Point.names, Purpose.names)
        .join(Voucher, Voucher.id == freed.c.voucher_id)
        .join(AllocationLine, AllocationLine.id == Voucher.id)
        .join(Allocation, Allocation.id == Voucher.allocation_id)
        .join(Point, Point.id == Voucher.point_id)
        .join(Purpose, Purpose.id == Voucher.purpose_id)
        .where(Voucher.state == VoucherState.EXPIRED, Voucher.serial > after)
        .order_by(Voucher.serial)
        .limit(PAGE + 1)
    ).all()
    codes = actor.may(Permission.SEE_VOUCHERS)
    rows = tuple(_row(row, codes=codes) for row in found[:PAGE])
    return Expired(sums, shown, rows, rows[-1].serial if len(found) > PAGE else None)


def lately(session: Session, *, since: date) -> tuple[int, date | None]:
    """How many vouchers expired since a day, and on which day the first of them did."""
    freed = _freed(Entry.posted_on >= since, GoodsRelease.released_on >= since).subquery()
    rows = select(func.count(), func.min(freed.c.posted_on)).select_from(freed)
    rows = rows.join(Voucher, Voucher.id == freed.c.voucher_id).where(Voucher.state == VoucherState.EXPIRED)
    count, first = session.execute(rows).one()
    return count, first


def _freed(money_when: ColumnElement[bool], goods_when: ColumnElement[bool]) -> Any:
    """What was set free of vouchers: by an entry, or, where there was no money, as goods alone."""
    money = (
        select(
            Entry.cause_id.label("voucher_id"),
            Entry.posted_on.label("posted_on"),
            Transfer.amount_minor.label("minor"),
        )
        .join(Transfer, Transfer.entry_id == Entry.id)
        .where(Entry.kind == EntryKind.RELEASE, money_when)
    )
    goods = select(GoodsRelease.voucher_id, GoodsRelease.released_on, literal(0)).where(goods_when)
    return union_all(money, goods)


def _sums(session: Session) -> tuple[ExpiredSum, ...]:
    """What went back on each of the last days on which something did, the latest first."""
    freed = _freed(true(), true()).subquery()
    found = session.execute(
        select(freed.c.posted_on, Purpose.names, func.count(), func.sum(freed.c.minor), Voucher.currency)
        .join(Voucher, Voucher.id == freed.c.voucher_id)
        .join(Purpose, Purpose.id == Voucher.purpose_id)
        .where(Voucher.state == VoucherState.EXPIRED)
        .group_by(freed.c.posted_on, Purpose.id, Voucher.currency)
        .order_by(freed.c.posted_on.desc(), Purpose.code, Voucher.currency)
        .limit(DAYS)
    )
    return tuple(ExpiredSum(row[0], row[1], row[2], Money(int(row[3]), row[4])) for row in found)


def _row(found: Any, *, codes: bool) -> ExpiredRow:
    minor, voucher, code, number, point, purpose = found
    return ExpiredRow(
        serial=voucher.serial,
        family_code=(code or "") if codes else "",
        allocation_id=voucher.allocation_id,
        allocation_number=number,
        point=point,
        purpose=purpose,
        amount=Money(minor, voucher.currency),
    )
