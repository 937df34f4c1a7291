"""The point list on paper: numbers, worth and check words, with boxes to tick. No names, no family codes, no digits."""

from collections import Counter
from collections.abc import Sequence

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.models.base import in_language
from aid.services.collections.point_lists import PaperLine, PaperList

A_PAGE = 24
"""Lines that fit with their boxes, also where goods take a second row."""


def point_list_pdf(paper: PaperList, *, language: Language) -> bytes:
    """A page for each so many lines, with its own sums."""
    parts = [paper.lines[start : start + A_PAGE] for start in range(0, len(paper.lines), A_PAGE)]
    pages = [(part, sums_of(part)) for part in parts]
    title = in_language(dict(paper.titles), language)
    return press(laid_out("point_list.html", language=language, paper=paper, pages=pages, title=title, **_all(paper)))


def _all(paper: PaperList) -> dict[str, object]:
    return {"sums": sums_of(paper.lines)}


def sums_of(lines: Sequence[PaperLine]) -> tuple[Money, ...]:
    """The money of these lines, one sum a currency."""
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line.line.worth.amount.currency] += line.line.worth.amount.minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()) if minor)
