"""What adds up, as tables for spreadsheets: a decision at a point a row, or a voucher a row. No names, no codes."""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Final

from aid.domain.reconciliation import Tally
from aid.domain.vouchers import VoucherState

SUMS: Final = (
    *("allocation", "point", "currency", "carried", "came", "went"),
    *("not_printed", "on_paper", "in_part", "collected", "cancelled", "expired"),
    *("worth", "handed_out", "gone_back", "open", "lost", "adds_up"),
)
VOUCHERS: Final = ("voucher", "allocation", "point", "state", "currency", "worth", "handed_out", "gone_back", "open")


def sums_csv(rows: Iterable[tuple[int, str, Tally]]) -> str:
    """A row for each decision (its allocation's number) at each point (its code) in each currency."""
    return _written(SUMS, (_sum(number, point, tally) for number, point, tally in rows))


def vouchers_csv(rows: Iterable[tuple[object, ...]]) -> str:
    """A row for each voucher: its number, its allocation's, its point's code, its state, and its amounts."""
    return _written(VOUCHERS, (dict(zip(VOUCHERS, row, strict=True)) for row in rows))


def _sum(number: int, point: str, tally: Tally) -> Mapping[str, object]:
    states = {
        "not_printed": VoucherState.ISSUED,
        "on_paper": VoucherState.PRINTED,
        "in_part": VoucherState.BEGUN,
        "collected": VoucherState.COLLECTED,
        "cancelled": VoucherState.VOID,
        "expired": VoucherState.EXPIRED,
    }
    return {
        "allocation": number,
        "point": point,
        "currency": tally.currency,
        "carried": tally.carried,
        "came": tally.came,
        "went": tally.went,
        **{name: tally.count(state) for name, state in states.items()},
        "worth": f"{tally.worth.decimal():f}",
        "handed_out": f"{tally.handed.decimal():f}",
        "gone_back": f"{tally.returned.decimal():f}",
        "open": f"{tally.open.decimal():f}",
        "lost": f"{tally.lost.decimal():f}",
        "adds_up": "no" if tally.differences else "yes",
    }


def _written(columns: tuple[str, ...], rows: Iterable[Mapping[str, object]]) -> str:
    out = StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
