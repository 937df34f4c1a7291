"""Numbers that people read aloud: of donations, allocations, vouchers, entries and batches."""

from sqlalchemy import bindparam, update
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
    "interest",
    "second_word",
    "meeting",
    "objection",
    "bank_line",
    "support",
    "figures_choice",
    "figures_release",
    "handover",
    "point_list",
    "shop_invoice",
    "survey",
)


def take(session: Session, series: str, *, count: int = 1) -> int:
    """Take the next `count` numbers of a series and return the first. Rivals wait for each other."""
    return int(session.execute(_TAKEN, {"series": series, "count": count}).scalar_one()) - count + 1


_TAKEN = (
    update(Counter)
    .where(Counter.name == bindparam("series"))
    .values(value=Counter.value + bindparam("count"))
    .returning(Counter.value)
)
"""Asked by nearly everything that is written: built once."""
