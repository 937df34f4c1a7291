"""A shop's own list of vouchers, brought as a CSV or XLSX file: each with its number and what the shop asks for it."""

from collections.abc import Sequence
from typing import Final

from aid.domain.refusals import RuleBroken
from aid.domain.shops import MOST_LINES, Claim, claim_of, few_enough
from aid.domain.words import _
from aid.readers.sheets import Bounds, Row
from aid.readers.tables import read_table

BOUNDS: Final = Bounds(
    file_bytes=2 * 1024**2,
    unpacked_bytes=16 * 1024**2,
    cells=(MOST_LINES + 100) * 12,
    text=4 * 1024**2,
    rows=MOST_LINES + 100,
    columns=12,
    cell=200,
    record=5_000,
)
NUMBERS: Final = ("voucher", "number", "ваучер", "талон", "номер", "нөмір")
AMOUNTS: Final = ("amount", "sum", "сумма", "сома")


def read_shop_list(file_name: str, payload: bytes, *, currency: str) -> tuple[Claim, ...]:
    """The claims of the first sheet that has any. Raises RuleBroken beside `file`."""
    for sheet in read_table(file_name, payload, bounds=BOUNDS):
        if sheet.rows:
            return _claims(sheet.rows, currency)
    raise RuleBroken(_("The file has no rows: choose another one."), "file")


def _claims(rows: Sequence[Row], currency: str) -> tuple[Claim, ...]:
    """All rows but a heading and a total at the end, which have no number."""
    number, amount = _places(rows)
    claims = []
    for row in rows:
        try:
            claim = claim_of(_cell(row, number), _cell(row, amount), currency)
        except RuleBroken as refusal:
            raise RuleBroken(_("Row %(row)s: %(why)s", row=row.number, why=refusal.message), "file") from None
        if claim is not None:
            claims.append(claim)
        elif row is not rows[0] and row is not rows[-1]:
            raise RuleBroken(_("Row %(row)s has no voucher’s number.", row=row.number), "file")
    try:
        return few_enough(claims)
    except RuleBroken as refusal:
        raise RuleBroken(refusal.message, "file") from None


def _places(rows: Sequence[Row]) -> tuple[int, int]:
    """In which columns number and amount stand: by their headings, or the first two where there are no more."""
    heading = [cell.lower() for cell in rows[0].cells]
    number = [n for n, cell in enumerate(heading) if any(word in cell for word in NUMBERS)]
    amount = [n for n, cell in enumerate(heading) if any(word in cell for word in AMOUNTS)]
    if len(number) == len(amount) == 1:
        return number[0], amount[0]
    if max(len([cell for cell in row.cells if cell]) for row in rows) <= 2:
        return 0, 1
    raise RuleBroken(_("Keep two columns in the file: the voucher’s number, and the amount."), "file")


def _cell(row: Row, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""
