"""Families that leave: to which nothing happened for a year, that wait to be erased, and that were."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select, true
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationState
from aid.domain.families import FamilyState, WithdrawalReason
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.vouchers import OPEN_STATES, title_of
from aid.domain.withdrawals import WITHDRAWAL_TITLES, nothing_since
from aid.domain.words import Message
from aid.models.allocations import Allocation, AllocationLine
from aid.models.backups import Backup
from aid.models.collections import Collection
from aid.models.families import Confirmation, Erasure, Family, FamilyVersion, Withdrawal
from aid.models.fund import Locality
from aid.models.households import came_back
from aid.models.people import Person
from aid.models.vouchers import Voucher
from aid.services.collections.parts import HANDED_SOME
from aid.services.goods import words_for
from aid.vault.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class QuietFamily:
    """A family to which nothing happened for a year."""

    code: str
    locality: Mapping[str, str]
    last: datetime


@dataclass(frozen=True, slots=True)
class LeftFamily:
    """A family that was taken out of the fund. `by_me` means that another one erases it."""

    code: str
    locality: Mapping[str, str]
    why: Message
    at: datetime
    handle: str
    by_me: bool


@dataclass(frozen=True, slots=True)
class ErasedFamily:
    """A family of which nothing is left here. `backups` may still hold it, the last until `forgotten_by`."""

    code: str
    at: datetime
    forgotten_by: date
    backups: int


@dataclass(frozen=True, slots=True)
class Departure:
    """How a family left: taken out, and perhaps erased since."""

    why: Message
    at: datetime
    handle: str
    by_me: bool
    erased: ErasedFamily | None


@dataclass(frozen=True, slots=True)
class GivenVoucher:
    """A voucher of a family: what is left to know of an erased one."""

    serial: int
    amount: Money
    last_day: date
    state: Message
    is_open: bool
    items: tuple[str, ...]  # goods


def quiet(session: Session, *, actor: Actor, today: date) -> tuple[QuietFamily, ...]:
    """Families of the actor's localities to which nothing happened for a year, the quietest first."""
    actor.must(Permission.WITHDRAW_FAMILIES)
    last = select(func.max(FamilyVersion.at)).where(FamilyVersion.family_id == Family.id).scalar_subquery()
    given = (
        select(func.max(Collection.collected_at))
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .where(Voucher.family_id == Family.id)
        .scalar_subquery()
    )
    rows = (
        select(Family.code, Locality.names, last, given)
        .join(Locality, Locality.id == Family.locality_id)
        .where(is_quiet(actor=actor, today=today))
        .order_by(Family.id)
        .limit(PAGE)
    )
    return tuple(
        QuietFamily(code, names, max(filter(None, moments))) for code, names, *moments in session.execute(rows)
    )


def is_quiet(*, actor: Actor, today: date) -> ColumnElement[bool]:
    """Whether nothing happened to a family since the day from which on it would be kept."""
    since = datetime.combine(nothing_since(today), time.min, tzinfo=UTC)
    written = exists().where(FamilyVersion.family_id == Family.id, FamilyVersion.at >= since)
    confirmed = exists().where(Confirmation.family_id == Family.id, Confirmation.at >= since)
    collected = exists().where(
        Collection.voucher_id == Voucher.id, Voucher.family_id == Family.id, Collection.collected_at >= since
    )
    waits = exists().where(Voucher.family_id == Family.id, Voucher.state.in_(OPEN_STATES))
    proposed = exists().where(
        AllocationLine.family_id == Family.id,
        Allocation.id == AllocationLine.allocation_id,
        Allocation.version == AllocationLine.version,
        Allocation.state == AllocationState.PROPOSED,
    )
    here = Family.locality_id.in_(actor.localities) if not actor.everywhere(Permission.WITHDRAW_FAMILIES) else true()
    return and_(Family.state != FamilyState.WITHDRAWN, here, ~written, ~confirmed, ~collected, ~waits, ~proposed)


def waiting_to_be_erased(session: Session, *, actor: Actor) -> tuple[LeftFamily, ...]:
    """Families that were taken out and are still here, those who waited longest first."""
    actor.must(Permission.ERASE_FAMILIES)
    rows = _departures().where(~exists().where(Erasure.family_id == Family.id)).order_by(Withdrawal.at).limit(PAGE)
    return tuple(
        LeftFamily(code, names, WITHDRAWAL_TITLES[WithdrawalReason(reason)], at, handle, by_id == actor.id)
        for code, names, reason, at, by_id, handle in session.execute(rows)
    )


def erased(session: Session, *, actor: Actor) -> tuple[ErasedFamily, ...]:
    """The families that were erased last."""
    actor.must(Permission.ERASE_FAMILIES)
    rows = _erasures().order_by(Erasure.at.desc()).limit(PAGE)
    return tuple(ErasedFamily(*row) for row in session.execute(rows))


def departure(session: Session, *, actor: Actor, family_id: UUID) -> Departure | None:
    """How this family left the fund, if it did."""
    actor.must(Permission.SEE_FAMILIES)
    found = session.execute(_departures().where(Family.id == family_id)).one_or_none()
    if found is None:
        return None
    _code, _names, reason, at, by_id, handle = found
    gone = session.execute(_erasures().where(Family.id == family_id)).one_or_none()
    title = WITHDRAWAL_TITLES[WithdrawalReason(reason)]
    return Departure(title, at, handle, by_id == actor.id, ErasedFamily(*gone) if gone else None)


def vouchers_of(session: Session, *, actor: Actor, family_id: UUID) -> tuple[GivenVoucher, ...]:
    """What the family was given, the newest first. For who may take it out, or sees vouchers."""
    if not actor.may(Permission.SEE_VOUCHERS):
        actor.must(Permission.WITHDRAW_FAMILIES)
    given = select(Voucher, AllocationLine.items, HANDED_SOME).join(AllocationLine, AllocationLine.id == Voucher.id)
    rows = session.execute(
        given.where(Voucher.family_id == family_id).order_by(Voucher.serial.desc()).limit(PAGE)
    ).all()
    words = words_for(session, {plain for _row, items, _handed in rows for plain in items})
    return tuple(
        GivenVoucher(
            row.serial,
            Money(row.amount_minor, row.currency),
            row.valid_until,
            title_of(row.state, handed=handed),
            row.state in OPEN_STATES,
            words.say_all(items, actor.language),
        )
        for row, items, handed in rows
    )


def proposals_with(session: Session, *, actor: Actor, family_id: UUID) -> tuple[int, ...]:
    """The numbers of what the committee still votes on that would give this family something."""
    actor.must(Permission.WITHDRAW_FAMILIES)
    newest = (AllocationLine.allocation_id == Allocation.id) & (AllocationLine.version == Allocation.version)
    theirs = select(Allocation.number).join(AllocationLine, newest).order_by(Allocation.number)
    is_open = Allocation.state == AllocationState.PROPOSED
    return tuple(session.scalars(theirs.where(AllocationLine.family_id == family_id, is_open)))


def _departures() -> Any:
    return (
        select(Family.code, Locality.names, Withdrawal.reason, Withdrawal.at, Withdrawal.by_id, Person.handle)
        .select_from(Family)
        .join(Withdrawal, Withdrawal.family_id == Family.id)
        .join(Locality, Locality.id == Family.locality_id)
        .join(Person, Person.id == Withdrawal.by_id)
        .where(~came_back())
    )


def _erasures() -> Any:
    """Each with how many backups were made before it and are not destroyed."""
    holds = (
        select(func.count())
        .select_from(Backup)
        .where(Backup.made_at <= Erasure.at, Backup.destroyed_at.is_(None))
        .correlate(Erasure)
        .scalar_subquery()
    )
    return select(Family.code, Erasure.at, Erasure.forgotten_by, holds).join(Erasure, Erasure.family_id == Family.id)
