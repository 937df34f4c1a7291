"""A sheet with messages of support, to hang up where families come. It names nobody but who wished it."""

from collections.abc import Sequence
from dataclasses import dataclass

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.languages import Language
from aid.queries.support import ShownMessage

MOST = 40


@dataclass(frozen=True, slots=True)
class SupportSheet:
    """Messages, the newest first, under a title in the reader's language."""

    language: Language
    messages: Sequence[ShownMessage]
    demo: bool = False


def sheet_pdf(sheet: SupportSheet) -> bytes:
    """The sheet as PDF."""
    page = laid_out("support.html", language=sheet.language, messages=sheet.messages[:MOST], demo=sheet.demo)
    return press(page)
