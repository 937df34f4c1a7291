"""Vouchers by the sheet, each with the stub that stays at the table. No name stands on them."""

from collections.abc import Iterator, Sequence
from functools import cache

from aid.documents.press.layouts import Kept, Layout
from aid.documents.press.pictures import picture
from aid.documents.press.runs import Filled
from aid.documents.press.sheets import sheets
from aid.documents.vouchers.forms import SHEETS, known_squares
from aid.documents.vouchers.setting import form_of, laid_out_in_full
from aid.documents.vouchers.wording import ways_to_say
from aid.domain.languages import Language
from aid.domain.papers import PaperStyle
from aid.services.vouchers.printed import PrintedPaper

TITLE = "Komek"
"""The file says no more of itself than whose program made it."""


def voucher_sheets(papers: Sequence[PrintedPaper], *, style: PaperStyle, kept: Kept) -> Iterator[bytes]:
    """The vouchers as PDF, piece by piece, in the order given, languages mixed as the families are.

    What does not fit its place comes last, on a sheet of its own. Raises ValueError for none.
    """
    if not papers:
        raise ValueError("there is no voucher to print")

    @cache
    def form(language: Language, demo: bool) -> Layout:  # noqa: FBT001 - only here
        return form_of(style, language, demo=demo, kept=kept)

    return sheets(
        (
            Filled(
                layout=form(paper.language, paper.demo),
                language=paper.language.value,
                ways=ways_to_say(paper, style),
                digits=paper.digits,
                by_itself=lambda paper=paper: laid_out_in_full(paper, style),  # type: ignore[misc]
            )
            for paper in papers
        ),
        SHEETS[style.format],
        squares=known_squares(kept),
        title=TITLE,
        language=papers[0].language.value,
        logo=picture(style.logo) if style.logo else None,
    )
