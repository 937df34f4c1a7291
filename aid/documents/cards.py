"""Cards with a family's code, as digits and a square to scan: ten to an A4 sheet, or one alone. No name is on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import segno

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.languages import Language

A_SHEET = 10


@dataclass(frozen=True, slots=True)
class Card:
    """One card in its family's language, under the fund's neutral title."""

    code: str
    language: Language
    title: str
    demo: bool = False


def cards_pdf(cards: Sequence[Card]) -> bytes:
    """The cards as PDF: one has a page of its own size, several share A4 sheets. Raises ValueError for none."""
    if not cards:
        raise ValueError("there is no card to print")
    laid = [laid_out("card.html", language=card.language, card=card, qr=qr_of(card.code)) for card in cards]
    sheets = [laid[first : first + A_SHEET] for first in range(0, len(laid), A_SHEET)]
    return press(laid_out("cards.html", language=cards[0].language, sheets=sheets, alone=len(cards) == 1))


def qr_of(code: str) -> str:
    """The nine digits as a QR code in a `data:` picture, with its quiet zone."""
    return segno.make(code, version=1, error="h", boost_error=False).png_data_uri(border=4, scale=1)
