"""`./aid.sh import-statement` brings a statement in once, tells what is wrong in it, and refuses what is nobody's."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.cli import statements
from aid.extensions import db
from aid.models.statements import BankLine
from aid.services.verification import replay
from tests.make import rows
from tests.make.fund import FoundedFund
from tests.make.statements import make_euro_bank

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)

ENTRY = """<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-03-0{day}</Dt></BookgDt><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>Anna Muster</Nm></Dbtr></RltdPties>
<RmtInf><Ustrd>Für die Kinder</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""
STATEMENT = """<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">
<BkToCstmrStmt><GrpHdr><MsgId>1</MsgId><CreDtTm>2026-03-05T10:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id>
<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>{entries}</Stmt></BkToCstmrStmt></Document>"""


@pytest.fixture(autouse=True)
def _here(fund: FoundedFund, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def at_hand(_data: Path | None) -> Iterator[Flask]:
        yield fund.app

    monkeypatch.setattr(statements, "existing_fund_at", at_hand)


class Bring:
    """Has a treasurer bring a statement in."""

    def __init__(self, fund: FoundedFund, folder: Path) -> None:
        self.fund, self.folder = fund, folder

    def __call__(self, *entries: str, iban: str = "DE89370400440532013000", more: tuple[str, ...] = ()) -> Result:
        file, password = self.folder / "statement.xml", self.folder / "password"
        file.write_text(STATEMENT.format(iban=iban, entries="".join(entries)), encoding="utf-8")
        password.write_text(self.fund.password("timur") + "\n", encoding="utf-8")
        arguments = [str(file), "--as", "timur", "--password-file", str(password), *more]
        return CliRunner().invoke(statements.command, arguments, catch_exceptions=False)

    def told(self, *entries: str, more: tuple[str, ...] = ()) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self(*entries, more=("--json", *more)).stdout)
        return told


@pytest.fixture
def bring(fund: FoundedFund, tmp_path: Path) -> Bring:
    make_euro_bank(fund)
    return Bring(fund, tmp_path)


def entry(amount: str = "50.00", day: int = 2) -> str:
    return ENTRY.format(amount=amount, day=day)


def test_a_statement_is_brought_in_and_told(bring: Bring) -> None:
    done = bring(entry(), entry("7.50", day=3))

    assert done.exit_code == 0
    assert "eur-1, 2026-03-02 to 2026-03-03: 2 lines, 57.50 EUR came, 0.00 EUR went" in done.stdout
    assert "Added: 2. Already there: 0." in done.stdout
    with Session(db.engine) as session:
        assert [*replay(session, "statements")] == []


def test_the_same_file_again_adds_nothing_and_one_that_overlaps_adds_the_rest(bring: Bring) -> None:
    bring(entry(), entry())

    again = bring.told(entry(), entry())
    more = bring.told(entry(), entry(), entry())

    assert (again["new"], again["already_there"], again["same_file_again"]) == (0, 2, True)
    assert (more["new"], more["already_there"], more["same_file_again"]) == (1, 2, False)
    assert len(rows(select(BankLine.id))) == 3


def test_a_line_that_cannot_be_read_is_told_with_its_place_and_the_others_come_in(bring: Bring) -> None:
    done = bring(entry(), entry("1.234"), entry("8.00"))

    assert done.exit_code == 1
    assert "too many digits" in done.stdout
    assert "Added: 2." in done.stdout


def test_a_statement_of_nobodys_account_is_refused(bring: Bring) -> None:
    refused = bring(entry(), iban="DE02120300000000202051")

    assert refused.exit_code == 1
    assert "…2051 (statement 1) is not among the fund’s accounts" in refused.stderr
    assert "There is no account eur-9. The fund has: main, eur-1." in bring(entry(), more=("--bank", "eur-9")).stderr
    assert rows(select(BankLine.id)) == []


def test_hostile_xml_is_refused_and_adds_nothing(bring: Bring) -> None:
    hostile = bring('<!DOCTYPE x [<!ENTITY y "z">]>')

    assert hostile.exit_code == 1
    assert rows(select(BankLine.id)) == []


def test_a_file_in_another_currency_than_the_chosen_account_is_refused(bring: Bring) -> None:
    """The account's currency stands for one that the file does not name, and for no other."""
    swift = ":20:1\n:25:{account}\n:28C:1\n{opening}:61:2603020302C5,00NTRFNONREF\n:86:For the families\n"
    named, nameless = bring.folder / "named.sta", bring.folder / "nameless.sta"
    named.write_text(swift.format(account="001", opening=":60F:C260301HUF1,00\n"), encoding="utf-8")
    nameless.write_text(swift.format(account="001", opening=""), encoding="utf-8")
    (bring.folder / "password").write_text(bring.fund.password("timur") + "\n", encoding="utf-8")
    more = ["--as", "timur", "--password-file", str(bring.folder / "password"), "--bank", "eur-2"]
    make_euro_bank(bring.fund, iban=None, name="Without a number")

    refused = CliRunner().invoke(statements.command, [str(named), *more], catch_exceptions=False)
    assert "is in HUF (statement 1), and this account of the fund is in EUR" in refused.stderr
    done = CliRunner().invoke(statements.command, [str(nameless), *more], catch_exceptions=False)
    assert "Added: 1." in done.stdout


def test_a_table_comes_in_by_a_mapping_or_by_what_was_said_before_and_else_is_refused(bring: Bring) -> None:
    table, mapping = bring.folder / "lines.csv", bring.folder / "mapping.json"
    table.write_text("Datum;Geber;Betrag\n02.03.2026;Anna Muster;1.050,00\nSumme;;1.050,00\n", encoding="utf-8")
    (bring.folder / "password").write_text(bring.fund.password("timur") + "\n", encoding="utf-8")
    more = ["--as", "timur", "--password-file", str(bring.folder / "password"), "--bank", "eur-1"]

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(statements.command, [str(table), *more, *arguments], catch_exceptions=False)

    refused = run()
    assert refused.exit_code == 1
    assert "Nobody has said yet what the columns of this table are" in refused.stderr
    guess = json.loads(run("--guess").stdout)
    assert guess["columns"] == ["booked_on", "", "amount"]
    mapping.write_text("[]", encoding="utf-8")
    assert "The mapping file can’t be read" in run("--mapping", str(mapping)).stderr
    mapping.write_text(json.dumps(guess | {"columns": ["booked_on", "name", "amount"], "currency": "EUR"}))

    assert "Added: 1." in run("--mapping", str(mapping)).stdout
