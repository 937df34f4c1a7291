"""How the fund's vouchers look: their size, and what the fund sets itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from aid.domain.languages import OWN_NAMES, Language
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, Value, _


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

A_SHEET: Mapping[VoucherFormat, int] = MappingProxyType(
    {VoucherFormat.FOUR: 4, VoucherFormat.EIGHT: 8, VoucherFormat.A6: 1, VoucherFormat.RECEIPT: 1}
)
"""So many vouchers share a sheet."""


class PictureKind(StrEnum):
    """What kind of picture a logo is."""

    PNG = "png"
    JPEG = "jpeg"


QUIET_INK = "#0b4f50"
TITLE_CONTRAST = 4.5
"""WCAG's least contrast of words against what they stand on; here white paper."""
LINE_CONTRAST = 3.0
"""The same for what is not read but seen; what is paler a worn printer leaves out."""
LONGEST_TITLE = 120
LONGEST_FOOTER = 240
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class PaperStyle:
    """A fund's own look: a title and a line at the foot in each language, two colours, a picture, and a format."""

    titles: Mapping[str, str]
    footers: Mapping[str, str] = field(default_factory=dict)
    ink: str = QUIET_INK  # of the title
    line: str = QUIET_INK  # of the line under it
    logo: bytes | None = field(default=None, repr=False)
    logo_kind: PictureKind | None = None
    format: VoucherFormat = VoucherFormat.FOUR


def contrast_on_white(colour: str) -> float:
    """How well a colour (`#0b4f50`) stands out on white, from 1 to 21, as WCAG 2 counts it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def check_style(style: PaperStyle) -> None:
    """Whether papers may look like this, but for what only the press can tell. Raises RuleBroken beside its field."""
    for language in Language:
        _check_words(style, language)
    for name, colour, least in (("ink", style.ink, TITLE_CONTRAST), ("line", style.line, LINE_CONTRAST)):
        if not _COLOUR.fullmatch(colour):
            raise RuleBroken(_("Choose a colour, or write it like #0b4f50."), name)
        found = contrast_on_white(colour)
        if found < least:
            raise RuleBroken(
                _(
                    "This colour is too pale on white paper: its contrast is %(found)s, and %(least)s is the least. "
                    "Choose a darker one.",
                    found=f"{int(found * 10) / 10:.1f}",
                    least=f"{least:.1f}",
                ),
                name,
            )
    if (style.logo is None) != (style.logo_kind is None):
        raise ValueError("a logo has a kind")


def _check_words(style: PaperStyle, language: Language) -> None:
    title, footer = style.titles.get(language, ""), style.footers.get(language, "")
    if not title.strip():
        raise RuleBroken(_("Write the title in every language: families read it in theirs."), f"title_{language}")
    for name, text, longest in (("title", title, LONGEST_TITLE), ("footer", footer, LONGEST_FOOTER)):
        if any(not letter.isprintable() for letter in text):
            raise RuleBroken(_("Write it in one line."), f"{name}_{language}")
        if len(text) > longest:
            raise RuleBroken(too_long(name, language, style.format, len(text) - longest), f"{name}_{language}")


def too_long(place: str, language: Language, format_: VoucherFormat, letters: int) -> Message:
    """A title or footer has no room in its place, by so many letters."""
    told: dict[str, Value] = {"language": OWN_NAMES[language], "format": FORMAT_TITLES[format_], "letters": letters}
    if place == "title":
        return _("The title is too long in %(language)s for “%(format)s”. Letters too many: %(letters)s.", **told)
    return _("The footer is too long in %(language)s for “%(format)s”. Letters too many: %(letters)s.", **told)
