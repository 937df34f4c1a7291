"""Every MT940 and MT942 that lies beside the repository. What is expected was read in the files, not by our reader."""

from typing import Any

import pytest

from aid.domain.payments import Direction
from aid.domain.refusals import RuleBroken
from aid.domain.statements import Lost, ProblemKind
from tests.readers.statements.reading import minor, read_shared

# statement by statement: its lines, opening and closing balance; then what came and went in all of them
WHOLE: dict[str, tuple[list[tuple[int, str, str]], dict[str, str], dict[str, str]]] = {
    "betterplace__sepa_mt9401.sta": (
        [
            (7, "-1234718.36 EUR", "-1237628.23 EUR"),
            (2, "-970499.90 EUR", "-1455749.85 EUR"),
            (5, "-1709296.34 EUR", "-2237334.85 EUR"),
            (3, "3192675.04 EUR", "4242675.04 EUR"),
            (5, "-2368827.87 EUR", "-3095522.14 EUR"),
            (1, "152970.15 EUR", "203960.20 EUR"),
            (4, "-40432.20 EUR", "-30503.83 EUR"),
            (4, "-30503.83 EUR", "-100854.45 EUR"),
            (8, "-1552497.38 EUR", "-1358945.52 EUR"),
            (3, "-1358945.52 EUR", "-2303471.11 EUR"),
            (6, "-3829477.87 EUR", "-2931994.84 EUR"),
            (6, "-2931994.84 EUR", "-5019697.96 EUR"),
            (6, "-5777585.57 EUR", "-6018113.38 EUR"),
            (3, "-6018113.38 EUR", "-8844425.38 EUR"),
            (1, "13990.05 EUR", "27980.10 EUR"),
            (5, "-3612519.02 EUR", "-3632585.04 EUR"),
            (5, "-3632585.04 EUR", "-3814901.47 EUR"),
            (2, "-3814901.47 EUR", "-5113593.52 EUR"),
            (1, "152970.15 EUR", "203960.20 EUR"),
            (3, "145964.58 EUR", "238954.77 EUR"),
            (4, "766656.49 EUR", "1125250.40 EUR"),
            (7, "-1970431.87 EUR", "-4472049.09 EUR"),
            (3, "-324910.25 EUR", "-397310.25 EUR"),
            (1, "-450.00 EUR", "-600.00 EUR"),
            (1, "-450.00 EUR", "-600.00 EUR"),
            (1, "0.00 EUR", "50.05 EUR"),
        ],
        {"EUR": "5,188,474.94"},
        {"EUR": "14,457,610.84"},
    ),
    "ASNB__mt940.txt": (
        [
            (1, "444.29 EUR", "379.29 EUR"),
            *[(0, "379.29 EUR", "379.29 EUR")] * 3,
            (2, "379.29 EUR", "577.74 EUR"),
            *[(0, "577.74 EUR", "577.74 EUR")] * 19,
            (1, "577.74 EUR", "576.09 EUR"),
            *[(0, "576.09 EUR", "576.09 EUR")] * 3,
            (2, "576.09 EUR", "404.81 EUR"),
            (0, "404.81 EUR", "404.81 EUR"),
            (2, "404.81 EUR", "501.23 EUR"),
        ],
        {"EUR": "2,828.90"},
        {"EUR": "2,771.96"},
    ),
    "citi__mt940.txt": ([(5, "17376.67 USD", "16233.92 USD")], {}, {"USD": "1,142.75"}),
    "jejik__abnamro.sta": (
        [(8, "3236.28 EUR", "876.84 EUR"), (2, "2876.84 EUR", "1849.75 EUR")],
        {},
        {"EUR": "345.93"},
    ),
    "jejik__ing.sta": ([(7, "0.00 EUR", "3.47 EUR")], {"EUR": "4.68"}, {"EUR": "50.27"}),
    "jejik__postfinance.sta": (
        [(2, "0.00 CHF", "229.20 CHF"), (2, "229.20 CHF", "159.60 CHF")],
        {"CHF": "239.30"},
        {"CHF": "79.90"},
    ),
    "jejik__rabobank.sta": (
        [
            (1, "473.17 EUR", "395.82 EUR"),
            (0, "1000.89 EUR", "1000.89 EUR"),
            (2, "1295.82 EUR", "1250.87 EUR"),
            (2, "4196.12 EUR", "4101.82 EUR"),
        ],
        {},
        {"EUR": "1,589.09"},
    ),
    "jejik__triodos.sta": ([(2, "4975.09 EUR", "4370.79 EUR")], {}, {"EUR": "715.70"}),
    "mBank__mt942.sta": ([(3, "", "")], {"PLN": "0.03"}, {}),
    "sberbank__171011_01234945.sta": ([(3, "627311.30 HUF", "617874.30 HUF")], {}, {"HUF": "9,437.00"}),
    "self-provided__raiffeisen-cmi.sta": (
        [(7, "25170637.10 HUF", "25281687.60 HUF")],
        {"HUF": "2,066,637.00"},
        {"HUF": "3,078,850.50"},
    ),
    "self-provided__details_60-63.sta": ([(1, "12345.12 EUR", "12345.98 EUR")], {}, {"EUR": "233.15"}),
    "self-provided__malformed_details.sta": ([(1, "12345.12 EUR", "12345.98 EUR")], {}, {"EUR": "233.15"}),
    "self-provided__whitespace.sta": ([(1, "12345.12 EUR", "12345.98 EUR")], {}, {"EUR": "233.15"}),
    "self-provided__february_30.sta": ([(1, "1200.00 EUR", "1194.00 EUR")], {}, {"EUR": "6.00"}),
    "self-provided__multiline.sta": ([(1, "16.40 EUR", "11.40 EUR"), (0, "", "")], {}, {"EUR": "5.00"}),
    "betterplace__sepa_snippet_broken.sta": ([(1, "766656.49 EUR", "1125250.40 EUR")], {"EUR": "50,990.05"}, {}),
    "betterplace__amount_formats.sta": (
        [(0, f"{opening} EUR", "") for opening in ("380115.12", "380115.10", "380115.00", "0.12", "0.12", "1.12")],
        {},
        {},
    ),
    "betterplace__empty_line.sta": ([(0, "", "")], {}, {}),
    "cmxl__reference.sta": ([(0, "", "")], {}, {}),
    "cmxl__account_balance_debit.sta": ([(0, "-147.64 EUR", "")], {}, {}),
    "cmxl__account_identification_legacy.sta": ([(0, "", "")], {}, {}),
    "cmxl__closing_balance.sta": ([(0, "", "137.00 EUR")], {}, {}),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_shared_statement_has_all_its_lines_sums_and_balances(name: str) -> None:
    statements, came, went = WHOLE[name]

    read = read_shared(name)

    found = [(sum(line.place.statement == n for line in read.lines), *read.edges(n - 1)) for n in _numbers(read)]
    assert found == statements
    assert read.total(Direction.CREDIT) == read.told(Direction.CREDIT) == {c: minor(sum_) for c, sum_ in came.items()}
    assert read.total(Direction.DEBIT) == read.told(Direction.DEBIT) == {c: minor(sum_) for c, sum_ in went.items()}


def _numbers(read: Any) -> list[int]:
    return [begun.number for begun in read.begun]


# what does not add up, by statement; and every other problem: its kind, its line in the file, what it cost
UNBALANCED: dict[str, dict[int, str]] = {
    "jejik__abnamro.sta": {1: "-2038.00 EUR", 2: "-1002.60 EUR"},
    "jejik__ing.sta": {1: "49.06 EUR"},
    "jejik__postfinance.sta": {2: "0.20 CHF"},
    "jejik__rabobank.sta": {1: "1135.93 EUR", 3: "236.56 EUR"},
    "jejik__triodos.sta": {1: "111.40 EUR"},
    "self-provided__raiffeisen-cmi.sta": {1: "1123264.00 HUF"},
    "self-provided__details_60-63.sta": {1: "234.01 EUR"},
    "self-provided__malformed_details.sta": {1: "234.01 EUR"},
    "self-provided__whitespace.sta": {1: "234.01 EUR"},
    "betterplace__sepa_snippet_broken.sta": {1: "307603.86 EUR"},
}
NO_ACCOUNT = ProblemKind.NO_ACCOUNT
TOLD: dict[str, list[tuple[ProblemKind, int, Lost]]] = {
    "self-provided__february_30.sta": [(ProblemKind.UNREADABLE, 6, Lost.NOTHING)],
    "betterplace__sepa_snippet_broken.sta": [(ProblemKind.ODD, 6, Lost.NOTHING)],
    "self-provided__multiline.sta": [(NO_ACCOUNT, 38, Lost.NOTHING), (ProblemKind.NO_CURRENCY, 38, Lost.LINE)],
    "betterplace__amount_formats.sta": [(NO_ACCOUNT, line, Lost.NOTHING) for line in range(1, 7)],
    "betterplace__empty_line.sta": [(NO_ACCOUNT, 2, Lost.NOTHING)],
    "cmxl__reference.sta": [(NO_ACCOUNT, 1, Lost.NOTHING)],
    "cmxl__account_balance_debit.sta": [(NO_ACCOUNT, 1, Lost.NOTHING)],
    "cmxl__closing_balance.sta": [(NO_ACCOUNT, 1, Lost.NOTHING)],
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_shared_statement_tells_what_is_wrong_in_it_and_nothing_else(name: str) -> None:
    read = read_shared(name)

    told = {each.place.statement: str(each.difference) for each in read.problems if each.kind is ProblemKind.BALANCE}
    others = [(each.kind, each.place.line, each.lost) for each in read.problems if each.kind is not ProblemKind.BALANCE]
    assert told == UNBALANCED.get(name, {})
    assert others == TOLD.get(name, [])


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        ("betterplace__empty_86.sta", 1, "no statement begins here"),
        ("self-provided__invalid_statement.sta", 1, "no statement that is known"),
        ("cmxl__statement_line.sta", 1, "no currency"),
        ("self-provided__sparkassen.sta", 1, "no currency"),
    ],
)
def test_a_shared_file_of_which_nothing_can_be_read_is_refused_by_line(name: str, line: int, reason: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        read_shared(name)

    assert f"“{name}”, line {line}:" in str(refused.value)
    assert reason in str(refused.value)
