"""Numbers that people read aloud: of donations, allocations, vouchers, entries and batches."""

from typing import cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from aid.models.fund import Counter
from aid.models.ready import Ready

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
    [(last,)] = _TAKEN.rows(session, {"series": series, "count": count})
    return int(last) - count + 1


_COUNTER = cast(Table, Counter.__table__)
_TAKEN = Ready(
    update(_COUNTER)
    .where(_COUNTER.c.name == bindparam("series"))
    .values(value=_COUNTER.c.value + bindparam("count"))
    .returning(_COUNTER.c.value)
)
"""Asked by nearly everything that is written: built once."""
