"""Statements of a bank as they are read, brought in; and lines that ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.bank_lines import KnownBy
from aid.domain.clock import Instant
from aid.domain.entries import BankHolder
from aid.domain.ids import new_id
from aid.domain.line_ends import EndKind
from aid.domain.money import Money
from aid.domain.payments import Codes, Direction, Party, Payment
from aid.domain.statement_files import look_through
from aid.domain.statements import (
    Balance,
    BalanceKind,
    BankLine,
    LineStatus,
    Part,
    Place,
    Problem,
    ProblemKind,
    StatementBegun,
    StatementEnded,
    StatementFormat,
    StatementItem,
)
from aid.domain.words import _
from aid.models.donations import Donation
from aid.models.records import RecordKind
from aid.models.statements import BankLine as BankLineRow
from aid.models.statements import LineEnd, LineReopened, LineRule
from aid.services import audit, records
from aid.services.banks import BankOrder, open_bank
from aid.services.statements.accounts import accounts_of, own_accounts
from aid.services.statements.bringing import FileFacts
from aid.services.statements.facts import facts_of
from aid.services.statements.keys import keys_of
from aid.services.statements.whole_files import Brought, bring_in
from aid.vault.actor import Actor
from tests.make import do, rows, see
from tests.make.fund import FoundedFund

IBAN = "DE89370400440532013000"
DAY = date(2026, 3, 2)


def make_euro_bank(fund: FoundedFund, *, iban: str | None = IBAN, name: str = "Berlin") -> UUID:
    """An account of the fund's in euros."""
    order = BankOrder(name=name, currency="EUR", holder=BankHolder.FUND, trustee=None, iban=iban)
    return do(open_bank, actor=fund.treasurer, order=order).bank_id


def a_line(minor: int = 50_00, *, day: date = DAY, text: str = "For the families", **more: Any) -> BankLine:
    """A booked line in euros; a negative amount went out. `other`, `account`, `reference`, `end_to_end` as they are."""
    party = Party(more.get("other", "Anna Muster"), more.get("account", "DE02120300000000202051"))
    payment = Payment(other=party, text=text, end_to_end=more.get("end_to_end", ""))
    return BankLine(
        place=Place(1, 1),
        booked_on=day,
        value_on=day,
        minor=abs(minor),
        currency=more.get("currency", "EUR"),
        direction=Direction.CREDIT if minor > 0 else Direction.DEBIT,
        is_reversal=False,
        status=more.get("status", LineStatus.BOOKED),
        bank_reference=more.get("reference", ""),
        entry_reference="",
        codes=Codes("PMNT", "RCDT", "ESCT"),
        payment=payment,
        details=more.get("details", ()),
    )


@dataclass(frozen=True)
class A:
    """A statement of some lines. With an opening balance it shows parts of days."""

    lines: Sequence[BankLine]
    opening: int | None = None
    name: str = "1"
    page: int = 1
    format: StatementFormat = StatementFormat.CAMT_053
    version: str = ".001.08"
    account: str = IBAN

    def items(self, number: int = 1) -> Iterable[StatementItem]:
        """As a reader yields it."""
        source = f"{self.format}{self.version}"
        yield StatementBegun(
            number, self.format, source, account=self.account, currency="EUR", sequence=self.name, page=self.page
        )
        yield from self.lines
        booked = [line for line in self.lines if line.status is LineStatus.BOOKED]
        moved = sum(line.signed for line in booked)
        balances: tuple[Balance, ...] = ()
        if self.opening is not None:
            opening, closing = Money(self.opening, "EUR"), Money(self.opening + moved, "EUR")
            balances = (
                Balance(BalanceKind.OPENING, opening, DAY, "OPBD"),
                Balance(BalanceKind.CLOSING, closing, DAY, "CLBD"),
            )
        yield StatementEnded(number, balances, len(self.lines), (), (), tuple(self._parts(source, booked)))

    def _parts(self, source: str, booked: list[BankLine]) -> Iterable[tuple[date, Part]]:
        balance = self.opening
        if balance is None:
            return
        for day, lines in groupby(sorted(booked, key=lambda line: line.booked_on), key=lambda line: line.booked_on):
            moved = sum(line.signed for line in lines)
            yield day, Part(source, self.name, self.page, balance, balance + moved)
            balance += moved


def items_of(*statements: A) -> list[StatementItem]:
    """A file of statements, as it is read."""
    return [item for number, statement in enumerate(statements, 1) for item in statement.items(number)]


def facts(items: Sequence[StatementItem], *, chosen: UUID | None = None, file: str = "") -> FileFacts:
    """What would be noted of it. Other items, or another name, are another file."""
    seen = look_through(items)
    accounts = accounts_of(seen, see(own_accounts), chosen=chosen)
    digest = sha256(repr((items, file)).encode()).digest()
    return facts_of(seen, accounts, sha256=digest, size=1_000)


def bring(actor: Actor, *statements: A, chosen: UUID | None = None, file: str = "") -> Brought:
    """Bring a file of statements in."""
    items = items_of(*statements)
    return bring_in(
        lambda service, **what: do(service, actor=actor, **what),
        file=facts(items, chosen=chosen, file=file),
        items=items,
    )


# ---------------------------------------------------------------- lines that ended


def end(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    line_id: UUID,
    minor: int,
    entry_id: UUID | None,
    against: UUID | None,
) -> LineEnd:
    """A part of a line ends."""
    line = session.get_one(BankLineRow, line_id)
    line.open_minor -= minor
    n = len(session.scalars(select(LineEnd.id).where(LineEnd.line_id == line_id)).all()) + 1
    kind = EndKind.DONATION if entry_id else EndKind.MISTAKE
    row = LineEnd(
        id=new_id(),
        line_id=line_id,
        n=n,
        kind=kind,
        amount_minor=minor,
        cause_id=None,
        entry_id=entry_id,
        against_id=against,
        made_here=False,
        purpose_id=None,
        ended_at=now.instant,
        ended_by_id=actor.id,
    )
    session.add(row)
    audit.say(session, "line.ended", subject=line_id, made=[row])
    return row


def reopen(session: Session, *, actor: Actor, now: Instant, end_id: UUID) -> LineReopened:
    """An end is undone."""
    ended = session.get_one(LineEnd, end_id)
    session.get_one(BankLineRow, ended.line_id).open_minor += ended.amount_minor
    row = LineReopened(
        end_id=end_id, counter_id=None, reason="another", reopened_at=now.instant, reopened_by_id=actor.id
    )
    session.add(row)
    audit.say(session, "line.reopened", subject=ended.line_id, made=[row])
    return row


def teach(session: Session, *, actor: Actor, now: Instant) -> LineRule:
    """A rule is taught, of an account."""
    keys = keys_of(session, actor.keyring)
    row = LineRule(
        id=new_id(),
        known_by=KnownBy.ACCOUNT,
        mark=bytes(32),
        epoch=keys.epoch,
        kind=EndKind.DONATION,
        purpose_id=None,
        donor_id=None,
        taught_at=now.instant,
        taught_by_id=actor.id,
        ended_at=None,
    )
    session.add(row)
    session.flush()
    ring = records.targets(session, [keys.ring_id])[keys.ring_id]
    said = {"account": "DE02120300000000202051"}
    records.put(session, said, kind=RecordKind.LINE_RULE, row_id=row.id, rings=[ring], keyring=actor.keyring)
    audit.say(session, "rule.taught", subject=row.id, made=[row])
    return row


def make_statements(fund: FoundedFund) -> None:
    """Two statements of one day in two formats; a line that ended in part, and one whose end was undone."""
    make_euro_bank(fund, name="Statements")
    first = [a_line(50_00), a_line(20_00, other="Branch of a union"), a_line(-3_00, other="", text="Fee")]
    bring(fund.treasurer, A(first, opening=0))
    again = [a_line(50_00, text="FOR THE FAMILIES"), a_line(7_00)]
    bring(fund.treasurer, A(again, format=StatementFormat.MT940, version="", name="2"))
    lines = rows(select(BankLineRow).order_by(BankLineRow.number))
    entry_id = rows(select(Donation.entry_id))[0]

    def act(service: Any, **what: Any) -> Any:
        return do(_quietly(service), actor=fund.treasurer, **what)

    act(end, line_id=lines[0].id, minor=30_00, entry_id=entry_id, against=None)
    act(end, line_id=lines[1].id, minor=3_00, entry_id=None, against=lines[2].id)
    act(end, line_id=lines[2].id, minor=3_00, entry_id=None, against=lines[1].id)
    last = rows(select(LineEnd).where(LineEnd.line_id == lines[0].id))[0]
    act(reopen, end_id=last.id)
    act(teach)


@dataclass(frozen=True, slots=True)
class Done:
    """It was done."""


def _quietly(service: Any) -> Any:
    """A service whose outcome is not stored."""

    def done(session: Session, *, actor: Actor, now: Instant, **what: Any) -> Done:
        service(session, actor=actor, now=now, **what)
        return Done()

    return done


def a_problem() -> Problem:
    """A balance that does not fit its lines."""
    return Problem(ProblemKind.BALANCE, Place(statement=1), _("the balance differs"), difference=Money(5, "EUR"))
