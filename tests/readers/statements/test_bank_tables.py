"""Bank lines from tables: how a mapping is guessed, corrected, and what then is read."""

from dataclasses import replace
from datetime import date

import pytest

from aid.domain.bank_tables import BankColumn, StatementMapping
from aid.domain.layouts import DateOrder
from aid.domain.payments import Direction
from aid.domain.refusals import RuleBroken
from aid.domain.statements import Lost, ProblemKind
from aid.readers.statements import guessed_mapping, is_table
from aid.readers.statements.cells import cell_day, cell_minor, guessed_point
from aid.readers.statements.figures import NotRead, shown
from tests.readers.conftest import workbook
from tests.readers.statements.reading import SAMPLES, read, read_sample

C = BankColumn


def payload(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def test_a_mapping_is_guessed_from_headings_and_cells_and_says_why() -> None:
    guess = guessed_mapping(payload("german.csv"))

    assert guess.mapping.columns == (
        C.OWN_ACCOUNT,
        C.BOOKED_ON,
        C.VALUE_ON,
        C.KIND,
        C.TEXT,
        C.NAME,
        C.ACCOUNT,
        C.BANK,
        C.AMOUNT,
        C.CURRENCY,
        C.STATUS,
    )
    assert (guess.mapping.point, guess.mapping.dates, guess.mapping.separator) == (",", DateOrder.DAY_FIRST, ";")
    assert {str(reason.why) for reason in guess.reasons} == {"Its heading says so."}
    assert guess.headings[8] == "Betrag"


def test_what_stands_above_a_table_tells_its_account_and_currency() -> None:
    mapping = guessed_mapping(payload("english.csv")).mapping
    dutch = guessed_mapping(payload("dutch.csv")).mapping

    assert (mapping.account, mapping.header_row, mapping.point) == ("GB82WEST12345698765432", 3, ".")
    assert dutch.currency == "EUR"


def test_days_and_amounts_are_known_by_their_cells_where_no_heading_says_it() -> None:
    guess = guessed_mapping(b"Wann;Was;Wieviel EUR\n2026-11-23;Gift;1'234.50\n2026-11-24;Fee;-2.00\n")

    assert guess.mapping.columns == (C.BOOKED_ON, C.NOTHING, C.AMOUNT)
    assert {str(reason.why) for reason in guess.reasons if reason.place is not None} == {
        "All its cells are days.",
        "All its cells are amounts.",
    }


def test_a_guess_is_corrected_by_hand_and_kept() -> None:
    guess = guessed_mapping(payload("russian.csv")).mapping
    assert [str(missing) for missing in guess.missing] == ["Say which currency the account has."]

    mapping = StatementMapping.from_plain(replace(guess, currency="RUB", account="40817810099910004312").plain())
    found = read_sample("russian.csv", mapping=mapping)

    assert [(line.signed, str(line.booked_on)) for line in found.lines] == [
        (150000, "2026-11-23"),
        (-1050, "2026-11-24"),
    ]
    assert found.problems == []
    assert found.begun[0].account == "40817810099910004312"


def test_a_table_whose_currency_nobody_knows_is_refused_until_somebody_says_it() -> None:
    with pytest.raises(RuleBroken) as refused:
        read_sample("russian.csv")
    assert (refused.value.field, "Say which currency" in str(refused.value)) == ("mapping", True)

    assert len(read_sample("russian.csv", currency="RUB").lines) == 2


def test_rows_that_can_not_be_read_are_named_by_their_line_and_the_others_stand() -> None:
    found = read_sample("german.csv")

    assert found.total(Direction.CREDIT) == {"EUR": 210000}
    assert [(each.kind, each.place.line, each.lost) for each in found.problems] == [
        (ProblemKind.UNREADABLE, 6, Lost.LINE),
        (ProblemKind.TOO_FINE, 7, Lost.LINE),
    ]
    assert found.lines[0].identity == found.lines[1].identity  # two equal gifts, and both stand


def test_a_total_below_the_lines_is_no_line() -> None:
    rows = (
        b"Buchungstag;Valuta;Betrag;Waehrung\n23.11.2026;23.11.2026;1.025,00;EUR\nKontostand;23.11.2026;2.000,00;EUR\n"
    )

    found = read(rows)

    assert [line.signed for line in found.lines] == [102500]
    assert [(each.place.line, each.lost) for each in found.problems if each.place.line == 3] == [(3, Lost.NOTHING)]


def test_running_balances_are_checked_whichever_line_stands_first() -> None:
    ends = [read_sample("english.csv").ended[0]]
    rows = payload("english.csv").decode().splitlines()
    ends.append(read("\n".join([*rows[:3], rows[4], rows[3]]).encode()).ended[0])

    assert [[str(balance.money) for balance in end.balances] for end in ends] == [["1000.00 GBP", "1023.80 GBP"]] * 2
    wrong = read(payload("english.csv").replace(b"1,025.00", b"1,026.00"))
    assert [str(each.difference) for each in wrong.problems] == ["-1.00 GBP"]


def test_a_workbook_is_read_like_any_table() -> None:
    sheet = workbook([["Date", "Amount", "Currency", "Description"], [date(2026, 11, 23), "25.00", "EUR", "Gift"]])

    (line,) = read(sheet, "lines.xlsx").lines
    assert (line.signed, str(line.booked_on), line.payment.text) == (2500, "2026-11-23", "Gift")


def test_amounts_of_a_card_are_turned_and_two_accounts_are_two_statements() -> None:
    rows = b"Date,Amount,Currency,Own account\n2026-11-23,5.00,EUR,A-1\n2026-11-23,6.00,EUR,A-2\n"
    mapping = replace(guessed_mapping(rows).mapping, is_turned=True)

    found = read(rows, mapping=mapping)

    assert [(each.account, line.signed) for each, line in zip(found.begun, found.lines, strict=True)] == [
        ("A-1", -500),
        ("A-2", -600),
    ]


@pytest.mark.parametrize(
    ("text", "point", "minor"),
    [
        ("1.234,56", ",", 123456),
        ("1,234.56", ".", 123456),
        ("1'234.50", ".", 123450),
        ("1 234,5", ",", 123450),
        ("12,50-", ",", -1250),
        ("-12.50 EUR", ".", -1250),
        ("EUR-12.50", ".", -1250),
        ("(12.50)", ".", -1250),
        ("€12.50", ".", 1250),
        ("+7", ".", 700),
        ("\u221210.00", ".", -1000),
        ("1,00,000.00", ".", 10000000),
    ],
)
def test_amounts_are_read_as_banks_write_them(text: str, point: str, minor: int) -> None:
    assert cell_minor(text, "EUR", point) == minor


@pytest.mark.parametrize(("text", "point"), [("1,23", "."), ("12.5.0", "."), ("1.2345", "."), ("", "."), ("1e3", ".")])
def test_an_amount_that_reads_in_no_way_is_not_guessed(text: str, point: str) -> None:
    with pytest.raises(NotRead):
        cell_minor(text, "EUR", point)


def test_what_stands_in_a_figures_place_is_not_repeated_if_it_is_a_name_or_an_account() -> None:
    cells = ["Date,Amount,Currency", "Erika Muster,5.00,EUR", "2026-11-23,Erika Muster,EUR"]
    rows = "\n".join([*cells, "2026-11-23,DE89370400440532013000,EUR"]).encode()
    mapping = StatementMapping((C.BOOKED_ON, C.AMOUNT, C.CURRENCY))

    told = [str(each.what) for each in read(rows, mapping=mapping).problems if each.lost is Lost.LINE]

    assert told == ["“… …” is not a day of the calendar", "“… …” is not an amount", "“……” is not an amount"]
    assert shown("12,5,0 EUR") == "12,5,0 EUR"


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("23.11.2026", DateOrder.DAY_FIRST, "2026-11-23"),
        ("23.11.26", DateOrder.DAY_FIRST, "2026-11-23"),
        ("11/23/2026", DateOrder.MONTH_FIRST, "2026-11-23"),
        ("2026-11-23 10:15:00", DateOrder.DAY_FIRST, "2026-11-23"),
        ("2026-11-23T10:15:00Z", DateOrder.MONTH_FIRST, "2026-11-23"),
        ("20261123", DateOrder.DAY_FIRST, "2026-11-23"),
        ("23 Nov 2026", DateOrder.DAY_FIRST, "2026-11-23"),
        ("26.11.23", DateOrder.YEAR_FIRST, "2026-11-23"),
    ],
)
def test_days_are_read_as_banks_write_them(text: str, order: DateOrder, day: str) -> None:
    assert str(cell_day(text, order)) == day


def test_the_decimal_sign_is_that_before_the_last_digits() -> None:
    assert guessed_point(["1.234,56", "7,5"]) == ","
    assert guessed_point(["1,234.56", "12"]) == "."
    assert guessed_point(["1.234", "12"]) == ","
    assert guessed_point([]) == "."


def test_what_is_read_by_a_mapping_is_told_from_what_is_not() -> None:
    assert is_table(payload("german.csv"))
    assert not is_table(payload("camt053.v2.xml"))
    assert not is_table(payload("german.sta"))
    assert not is_table(payload("dutch.swi"))


def test_what_a_bank_writes_above_between_and_below_its_lines_is_told_and_is_no_line() -> None:
    rows = (
        "Kontoauszug 03/2026;;;\nKonto: DE89 3704 0044 0532 0130 00;;;\n\n"
        '"Datum";"Auftraggeber";"Betrag";"Währung"\n'
        '"02.03.2026";"Müller; Söhne";"1.050,00";"EUR"\n'
        "Zwischensumme;;1.050,00;EUR\n"
        "03.03.2026;Cem;(7,50);EUR\n03.03.2026;Ana;2,00-;EUR\n"
        "Gesamt;;1.040,50;EUR\n;;;\nErstellt am 04.03.2026;;;\n"
    )

    for encoding in ("cp1252", "utf-8-sig", "utf-16"):
        found = read(rows.encode(encoding), "lines.csv")
        assert [line.signed for line in found.lines] == [105000, -750, -200]
        assert found.lines[0].payment.other is not None
        assert found.lines[0].payment.other.name == "Müller; Söhne"
        assert found.begun[0].account == "DE89370400440532013000"
        assert [(each.kind, each.place.line, each.lost) for each in found.problems] == [
            (ProblemKind.ODD, line, Lost.NOTHING) for line in (6, 9, 11)
        ]
