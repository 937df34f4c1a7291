"""The report of a point's day on paper: figures that add up, who counted and who signed, and room for two hands."""

from datetime import datetime

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.languages import Language
from aid.models.base import in_language
from aid.queries.day_counts.report import DayReport


def day_report_pdf(report: DayReport, *, made_at: datetime, language: Language) -> bytes:
    """One day of one point. No family's name stands on it."""
    title, point = in_language(dict(report.titles), language), in_language(dict(report.state.point), language)
    of = {"report": report, "title": title, "point": point, "made_at": made_at}
    return press(laid_out("day_report.html", language=language, **of))
