"""Messages as other banks were seen to write and save them: made up here, line by line."""

import pytest

from tests.readers.statements.reading import facts, read

HEAD = ":20:A\n:25:DE89370400440532013000\n:28C:1/1\n:60F:C261122EUR1,00\n"
TAIL = ":62F:C261123EUR2,00\n-\n"
LINE = ":61:2611231123C1,00NTRFNONREF\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (LINE + ":86: 020?00UZNANIE?20DAR?32JAN\n", {"gvc": "020", "text": "DAR", "name": "JAN"}),  # a space before it
        (
            ":61:261123C1,00N102EREF            \nNL20INGB0001234567\n"
            ":86:/EREF/E-1/BENM//NAME/J JANSEN/REMI//ISDT/2026-11-23\n",
            {"account": "NL20INGB0001234567", "name": "J JANSEN", "end_to_end": "E-1"},
        ),
        (
            LINE + ":86:VOOR DE GEZINNEN\nREK: NL20INGB0001234567/NAAM: J JANSEN\n",
            {"account": "NL20INGB0001234567", "name": "J JANSEN", "text": "VOOR DE GEZINNEN"},
        ),
        (
            LINE + ":86:835?20Union?22EREF+ 123?23MREF+ M-1 CRED+ A?24B12CDE0000000000000000034 S?25VWZ+ Gift\n",
            {"end_to_end": "123", "mandate": "M-1", "text": "Union Gift"},
        ),
        (LINE + ":86:EREF+E-1 SVWZ+For the families IBAN+GB82WEST12345698765432\n", {"text": "For the families"}),
        (LINE + ":86:\n", {}),
        (LINE, {}),
    ],
)
def test_dialects_that_were_met_elsewhere_are_read(line: str, said: dict[str, str]) -> None:
    found = read((HEAD + line + TAIL).encode())

    wanted = {"booked": "2026-11-23", "amount": "1.00 EUR"}
    assert {key: facts(found.lines[0]).get(key) for key in (*wanted, *said)} == wanted | said
    assert found.problems == []


@pytest.mark.parametrize(
    "payload",
    [
        "{1:F01BANKDEFFXXXX0000000000}\n{2:O940BANKDEFFXXXXN}\n{4:\n" + HEAD + LINE + ":62F:C261123EUR2,00\n-}\n",
        "ä4:\n" + HEAD + LINE + ":62F:C261123EUR2,00\n-å",  # braces in an old Swedish code page
        HEAD + LINE + ":62F:C2611232,00\n",  # the currency was told before
        HEAD.replace("60F:C261122EUR", "60F:C261122DEM") + LINE + ":62F:C261123DEM2,00\n",  # a currency out of use
        HEAD.replace("\n", "\r") + (LINE + TAIL).replace("\n", "\r"),
        "\ufeff" + HEAD + LINE + TAIL,
    ],
)
def test_a_message_is_read_however_it_was_saved(payload: str) -> None:
    for encoding in ("utf-8", "latin-1") if payload.startswith("ä") else ("utf-8", "utf-16"):
        found = read(payload.encode(encoding))

        assert ([line.minor for line in found.lines], found.problems) == ([100], [])
        assert len(found.ended[0].parts) == 1


def test_lines_that_stand_before_any_currency_wait_for_it() -> None:
    found = read((":20:A\n:25:1\n" + LINE * 3 + ":62F:C261123EUR2,00\n").encode())

    assert [(line.minor, line.currency) for line in found.lines] == [(100, "EUR")] * 3
