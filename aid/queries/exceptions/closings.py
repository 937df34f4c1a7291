"""Vouchers that were closed before anybody collected all of them: cancelled with their family, or expired."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, func, literal, select, union_all

from aid.domain.entries import EntryKind
from aid.domain.exceptions import ExceptionKind
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.vouchers import VoucherState, printed_number
from aid.domain.withdrawals import WITHDRAWAL_TITLES
from aid.domain.words import Message, _, n_
from aid.models.allocations import Allocation
from aid.models.families import Withdrawal
from aid.models.fund import Point
from aid.models.goods import GoodsRelease
from aid.models.ledger import Entry, Transfer
from aid.models.people import Person
from aid.models.vouchers import Voucher
from aid.queries.exceptions.asking import Asked, Story


def cancelled(asked: Asked) -> Iterator[Story]:
    """Vouchers that were cancelled because their family left the fund, one by one."""
    freed = _freed()
    left = (
        select(Withdrawal.family_id, func.max(Withdrawal.at).label("at"))
        .group_by(Withdrawal.family_id)
        .subquery("left_fund")
    )
    rows = (
        select(Voucher, freed.c.at, freed.c.minor, Point.names, Withdrawal.reason, Person.handle)
        .join(freed, freed.c.voucher_id == Voucher.id)
        .join(Point, Point.id == Voucher.point_id)
        .outerjoin(left, left.c.family_id == Voucher.family_id)
        .outerjoin(Withdrawal, and_(Withdrawal.family_id == left.c.family_id, Withdrawal.at == left.c.at))
        .outerjoin(Person, Person.id == Withdrawal.by_id)
        .where(Voucher.state == VoucherState.VOID)
    )
    for row in asked.told(rows, at=freed.c.at, point=Voucher.point_id, allocation=Voucher.allocation_id):
        number = printed_number(row.Voucher.serial)
        said = _("Voucher %(number)s was cancelled", number=number)
        if row.reason:
            why = WITHDRAWAL_TITLES[row.reason]
            said = _(
                "Voucher %(number)s was cancelled: its family left the fund. %(reason)s", number=number, reason=why
            )
        of = {"what": said, "by": row.handle or "", "fate": _back(row.minor, row.Voucher.currency), "point": row.names}
        yield Story(kind=ExceptionKind.VOID, at=row.at, **of, **asked.voucher(row.Voucher.serial))


def expired(asked: Asked) -> Iterator[Story]:
    """Vouchers that nobody collected in time: those of one decision at one point in one commit, together."""
    freed = _freed()
    of = (freed.c.at, freed.c.day, Point.names, Voucher.currency, Allocation.id, Allocation.number)
    rows = (
        select(*of, func.count().label("vouchers"), func.sum(freed.c.minor).label("minor"))
        .select_from(Voucher)
        .join(freed, freed.c.voucher_id == Voucher.id)
        .join(Point, Point.id == Voucher.point_id)
        .join(Allocation, Allocation.id == Voucher.allocation_id)
        .where(Voucher.state == VoucherState.EXPIRED)
        .group_by(freed.c.at, freed.c.day, Point.id, Voucher.currency, Allocation.id)
    )
    for row in asked.told(rows, at=freed.c.at, point=Voucher.point_id, allocation=Voucher.allocation_id):
        said = n_(
            "%(num)s voucher of decision %(number)s expired: nobody came within the days of grace",
            "%(num)s vouchers of decision %(number)s expired: nobody came within the days of grace",
            row.vouchers,
            number=row.number,
        )
        link = asked.link(Permission.SEE_MONEY, "paper_trail.expired", day=row.day.isoformat())
        fate = _back(int(row.minor), row.currency)
        yield Story(kind=ExceptionKind.EXPIRED, at=row.at, what=said, fate=fate, point=row.names, **link)


def _back(minor: int, currency: str) -> Message:
    if minor:
        return _("%(amount)s went back to its purpose.", amount=Money(minor, currency))
    return _("Its goods are promised no more.")


def _freed() -> Any:
    """When and how much was set free of each voucher: by an entry, or as goods alone."""
    money = (
        select(
            Entry.cause_id.label("voucher_id"),
            Entry.posted_at.label("at"),
            Entry.posted_on.label("day"),
            Transfer.amount_minor.label("minor"),
        )
        .join(Transfer, Transfer.entry_id == Entry.id)
        .where(Entry.kind == EntryKind.RELEASE)
    )
    goods = select(GoodsRelease.voucher_id, GoodsRelease.released_at, GoodsRelease.released_on, literal(0))
    return union_all(money, goods.where(GoodsRelease.released_at.is_not(None))).subquery("freed")
