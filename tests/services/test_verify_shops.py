"""Shops, their invoices and what they are owed, changed behind the program's back, are named."""

import pytest
from flask import Flask

from tests.make.forging import forge, forging, found
from tests.make.lived import whole

__all__ = ["whole"]

OTHER = "(SELECT id FROM collection WHERE point_id <> (SELECT id FROM point WHERE kind = 'shop') LIMIT 1)"
SHOP = "(SELECT id FROM point WHERE kind = 'shop')"
PAID = "invoice_id = (SELECT invoice_id FROM shop_payment)"
IS_PAID = "id = (SELECT invoice_id FROM shop_payment)"
A_LINE = "UPDATE shop_invoice_line SET"
APPROVED = "UPDATE shop_invoice_approval SET"
GONE = "UPDATE shop_invoice_withdrawal SET"
TILL = f"(SELECT handed_by_id FROM collection WHERE point_id = {SHOP} LIMIT 1)"

FORGED = [
    ("shops", "UPDATE point SET kind = 'table' WHERE kind = 'shop'", "point", "it is no shop, and something was"),
    ("shops", "DELETE FROM shop_agreement", "point", "it is a shop, and nothing was agreed with it"),
    ("shops", "DELETE FROM shop_agreement WHERE version = 1", "shop_agreement", "do not follow each other"),
    ("shops", "UPDATE account SET kind = 'cash' WHERE kind = 'owed'", "account", "a table has cash"),
    ("shops", "DELETE FROM shop_invoice_line", "shop_invoice", "its lines come to another sum"),
    ("shops", "DELETE FROM shop_invoice_difference", "shop_invoice", "neither accepted nor refused"),
    ("shops", "UPDATE shop_invoice SET claimed_minor = claimed_minor + 1", "shop_invoice", "neither accepted nor"),
    ("shops", "UPDATE shop_invoice SET has_list = 0", "shop_invoice", "neither accepted nor refused"),
    ("shops", "UPDATE shop_payment SET paid_at = '2020-01-01'", "shop_payment", "it was paid before it was there"),
    ("shops", "DELETE FROM shop_payment", "point", "more than was paid"),
    ("shops", f"DELETE FROM shop_invoice_approval WHERE {PAID}", "shop_payment", "nobody else agreed to it"),
    ("shops", f"{APPROVED} approved_at = '2099-01-01' WHERE {PAID}", "shop_payment", "nobody else agreed to it"),
    (
        "shops",
        f"{APPROVED} (approved_by_id, taken_by_id) = (taken_by_id, approved_by_id)",
        "shop_invoice_approval",
        "who took it in agreed to it",
    ),
    ("shops", f"{APPROVED} approved_by_id = {TILL}", "shop_invoice_approval", "who handed some of it out agreed"),
    ("shops", f"{APPROVED} approved_at = '2020-01-01'", "shop_invoice_approval", "before it was there"),
    ("shops", "DELETE FROM shop_invoice_withdrawal", "shop_invoice", "otherwise whether it was withdrawn"),
    ("shops", f"{A_LINE} withdrawn = 1 WHERE {PAID}", "shop_invoice", "its lines say otherwise"),
    ("shops", f"UPDATE shop_invoice SET withdrawn = 1 WHERE {IS_PAID}", "shop_payment", "its invoice was withdrawn"),
    ("shops", f"{GONE} withdrawn_at = '2020-01-01'", "shop_invoice", "withdrawn before it was there"),
    ("shops", "DELETE FROM shop_invoice", "shop_payment", "it is for no invoice"),
    ("shops", f"{A_LINE} amount_minor = amount_minor + 1", "shop_invoice_line", "collected for another amount"),
    ("shops", f"{A_LINE} collection_id = {OTHER} WHERE {PAID}", "shop_invoice_line", "not collected at this shop"),
    ("shops", "UPDATE shop_invoice SET currency = 'EUR'", "shop_invoice_line", "not collected at this shop, in its"),
    ("shops", "UPDATE shop_invoice SET up_to = '2020-01-01'", "shop_invoice_line", "after the last day"),
    (
        "shops",
        f"UPDATE collection SET entered_at = '2099-01-01' WHERE point_id = {SHOP}",
        "shop_invoice_line",
        "undone",
    ),
    ("shops", f"UPDATE collection SET amount_minor = 1 WHERE point_id = {SHOP}", "point", "the books owe it"),
    ("money", "UPDATE shop_payment SET bank_id = (SELECT max(id) FROM bank_account)", "entry", "payment asks for"),
    ("money", "DELETE FROM shop_payment", "entry", "say that it is theirs"),
]


@pytest.mark.parametrize("whole", ["sqlite"], indirect=True)
def test_what_was_forged_is_named(whole: Flask) -> None:
    for proof, statement, what, words in FORGED:
        with forging() as session:
            assert forge(session, statement) >= 1, statement
            told = found(session, proof)
            assert any(each.what == what and words in each.text for each in told), (statement, [*map(str, told)][:5])
