"""Proof that the ledger is whole and moved only for what caused it.

Each entry has the transfers it counts; they are exactly those that its donation, decision, collection, release or
correction asks for, and nothing has two entries. Available money is what its transfers add up to, and never negative.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from aid.domain import entries
from aid.domain.entries import AccountKind, EntryKind, Posting
from aid.domain.money import Money
from aid.models.allocations import Allocation, AllocationVersion, Decision
from aid.models.collections import Collection
from aid.models.donations import Donation
from aid.models.ledger import Account, Available, Entry, Transfer
from aid.models.vouchers import Voucher
from aid.services.ledger import account_key
from aid.services.verification.findings import Finding
from aid.services.verification.reading import Unreadable, chunks, rows_of

Booked: TypeAlias = tuple[str, str, str, int]
"""A transfer by its accounts' keys: debit, credit, currency, amount."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What an entry was made for, and the transfers that it asks for."""

    kind: EntryKind
    cause_id: UUID
    asked: tuple[Booked, ...]


@dataclass(slots=True)
class Books:
    """What is known of a chunk of entries."""

    booked: defaultdict[UUID, list[Booked]] = field(default_factory=lambda: defaultdict(list))
    causes: defaultdict[UUID, list[Cause]] = field(default_factory=lambda: defaultdict(list))


def prove_money(session: Session) -> Iterator[Finding]:
    """Entries that are not whole or have no cause, and available money that is not what was moved."""
    yield from _entries(session)
    yield from _orphans(session)
    yield from _decisions(session)
    yield from _available(session)


def _entries(session: Session) -> Iterator[Finding]:
    readable = (entry for entry in rows_of(session, Entry) if not isinstance(entry, Unreadable))
    for some in chunks(readable):
        books = _books(session, some)
        for entry in some:
            if fault := _fault(entry, books.booked[entry.id], books.causes[entry.id]):
                yield Finding("entry", str(entry.id), fault)


def _fault(entry: Entry, booked: Sequence[Booked], causes: Sequence[Cause]) -> str | None:
    if len(booked) != entry.transfers:
        return f"it counts {entry.transfers} transfers, but {len(booked)} are there"
    if len(causes) != 1:
        return f"{len(causes)} donations, decisions, collections, releases or corrections say that it is theirs"
    [cause] = causes
    if (entry.kind, entry.cause_id) != (cause.kind, cause.cause_id):
        return "what it says it was made for says otherwise"
    if Counter(booked) != Counter(cause.asked):
        return f"its transfers are not what its {entry.kind} asks for"
    return None


def _books(session: Session, some: Sequence[Entry]) -> Books:
    books = Books()
    ids = [entry.id for entry in some]
    for entry_id, booked in _transfers(session, ids):
        books.booked[entry_id].append(booked)
    for entry_id, cause in chain(
        _by_donation(session, ids),
        _by_decision(session, ids),
        _by_collection(session, ids),
        _by_release(session, some),
        _by_correction(session, some),
    ):
        books.causes[entry_id].append(cause)
    return books


def _transfers(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Booked]]:
    debit, credit = aliased(Account), aliased(Account)
    found = session.execute(
        select(Transfer.entry_id, debit.key, credit.key, Transfer.currency, Transfer.amount_minor)
        .join(debit, debit.id == Transfer.debit_id)
        .join(credit, credit.id == Transfer.credit_id)
        .where(Transfer.entry_id.in_(ids))
    )
    for entry_id, to, from_, currency, minor in found:
        yield entry_id, (to, from_, currency, minor)


def _by_donation(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Cause]]:
    for gift in session.scalars(_anew(select(Donation).where(Donation.entry_id.in_(ids)))):
        asked = entries.donated(gift.purpose_id, gift.bank_id, Money(gift.amount_minor, gift.currency))
        yield gift.entry_id, Cause(EntryKind.DONATION, gift.id, _booked(asked))


def _by_decision(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Cause]]:
    found = session.execute(
        select(
            Decision.entry_id,
            Decision.id,
            Allocation.purpose_id,
            AllocationVersion.total_minor,
            AllocationVersion.currency,
        )
        .join(Allocation, Allocation.id == Decision.allocation_id)
        .join(
            AllocationVersion,
            (AllocationVersion.allocation_id == Decision.allocation_id)
            & (AllocationVersion.version == Decision.version),
        )
        .where(Decision.entry_id.in_(ids))
    )
    for entry_id, cause_id, purpose, minor, currency in found:
        assert entry_id is not None, "asked for by its entry"
        asked = entries.reserved(purpose, Money(minor, currency))
        yield entry_id, Cause(EntryKind.RESERVATION, cause_id, _booked(asked))


def _by_collection(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Cause]]:
    found = session.execute(
        select(Collection.entry_id, Collection.id, Voucher)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .where(Collection.entry_id.in_(ids))
        .execution_options(populate_existing=True)
    )
    for entry_id, cause_id, voucher in found:
        amount = Money(voucher.amount_minor, voucher.currency)
        asked = entries.collected(voucher.purpose_id, voucher.point_id, amount)
        yield entry_id, Cause(EntryKind.COLLECTION, cause_id, _booked(asked))


def _by_release(session: Session, some: Sequence[Entry]) -> Iterator[tuple[UUID, Cause]]:
    """What was set aside for a voucher that expired or was cancelled is free again."""
    of_voucher = {entry.cause_id: entry.id for entry in some if entry.kind is EntryKind.RELEASE}
    for voucher in session.scalars(_anew(select(Voucher).where(Voucher.id.in_(of_voucher)))):
        asked = entries.released(voucher.purpose_id, Money(voucher.amount_minor, voucher.currency))
        yield of_voucher[voucher.id], Cause(EntryKind.RELEASE, voucher.id, _booked(asked))


def _by_correction(session: Session, some: Sequence[Entry]) -> Iterator[tuple[UUID, Cause]]:
    """A correction is the entry it corrects, the other way round."""
    corrections = {entry.corrects_id: entry.id for entry in some if entry.corrects_id is not None}
    asked: defaultdict[UUID, list[Booked]] = defaultdict(list)
    for entry_id, (debit, credit, currency, minor) in _transfers(session, list(corrections)):
        asked[entry_id].append((credit, debit, currency, minor))
    for entry_id, booked in asked.items():
        yield corrections[entry_id], Cause(EntryKind.CORRECTION, entry_id, tuple(booked))


def _booked(postings: Iterable[Posting]) -> tuple[Booked, ...]:
    return tuple(
        (account_key(posting.debit), account_key(posting.credit), posting.amount.currency, posting.amount.minor)
        for posting in postings
    )


def _anew(statement: "Select[Any]") -> "Select[Any]":
    return statement.execution_options(populate_existing=True)


def _orphans(session: Session) -> Iterator[Finding]:
    """What refers to an entry that is not there."""
    for table, of in (
        ("transfer", Transfer),
        ("donation", Donation),
        ("decision", Decision),
        ("collection", Collection),
    ):
        lost = (
            select(of.entry_id)
            .outerjoin(Entry, Entry.id == of.entry_id)
            .where(of.entry_id.is_not(None), Entry.id.is_(None))
        )
        for (entry_id,) in session.execute(lost.distinct()):
            yield Finding("entry", str(entry_id), f"it is gone, but a {table} names it")


def _decisions(session: Session) -> Iterator[Finding]:
    """Money is set aside by a decision that carried, and by no other."""
    wrong = select(Decision.id).where(Decision.carried != Decision.entry_id.is_not(None))
    for (id_,) in session.execute(wrong):
        yield Finding(
            "decision", str(id_), "it carried without setting money aside, or set money aside without carrying"
        )


def _available(session: Session) -> Iterator[Finding]:
    """Credits less debits of each available account, against the one number that is guarded."""
    credited, debited = _sums(session, Transfer.credit_id), _sums(session, Transfer.debit_id)
    moved = {of: credited[of] - debited[of] for of in credited.keys() | debited.keys()}
    rows = session.execute(select(Available.purpose_id, Available.currency, Available.amount_minor))
    guarded: dict[tuple[UUID | None, str], int] = {(purpose, currency): minor for purpose, currency, minor in rows}
    for of in sorted(moved.keys() | guarded.keys(), key=str):
        says, is_ = guarded.get(of, 0), moved.get(of, 0)
        if says != is_ or says < 0:
            item = f"{of[0]}/{of[1]}"
            yield Finding("available", item, f"it says {says} minor units, but its transfers say {is_}")


def _sums(session: Session, side: Any) -> Counter[tuple[UUID | None, str]]:
    added = (
        select(Account.purpose_id, Account.currency, func.sum(Transfer.amount_minor))
        .join(Transfer, side == Account.id)
        .where(Account.kind == AccountKind.AVAILABLE)
        .group_by(Account.purpose_id, Account.currency)
    )
    return Counter({(purpose, currency): int(minor) for purpose, currency, minor in session.execute(added)})
