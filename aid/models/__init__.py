"""Tables: what a row is, and what must hold whatever the code does."""

from aid.models import (
    allocations,
    audit,
    collections,
    donations,
    families,
    fund,
    ledger,
    people,
    programmes,
    records,
    vouchers,
)
from aid.models.base import Base

__all__ = [
    "Base",
    "allocations",
    "audit",
    "collections",
    "donations",
    "families",
    "fund",
    "ledger",
    "people",
    "programmes",
    "records",
    "vouchers",
]
