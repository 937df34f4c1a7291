"""Statements of any size, and a fund that they are brought into."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from flask import Flask
from stdnum.iso7064 import mod_97_10

from aid import create_app
from aid.cli.demo.people import User, found_with_people
from aid.cli.demo.story import plan_of_demo
from aid.cli.statements import import_file
from aid.domain.entries import BankHolder
from aid.domain.permissions import Permission
from aid.extensions import now, reading, upgrade_once
from aid.formats import fresh_key
from aid.perform import perform
from aid.services.banks import BankOrder, open_bank
from aid.services.statements.accounts import own_accounts
from aid.services.statements.whole_files import Brought
from aid.vault.actor import Actor
from config import Config

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-09-01T06:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id><ElctrncSeqNb>1</ElctrncSeqNb>
<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>{first}</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>{last}</Dt></Dt></Bal>
"""
ENTRY = """<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>REF{n:010}</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>E2E-{n}</EndToEndId></Refs><Amt Ccy="{currency}">{amount}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd>
<RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>{payer}</IBAN></Id></DbtrAcct></RltdPties>
<RltdAgts><DbtrAgt><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></DbtrAgt></RltdAgts>
<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
"""
TAIL = "</Stmt></BkToCstmrStmt></Document>\n"
NAMES = ("Anna", "Boris", "Chiara", "Дина", "Émile", "Fatma", "Grzegorz", "Hélène", "Иван", "Jürgen")
TEXTS = ("For the families on strike", "Спасибо вам за стойкость", "Für die Schulsachen der Kinder", "Solidarité !")
FIRST = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class TreasurersFund:
    """A founded fund, and its treasurer."""

    app: Flask
    treasurer: User

    @contextmanager
    def open(self) -> Iterator[Actor]:
        """Work in it."""
        with self.app.app_context():
            yield self.treasurer.actor()

    def account(self, number: int, currency: str = "EUR") -> str:
        """The IBAN of another account."""
        iban = iban_of(90_000_000 + number)
        order = BankOrder(name=f"Measured {number}", currency=currency, holder=BankHolder.FUND, trustee=None, iban=iban)
        with self.open() as actor:
            perform(fresh_key(), open_bank, actor=actor, order=order)
        return iban

    def bring(self, file: Path, actor: Actor | None = None) -> Brought:
        """Bring a file in, as the command does."""
        with self.app.app_context():
            who = actor or self.treasurer.actor()
            _seen, _facts, brought = import_file(file, actor=who, own=own_accounts(reading()), chosen=None)
        return brought


def make_fund(folder: Path) -> TreasurersFund:
    """Found the sample fund."""
    app = create_app(Config(data=folder))
    upgrade_once(app)
    with app.app_context():
        users = found_with_people(plan_of_demo(), now=now())
        found = (user for user in users.values() if Permission.IMPORT_STATEMENTS in user.actor().permissions)
        return TreasurersFund(app, next(found))


def iban_of(number: int) -> str:
    """A German IBAN of a bank that there is not."""
    bban = f"{37040044:08}{number:010}"
    check = mod_97_10.calc_check_digits(f"{bban}DE")
    return f"DE{check}{bban}"


def write_camt(
    file: Path, iban: str, lines: int, *, days: int = 100, currency: str = "EUR", first: date = FIRST
) -> int:
    """Write a camt.053 of so many entries; what they come to, in cents. No two are of one giver and day."""
    chance = random.Random(lines)
    amounts = [chance.randint(1_00, 500_00) for _each in range(lines)]
    with file.open("w", encoding="utf-8") as out:
        last = first + timedelta(days=days)
        closing = _euros(sum(amounts))
        out.write(HEAD.format(iban=iban, closing=closing, currency=currency, first=first, last=last))
        for n, minor in enumerate(amounts):
            out.write(
                ENTRY.format(
                    amount=_euros(minor),
                    currency=currency,
                    day=first + timedelta(n * days // lines),
                    n=n,
                    name=f"{chance.choice(NAMES)} Muster {n % 9_973}",
                    payer=iban_of(n % 9_973),
                    text=f"{chance.choice(TEXTS)} {n}",
                )
            )
        out.write(TAIL)
    return sum(amounts)


def _euros(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"
