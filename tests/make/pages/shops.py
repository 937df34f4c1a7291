"""Pages about shops: one that is agreed with, its invoices typed, matched, kept and paid."""

from aid.domain.points import PointKind
from aid.models.fund import Point
from aid.models.shops import ShopInvoice, ShopInvoiceWithdrawal, ShopPayment
from tests.make.fund import FoundedFund
from tests.make.pages.visits import Pages, also, at, first, sent

OTHER = {"name_kk": "Дастархан", "name_ru": "Дастархан-2", "name_en": "Dastarkhan"}


def pages_of_shops(fund: FoundedFund) -> Pages:
    """By the handle of who opens them. One invoice waits for a second person, one to be paid."""
    shop = first(Point.id, Point.kind == PointKind.SHOP)
    waits, agreed = (first(ShopInvoice.id, ShopInvoice.their_number == number) for number in ("A-2", "A-3"))
    paid, withdrawn = first(ShopPayment.invoice_id), first(ShopInvoiceWithdrawal.invoice_id)
    here, today = f"/shops/{shop}", "2026-01-01"
    typed = {"number": "B-7", "dated": today, "up_to": today, "amount": "15 000", "lines": "999999 15 000"}
    bank = {"bank": str(fund.bank), "value_on": first(ShopInvoice.dated, ShopInvoice.their_number == "A-3")}
    locality = {
        "locality": str(fund.localities["new-town"]),
        "may_not_kk": "темекі",
        "may_not_ru": "табак",
        "currency": fund.currency,
    }
    return {
        "timur": [
            *at("/shops/", here, f"{here}/invoice", f"/shops/invoices/{waits}", f"/shops/invoices/{agreed}/pay"),
            sent(f"{here}/invoice", typed),
            sent(f"/shops/invoices/{agreed}/pay", bank),
            *also(
                sent(f"{here}/invoice", status=409),
                sent(f"{here}/invoice", {**typed, "lines": "x"}, status=409),
                sent(f"/shops/invoices/{agreed}/pay", {**bank, "value_on": "2999-01-01"}, status=409),
                f"/shops/invoices/{agreed}",
                f"/shops/invoices/{paid}",
                f"/shops/invoices/{withdrawn}",
                f"/shops/invoices/{waits}/agree",
            ),
        ],
        "dina": [
            *at("/shops/new", f"{here}/agreement"),
            *at(f"/shops/invoices/{waits}/agree", f"/shops/invoices/{waits}/withdraw"),
            sent("/shops/new", {**OTHER, **locality, "may_not_en": "tobacco"}),
            *also("/shops/", here, sent("/shops/new", {**OTHER, **locality}, status=409)),
        ],
        "olga": [*also("/shops/", here, f"/shops/invoices/{paid}")],
    }
