"""The journal: hledger, which knows nothing of us, accepts it strictly and comes to the same balances."""

import csv
import shutil
import subprocess
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy.orm import Session

from aid.cli.ledger import command
from aid.domain.entries import HAD
from aid.extensions import db
from aid.queries.ledger.accounts import account_rows
from aid.queries.ledger.journal import journal, name_of
from aid.queries.ledger.picture import picture
from aid.vault.actor import Actor
from tests.conftest import HouseOf, missing
from tests.make import see
from tests.make.databases import SqliteHouse
from tests.make.donations import make_donation
from tests.make.fund import FoundedFund
from tests.make.lived import whole
from tests.make.money import an_exchange, euros, make_bank, make_euros, make_exchange, make_sent
from tests.web.test_ledger import make_chain

__all__ = ["whole"]
Balances = dict[tuple[str, str], Decimal]


def hledger(journal_file: Path, *arguments: str) -> str:
    """What hledger says of a journal; it must be content."""
    program = shutil.which("hledger")
    if program is None:
        missing("hledger is not installed")
    done = subprocess.run([program, "-f", journal_file, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def written(where: Path) -> Path:
    """The journal of the fund at hand."""
    file = where / "komek.journal"
    file.write_text("".join(see(lambda session: list(journal(session, actor=Actor.system())))), encoding="utf-8")
    return file


def told(rows: Sequence[Sequence[str]]) -> Balances:
    """Balances as hledger prints them: "1.00 EUR, -2.00 KZT" by account; nothing where it is zero."""
    amounts = ((row[0], each.split()) for row in rows for each in row[1].split(", ") if each != "0")
    return {(account, currency): Decimal(number) for account, (number, currency) in amounts if Decimal(number)}


def ours() -> Balances:
    """Balances as our own pages say them."""
    with Session(db.engine) as session:
        accounts = account_rows(session)
        now = picture(session, accounts)
        held = [(row, now.figure(row).amount.decimal()) for row in accounts.values()]
    return {(name_of(row), row.currency): amount if row.kind in HAD else -amount for row, amount in held if amount}


def compared(where: Path) -> None:
    """It accepts the journal strictly, and says what we say."""
    file = written(where)
    hledger(file, "check", "--strict")
    printed = hledger(file, "balance", "--flat", "--no-total", "--no-elide", "-O", "csv")
    assert told(list(csv.reader(printed.splitlines()))[1:]) == ours()


def test_hledger_accepts_the_books_of_a_whole_fund_and_comes_to_the_same_balances(whole: Flask, tmp_path: Path) -> None:
    assert len(ours()) > 10
    compared(tmp_path)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_currencies_with_none_two_and_three_digits_are_written_exactly(fund: FoundedFund, tmp_path: Path) -> None:
    make_chain(fund)
    abroad = make_euros(fund)
    make_sent(fund, abroad, make_bank(fund, "EUR"), euros(7))
    for currency in ("JPY", "BHD"):
        make_donation(fund, minor=1_234_567, currency=currency, bank_id=make_bank(fund, currency))
    make_exchange(fund, an_exchange(fund, abroad, charges=euros(1)))

    compared(tmp_path)
    text = (tmp_path / "komek.journal").read_text(encoding="utf-8")
    assert "1234567. JPY" in text
    assert "1234.567 BHD" in text


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_hledger_refuses_a_journal_that_was_changed(fund: FoundedFund, tmp_path: Path) -> None:
    if shutil.which("hledger") is None:
        missing("hledger is not installed")
    make_chain(fund)
    file = written(tmp_path)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("200.00 KZT", "201.00 KZT"), encoding="utf-8")

    done = subprocess.run(["hledger", "-f", file, "check", "--strict"], capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert "assertion" in done.stderr


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_journal_names_nobody(fund: FoundedFund) -> None:
    make_donation(fund)

    text = "".join(see(lambda session: list(journal(session, actor=fund.auditor))))

    assert "donation | donation 1" in text
    for name in ("Ingrid", "Oslo", "timur", "Timur"):
        assert name not in text


def test_the_command_writes_a_file_or_to_standard_output(house_of: HouseOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    house = house_of("sqlite")
    assert isinstance(house, SqliteHouse)
    house.restore("founded")
    with house.app.app_context():
        make_donation(FoundedFund(house.app))
        db.engine.dispose()
    out = house.folder / "books.journal"

    shown = CliRunner().invoke(command, ["--data", str(house.folder)])
    kept = CliRunner().invoke(command, ["--data", str(house.folder), "--out", str(out)])

    assert (shown.exit_code, kept.exit_code) == (0, 0), shown.output + kept.output
    assert out.read_text(encoding="utf-8") == shown.stdout
    assert "account assets:bank:main" in shown.stdout
