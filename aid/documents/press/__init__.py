"""The only place that knows WeasyPrint and PDF: a page of our own becomes paper; nothing from elsewhere enters it.

WeasyPrint takes half a second to load, so only who lays something out loads it: forms that were laid out already are
filled in without it (`sheets`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

STATIC = Path(__file__).parents[2] / "static"


class NotOurs(Exception):
    """A page asked for something that is neither inside it nor ours. Nothing is printed."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside a PDF, for programs to read: its name, what it is, and the moment it speaks of."""

    name: str
    content: bytes
    what: str
    at: datetime


def press(page: str, *, attached: Sequence[Attached] = ()) -> bytes:
    """Print an HTML page as tagged PDF: the same page gives the same bytes. Raises NotOurs."""
    return bind([page], attached=attached)


def bind(pages: Sequence[str], *, attached: Sequence[Attached] = ()) -> bytes:
    """Print several papers into one file, one after the other, each with page numbers of its own. Raises NotOurs."""
    from aid.documents.press import pages as laid_out

    return laid_out.bind(pages, attached=attached)
