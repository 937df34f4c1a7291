"""Cards with a family's code, as digits and a square to scan: ten to an A4 sheet, or one alone. No name is on them.

They come out of the same press as vouchers: a card's form is laid out once, and filled in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import segno

from aid.documents.layout import laid_out
from aid.documents.press.layouts import Kept, Layout, name_of
from aid.documents.press.pictures import picture
from aid.documents.press.runs import Filled
from aid.documents.press.sheets import POINTS, Sheet, sheets
from aid.documents.press.squares import SIZE, Squares, worked_out
from aid.domain.codes import FAMILY_DIGITS, grouped
from aid.domain.languages import Language
from aid.domain.papers import PaperStyle

HOUSE = Path(__file__).parents[1]
LOOK = HOUSE / "static" / "css" / "print"
WIDE, HIGH = 86, 55
ALONE = Sheet(WIDE * POINTS, HIGH * POINTS, ((0, 0),))
TEN = Sheet(
    210 * POINTS,
    297 * POINTS,
    tuple(((18.5 + WIDE * n) * POINTS, (297 - 10 - HIGH * (row + 1)) * POINTS) for row in range(5) for n in range(2)),
)
SYMBOLS = 1 + 3 * 10
"""What is worked out for a square of nine digits: a symbol, and one for each bit of its three threes."""
TITLE = "Komek"


@dataclass(frozen=True, slots=True)
class Card:
    """One card in its family's language, under the fund's neutral title."""

    code: str
    language: Language
    title: str
    demo: bool = False


def cards_pdf(cards: Sequence[Card], *, style: PaperStyle, kept: Kept) -> Iterator[bytes]:
    """The cards as PDF, piece by piece: one has a page of its own size, several share A4 sheets.

    A title that no card has room for comes last, on sheets of its own. Raises ValueError for none.
    """
    if not cards:
        raise ValueError("there is no card to print")
    alone = len(cards) == 1

    @cache
    def form(language: Language, demo: bool) -> Layout:  # noqa: FBT001 - only here
        name = _name_of_form(style, language, demo=demo, alone=alone)
        return kept.layout(name, lambda: _form_laid_out(style, language, demo=demo, alone=alone))

    return sheets(
        (_filled(card, style, form(card.language, card.demo)) for card in cards),
        ALONE if alone else TEN,
        squares=Squares(
            FAMILY_DIGITS,
            kept.worked_out(f"squares-{FAMILY_DIGITS}", SIZE * SYMBOLS, lambda: worked_out(FAMILY_DIGITS)),
        ),
        title=TITLE,
        language=cards[0].language.value,
        logo=picture(style.logo) if style.logo else None,
    )


def _filled(card: Card, style: PaperStyle, form: Layout) -> Filled:
    title = style.titles.get(card.language) or card.title
    return Filled(
        layout=form,
        language=card.language.value,
        ways=(({"title": title, "code": grouped(card.code)},),),
        digits=card.code,
        by_itself=lambda: _laid_out_in_full(card, style, title),
    )


def _form_laid_out(style: PaperStyle, language: Language, *, demo: bool, alone: bool) -> Layout:
    """The form of a card: as it is usually set, and set tighter."""
    from aid.documents.press import laying  # WeasyPrint, which a form that is kept does without

    look = {"style": style, "demo": demo, "alone": alone}
    return laying.lay_out([laid_out("card.html", language=language, tight=tight, **look) for tight in (False, True)])


def _laid_out_in_full(card: Card, style: PaperStyle, title: str) -> Sequence[Layout]:
    """One card with all of a long title."""
    from aid.documents.press import laying

    qr = segno.make(card.code, version=1, error="h", boost_error=False).png_data_uri(border=4, scale=1)
    page = laid_out("card_alone.html", language=card.language, style=style, card=card, title=title, qr=qr)
    return laying.lay_out_in_full(page)


def _name_of_form(style: PaperStyle, language: Language, *, demo: bool, alone: bool) -> str:
    """The name a card's form is kept under: it changes with whatever the form is made of."""
    parts = ("card", "alone" if alone else "ten", language.value, "demo" if demo else "real")
    sources = [
        HOUSE / "templates" / "documents" / "card.html",
        HOUSE / "translations" / language / "LC_MESSAGES" / "messages.mo",
        LOOK / "paper.css",
        LOOK / "cards.css",
        *sorted((HOUSE / "static" / "fonts").glob("*.ttf")),
        HOUSE.parent / "requirements.lock",  # the libraries that lay it out
    ]
    there = [source for source in sources if source.exists()]  # English has no translations
    return name_of(*parts, colours=(style.ink, style.line, str(style.logo is not None)), sources=there)
