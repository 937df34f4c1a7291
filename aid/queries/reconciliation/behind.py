"""The vouchers behind a figure: by number, a page at a time, with their count and their worth to compare."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, true
from sqlalchemy.orm import Session

from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.vouchers import CLOSED_STATES, OPEN_STATES, VOUCHER_STATE_TITLES, VoucherState, printed_number
from aid.domain.words import Message, _
from aid.models.allocations import Allocation, AllocationLine, Decision
from aid.models.collections import Collection
from aid.models.fund import Point
from aid.models.vouchers import VoucherMove
from aid.queries.reconciliation.lives import is_moved, lives
from aid.services.collections.parts import STANDS
from aid.services.fund_days import day_bounds
from aid.vault.actor import Actor

PAGE: Final = 100


class What(StrEnum):
    """Which figure."""

    CARRIED = "carried"
    CAME = "came"
    WENT = "went"
    THERE = "there"
    ISSUED = "issued"
    PRINTED = "printed"
    BEGUN = "begun"
    COLLECTED = "collected"
    VOID = "void"
    EXPIRED = "expired"
    OPEN = "open"
    HANDED = "handed"
    BEFORE = "before"
    AFTER = "after"


WHAT_TITLES: Mapping[What, Message] = MappingProxyType(
    {
        What.CARRIED: _("Carried by the committee"),
        What.CAME: _("Came from other points"),
        What.WENT: _("Went to other points"),
        What.THERE: _("All vouchers"),
        What.ISSUED: VOUCHER_STATE_TITLES[VoucherState.ISSUED],
        What.PRINTED: VOUCHER_STATE_TITLES[VoucherState.PRINTED],
        What.BEGUN: VOUCHER_STATE_TITLES[VoucherState.BEGUN],
        What.COLLECTED: VOUCHER_STATE_TITLES[VoucherState.COLLECTED],
        What.VOID: VOUCHER_STATE_TITLES[VoucherState.VOID],
        What.EXPIRED: VOUCHER_STATE_TITLES[VoucherState.EXPIRED],
        What.OPEN: _("Can still be collected"),
        What.HANDED: _("Handed out, wholly or in part"),
        What.BEFORE: _("Open when the day began"),
        What.AFTER: _("Open when the day ended"),
    }
)
OF_A_DAY: Final = frozenset({What.BEFORE, What.AFTER})
"""Figures that there are only of a day."""
OF_A_POINT: Final = frozenset({What.CAME, What.WENT})


@dataclass(frozen=True, slots=True)
class Asked:
    """Which vouchers: of a decision, of a point, on a day; none: of all."""

    what: What = What.THERE
    allocation_id: UUID | None = None
    point_id: UUID | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class BehindRow:
    """One voucher, and what became of it."""

    serial: int
    family_code: str  # only for who may see vouchers
    allocation_id: UUID
    allocation_number: int
    point: Mapping[str, str]
    point_code: str
    state: VoucherState
    worth: Money
    handed: Money
    returned: Money
    open: Money

    @property
    def printed_number(self) -> str:
        """The number as it stands on the paper."""
        return printed_number(self.serial)

    @property
    def state_title(self) -> Message:
        """What became of it, in words."""
        return VOUCHER_STATE_TITLES[self.state]

    def plain(self) -> tuple[object, ...]:
        """Its row in a file: numbers, codes and amounts."""
        amounts = (f"{each.decimal():f}" for each in (self.worth, self.handed, self.returned, self.open))
        first = (self.printed_number, self.allocation_number, self.point_code, str(self.state), self.worth.currency)
        return (*first, *amounts)


@dataclass(frozen=True, slots=True)
class Behind:
    """A page of them, and what they come to altogether."""

    asked: Asked
    title: Message
    point: Mapping[str, str] | None
    allocation_number: int | None
    count: int
    worth: tuple[Money, ...]
    rows: tuple[BehindRow, ...]
    more_after: int | None


def behind(session: Session, *, actor: Actor, asked: Asked, after: int = 0) -> Behind:
    """The vouchers of a figure, a page at a time."""
    actor.must(Permission.SEE_MONEY)
    life = lives()
    wanted = _wanted(session, life, asked)
    sums: Any = select(life.c.currency, func.count(), func.sum(life.c.amount_minor)).where(wanted)
    some = session.execute(sums.group_by(life.c.currency).order_by(life.c.currency)).all()
    found = session.execute(_rows(life).where(wanted, life.c.serial > after).limit(PAGE + 1)).all()
    rows = tuple(_row(row, codes=actor.may(Permission.SEE_VOUCHERS)) for row in found[:PAGE])
    names = select(Point.names).where(Point.id == asked.point_id)
    number = select(Allocation.number).where(Allocation.id == asked.allocation_id)
    return Behind(
        asked=asked,
        title=WHAT_TITLES[asked.what],
        point=session.scalar(names) if asked.point_id else None,
        allocation_number=session.scalar(number) if asked.allocation_id else None,
        count=sum(count for _currency, count, _minor in some),
        worth=tuple(Money(int(minor), currency) for currency, _count, minor in some),
        rows=rows,
        more_after=rows[-1].serial if len(found) > PAGE else None,
    )


def every_voucher(session: Session, *, actor: Actor, asked: Asked) -> Iterator[BehindRow]:
    """All of them, for a file: without families."""
    actor.must(Permission.SEE_MONEY)
    life = lives()
    for row in session.execute(_rows(life).where(_wanted(session, life, asked))):
        yield _row(row, codes=False)


def _rows(life: Any) -> Any:
    return (
        select(life, AllocationLine.family_code, Allocation.number, Point.names, Point.code)
        .join(AllocationLine, AllocationLine.id == life.c.id)
        .join(Allocation, Allocation.id == life.c.allocation_id)
        .join(Point, Point.id == life.c.point_id)
        .order_by(life.c.serial)
    )


def _row(row: Any, *, codes: bool) -> BehindRow:
    rest = row.amount_minor - row.handed
    return BehindRow(
        serial=row.serial,
        family_code=(row.family_code or "") if codes else "",
        allocation_id=row.allocation_id,
        allocation_number=row.number,
        point=row.names,
        point_code=row.code,
        state=row.state,
        worth=Money(row.amount_minor, row.currency),
        handed=Money(int(row.handed), row.currency),
        returned=Money(int(row.freed), row.currency),
        open=Money(int(rest) if row.state in OPEN_STATES else 0, row.currency),
    )


# ---------------------------------------------------------------- which are meant


def _wanted(session: Session, life: Any, asked: Asked) -> Any:
    wanted = life.c.allocation_id == asked.allocation_id if asked.allocation_id else true()
    if asked.day is not None:
        return wanted & _on_day(session, life, asked, asked.day)
    return wanted & _now(life, asked)


def _now(life: Any, asked: Asked) -> Any:
    here = life.c.point_id == asked.point_id if asked.point_id else true()
    match asked.what:
        case What.CARRIED:
            return life.c.issued_point_id == asked.point_id if asked.point_id else true()
        case What.CAME | What.WENT:
            return _moved(life, asked)
        case What.OPEN:
            return here & life.c.state.in_(OPEN_STATES)
        case What.HANDED:
            return here & (life.c.turns > 0)
        case What.THERE | What.BEFORE | What.AFTER:
            return here
        case _:
            return here & (life.c.state == VoucherState(asked.what))


def _on_day(session: Session, life: Any, asked: Asked, day: date) -> Any:
    """What came, went or was open on a day."""
    since, until = day_bounds(session, day)
    here = life.c.point_id == asked.point_id if asked.point_id else true()
    decided = select(Decision.decided_at).where(Decision.allocation_id == life.c.allocation_id).scalar_subquery()
    handed = exists().where(
        Collection.voucher_id == life.c.id, STANDS, Collection.collected_at >= since, Collection.collected_at < until
    )
    match asked.what:
        case What.BEFORE:
            return _open_at(life, asked, decided, since, day)
        case What.AFTER:
            return _open_at(life, asked, decided, until, day + timedelta(days=1))
        case What.CARRIED:
            return _now(life, asked) & (decided >= since) & (decided < until)
        case What.CAME | What.WENT:
            return _moved(life, asked, VoucherMove.at >= since, VoucherMove.at < until)
        case What.COLLECTED:
            when = (life.c.last_at >= since) & (life.c.last_at < until)
            return here & (life.c.state == VoucherState.COLLECTED) & when
        case What.VOID | What.EXPIRED:
            return here & (life.c.state == VoucherState(asked.what)) & (life.c.closed_on == day)
        case _:
            return here & handed


def _moved(life: Any, asked: Asked, *when: ColumnElement[bool]) -> Any:
    place = VoucherMove.to_point_id if asked.what is What.CAME else VoucherMove.from_point_id
    at_point = place == asked.point_id if asked.point_id else true()
    return exists().where(VoucherMove.voucher_id == life.c.id, is_moved(life), at_point, *when)


def _open_at(life: Any, asked: Asked, decided: Any, moment: Any, day: date) -> Any:
    """Decided before a moment that begins a day, and neither collected nor closed; at the point where it was then."""
    still = or_(
        life.c.state.in_(OPEN_STATES),
        (life.c.state == VoucherState.COLLECTED) & (life.c.last_at >= moment),
        life.c.state.in_(CLOSED_STATES) & (life.c.closed_on >= day),
    )
    later = (
        select(VoucherMove.from_point_id)
        .where(VoucherMove.voucher_id == life.c.id, VoucherMove.at >= moment, is_moved(life))
        .order_by(VoucherMove.n)
        .limit(1)
        .correlate(life)
        .scalar_subquery()
    )
    here = func.coalesce(later, life.c.point_id) == asked.point_id if asked.point_id else true()
    return (decided < moment) & still & here
