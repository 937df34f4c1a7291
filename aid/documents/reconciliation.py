"""The reconciliation on paper: what was carried, what became of it, and a place to sign."""

from datetime import datetime

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.languages import Language
from aid.models.base import in_language
from aid.queries.people import FundFace
from aid.queries.reconciliation.overview import Sum


def reconciliation_pdf(found: Sum, *, face: FundFace, made_at: datetime, language: Language) -> bytes:
    """The whole fund's. No family stands on it."""
    title = in_language(dict(face.paper_titles), language)
    of = {"found": found, "title": title, "made_at": made_at, "demo": face.demo}
    return press(laid_out("reconciliation.html", language=language, **of))
