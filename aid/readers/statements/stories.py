"""What a bank tells of a line in field :86:, taken apart."""

from collections.abc import Iterable
from dataclasses import dataclass, field

FULL_ROW = 65  # signs of a line in a SWIFT message: what fills it goes on in the next without a space
FULL_PART = 27  # signs of a German subfield: the same


@dataclass(slots=True)
class Story:
    """What was told of a line. Pieces of one kind stand in the order of the file."""

    name: str = ""
    account: str = ""
    bank: str = ""
    address: tuple[str, ...] = ()
    country: str = ""
    ultimate: str = ""
    text: str = ""
    references: list[str] = field(default_factory=list)
    end_to_end: str = ""
    mandate: str = ""
    order: str = ""  # what the payer calls it
    bank_reference: str = ""
    purpose: str = ""
    additional: list[str] = field(default_factory=list)
    gvc: str = ""
    returned: str = ""
    original: str = ""  # amounts as printed, with their currency
    charged: str = ""
    rate: str = ""


def tidy(text: str) -> str:
    """With single spaces."""
    return " ".join(text.split())


def joined(rows: Iterable[str], full: int = FULL_ROW) -> str:
    """Rows that were broken where they were full, or at a word."""
    whole = ""
    for row in rows:
        whole += row if len(row) >= full else f"{row} "
    return tidy(whole)


def known_reference(reference: str) -> str:
    """A reference, unless the bank only says that there is none."""
    return "" if reference.upper() in {"NONREF", "NOTPROVIDED", "NOT PROVIDED"} else reference
