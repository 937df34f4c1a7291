"""The founding act on paper: whose keys, which rules, and the number that all records begin with; signed by hand."""

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.languages import Language
from aid.queries.founding import ActPage, grouped_hex


def act_pdf(page: ActPage, language: Language) -> bytes:
    """The act as PDF, in one language."""
    digits = [grouped_hex(page.hash[start : start + 32]) for start in range(0, 64, 32)]
    return press(laid_out("founding.html", language=language, page=page, digits=digits))
