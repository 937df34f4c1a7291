"""The ledger as people read it: money by purpose and place, entries and their causes, statements, charts, a journal."""

from aid.queries.ledger.accounts import AccountRow, Figure
from aid.queries.ledger.books import Books, PurposeRow, books
from aid.queries.ledger.causes import Cause, CauseKind
from aid.queries.ledger.entries import EntryList, EntryRow, TransferRow, entries

__all__ = [
    "AccountRow",
    "Books",
    "Cause",
    "CauseKind",
    "EntryList",
    "EntryRow",
    "Figure",
    "PurposeRow",
    "TransferRow",
    "books",
    "entries",
]
