"""The point list on paper: numbers, worth and check words, with boxes to tick. No names, no family codes, no digits.

It comes out of the same press as vouchers: a row is laid out once for each number of things in it, and filled in.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask_babel import force_locale, gettext, ngettext

from aid.documents.layout import laid_out
from aid.documents.press.faces import Type, Unsettable
from aid.documents.press.layouts import Kept, Layout, name_of
from aid.documents.press.lists import Page, listed
from aid.documents.press.places import DoesNotFit
from aid.documents.press.runs import Filled
from aid.documents.press.sheets import POINTS
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.vouchers import printed_number
from aid.formats import money
from aid.models.base import in_language
from aid.services.collections.point_lists import PaperLine, PaperList

HOUSE = Path(__file__).parents[1]
LINES = (1, 2, 4)
"""A thing has so many lines; one that needs more is laid out by itself."""
A_LINE, AROUND, LEAST = 4.8, 3.2, 8.0
"""Millimetres: of each line, around them, and of a row with its boxes at least."""
HIGHER = 250.0
"""No row is as high; one is laid out so to see how high it is."""
FIFTH = 5
"""Every fifth row has a stronger line under it, for the eye."""


@dataclass(frozen=True, slots=True)
class _Row:
    """What a row's form depends on: how many lines each of its things has, and how a part of them is told."""

    lines: tuple[int, ...]
    fifth: bool
    numbered: bool  # things that are given one by one have a number each
    sum: bool  # a box for how much of the sum was given


class _Forms:
    """The forms of one list: rows are kept for all lists, pages say its point and day and are kept nowhere."""

    def __init__(self, paper: PaperList, language: Language, kept: Kept) -> None:
        self._paper, self._language, self._kept = paper, language, kept
        self._types = {bold: Type(bold=bold) for bold in (False, True)}
        self._rows: dict[_Row, Layout] = {}
        self._lines: dict[str, int] = {}
        self._pages: dict[bool, Layout] = {}

    def page(self, which: Page) -> Filled:
        """A page with what it adds up to."""
        with force_locale(self._language.value):
            sums = _sums_said([self._paper.lines[row] for row in which.rows])
        return self._filled(self._head(first=which.number == 1), {"sums": sums, "page": f"{which.number} / {which.of}"})

    def row(self, place: int, line: PaperLine) -> Filled:
        """A line of the list, at this place from 0."""
        things = _things(line)
        row = _Row(
            tuple(map(self._lines_of, things)),
            fifth=place % FIFTH == FIFTH - 1,
            numbered=line.in_parts and len(things) > 1,
            sum=line.in_parts and self._paper.shop and not line.items,
        )
        texts = {
            "number": printed_number(line.line.serial),
            **{f"thing_{number}": said for number, said in enumerate(things, 1)},
            "word": line.check_word or "–",
        }
        return self._filled(self._row(row), texts, lambda: _row_in_full(row, texts))

    def _filled(
        self, form: Layout, texts: Mapping[str, str], by_itself: Callable[[], Sequence[Layout]] = list
    ) -> Filled:
        return Filled(form, self._language.value, ((texts,),), digits="", by_itself=by_itself)

    def _lines_of(self, thing: str) -> int:
        """How many lines a thing needs; the fewest where no form has as many, or our type can't set it."""
        if thing not in self._lines:
            self._lines[thing] = next((lines for lines in LINES if self._holds(lines, thing)), LINES[0])
        return self._lines[thing]

    def _holds(self, lines: int, thing: str) -> bool:
        narrow = _Row((lines, lines), fifth=False, numbered=True, sum=False)  # beside its number it has less room
        form = self._row(narrow)
        try:
            form.places["thing_1"].set(thing, self._language.value, self._types, form.height)
        except (DoesNotFit, Unsettable):
            return False
        return True

    def _row(self, row: _Row) -> Layout:
        if row not in self._rows:
            self._rows[row] = self._kept.layout(_name_of(row), lambda: _row_laid_out(row))
        return self._rows[row]

    def _head(self, *, first: bool) -> Layout:
        """A page without rows."""
        from aid.documents.press import laying  # WeasyPrint, which rows do without once they are kept

        if first not in self._pages:
            said = {"title": in_language(dict(self._paper.titles), self._language), "sums": sums_of(self._paper.lines)}
            page = laid_out("point_list/page.html", language=self._language, paper=self._paper, first=first, **said)
            self._pages[first] = laying.lay_out([page])
        return self._pages[first]


def point_list_pdf(paper: PaperList, *, language: Language, kept: Kept) -> Iterator[bytes]:
    """The list as PDF, page by page, each of which adds up its own lines."""
    forms = _Forms(paper, language, kept)
    with force_locale(language.value):
        title = gettext("List %(number)s for a day without network", number=paper.number)
        rows = [forms.row(place, line) for place, line in enumerate(paper.lines)]
    return listed(rows, forms.page, title=title, language=language.value)


def sums_of(lines: Sequence[PaperLine]) -> tuple[Money, ...]:
    """The money of these lines, one sum a currency."""
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line.line.worth.amount.currency] += line.line.worth.amount.minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()) if minor)


def _things(line: PaperLine) -> Sequence[str]:
    """What may be given by itself: the money, and each of the goods."""
    amount = line.line.worth.amount
    return [*([money(amount)] if amount.minor else []), *line.items]


def _sums_said(lines: Sequence[PaperLine]) -> str:
    count = ngettext("%(num)s voucher", "%(num)s vouchers", len(lines))
    return ", ".join([count, *map(money, sums_of(lines))])


def _row_laid_out(row: _Row) -> Layout:
    """A row's form. No words are in it, so every language has the same."""
    from aid.documents.press import laying

    return laying.lay_out([_row_page(row, high=_high(row))])


def _row_in_full(row: _Row, texts: Mapping[str, str]) -> Sequence[Layout]:
    """A row that no form holds, as high as its things turn out to be."""
    from aid.documents.press import laying

    tried = laying.lay_out([_row_page(row, high=HIGHER, texts=texts)])
    high = tried.boxes["things"].height / POINTS + AROUND
    return laying.lay_out_in_full(_row_page(row, high=max(round(high + 0.05, 1), LEAST), texts=texts))


def _row_page(row: _Row, *, high: float, texts: Mapping[str, str] | None = None) -> str:
    return laid_out("point_list/row.html", language=Language.EN, row=row, high=high, texts=texts)


def _high(row: _Row) -> float:
    return round(max(A_LINE * sum(row.lines) + AROUND, LEAST), 1)


def _name_of(row: _Row) -> str:
    """The name a row's form is kept under: it changes with whatever the form is made of."""
    told = ("numbered" if row.numbered else "plain", "sum" if row.sum else "whole")
    parts = ("point-list", ".".join(map(str, row.lines)), "fifth" if row.fifth else "row", *told)
    sources = [
        HOUSE / "templates" / "documents" / "point_list" / "row.html",
        HOUSE / "static" / "css" / "print" / "paper.css",
        HOUSE / "static" / "css" / "print" / "point_list" / "row.css",
        *sorted((HOUSE / "static" / "fonts").glob("*.ttf")),
        HOUSE.parent / "requirements.lock",  # the libraries that lay it out
    ]
    return name_of(*parts, colours=(str(_high(row)),), sources=sources)
