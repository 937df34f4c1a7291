"""Numbers that people read aloud: of donations, allocations, vouchers, entries and batches."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from aid.models.fund import Counter

SERIES = (
    "donation",
    "allocation",
    "voucher",
    "entry",
    "batch",
    "remittance",
    "exchange",
    "fee",
    "meeting",
    "objection",
    "bank_line",
)


def take(session: Session, series: str, *, count: int = 1) -> int:
    """Take the next `count` numbers of a series and return the first. Rivals wait for each other."""
    statement = (
        update(Counter).where(Counter.name == series).values(value=Counter.value + count).returning(Counter.value)
    )
    return int(session.execute(statement).scalar_one()) - count + 1
