"""What an entry was made for, and the transfers that it asks for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import UUID

from sqlalchemy import BindParameter, bindparam

from aid.domain.entries import EntryKind, Posting
from aid.services.ledger import account_key

IDS: Final[BindParameter[Sequence[UUID]]] = bindparam("ids", expanding=True)
"""The entries that are asked for."""

Booked: TypeAlias = tuple[str, str, str, int]
"""A transfer by its accounts' keys: debit, credit, currency, amount."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What an entry was made for, and the transfers that it asks for."""

    kind: EntryKind
    cause_id: UUID
    asked: tuple[Booked, ...]


def booked(postings: Iterable[Posting]) -> tuple[Booked, ...]:
    """Postings as the ledger keeps them."""
    return tuple(
        (account_key(posting.debit), account_key(posting.credit), posting.amount.currency, posting.amount.minor)
        for posting in postings
    )
