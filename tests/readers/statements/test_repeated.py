"""Statements as a fund gets them, brought again and again: what is read and what is known, put together."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aid.domain.money import Money
from aid.domain.repeats import KnownLine, repeated, seen_line
from aid.domain.statements import BankLine, LineStatus
from tests.readers.statements.reading import SAMPLES, Read, read, read_sample

DAY = date(2026, 11, 23)


class Fund:
    """All booked lines that are known, by account and day, kept as an import has to keep them."""

    def __init__(self) -> None:
        self.days: dict[tuple[str, date], list[KnownLine]] = defaultdict(list)

    def bring(self, found: Read) -> int:
        """How many lines were new."""
        new = 0
        for begun, ended in zip(found.begun, found.ended, strict=True):
            days: dict[date, list[BankLine]] = defaultdict(list)
            for line in found.lines:
                if line.place.statement == begun.number and line.status is LineStatus.BOOKED:
                    days[line.booked_on].append(line)
            for day, lines in days.items():
                part = dict(ended.parts).get(day)
                new += self._bring(
                    begun.account, day, [seen_line(line, source=begun.source, part=part) for line in lines]
                )
        return new

    def _bring(self, account: str, day: date, seen: list[Any]) -> int:
        known = self.days[account, day]
        found = repeated(seen, known)
        for line, place in zip(seen, found, strict=True):
            if place is None:
                known.append(KnownLine(line.signed, line.currency, (line.sighting,)))
            else:
                known[place] = replace(known[place], sightings=(*known[place].sightings, line.sighting))
        return found.count(None)

    @property
    def lines(self) -> Counter[tuple[date, int]]:
        return Counter((day, line.signed) for (_account, day), known in self.days.items() for line in known)


@pytest.mark.parametrize(
    "name",
    [
        "german.sta",
        "dutch.swi",
        "swiss.sta",
        "polish.mt942",
        "camt053.v2.xml",
        "camt052.v8.xml",
        "german.csv",
        "english.csv",
    ],
)
def test_a_statement_brought_twice_adds_nothing_the_second_time(name: str) -> None:
    fund = Fund()
    found = read_sample(name)
    booked = sum(line.status is LineStatus.BOOKED for line in found.lines)

    assert fund.bring(found) == booked
    assert fund.bring(read_sample(name)) == 0


def test_two_equal_gifts_on_two_pages_stay_two_however_the_pages_come() -> None:
    whole = (SAMPLES / "swiss.sta").read_text()
    first, second, _end = whole.split("-\n:20:", 2) if whole.count("-\n:20:") > 1 else (*whole.split("-\n:20:"), "")
    pages = [read(first.encode() + b"-\n"), read(b":20:" + second.encode())]
    fund = Fund()

    assert [fund.bring(page) for page in (pages[1], pages[0], pages[1], read(whole.encode()))] == [1, 1, 0, 0]


def test_the_report_of_the_day_and_its_statement_and_a_new_version_show_the_same_gift() -> None:
    fund = Fund()

    assert fund.bring(read_sample("camt052.v8.xml")) == 1  # one is booked, one still waits
    assert fund.bring(read_sample("camt053.v2.xml")) == 4  # of five, one was known
    version = (SAMPLES / "camt053.v2.xml").read_bytes().replace(b"001.02", b"001.08").replace(b"4711008152 ", b"")
    assert fund.bring(read(version)) == 0


# ---------------------------------------------------------------- a true account, seen through many statements

gifts = st.tuples(st.integers(0, 3), st.sampled_from([2000, 5000]), st.sampled_from(["Anna", "Boris"]))
accounts = st.lists(gifts, min_size=1, max_size=10).map(lambda lines: sorted(lines, key=lambda gift: gift[0]))


def money(minor: int) -> str:
    return str(Money(minor, "EUR")).split()[0]


def as_camt(lines: list[Any], opening: int, version: str, name: str) -> bytes:
    closing = opening + sum(minor for _day, minor, _who in lines)
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{money(minor)}</Amt>'
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-23</Dt></Dt></Bal>"
        for code, minor in (("OPBD", opening), ("CLBD", closing))
    )
    entries = "".join(
        f'<Ntry><Amt Ccy="EUR">{money(minor)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>{DAY + timedelta(day)}</Dt>'
        f"</BookgDt><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>{who}</Nm></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry>"
        for day, minor, who in lines
    )
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt><Stmt><Id>{name}</Id>'
        f"<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>{balances}{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def as_swift(lines: list[Any], opening: int, number: str) -> bytes:
    closing = opening + sum(minor for _day, minor, _who in lines)
    body = "".join(
        f":61:{DAY + timedelta(day):%y%m%d%m%d}C{money(minor).replace('.', ',')}NTRFNONREF\n:86:{who}\n"
        for day, minor, who in lines
    )
    begin, end = (money(minor).replace(".", ",") for minor in (opening, closing))
    return (
        f":20:A\n:25:DE89370400440532013000\n:28C:{number}\n:60F:C261122EUR{begin}\n{body}:62F:C261126EUR{end}\n-\n"
    ).encode()


@given(accounts, st.data())
@settings(max_examples=60)
def test_any_statements_of_whole_days_add_up_to_what_truly_happened(account: list[Any], data: Any) -> None:
    """Any spans of days, overlapping, in three formats, with pages within a day, in any order, each twice."""
    statements = [as_camt(account, 0, "02", "all")]
    for number in range(data.draw(st.integers(0, 4))):
        first, last = sorted(data.draw(st.tuples(st.integers(0, 3), st.integers(0, 3))))
        lines = [gift for gift in account if first <= gift[0] <= last]
        opening = sum(minor for day, minor, _who in account if day < first)
        kind = data.draw(st.sampled_from(["camt", "newer camt", "swift", "pages"]))
        if kind == "pages":
            cut = data.draw(st.integers(0, len(lines)))
            middle = opening + sum(minor for _day, minor, _who in lines[:cut])
            statements.append(as_swift(lines[:cut], opening, f"{number + 10}/1"))
            statements.append(as_swift(lines[cut:], middle, f"{number + 10}/2"))
        elif kind == "swift":
            statements.append(as_swift(lines, opening, f"{number + 50}/1"))
        else:
            statements.append(as_camt(lines, opening, "02" if kind == "camt" else "08", f"{number}"))
    fund = Fund()

    for statement in data.draw(st.permutations([*statements, *statements])):
        fund.bring(read(statement))

    assert fund.lines == Counter((DAY + timedelta(day), minor) for day, minor, _who in account)
