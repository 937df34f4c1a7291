"""Every camt file that lies beside the repository. What is expected was read in the files, not by our reader."""

import pytest

from aid.domain.payments import Direction
from aid.domain.statements import ProblemKind
from tests.readers.statements.reading import read_shared

SWISS, DUTCH = "CH2801234000123456789", "NL26VAYB8060476890"
SEK = {"SEK": 20_000_000}

# what begins: format and version, account, owner, statement id, sequence, page; then what came and went, in minor units
WHOLE: dict[str, tuple[list[tuple[str, str, str, str, str, int | None]], dict[str, int], dict[str, int]]] = {
    "camt052.v1.xml": (
        [("camt.052.001.01", SWISS, "FINPETROL", "AAAASESS-FP-ACCR001", "12312", None)],
        {},
        SEK,
    ),
    "camt052.v2.with-account-name.xml": (
        [("camt.052.001.02", SWISS, "Account Owner Name", "AAAASESS-FP-ACCR001", "", None)],
        {},
        SEK,
    ),
    "camt052.v4.xml": ([("camt.052.001.04", SWISS, "UNIFITS GmbH", "AAAASESS-FP-ACCR001", "12312", 2)], {}, {}),
    "camt052.v6.xml": ([("camt.052.001.06", SWISS, "UNIFITS GmbH", "AAAASESS-FP-ACCR001", "12312", 2)], {}, {}),
    "camt053.v2.all-balance-types.xml": (
        [("camt.053.001.02", SWISS, "FINPETROL", "CAMT0532015012200001", "315", None)],
        {"EUR": 885},
        {},
    ),
    "camt053.v2.minimal.ultimate.xml": (
        [("camt.053.001.02", DUTCH, "", "253EURNL26VAYB8060476890", "12312", None)],
        {"EUR": 885},
        {},
    ),
    "camt053.v2.multi.statement.xml": (
        [
            ("camt.053.001.02", DUTCH, "", "253EURNL26VAYB8060476890", "12312", None),
            ("camt.053.001.02", DUTCH, "", "254EURNL26VAYB8060476890", "", None),
        ],
        {"EUR": 885},
        {"EUR": 700},
    ),
    "camt053.v2.with-party-ids.xml": (
        [("camt.053.001.02", DUTCH, "", "253EURNL26VAYB8060476890", "12312", None)],
        {"EUR": 885},
        {},
    ),
    "camt053.v3.xml": (
        [("camt.053.001.03", DUTCH, "COMPANY BVBA", "253EURNL26VAYB8060476890", "12312", None)],
        {"EUR": 885},
        {},
    ),
    "camt053.v8.xml": (
        [("camt.053.001.08", DUTCH, "FINPETROL", "253EURNL26VAYB8060476890", "12312", 2)],
        {"EUR": 885},
        {},
    ),
    "camt054.v2.xml": ([("camt.054.001.02", SWISS, "FINPETROL", "AAAASESS-FP-ACCR001", "12312", None)], {}, SEK),
    "camt054.v8-with-UETR.xml": ([("camt.054.001.08", SWISS, "", "AAAASESS-FP-ACCR001", "", None)], {}, SEK),
    "camt054.v8.xml": ([("camt.054.001.08", SWISS, "UNIFITS GmbH", "AAAASESS-FP-ACCR001", "12312", 2)], {}, SEK),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_shared_camt_file_has_all_its_statements_lines_and_sums(name: str) -> None:
    statements, came, went = WHOLE[name]

    read = read_shared(name)

    heads = [(each.source, each.account, each.owner, each.id, each.sequence, each.page) for each in read.begun]
    assert heads == statements
    assert [end.lines for end in read.ended] == [1] * len(statements)
    assert read.total(Direction.CREDIT) == read.told(Direction.CREDIT) == came
    assert read.total(Direction.DEBIT) == read.told(Direction.DEBIT) == went


ODD_BALANCES = [
    ("OPBD", "18.15 EUR", "2014-12-30"),
    ("CLBD", "-27.00 SEK", "2014-12-31"),
    ("OPAV", "35.00 CHF", "2014-12-30"),
    ("CLAV", "-2700 JPY", "2014-12-31"),
]
BALANCES: dict[str, list[list[tuple[str, str, str]]]] = {
    "camt052.v4.xml": [[("ITBD", "10022.15 CHF", "2016-06-14")]],
    "camt052.v6.xml": [[("ITBD", "10022.15 CHF", "2020-04-04")]],
    "camt053.v2.all-balance-types.xml": [
        [
            ("OPBD", "1.01 EUR", "2015-01-21"),
            ("PRCD", "2.02 EUR", "2015-01-21"),
            ("OPAV", "3.03 EUR", "2015-01-22"),
            ("CLBD", "4.04 EUR", "2015-01-22"),
            ("CLAV", "5.05 EUR", "2015-01-23"),
            ("FWAV", "6.06 EUR", "2015-01-26"),
            ("INFO", "7.07 EUR", "2015-01-27"),
            ("ITAV", "8.08 EUR", "2015-01-28"),
            ("ITBD", "9.09 EUR", "2015-01-21"),
            ("XPCD", "10.10 EUR", "2015-01-21"),
        ]
    ],
    "camt053.v2.minimal.ultimate.xml": [ODD_BALANCES],
    "camt053.v2.multi.statement.xml": [
        [("OPBD", "18.15 EUR", "2014-12-30"), ("CLBD", "27.00 EUR", "2014-12-31")],
        [("OPBD", "27.00 EUR", "2014-12-30"), ("CLBD", "20.00 EUR", "2014-12-31")],
    ],
    "camt053.v2.with-party-ids.xml": [ODD_BALANCES],
    "camt053.v3.xml": [ODD_BALANCES],
    "camt053.v8.xml": [[ODD_BALANCES[0], ("CLBD", "-27.00 SEK", "2014-12-30"), *ODD_BALANCES[2:]]],
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_shared_camt_file_has_all_its_balances(name: str) -> None:
    found = [[(each.code, str(each.money), str(each.on)) for each in end.balances] for end in read_shared(name).ended]

    assert found == BALANCES.get(name, [[]])


TWO_CURRENCIES = [(ProblemKind.BALANCE, 0, "None")]
TOLD: dict[str, list[tuple[ProblemKind, int, str]]] = {
    "camt052.v2.with-account-name.xml": [(ProblemKind.NO_DAY, 1, "None")],
    "camt053.v2.all-balance-types.xml": [(ProblemKind.BALANCE, 0, "-5.82 EUR")],
    "camt053.v2.minimal.ultimate.xml": TWO_CURRENCIES,
    "camt053.v2.with-party-ids.xml": TWO_CURRENCIES,
    "camt053.v3.xml": [(ProblemKind.TOTAL, 1, "96.90 EUR"), *TWO_CURRENCIES],
    "camt053.v8.xml": TWO_CURRENCIES,
    "camt054.v8-with-UETR.xml": [(ProblemKind.NO_DAY, 1, "None")],
    "camt054.v8.xml": [(ProblemKind.TOTAL, 1, "None"), (ProblemKind.TOTAL, 1, "3.20 CHF")],
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_shared_camt_file_tells_what_does_not_add_up_and_nothing_else(name: str) -> None:
    problems = read_shared(name).problems

    assert [(each.kind, each.place.entry, str(each.difference)) for each in problems] == TOLD.get(name, [])
