"""Tables: what a row is, and what must hold whatever the code does."""

from aid.models import (
    allocations,
    audit,
    backups,
    collections,
    committee,
    custody,
    donations,
    families,
    founding,
    fund,
    jobs,
    ledger,
    people,
    programmes,
    records,
    recovery,
    vouchers,
)
from aid.models.base import Base

__all__ = [
    "Base",
    "allocations",
    "audit",
    "backups",
    "collections",
    "committee",
    "custody",
    "donations",
    "families",
    "founding",
    "fund",
    "jobs",
    "ledger",
    "people",
    "programmes",
    "records",
    "recovery",
    "vouchers",
]
