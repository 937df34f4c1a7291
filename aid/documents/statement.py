"""A statement of the fund's books on paper."""

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.languages import Language
from aid.models.base import in_language
from aid.queries.ledger.statement import Statement


def statement_pdf(statement: Statement, language: Language) -> bytes:
    """The statement as PDF, in one language."""
    fund = in_language(dict(statement.fund), language)
    return press(laid_out("statement.html", language=language, statement=statement, fund=fund))
