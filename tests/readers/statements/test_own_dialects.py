"""Files of our own in the ways in which banks write the same: each is read completely, and alike."""

from datetime import date

import pytest

from aid.domain.statements import Lost
from tests.readers.statements.reading import facts, read

ENTRY = """<@Ntry><@NtryRef>1</@NtryRef><@Amt Ccy="EUR">50.00</@Amt><@CdtDbtInd>CRDT</@CdtDbtInd>{status}
<@BookgDt><@Dt>2026-03-04</@Dt></@BookgDt><@ValDt><@DtTm>2026-03-04T00:00:00+01:00</@DtTm></@ValDt>
<@AcctSvcrRef>R1</@AcctSvcrRef><@NtryDtls><@TxDtls><@Refs><@MsgId>B1</@MsgId><@EndToEndId>E1</@EndToEndId></@Refs>
<@RltdPties><@Dbtr>{name}</@Dbtr></@RltdPties><@RmtInf><@Ustrd>Für die Kinder</@Ustrd></@RmtInf></@TxDtls></@NtryDtls>
</@Ntry>"""
CAMT = """<@Document {space}><@BkToCstmrStmt><@GrpHdr><@MsgId>M</@MsgId></@GrpHdr><@Stmt><@Id>S</@Id>
<@Acct><@Id><@IBAN>DE89370400440532013000</@IBAN></@Id><@Ccy>EUR</@Ccy></@Acct>{entry}</@Stmt></@BkToCstmrStmt>
</@Document>"""
MT940 = """:20:S\r\n:25:37040044/0532013000\r\n:28C:{n}/1\r\n:60F:C260303EUR{opening},00\r\n{line}
:62F:C260304EUR{closing},00\r\n-"""


def camt(version: int, *, prefix: str = "", encoding: str = "utf-8", declared: bool = True) -> bytes:
    is_new = version >= 8
    status = "<@Sts><@Cd>BOOK</@Cd></@Sts>" if is_new else "<@Sts>BOOK</@Sts>"
    name = "<@Pty><@Nm>Anna</@Nm></@Pty>" if is_new else "<@Nm>Anna</@Nm>"
    space = f'xmlns{":" + prefix if prefix else ""}="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:02}"'
    text = CAMT.format(space=space, entry=ENTRY.format(status=status, name=name))
    text = text.replace("@", f"{prefix}:" if prefix else "")
    return ((f'<?xml version="1.0" encoding="{encoding}"?>' if declared else "") + text).encode(encoding)


FILES = {
    **{f"version {version}": camt(version) for version in (2, 3, 4, 6, 8, 10, 13)},
    "prefix": camt(8, prefix="ns2"),
    "utf-16": camt(8, encoding="utf-16"),
    "utf-16 without a mark": camt(2, encoding="utf-16le"),
    "cp1252": camt(2, encoding="windows-1252"),
    "mark": b"\xef\xbb\xbf" + camt(4, declared=False),
    "lines of Windows": camt(8).replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_camt_file_is_the_same_in_whatever_version_and_encoding(name: str) -> None:
    found = read(FILES[name], "s.xml")

    assert [facts(line) for line in found.lines] == [
        {
            "booked": "2026-03-04",
            "value": "2026-03-04",
            "amount": "50.00 EUR",
            "reference": "R1",
            "text": "Für die Kinder",
            "end_to_end": "E1",
            "name": "Anna",
        }
    ]
    assert found.lines[0].batches == ("B1",)
    assert found.problems == []


SWIFT = {
    "plain": (":61:2603040304C50,00NTRFNONREF\r\n:86:Für alle", "", ""),
    "funds code and details": (":61:2603040304CR50,NTRFREF1//B1\r\nmore of 16x\r\n:86:/REMI/Für alle", "", ""),
    "structured": (":61:2603040304C50,00N166NONREF\r\n:86:166?00X?20EREF+E1?21SVWZ+Für alle?32Anna", "E1", "Anna"),
    "tags alone": (":61:2603040304C50,00NTRFNONREF\r\n:86:EREF+E1 KREF+K1 SVWZ+Für alle", "E1", ""),
}


@pytest.mark.parametrize("name", SWIFT)
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-16"])
def test_an_mt940_line_is_the_same_however_its_text_is_laid_out(name: str, encoding: str) -> None:
    line, end_to_end, who = SWIFT[name]
    text = MT940.format(n=1, opening=0, closing=50, line=line)

    found = read(text.encode(encoding), "s.sta")

    [read_line] = found.lines
    other = read_line.payment.other
    assert (read_line.signed, read_line.booked_on, read_line.payment.text) == (50_00, date(2026, 3, 4), "Für alle")
    assert (read_line.payment.end_to_end, other.name if other else "") == (end_to_end, who)
    assert found.problems == []


def test_messages_in_envelopes_are_statements_one_after_another() -> None:
    line = ":61:2603040304C50,00NTRFNONREF\r\n:86:Gift"
    body = [MT940.format(n=n, opening=50 * (n - 1), closing=50 * n, line=line) for n in (1, 2)]
    file = "".join(f"{{1:F01BANKDEFFAXXX0000000000}}{{2:I940BANKDEFFXXXXN}}{{4:\r\n{each}}}{{5:}}\r\n" for each in body)

    found = read(file.encode(), "s.sta")

    assert [found.edges(n) for n in (0, 1)] == [("0.00 EUR", "50.00 EUR"), ("50.00 EUR", "100.00 EUR")]
    assert found.problems == []


@pytest.mark.parametrize("amount", ["1'000,00", "1 000,00", "1_000,00", "0x10", "5;00"])
def test_an_amount_that_goes_on_after_its_figures_is_told_and_not_read_as_less(amount: str) -> None:
    line = f":61:2603040304C{amount}NTRFNONREF\r\n:86:Gift"

    found = read(MT940.format(n=1, opening=0, closing=1000, line=line).encode(), "s.sta")

    assert found.lines == []
    assert (found.problems[0].lost, found.problems[0].place.line) == (Lost.LINE, 5)


@pytest.mark.parametrize("broken", ["1\r\n000,00", "1000,\r\n00", "1000,00\r\n"])
def test_an_amount_that_is_broken_in_two_rows_is_read_whole(broken: str) -> None:
    line = f":61:2603040304C{broken}NTRFNONREF\r\n:86:Gift"

    found = read(MT940.format(n=1, opening=0, closing=1000, line=line).encode(), "s.sta")

    assert [line.signed for line in found.lines] == [1000_00]
    assert found.problems == []


@pytest.mark.parametrize("tag", ["61:", ":6l:", ":61", ":99:", "::61:", ""])
def test_a_row_that_looks_like_a_line_without_its_tag_is_told(tag: str) -> None:
    line = f":61:2603040304C50,00NTRFNONREF\r\n:86:Gift\r\n{tag}2603040304C7,00NTRFNONREF"

    found = read(MT940.format(n=1, opening=0, closing=50, line=line).encode(), "s.sta")

    assert [line.signed for line in found.lines] == [50_00]
    assert [(problem.lost, problem.place.line) for problem in found.problems] == [(Lost.LINE, 7)]


def test_a_file_that_was_put_behind_another_with_its_mark_loses_no_line() -> None:
    first = MT940.format(n=1, opening=0, closing=50, line=":61:2603040304C50,00NTRFNONREF\r\n:86:Für alle")
    second = MT940.format(n=2, opening=50, closing=57, line=":61:2603040304C7,00NTRFNONREF\r\n:86:Gift")

    found = read(first.encode("cp1252") + b"\r\n\xef\xbb\xbf" + second.encode(), "s.sta")

    assert [(line.place.statement, line.signed) for line in found.lines] == [(1, 50_00), (2, 7_00)]
    assert found.problems == []
