"""The report of figures for donors, on paper."""

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.figures.charts import Drawn
from aid.domain.languages import Language
from aid.models.base import in_language


def figures_pdf(drawn: Drawn, language: Language) -> bytes:
    """A release as PDF, in one language."""
    fund = in_language(dict(drawn.release.fund), language)
    return press(laid_out("figures.html", language=language, drawn=drawn, fund=fund))
