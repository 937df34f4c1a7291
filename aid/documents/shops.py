"""Papers for a shop: what became of its invoice, and a statement of what it gave and is owed. Numbers, no families."""

from datetime import datetime

from aid.documents.layout import laid_out
from aid.documents.press import press
from aid.domain.languages import Language
from aid.models.base import in_language
from aid.queries.people import FundFace
from aid.queries.shops.invoices import InvoicePage, ShopStatement


def invoice_letter_pdf(page: InvoicePage, *, face: FundFace, made_at: datetime, language: Language) -> bytes:
    """What is paid of an invoice, and what is not, with the reason for each voucher."""
    names = {"title": in_language(dict(face.names), language), "shop": in_language(dict(page.shop), language)}
    of = {"page": page, "made_at": made_at, "demo": face.demo, **names}
    return press(laid_out("shop_invoice.html", language=language, **of))


def shop_statement_pdf(statement: ShopStatement, *, face: FundFace, made_at: datetime, language: Language) -> bytes:
    """What a shop gave day by day, its invoices, and what it is owed."""
    shop = in_language(dict(statement.shop.names), language)
    title = in_language(dict(face.names), language)
    of = {"statement": statement, "title": title, "shop": shop, "made_at": made_at, "demo": face.demo}
    return press(laid_out("shop_statement.html", language=language, **of))
