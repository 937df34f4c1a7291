"""Forms that were laid out once are filled in: many to a sheet, each with its texts and square, as one streamed PDF."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aid.documents.press.faces import Unsettable
from aid.documents.press.layouts import Picture
from aid.documents.press.places import DoesNotFit
from aid.documents.press.runs import Filled, Run
from aid.documents.press.squares import Squares

POINTS = 72 / 25.4
AT_ONCE = 64
"""So many pieces of the file are handed on together."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of paper in points, and the lower left corners of its forms, in the order they are filled."""

    width: float
    height: float
    corners: tuple[tuple[float, float], ...]


def sheets(
    forms: Iterable[Filled],
    sheet: Sheet,
    *,
    squares: Squares | None,
    title: str,
    language: str,
    logo: Picture | None = None,
) -> Iterator[bytes]:
    """The PDF, piece by piece, in the order given; what did not fit its place comes last, on sheets of its own."""
    out: list[bytes] = []
    run = Run(out.append, squares=squares, logo=logo)
    alone: list[Filled] = []
    taken = 0
    for form in forms:
        try:
            texts = run.set(form)
        except (DoesNotFit, Unsettable):
            alone.append(form)
            continue
        left, up = sheet.corners[taken]
        run.show(form, form.layout, texts, left=left, up=up)
        taken = (taken + 1) % len(sheet.corners)
        if not taken:
            run.turn(sheet.width, sheet.height)
        if len(out) > AT_ONCE:
            yield b"".join(out)
            out.clear()
    if taken:
        run.turn(sheet.width, sheet.height)
    _print_alone(run, alone)
    run.end(title=title, language=language)
    yield b"".join(out)


def _print_alone(run: Run, forms: Iterable[Filled]) -> None:
    """What no form had room for: on sheets of its own, in full."""
    for form in forms:
        for layout in form.by_itself():
            run.show(form, layout, b"", left=0, up=0)
            run.turn(layout.width, layout.height)
