"""Lines of the shared camt files, fact by fact. What is expected was read in the files, not by our reader."""

from typing import Any

import pytest

from aid.domain.payments import Direction
from aid.domain.statements import BalanceKind, LineStatus, StatementFormat
from tests.readers.statements.reading import facts, read_shared

SWISS = "CH2801234000123456789"
GIVER = {
    "name": "NAME NAME",
    "country": "NL",
    "address": ("ADDR ADDR 10", "2000 ANTWERPEN"),
    "account": "NL56AGDH9619008421",
}
BOOKED = {"booked": "2014-12-31", "value": "2015-01-02", "amount": "8.85 EUR"}
PENDING = {
    "booked": "2007-10-18",
    "value": "2007-10-18",
    "amount": "-200000.00 SEK",
    "status": "pending",
    "reference": "ACSR160614165200001",
    "codes": "PMNT.RCDT.DMCT",
    "proprietary": "Z04",
    "end_to_end": "UXC06140000015PI00001EE00001",
    "order": "UXC06140000015PI00001II00001",
    "additional": "Credit",
    "account": "CH2401234004141414141",
    "country": "CH",
    "bank": "BANKCHBE",
    "charges": ["0.31 CHF"],
}
LINES: dict[str, list[dict[str, Any]]] = {
    "camt052.v1.xml": [
        {
            "booked": "2007-10-18",
            "value": "2007-10-18",
            "amount": "-200000.00 SEK",
            "reference": "AAAASESS-FP-ACCR-01",
            "codes": "PAYM.0001.0003",
            "additional": "Credit",
        }
    ],
    "camt052.v2.with-account-name.xml": [
        {"booked": "2007-10-18", "amount": "-200000.00 SEK", "name": "Company Name", "account": SWISS}
    ],
    "camt052.v4.xml": [
        {
            **PENDING,
            "text": "Example Remittance - 4 - V1",
            "name": "Example Creditor 4 - V1",
            "address": ("Example Creditor Street 4 - V1 41", "4141 Example Creditor Town 4 - V1"),
        }
    ],
    "camt052.v6.xml": [
        {
            **PENDING,
            "text": "Example Remittance - 6 - V1",
            "name": "Example Creditor 6 - V1",
            "address": ("Example Creditor Street 6 - V1 41", "4141 Example Creditor Town 6 - V1"),
        }
    ],
    "camt053.v2.all-balance-types.xml": [
        {
            **BOOKED,
            "proprietary": "544",
            "end_to_end": "000000001",
            "text": "Transaction Description",
            "name": "Company Name",
            "account": "NL56AGDH9619008421",
            "country": "NL",
        }
    ],
    "camt053.v2.minimal.ultimate.xml": [
        {**BOOKED, "proprietary": "544", "ultimate": "DEBTOR NAME NM", "references": ("4654654654654654",)}
    ],
    "camt053.v2.multi.statement.xml": [
        {
            **BOOKED,
            "proprietary": "544",
            "end_to_end": "000000001",
            "text": "Transaction Description 1",
            "name": "Company Name 1",
            "account": "NL56AGDH9619008421",
            "country": "NL",
        },
        {
            **BOOKED,
            "amount": "-7.00 EUR",
            "proprietary": "544",
            "end_to_end": "000000002",
            "text": "Transaction Description 2",
            "name": "Company Name 2",
            "account": "NL56AGDH9619008421",
            "country": "FR",
        },
    ],
    "camt053.v2.with-party-ids.xml": [{**BOOKED, **GIVER, "proprietary": "544", "references": ("4654654654654654",)}],
    "camt053.v3.xml": [
        {
            **BOOKED,
            **GIVER,
            "reference": "XXXXXXXXXXXXXXXXXXXXXXEUR",
            "codes": "PMNT.RCDT.DMCT",
            "proprietary": "025132131",
            "references": ("4654654654654654",),
            "bank": "KREDBEBB",
        }
    ],
    "camt053.v8.xml": [
        {
            **BOOKED,
            **GIVER,
            "reference": "AAAASESS-FP-CN_98765/01",
            "codes": "PMNT.RCDT.BOOK",
            "end_to_end": "MUELL/FINP/RA12345",
            "references": ("4654654654654654",),
        }
    ],
    "camt054.v2.xml": [
        {
            "booked": "2007-10-18",
            "value": "2007-10-18",
            "amount": "-200000.00 SEK",
            "reference": "AAAASESS-FP-ACCR001",
            "codes": "PMNT.ICDT.DMCT",
        }
    ],
    "camt054.v8-with-UETR.xml": [
        {"booked": "2007-10-18", "amount": "-200000.00 SEK", "uetr": "255ae394-9965-4438-ac86-f406feada396"}
    ],
    "camt054.v8.xml": [
        {
            "booked": "2007-10-18",
            "value": "2007-10-18",
            "amount": "-200000.00 SEK",
            "reference": "ACSR160617103200001",
            "codes": "PMNT.ICDT.DMCT",
            "proprietary": "Z24",
            "additional": "Order",
        }
    ],
}


@pytest.mark.parametrize("name", LINES)
def test_each_line_of_a_shared_camt_file_says_what_stands_there(name: str) -> None:
    assert [facts(line) for line in read_shared(name).lines] == LINES[name]


def test_a_batch_has_its_payments_each_with_its_own_party_text_and_amount() -> None:
    (line,) = read_shared("camt054.v8.xml").lines

    assert line.batch == 2  # though three are listed
    assert [(each.minor, each.currency, each.direction, each.end_to_end[-5:]) for each in line.details] == [
        (310, "CHF", Direction.CREDIT, "00001"),
        (320, "CHF", Direction.CREDIT, "00002"),
        (320, "CHF", Direction.CREDIT, "00002"),
    ]
    assert [each.other.name for each in line.details if each.other] == [f"Example Creditor 3 - V{n}" for n in (1, 2, 3)]
    assert [each.other.bank for each in line.details if each.other] == ["100", "BANKCHBE", "BANKCHBE"]
    assert [each.text for each in line.details] == [
        "Unstructured Remittance Information V1 Additional Remittance Information V1",
        "Additional Remittance Information V2",
        "Unstructured Remittance Information V3 block 1 Unstructured Remittance Information V3 block 2 "
        "Additional Remittance Information V3 block 1 Additional Remittance Information V3 block 2",
    ]
    assert line.details[2].references == ("Ref number V3 block 1", "Ref number V3 block 2")


def test_a_batch_without_its_payments_says_how_many_there_were() -> None:
    (line,) = read_shared("camt052.v1.xml").lines

    assert (line.batch, line.details) == (20, ())
    assert line.status is LineStatus.BOOKED


def test_foreign_amounts_and_charges_are_kept_apart_from_the_lines_own_amount() -> None:
    (line,) = read_shared("camt052.v4.xml").lines
    foreign, (charge,) = line.payment.foreign, line.payment.charges

    assert str(line.money) == "200000.00 SEK"
    assert foreign
    assert (str(foreign.instructed), str(foreign.transaction), str(foreign.counter_value)) == (
        "4.10 USD",
        "3.79 CHF",
        "3.79 CHF",
    )
    assert (foreign.source, foreign.target, foreign.rate) == ("USD", "CHF", "0.9253030601")
    assert (str(charge.money), charge.direction, charge.is_included, charge.what) == (
        "0.31 CHF",
        Direction.DEBIT,
        False,
        "31",
    )


def test_days_formats_and_copies_are_told_at_the_beginning() -> None:
    (begun,) = read_shared("camt053.v8.xml").begun

    assert begun.format is StatementFormat.CAMT_053
    assert (str(begun.since), str(begun.until), str(begun.made_on)) == ("2007-10-18", "2007-10-18", "2015-03-10")
    assert (begun.is_copy, begun.is_last_page, begun.legal_sequence, begun.bank) == (True, True, "12312", "AAAA BANKEN")
    (end,) = read_shared("camt053.v2.all-balance-types.xml").ended
    assert end.told == "Additional Information"
    closing = end.balance(BalanceKind.CLOSING)
    assert closing
    assert closing.money.minor == 404
