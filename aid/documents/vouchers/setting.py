"""Laying a voucher's form out, and a single voucher in full where its texts need more room than the form has."""

from base64 import b64encode
from collections.abc import Sequence

import segno

from aid.documents.amounts import in_words
from aid.documents.layout import laid_out
from aid.documents.press import laying
from aid.documents.press.layouts import Kept, Layout
from aid.documents.vouchers.forms import name_of_form
from aid.documents.vouchers.wording import comes_on
from aid.domain.languages import Language
from aid.domain.papers import PaperStyle
from aid.services.vouchers.printed import PrintedPaper


def form_of(style: PaperStyle, language: Language, *, demo: bool, kept: Kept) -> Layout:
    """The form of this look in this language, laid out if it is not yet kept."""
    name = name_of_form(style, language, demo=demo)
    return kept.layout(name, lambda: form_laid_out(style, language, demo=demo))


def form_laid_out(style: PaperStyle, language: Language, *, demo: bool) -> Layout:
    """The form of this look in this language: as it is usually set, and set tighter. Takes a second or two."""
    return laying.lay_out(
        [
            laid_out(
                "vouchers/form.html",
                language=language,
                style=style,
                demo=demo,
                tight=tight,
                forms=[None],
                squares=None,
            )
            for tight in (False, True)
        ]
    )


def laid_out_in_full(paper: PrintedPaper, style: PaperStyle) -> Sequence[Layout]:
    """One voucher on sheets of its own, with all there is to say."""
    page = laid_out(
        "vouchers/alone.html",
        language=paper.language,
        style=style,
        voucher=paper,
        words=in_words(paper.amount, paper.language) if paper.amount.minor else "",
        comes=f"{comes_on(paper.comes, paper.language)}, {paper.comes.hours}" if paper.comes else "",
        title=style.titles.get(paper.language) or paper.title,
        footer=style.footers.get(paper.language, ""),
        qr=qr_of(paper.digits),
        logo=_shown_inside(style),
    )
    return laying.lay_out_in_full(page)


def _shown_inside(style: PaperStyle) -> str:
    """The fund's logo as a `data:` picture; nothing if there is none."""
    return f"data:image/{style.logo_kind};base64,{b64encode(style.logo).decode()}" if style.logo else ""


def qr_of(digits: str) -> str:
    """The digits as a QR code in a `data:` picture, with its quiet zone.

    Sixteen digits fit the smallest code (21 modules) at the highest correction: it reads with a quarter of it gone.
    """
    return segno.make(digits, version=1, error="h", boost_error=False).png_data_uri(border=4, scale=1)
