"""Lines of the shared MT940 and MT942, fact by fact. What is expected was read in the files, not by our reader."""

from typing import Any

import pytest

from aid.domain.statements import LineStatus, StatementFormat
from tests.readers.statements.reading import facts, read_shared


def test_a_line_without_a_currency_is_read_once_somebody_says_it() -> None:
    (line,) = read_shared("cmxl__statement_line.sta", currency="EUR").lines
    assert facts(line) == {
        "booked": "2014-09-02",
        "value": "2014-09-01",
        "amount": "-1.62 EUR",
        "reference": "025498557/000001",
        "order": "0000549855700010",
        "swift": "NTRF",
    }
    (line,) = read_shared("self-provided__sparkassen.sta", currency="EUR").lines
    assert facts(line) == {
        "booked": "2018-11-26",
        "value": "2018-11-26",
        "amount": "30.00 EUR",
        "text": "Test",
        "gvc": "166",
        "swift": "N062",
        "additional": "GUTSCHR. UEBERWEISUNG 1542",
    }


# facts of the first and the last line, as they stand in the files
EDGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "betterplace__sepa_mt9401.sta": (
        {
            "booked": "2007-09-04",
            "value": "2007-09-04",
            "amount": "300.00 EUR",
            "reference": "0724710345313905",
            "gvc": "159",
            "swift": "NTRF",
            "end_to_end": "TFNR 40005 00005",
            "order": "TFNr 40005 MSGID",
            "additional": "Grund nicht spezifiziert Reject aus SEPA-Ueberweisungsauftrag RETOURE",
            "returned": "914",
        },
        {
            "booked": "2007-09-04",
            "value": "2007-09-04",
            "amount": "50.05 EUR",
            "reference": "0724710290648274",
            "gvc": "166",
            "swift": "NTRF",
            "end_to_end": "EndToEndIdTFNR5000500001",
            "text": "TO 25 TFNr 50005 Eingangskanal Mint Unstrukturierter Verwendungszweck 140 Zeichen Beginn "
            "Fuellzeichen xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "name": "Richter Renate 70 Zeichen Beginn Fuellzeichen xxxxxxxx",
            "account": "DE51508800500190038900",
            "bank": "DRESDEFF508",
            "additional": "GUTSCHRIFT Gerhard Geloscht 70 Zeichen Beginn Fuellzeichen xxxxxx",
        },
    ),
    "ASNB__mt940.txt": (
        {
            "booked": "2020-01-01",
            "value": "2020-01-01",
            "amount": "-65.00 EUR",
            "swift": "NOVB",
            "name": "hr gjlm paulissen",
            "account": "NL47INGB9999999999",
            "text": "Betaling sieraden",
        },
        {
            "booked": "2020-01-31",
            "value": "2020-01-31",
            "amount": "-903.76 EUR",
            "swift": "NIDB",
            "name": "international card services",
            "account": "NL08ABNA9999999999",
            "text": "000000000000000000000000000000000 0000000000000000 Betaling aan ICS 99999999999 ICS Referentie: "
            "2020-01-31 21:27 000000000000000",
        },
    ),
    "citi__mt940.txt": (
        {
            "booked": "2024-03-12",
            "value": "2024-03-12",
            "amount": "-212.39 USD",
            "swift": "NMSC",
            "text": "SOMETHING FOO BAR 112233 123456789",
            "additional": "FT /ABC/DEF/MISCELLANEOUS",
        },
        {
            "booked": "2024-03-12",
            "value": "2024-03-12",
            "amount": "-561.08 USD",
            "swift": "NDEF",
            "text": "SOMETHING FOO BAR 112233 123456789",
            "additional": "FT /ABC/DEF/MISCELLANEOUS",
        },
    ),
    "jejik__abnamro.sta": (
        {
            "booked": "2011-05-24",
            "value": "2011-05-24",
            "amount": "-9.00 EUR",
            "swift": "N192",
            "text": "GIRO 428428 KPN - DIGITENNE BETALINGSKENM. 000000042188659 5314606715 BETREFT FACTUUR D.D. "
            "20-05-2011 INCL. 1,44 BTW",
        },
        {
            "booked": "2011-05-24",
            "value": "2011-05-24",
            "amount": "-15.00 EUR",
            "swift": "N426",
            "text": "52.89.39.882 MYCOM DEN HAAG",
        },
    ),
    "jejik__ing.sta": (
        {
            "booked": "2010-07-22",
            "value": "2010-07-22",
            "amount": "-25.03 EUR",
            "swift": "NTRF",
            "text": "RC AFREKENING BETALINGSVERKEER BETREFT REKENING 4715589 PERIODE: 01-10-2010 / 31-12-2010 "
            "ING Bank N.V. tarifering ING",
        },
        {
            "booked": "2010-07-23",
            "value": "2010-07-23",
            "amount": "1.00 EUR",
            "swift": "NTRF",
            "text": "0111111111 Hr S Marechal ROSMALEN Hr S Marechal ROSMALEN Betaling transactiedatum: 22-07-2010",
        },
    ),
}


@pytest.mark.parametrize("name", EDGES)
def test_first_and_last_line_of_a_shared_statement_say_what_stands_there(name: str) -> None:
    lines = read_shared(name).lines

    assert (facts(lines[0]), facts(lines[-1])) == EDGES[name]


SINGLE: dict[str, dict[str, Any]] = {
    "self-provided__details_60-63.sta": {
        "booked": "2017-09-14",
        "value": "2017-09-14",
        "amount": "-233.15 EUR",
        "gvc": "105",
        "swift": "NMSC",
        "end_to_end": "123/123/12345-----L110000000012345",
        "text": "BIC: BYLADEMM ABWA: Finanzamt Muenchen",
        "name": "Finanzamt Muenchen Abteilung Erhebung",
        "account": "DE99700500000000012345",
        "bank": "BYLADEMM",
        "ultimate": "Finanzamt Muenchen Abteilung Erhebung",
        "additional": "Basislastschrift",
    },
    "self-provided__whitespace.sta": {
        "booked": "2017-09-14",
        "value": "2017-09-14",
        "amount": "-233.15 EUR",
        "gvc": "820",
        "swift": "NMSC",
        "text": "ERSTATTUNG AUSLANDSEINSATZENTGELT FUER VISA 4998 XXXX XXXX 1234",
        "name": "DEUTSCHE KREDITBANK AG",
        "account": "9003932309",
        "bank": "12030000",
        "additional": "UMBUCHUNG",
    },
    "self-provided__february_30.sta": {
        "booked": "2016-03-01",
        "value": "2016-02-29",
        "amount": "-6.00 EUR",
        "gvc": "805",
        "swift": "N024",
        "text": "Pauschalen",
        "bank": "12345678",
        "additional": "ENTGELTABSCHLUSS 22334 45566",
    },
    "betterplace__sepa_snippet_broken.sta": {
        "booked": "2007-09-04",
        "value": "2007-09-07",
        "amount": "50990.05 EUR",
        "reference": "0724710333343453",
        "gvc": "166",
        "swift": "NTRF",
        "end_to_end": "EndToEndId TFNR 22 004 00001",
        "text": "Verw CTSc-01 BC-PPP TFNr 22 004",
        "name": "KARL KAUFMANN",
        "account": "DE14508800500194785000",
        "bank": "DRESDEFF508",
        "additional": "GUTSCHRIFT Empfaenger Marta Metzger",
    },
}


@pytest.mark.parametrize("name", SINGLE)
def test_the_only_line_of_a_shared_statement_says_what_stands_there(name: str) -> None:
    (line,) = read_shared(name).lines

    assert facts(line) == SINGLE[name]


def test_malformed_details_lose_neither_mandate_nor_party() -> None:
    (line,) = read_shared("self-provided__malformed_details.sta").lines
    said = facts(line)

    assert said["mandate"] == "BYA12345678901"
    assert said["ultimate"] == "Finanzamt Sentinel"  # the mark behind it opens no part
    assert said["account"] == "DE99700500000000012345"
    assert said["text"].startswith("STEUERNR 123/123/12345 KOERPST 3VJ.17 233,15")


def test_original_amount_and_charges_in_a_text_are_kept_apart() -> None:
    (line,) = read_shared("self-provided__multiline.sta").lines

    assert line.payment.foreign
    assert str(line.payment.foreign.instructed) == "4.50 EUR"
    assert [str(charge.money) for charge in line.payment.charges] == ["0.50 EUR"]
    assert (line.payment.payment_id, line.bank_reference) == ("REFERENCE DO 111", "MUL0408041114005")


def test_a_reversed_credit_is_a_debit_and_lines_of_nothing_move_nothing() -> None:
    reversed_ = [line for line in read_shared("betterplace__sepa_mt9401.sta").lines if line.is_reversal]
    assert [(line.place.line, line.signed) for line in reversed_] == [(19, -20488), (101, -20488)]

    nothing = [line for line in read_shared("citi__mt940.txt").lines if not line.minor]
    assert [(line.place.line, line.status) for line in nothing] == [
        (13, LineStatus.INFORMATION),
        (15, LineStatus.INFORMATION),
    ]


def test_heads_of_shared_statements_say_whose_they_are() -> None:
    (mbank,) = read_shared("mBank__mt942.sta").begun
    assert (mbank.format, mbank.account, mbank.sequence, mbank.page) == (
        StatementFormat.MT942,
        "PL29114010810000267002001002",
        "1",
        1,
    )
    (legacy,) = read_shared("cmxl__account_identification_legacy.sta").begun
    assert (legacy.account, legacy.currency) == ("70011110/4005287001", "EUR")
    pages = read_shared("jejik__postfinance.sta").begun
    assert [(each.account, each.sequence, each.page) for each in pages] == [
        ("123456789", "999", 1),
        ("123456789", "999", 2),
    ]
    (sber,) = read_shared("sberbank__171011_01234945.sta").begun
    assert (sber.owner, sber.account, sber.sequence) == ("JOHN DOE", "1966315302010001", "00046")
    (raiffeisen,) = read_shared("self-provided__raiffeisen-cmi.sta").ended
    forward = [(str(each.money), str(each.on)) for each in raiffeisen.balances if each.code == "65"]
    assert forward == [("25281687.60 HUF", f"2018-04-{day}") for day in (18, 19, 20)]
