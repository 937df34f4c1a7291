"""Released figures as a table for spreadsheets: a block a row, out of the text that is kept."""

import csv
import json
from io import StringIO
from typing import Final

from aid.readers.returned import FORMULA

COLUMNS: Final = (
    *("kind", "purpose", "currency", "first_month", "last_month"),
    *("raised", "spent", "exchanged", "waiting", "families", "children", "corrects"),
)


def to_csv(content: str) -> str:
    """The lines of a release's JSON. Amounts stand as they do there; a purpose is no formula, whatever its code is."""
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for line in json.loads(content)["lines"]:
        purpose = f"'{line['purpose']}" if line["purpose"].startswith(FORMULA) else line["purpose"]
        own = {"kind": line["kind"], "purpose": purpose, "currency": line.get("currency", "")}
        for block in line["blocks"]:
            row = {**block, "first_month": block["first"], "last_month": block["last"]}
            writer.writerow(own | row | {"corrects": " ".join(block.get("corrects", ()))})
    return out.getvalue()
