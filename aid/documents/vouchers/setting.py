"""Laying a voucher's form out, and a single voucher in full where its texts need more room than the form has."""

from collections.abc import Sequence

import segno

from aid.documents.amounts import in_words
from aid.documents.layout import laid_out
from aid.documents.press import laying
from aid.documents.press.layouts import Layout
from aid.domain.languages import Language
from aid.domain.papers import PaperStyle
from aid.services.vouchers.printing import PrintedPaper


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
        title=style.titles.get(paper.language) or paper.title,
        footer=style.footers.get(paper.language, ""),
        qr=qr_of(paper.digits),
    )
    return laying.lay_out_in_full(page)


def qr_of(digits: str) -> str:
    """The digits as a QR code in a `data:` picture, with its quiet zone.

    Sixteen digits fit the smallest code (21 modules) at the highest correction: it reads with a quarter of it gone.
    """
    return segno.make(digits, version=1, error="h", boost_error=False).png_data_uri(border=4, scale=1)
