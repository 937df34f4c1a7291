"""A bank's table: its columns are guessed, corrected by hand, remembered for the account, and forgotten again."""

import io

import pytest
from sqlalchemy import select

from aid.models.imports import BroughtList
from aid.models.statements import AccountSign, BankLine, StatementLayout
from tests.conftest import BrowserOf
from tests.make import rows
from tests.make.browser import Browser, Page
from tests.make.fund import FoundedFund
from tests.make.statements import make_euro_bank

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
TREASURER = "timur"
TABLE = """Datum;Wer;Zweck;Betrag
02.03.2026;Anna Muster;Für die Kinder;1.050,00
03.03.2026;Boris Muster;Für die Schule;-7,50
"""


def upload(browser: Browser, text: str = TABLE, *, bank: str = "", name: str = "lines.csv") -> Page:
    return browser.submit("/statements/new", file=(io.BytesIO(text.encode("cp1252")), name), bank=bank)


def test_a_table_is_guessed_corrected_brought_in_and_known_the_next_time(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    make_euro_bank(fund)
    browser = browser_of(TREASURER)

    asked = upload(browser)
    assert "What each column is" in asked.text
    assert "Its heading says so." in asked.text
    assert "Say which currency the account has." in asked.text
    said = {"columns-1": "name", "columns-2": "text", "currency": "EUR"}
    looked = browser.send(asked, button="Look again", **said)
    assert "So the first lines are read" in looked.text
    assert "Anna Muster" in looked.text
    assert "+€1,050" in looked.text
    assert "-€7.50" in looked.text
    choose = browser.send(looked, button="Continue")
    assert "It does not say of which account it is" in choose.text
    done = browser.send(browser.send(choose, bank="eur-1"), button="Bring it in")
    assert "2 new lines are in." in done.text
    assert [(line.amount_minor, line.direction) for line in rows(select(BankLine).order_by(BankLine.number))] == [
        (1_050_00, "credit"),
        (7_50, "debit"),
    ]

    again = upload(browser, TABLE + "04.03.2026;Cem Muster;;20,00\n")
    assert "The account was chosen for such a file before" in again.text  # neither columns nor account are asked again
    assert "1 new line is in." in browser.send(again, button="Bring it in").text
    assert b"Muster" not in b"".join(row.signature for row in rows(select(StatementLayout)))

    kept = browser.get("/statements/remembered")
    assert "Tables that name no account" in kept.text
    browser.press(kept.path, "Forget it")
    browser.press(kept.path, "Forget it")
    assert "Nothing is remembered yet." in browser.get("/statements/remembered").text
    assert "What each column is" in upload(browser).text
    assert len(rows(select(StatementLayout.id))) == len(rows(select(AccountSign.id))) == 2  # said, and forgotten


def test_a_cell_that_can_not_be_read_is_told_beside_its_column(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_euro_bank(fund)
    browser = browser_of(TREASURER)

    page = upload(browser, "Datum;Betrag;Währung\n02.03.2026;1.050,00;EUR\n03.03.2026;viel;EUR\n")

    assert "Row 3" in page.text
    assert "is not an amount" in page.text
    unsaid = browser.send(page, button="Continue", **{"columns-0": "", "columns-1": ""})
    assert "Columns – " in unsaid.text
    refused = browser.send(page, button="Continue", **{"columns-0": "amount"})
    assert refused.status == 409
    assert "Two columns can’t both be" in refused.text


def test_another_row_of_headings_or_separator_is_looked_at_anew(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_euro_bank(fund)
    browser = browser_of(TREASURER)
    page = upload(browser, "a|Datum;b|Betrag\nDatum|Betrag|Währung\n02.03.2026|5,00|EUR\n")

    other = browser.send(page, button="Look again", header_row="2", separator="|")

    assert "Betrag" in other.text
    assert "+€5" in other.text
    assert rows(select(BankLine.id)) == []
    assert len(rows(select(BroughtList.id))) == 1


def test_what_is_remembered_is_no_matter_of_others(fund: FoundedFund, browser_of: BrowserOf) -> None:
    assert browser_of("olga").get("/statements/remembered").status == 403


def test_a_document_is_told_apart_from_a_statement(browser_of: BrowserOf, fund: FoundedFund) -> None:
    refused = upload(browser_of(TREASURER), "%PDF-1.7 Datum;Betrag", name="letter.pdf")

    assert refused.status == 409
    assert "bring camt, MT940, MT942 or a table" in refused.text
