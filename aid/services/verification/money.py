"""Proof that the ledger is whole and moved only for what caused it.

Each entry has the transfers it counts; they are exactly those that its donation, decision, collection, release or
what else caused it asks for, and nothing has two entries. Available money is what its transfers add up to, and never
negative. What is in transit was sent and has neither arrived nor been explained; closed months are as they were.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Literal
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.allocations import AllocationKind
from aid.domain.entries import AccountKind, EntryKind
from aid.domain.money import Money
from aid.domain.points import PointKind
from aid.models.allocations import Allocation, AllocationVersion, Decision
from aid.models.collections import Collection
from aid.models.day_counts import DayCountBooking
from aid.models.donations import Donation
from aid.models.fund import Point
from aid.models.late import LateAnswer
from aid.models.ledger import Account, Available, Entry, Transfer
from aid.models.shops import ShopPayment
from aid.models.vouchers import Voucher
from aid.services.collections.parts import HANDED_MINOR, MINOR
from aid.services.verification.causes import IDS, Booked, Cause
from aid.services.verification.causes import booked as booked_as
from aid.services.verification.corrections import prove_corrections
from aid.services.verification.day_counts import causes_of_counts
from aid.services.verification.exchanges import prove_exchanges
from aid.services.verification.faults import Fault, faults_found
from aid.services.verification.findings import Finding
from aid.services.verification.late import causes_of_losses
from aid.services.verification.months import prove_months
from aid.services.verification.moving import MOVED, causes_of_moving, transfers_of
from aid.services.verification.reading import Unreadable, chunks, columns_of
from aid.services.verification.remittances import prove_remittances
from aid.services.verification.shops import causes_of_shops
from aid.services.verification.spending import causes_of_spending


@dataclass(slots=True)
class Books:
    """What is known of a chunk of entries."""

    booked: defaultdict[UUID, list[Booked]] = field(default_factory=lambda: defaultdict(list))
    causes: defaultdict[UUID, list[Cause]] = field(default_factory=lambda: defaultdict(list))


def prove_money(session: Session) -> Iterator[Finding]:
    """Entries that are not whole or have no cause, and available money that is not what was moved."""
    yield from _entries(session)
    yield from faults_found(session, _orphans, _decisions)
    yield from _available(session)
    yield from prove_corrections(session)
    yield from prove_remittances(session)
    yield from prove_exchanges(session)
    yield from prove_months(session)


def _entries(session: Session) -> Iterator[Finding]:
    every = columns_of(session, Entry, Entry.id, Entry.kind, Entry.cause_id, Entry.transfers)
    readable = (entry for entry in every if not isinstance(entry, Unreadable))
    for some in chunks(readable):
        books = _books(session, some)
        for entry in some:
            if fault := _fault(entry, books.booked[entry.id], books.causes[entry.id]):
                yield Finding("entry", str(entry.id), fault)


def _fault(entry: Entry, booked: Sequence[Booked], causes: Sequence[Cause]) -> str | None:
    if len(booked) != entry.transfers:
        return f"it counts {entry.transfers} transfers, but {len(booked)} are there"
    if len(causes) != 1:
        return f"{len(causes)} donations, decisions, collections, remittances or others say that it is theirs"
    [cause] = causes
    if (entry.kind, entry.cause_id) != (cause.kind, cause.cause_id):
        return "what it says it was made for says otherwise"
    if Counter(booked) != Counter(cause.asked):
        return f"its transfers are not what its {entry.kind} asks for"
    return None


def _books(session: Session, some: Sequence[Entry]) -> Books:
    books = Books()
    ids = [entry.id for entry in some]
    for entry_id, booked in transfers_of(session, ids):
        books.booked[entry_id].append(booked)
    for entry_id, cause in chain(
        causes_of_moving(session, some),
        causes_of_spending(session, ids),
        causes_of_losses(session, ids),
        causes_of_counts(session, ids),
        causes_of_shops(session, ids),
        _by_donation(session, ids),
        _by_decision(session, ids),
        _by_collection(session, ids),
        _by_release(session, some),
    ):
        books.causes[entry_id].append(cause)
    return books


def _by_donation(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Cause]]:
    for entry_id, gift_id, purpose_id, bank_id, minor, currency in session.execute(_gifts(), {"ids": ids}):
        asked = entries.donated(purpose_id, bank_id or _only_bank(session, currency), Money(minor, currency))
        yield entry_id, Cause(EntryKind.DONATION, gift_id, booked_as(asked))


@cache
def _gifts() -> Select[UUID, UUID, UUID, UUID | None, int, str]:
    gift = Donation
    columns = (gift.entry_id, gift.id, gift.purpose_id, gift.bank_id, gift.amount_minor, gift.currency)
    return select(*columns).where(gift.entry_id.in_(IDS))


def _only_bank(session: Session, currency: str) -> UUID:
    """The one bank account there was before they had names."""
    return session.execute(select(Account.id).where(Account.key == f"bank:fund:{currency}")).scalar_one()


def _by_decision(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Cause]]:
    for entry_id, cause_id, purpose, minor, currency in session.execute(_set_aside(), {"ids": ids}):
        assert entry_id is not None, "asked for by its entry"
        assert purpose is not None, "a transfer sets nothing aside"
        asked = entries.reserved(purpose, Money(minor, currency))
        yield entry_id, Cause(EntryKind.RESERVATION, cause_id, booked_as(asked))


@cache
def _set_aside() -> Select[UUID | None, UUID, UUID | None, int, str]:
    version = AllocationVersion
    decided = (version.allocation_id == Decision.allocation_id) & (version.version == Decision.version)
    return (
        select(Decision.entry_id, Decision.id, Allocation.purpose_id, version.total_minor, version.currency)
        .join(Allocation, Allocation.id == Decision.allocation_id)
        .join(version, decided)
        .where(Decision.entry_id.in_(IDS), Allocation.purpose_id.is_not(None))
    )


def _by_collection(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Cause]]:
    for entry_id, cause_id, point_id, kind, minor, voucher in session.execute(_collected(), {"ids": ids}):
        assert entry_id is not None, "asked for by its entry"
        amount = Money(minor, voucher.currency)
        asked = entries.collected(voucher.purpose_id, point_id, amount, kind=kind)
        yield entry_id, Cause(EntryKind.COLLECTION, cause_id, booked_as(asked))


@cache
def _collected() -> Select[UUID | None, UUID, UUID, PointKind, int, Voucher]:
    return (
        select(Collection.entry_id, Collection.id, Collection.point_id, Point.kind, MINOR, Voucher)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .join(Point, Point.id == Collection.point_id)
        .where(Collection.entry_id.in_(IDS))
        .execution_options(populate_existing=True)
    )


def _by_release(session: Session, some: Sequence[Entry]) -> Iterator[tuple[UUID, Cause]]:
    """What is left of what was set aside for a voucher that expired or was cancelled is free again."""
    of_voucher = {entry.cause_id: entry.id for entry in some if entry.kind is EntryKind.RELEASE}
    for voucher, handed in session.execute(_vouchers(), {"ids": list(of_voucher)}):
        left = Money(voucher.amount_minor - int(handed), voucher.currency)
        asked = entries.released(voucher.purpose_id, left) if left.minor > 0 else ()
        yield of_voucher[voucher.id], Cause(EntryKind.RELEASE, voucher.id, booked_as(asked))


@cache
def _vouchers() -> Select[Voucher, int]:
    return select(Voucher, HANDED_MINOR).where(Voucher.id.in_(IDS)).execution_options(populate_existing=True)


def _orphans() -> Iterator[Fault]:
    """What refers to an entry that is not there."""
    own = (
        ("transfer", Transfer.entry_id),
        ("donation", Donation.entry_id),
        ("decision", Decision.entry_id),
        ("collection", Collection.entry_id),
        ("late_answer", LateAnswer.entry_id),
        ("day_count_booking", DayCountBooking.entry_id),
        ("shop_payment", ShopPayment.entry_id),
    )
    for table, names in (*own, *MOVED):
        lost = select(names).outerjoin(Entry, Entry.id == names).where(names.is_not(None), Entry.id.is_(None))
        yield Fault(lost.distinct(), "entry", f"it is gone, but a {table} names it")


def _decisions() -> Iterator[Fault]:
    """Money is set aside by a decision that carried, and by no other."""
    spends = exists().where(
        Allocation.id == Decision.allocation_id,
        Allocation.kind != AllocationKind.TRANSFER,
        AllocationVersion.allocation_id == Decision.allocation_id,
        AllocationVersion.version == Decision.version,
        AllocationVersion.total_minor > 0,
    )
    wrong = select(Decision.id).where(and_(Decision.carried, spends) != Decision.entry_id.is_not(None))
    yield Fault(wrong, "decision", "it carried without setting money aside, or set money aside without carrying")


def _available(session: Session) -> Iterator[Finding]:
    """Credits less debits of each available account, against the one number that is guarded."""
    credited, debited = (_summed(session, side) for side in ("credit", "debit"))
    moved = {of: credited[of] - debited[of] for of in credited.keys() | debited.keys()}
    rows = session.execute(select(Available.purpose_id, Available.currency, Available.amount_minor))
    guarded: dict[tuple[UUID | None, str], int] = {(purpose, currency): minor for purpose, currency, minor in rows}
    for of in sorted(moved.keys() | guarded.keys(), key=str):
        says, is_ = guarded.get(of, 0), moved.get(of, 0)
        if says != is_ or says < 0:
            item = f"{of[0]}/{of[1]}"
            yield Finding("available", item, f"it says {says} minor units, but its transfers say {is_}")


def _summed(session: Session, side: Literal["credit", "debit"]) -> Counter[tuple[UUID | None, str]]:
    return Counter({(purpose, currency): int(minor) for purpose, currency, minor in session.execute(_sums(side))})


@cache
def _sums(side: Literal["credit", "debit"]) -> Select[UUID | None, str, int]:
    of = Transfer.credit_id if side == "credit" else Transfer.debit_id
    return (
        select(Account.purpose_id, Account.currency, func.sum(Transfer.amount_minor))
        .join(Transfer, of == Account.id)
        .where(Account.kind == AccountKind.AVAILABLE)
        .group_by(Account.purpose_id, Account.currency)
    )
