"""What corrections of donations, fees, remittances and exchanges ask their entries to move."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, TypeAlias, TypeVar, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, type_coerce
from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.entries import AccountKind, EntryKind
from aid.domain.exchanges import ExchangeState
from aid.domain.line_ends import EndKind
from aid.domain.money import Money
from aid.domain.remittances import DifferenceKind
from aid.models.base import Base
from aid.models.collections import Collection, CollectionUndo
from aid.models.donations import DonationCorrection
from aid.models.exchanges import Exchange
from aid.models.ledger import Account, BankFee, BankInterest, Entry, Transfer
from aid.models.remittances import Remittance, RemittanceDecision, RemittanceReceipt
from aid.models.statements import LineEnd, LineReopened
from aid.services.exchanges import parts_of, postings_of
from aid.services.verification.causes import IDS, Booked, Cause, booked
from aid.services.verification.plain import PlainUuid

UNDONE_AT_ONCE = (EndKind.FEE, EndKind.INTEREST)
"""What a line had booked is undone with it; a donation waits for a second person."""

Row = TypeVar("Row", bound=Base)
Named: TypeAlias = tuple[UUID, Cause]
"""An entry, and a cause that says it is its own."""


def transfers_of(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Booked]]:
    """What stands in the books, entry by entry."""
    if not ids:
        return
    keys = {id_.bytes: _key(id_, kind, currency, key) for id_, kind, currency, key in session.execute(_accounts())}
    for entry_id, to, from_, currency, minor in session.execute(_transfers(), {"ids": ids}):
        if to in keys and from_ in keys:
            yield entry_id, (keys[to], keys[from_], currency, minor)


@cache
def _transfers() -> Select[UUID, bytes, bytes, str, int]:
    debit, credit = (type_coerce(side, PlainUuid()) for side in (Transfer.debit_id, Transfer.credit_id))
    columns = (Transfer.entry_id, debit, credit, Transfer.currency, Transfer.amount_minor)
    return select(*columns).where(Transfer.entry_id.in_(IDS))


@cache
def _accounts() -> Select[UUID, AccountKind, str, str]:
    """There are few of them beside their transfers."""
    return select(Account.id, Account.kind, Account.currency, Account.key)


def _key(id_: UUID, kind: AccountKind, currency: str, key: str) -> str:
    """By key; a bank account is known by its id, also where it is older than accounts' names."""
    return f"bank:{id_}:{currency}" if kind is AccountKind.BANK else key


def _by_correction(session: Session, some: Sequence[Entry]) -> Iterator[Named]:
    """A donation's counter-entry is the entry it corrects, the other way round; the new entry is what really came."""
    rows = list(session.scalars(_corrections(), {"ids": _ids(some)}))
    undone: defaultdict[UUID, list[Booked]] = defaultdict(list)
    for entry_id, (debit, credit, currency, minor) in transfers_of(session, [row.corrects_id for row in rows]):
        undone[entry_id].append((credit, debit, currency, minor))
    for row in rows:
        yield row.counter_id, Cause(EntryKind.CORRECTION, row.corrects_id, tuple(undone[row.corrects_id]))
        if row.entry_id is not None:
            asked = entries.donated(row.purpose_id, row.bank_id, Money(row.amount_minor, row.currency))
            yield row.entry_id, Cause(EntryKind.DONATION, row.donation_id, booked(asked))


@cache
def _corrections() -> Select[DonationCorrection]:
    return _anew(select(DonationCorrection).where(DonationCorrection.counter_id.in_(IDS) | _of(DonationCorrection)))


def _by_fee(session: Session, some: Sequence[Entry]) -> Iterator[Named]:
    """A bank's fee."""
    for fee in session.scalars(rows_of_entries(BankFee), {"ids": _ids(some)}):
        asked = entries.charged(fee.purpose_id, fee.bank_id, Money(fee.amount_minor, fee.currency))
        yield fee.entry_id, Cause(EntryKind.CHARGES, fee.id, booked(asked))


def _by_interest(session: Session, some: Sequence[Entry]) -> Iterator[Named]:
    """What a bank gave."""
    for row in session.scalars(rows_of_entries(BankInterest), {"ids": _ids(some)}):
        asked = entries.earned(row.purpose_id, row.bank_id, Money(row.amount_minor, row.currency))
        yield row.entry_id, Cause(EntryKind.INTEREST, row.id, booked(asked))


def _by_line(session: Session, some: Sequence[Entry]) -> Iterator[Named]:
    """A fee or interest that a bank line had booked and that was undone with it: the same the other way round."""
    found = session.execute(_undone(), {"ids": _ids(some)})
    counters = {entry_id: counter_id for counter_id, entry_id in found if counter_id and entry_id}
    asked: defaultdict[UUID, list[Booked]] = defaultdict(list)
    for entry_id, (debit, credit, currency, minor) in transfers_of(session, list(counters)):
        asked[entry_id].append((credit, debit, currency, minor))
    for entry_id, counter_id in counters.items():
        yield counter_id, Cause(EntryKind.CORRECTION, entry_id, tuple(asked[entry_id]))


@cache
def _undone() -> Select[UUID | None, UUID | None]:
    return (
        select(LineReopened.counter_id, LineEnd.entry_id)
        .join(LineEnd, LineEnd.id == LineReopened.end_id)
        .where(LineReopened.counter_id.in_(IDS), LineEnd.made_here, LineEnd.kind.in_(UNDONE_AT_ONCE))
    )


def _by_undo(session: Session, some: Sequence[Entry]) -> Iterator[Named]:
    """A collection that was taken back: the same the other way round."""
    counters = {entry_id: counter_id for counter_id, entry_id in session.execute(_taken_back(), {"ids": _ids(some)})}
    asked: defaultdict[UUID, list[Booked]] = defaultdict(list)
    for entry_id, (debit, credit, currency, minor) in transfers_of(session, list(counters)):
        asked[entry_id].append((credit, debit, currency, minor))
    for entry_id, counter_id in counters.items():
        yield counter_id, Cause(EntryKind.CORRECTION, entry_id, tuple(asked[entry_id]))


@cache
def _taken_back() -> Select[Any, Any]:
    undone = select(CollectionUndo.entry_id, Collection.entry_id)
    return undone.join(Collection, Collection.id == CollectionUndo.collection_id).where(
        CollectionUndo.entry_id.in_(IDS), Collection.entry_id.is_not(None)
    )


def _by_remittance(session: Session, some: Sequence[Entry]) -> Iterator[Named]:
    """Money that was sent, that arrived, or that banks on the way took."""
    ids = {"ids": _ids(some)}
    for sent in session.scalars(rows_of_entries(Remittance), ids):
        asked = entries.sent(sent.from_bank_id, Money(sent.amount_minor, sent.currency))
        yield sent.entry_id, Cause(EntryKind.SENDING, sent.id, booked(asked))
    for receipt, sent in session.execute(_arrived(), ids):
        asked = entries.received(sent.to_bank_id, Money(receipt.amount_minor, sent.currency))
        yield receipt.entry_id, Cause(EntryKind.RECEIPT, receipt.id, booked(asked))
    for decision, sent in session.execute(_taken(), ids):
        assert decision.entry_id is not None, "asked for by its entry"
        assert decision.purpose_id is not None, "a purpose bears charges"
        asked = entries.lost_to_charges(decision.purpose_id, Money(decision.amount_minor, sent.currency))
        yield decision.entry_id, Cause(EntryKind.CHARGES, decision.id, booked(asked))


@cache
def _arrived() -> Select[RemittanceReceipt, Remittance]:
    receipts = select(RemittanceReceipt, Remittance)
    arrived = receipts.join(Remittance, Remittance.id == RemittanceReceipt.remittance_id)
    return arrived.where(RemittanceReceipt.entry_id.in_(IDS))


@cache
def _taken() -> Select[RemittanceDecision, Remittance]:
    """What banks on the way took."""
    decisions = select(RemittanceDecision, Remittance)
    taken = decisions.join(Remittance, Remittance.id == RemittanceDecision.remittance_id)
    return taken.where(RemittanceDecision.entry_id.in_(IDS), RemittanceDecision.kind == DifferenceKind.CHARGES)


def _by_exchange(session: Session, some: Sequence[Entry]) -> Iterator[Named]:
    """An exchange that is booked, purpose by purpose."""
    of_exchange = {entry.cause_id: entry.id for entry in some if entry.kind is EntryKind.EXCHANGE}
    for row in session.scalars(_exchanges(), {"ids": list(of_exchange)}):
        yield (
            of_exchange[row.id],
            Cause(EntryKind.EXCHANGE, row.id, booked(postings_of(row, parts_of(session, row.id)))),
        )


@cache
def _exchanges() -> Select[Exchange]:
    return _anew(select(Exchange).where(Exchange.id.in_(IDS), Exchange.state == ExchangeState.BOOKED))


MOVED = (
    ("donation_correction", DonationCorrection.counter_id),
    ("donation_correction", DonationCorrection.entry_id),
    ("bank_fee", BankFee.entry_id),
    ("bank_interest", BankInterest.entry_id),
    ("remittance", Remittance.entry_id),
    ("remittance_receipt", RemittanceReceipt.entry_id),
    ("remittance_decision", RemittanceDecision.entry_id),
    ("line_end", LineEnd.entry_id),
    ("line_reopened", LineReopened.counter_id),
    ("collection_undo", CollectionUndo.entry_id),
)
"""What refers to an entry."""


def causes_of_moving(session: Session, some: Sequence[Entry]) -> Iterator[Named]:
    """Corrections, fees, remittances and exchanges that say these entries are theirs."""
    for by in (_by_correction, _by_fee, _by_interest, _by_line, _by_undo, _by_remittance, _by_exchange):
        yield from by(session, some)


def _ids(some: Sequence[Entry]) -> list[UUID]:
    return [entry.id for entry in some]


@cache
def rows_of_entries(kind: type[Row]) -> Select[Row]:
    """The rows of a table that say that these entries are theirs, as they stand now."""
    return _anew(select(kind).where(_of(kind)))


def _of(kind: Any) -> ColumnElement[bool]:
    return cast(ColumnElement[bool], kind.entry_id.in_(IDS))


def _anew(statement: "Select[Row]") -> "Select[Row]":
    return statement.execution_options(populate_existing=True)
