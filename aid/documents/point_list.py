"""The point list on paper: numbers, worth and check words, with boxes to tick. No names, no family codes, no digits."""

from collections import Counter
from collections.abc import Sequence

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.models.base import in_language
from aid.services.collections.point_lists import PaperLine, PaperList

FIRST_PAGE, NEXT_PAGE = 150, 210
"""So many millimetres are there for lines, under the head and on the pages after it, with the sums below."""
A_LINE, A_ROW = 8, 5
"""So high is a line with its boxes at least, and each row of words in it."""
LETTERS = 38
"""Letters of a row, where they are wide."""


def point_list_pdf(paper: PaperList, *, language: Language) -> bytes:
    """A page for each so many lines, with its own sums."""
    pages = [(part, sums_of(part)) for part in _parts(paper.lines)]
    title = in_language(dict(paper.titles), language)
    return press(laid_out("point_list.html", language=language, paper=paper, pages=pages, title=title, **_all(paper)))


def _parts(lines: Sequence[PaperLine]) -> list[list[PaperLine]]:
    """The lines of each page: as many as surely fit, so that each page adds up its own."""
    parts: list[list[PaperLine]] = [[]]
    left = FIRST_PAGE
    for line in lines:
        height = _height(line)
        if height > left and parts[-1]:
            parts.append([])
            left = NEXT_PAGE
        parts[-1].append(line)
        left -= height
    return parts


def _height(line: PaperLine) -> int:
    rows = sum(-(-len(item) // LETTERS) for item in line.items) + bool(line.line.worth.amount.minor)
    return max(A_LINE, A_ROW * rows + 3)


def _all(paper: PaperList) -> dict[str, object]:
    return {"sums": sums_of(paper.lines)}


def sums_of(lines: Sequence[PaperLine]) -> tuple[Money, ...]:
    """The money of these lines, one sum a currency."""
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line.line.worth.amount.currency] += line.line.worth.amount.minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()) if minor)
