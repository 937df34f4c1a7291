"""Lists of many pages: rows that were laid out once, one under the other, as many to a page as it holds.

A page is a form of a whole sheet. Between its boxes `rows` and `foot` the rows stand; what it says of them (sums, its
own number) is filled in when they are known.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from aid.documents.press.faces import Unsettable
from aid.documents.press.layouts import Layout
from aid.documents.press.places import DoesNotFit
from aid.documents.press.runs import Filled, Run


class Page(NamedTuple):
    """What stands on one page: its number from 1, how many there are, and its rows' places in the list."""

    number: int
    of: int
    rows: Sequence[int]


class _Row(NamedTuple):
    form: Filled
    layouts: Sequence[Layout]  # one under the other
    texts: bytes  # of the only one, where it was filled in

    @property
    def height(self) -> float:
        return sum(layout.height for layout in self.layouts)


def listed(rows: Iterable[Filled], page: Callable[[Page], Filled], *, title: str, language: str) -> Iterator[bytes]:
    """The PDF, page by page. A row that its form does not hold stands at its place as it was laid out by itself.

    Pages 1 and 2 are asked for first, to know their room: the others are like the second.
    """
    out: list[bytes] = []
    run = Run(out.append)
    made = [_row(run, form) for form in rows]
    pages = _parted(made, first=page(Page(1, 1, ())).layout, others=page(Page(2, 2, ())).layout)
    for number, places in enumerate(pages, start=1):
        _show(run, page(Page(number, len(pages), places)), [made[place] for place in places])
        yield b"".join(out)
        out.clear()
    run.end(title=title, language=language)
    yield b"".join(out)


def _row(run: Run, form: Filled) -> _Row:
    try:
        return _Row(form, (form.layout,), run.set(form))
    except (DoesNotFit, Unsettable):
        return _Row(form, form.by_itself(), b"")


def _parted(rows: Sequence[_Row], *, first: Layout, others: Layout) -> list[list[int]]:
    """The places of each page's rows. A row that is higher than a page stands on one alone."""
    parts: list[list[int]] = [[]]
    left = _room(first)
    for place, row in enumerate(rows):
        if row.height > left and parts[-1]:
            parts.append([])
            left = _room(others)
        parts[-1].append(place)
        left -= row.height
    return parts


def _room(page: Layout) -> float:
    return page.boxes["foot"].y - page.boxes["rows"].y


def _show(run: Run, page: Filled, rows: Sequence[_Row]) -> None:
    """One page: its head and foot, and its rows from the upper edge down."""
    layout = page.layout
    run.show(page, layout, run.set(page), left=0, up=0)
    box = layout.boxes["rows"]
    up = layout.height - box.y
    for row in rows:
        for each in row.layouts:
            up -= each.height
            run.show(row.form, each, row.texts, left=box.x, up=up)
    run.turn(layout.width, layout.height)
