"""How the fund's vouchers look: their size, and what the fund sets itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from aid.domain.words import Message, _


class VoucherFormat(StrEnum):
    """What a voucher is printed on."""

    FOUR = "four"
    EIGHT = "eight"
    A6 = "a6"
    RECEIPT = "receipt"


FORMAT_TITLES: Mapping[VoucherFormat, Message] = MappingProxyType(
    {
        VoucherFormat.FOUR: _("A4, four to a sheet"),
        VoucherFormat.EIGHT: _("A4, eight to a sheet"),
        VoucherFormat.A6: _("A6, one to a sheet"),
        VoucherFormat.RECEIPT: _("Receipt printer, 80 mm"),
    }
)

QUIET_INK = "#0b4f50"


@dataclass(frozen=True, slots=True)
class PaperStyle:
    """A fund's own look: a title and a line at the foot in each language, two colours, a picture, and a format."""

    titles: Mapping[str, str]
    footers: Mapping[str, str] = field(default_factory=dict)
    ink: str = QUIET_INK  # of the title
    line: str = QUIET_INK  # of the line under it
    logo: bytes | None = field(default=None, repr=False)
    format: VoucherFormat = VoucherFormat.FOUR
