"""Papers about papers: the list that goes with a pile, to be signed, and the print log."""

from datetime import datetime

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.languages import Language
from aid.models.base import in_language
from aid.queries.handovers import PilePage
from aid.queries.paper_trail import PrintLog
from aid.queries.people import FundFace


def handover_pdf(pile: PilePage, *, language: Language) -> bytes:
    """The list of a pile: batches, numbers and sums, and boxes to sign in. No name and no code stands on it."""
    title, point = in_language(dict(pile.titles), language), in_language(dict(pile.row.point), language)
    return press(laid_out("handover.html", language=language, pile=pile, title=title, point=point))


def print_log_pdf(log: PrintLog, *, face: FundFace, made_at: datetime, language: Language) -> bytes:
    """The print log, the latest press run first."""
    title = in_language(dict(face.paper_titles), language)
    of = {"log": log, "title": title, "made_at": made_at, "demo": face.demo}
    return press(laid_out("print_log.html", language=language, **of))
