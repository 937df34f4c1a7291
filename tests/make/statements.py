"""Statements of a bank as they are read, brought in; and lines that ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select

from aid.domain.bank_lines import KnownBy
from aid.domain.bank_tables import BankColumn, StatementMapping
from aid.domain.donations import DonorDetails, DonorKind
from aid.domain.entries import BankHolder
from aid.domain.languages import Language
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
from aid.models.donations import CorrectionAsked
from aid.models.imports import BroughtKind
from aid.models.second_words import MoneyAsked
from aid.models.statements import BankLine as BankLineRow
from aid.models.statements import LineEnd
from aid.services.banks import BankOrder, open_bank
from aid.services.corrections import CorrectionAnswerOrder, answer_correction
from aid.services.imports.lists import keep_list
from aid.services.lines.against import AgainstOrder, set_against
from aid.services.lines.ends import EndOrder, end_line
from aid.services.lines.explaining import ByFee, ByGift, ByInterest, EndPart, How
from aid.services.lines.rules import RuleOrder, forget, teach
from aid.services.lines.undoing import ReopenOrder, Waits, reopen
from aid.services.second_words.asking import NOT_ANSWERED, set_bound
from aid.services.statements.accounts import accounts_of, own_accounts
from aid.services.statements.bringing import FileFacts
from aid.services.statements.facts import facts_of
from aid.services.statements.stepping import Learnt, begin_steps, step
from aid.services.statements.waiting import Waiting
from aid.services.statements.whole_files import Brought, bring_in
from aid.vault.actor import Actor
from tests.make import do, rows, see
from tests.make.fund import FoundedFund
from tests.make.money import make_word

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
    items, lines = items_of(*statements), Waiting()
    look_through(items, lines.keep)
    return bring_in(
        lambda service, **what: do(service, actor=actor, **what),
        file=facts(items, chosen=chosen, file=file),
        lines=lines,
    )


# ---------------------------------------------------------------- lines that ended


def open_lines() -> Sequence[BankLineRow]:
    """Lines of which something is open, the first first."""
    return rows(select(BankLineRow).where(BankLineRow.open_minor > 0).order_by(BankLineRow.number))


def make_ended(fund: FoundedFund, line: BankLineRow, how: How, *, minor: int | None = None) -> LineEnd:
    """A line, or so much of it, that the treasurer ended; its end."""
    amount = Money(line.open_minor if minor is None else minor, line.currency)
    do(end_line, actor=fund.treasurer, order=EndOrder(line_id=line.id, parts=(EndPart(amount, how),)))
    agree_to_all(fund, MoneyAsked.line_id == line.id)
    return rows(select(LineEnd).where(LineEnd.line_id == line.id).order_by(LineEnd.n.desc()))[0]


def agree_to_all(fund: FoundedFund, *where: Any) -> None:
    """The coordinator agrees to all that waits, or to those of which this holds."""
    for asked_id in rows(select(MoneyAsked.id).where(NOT_ANSWERED, *where)):
        make_word(fund, asked_id)


def make_undone(fund: FoundedFund, end: LineEnd) -> None:
    """An end that was undone."""
    do(reopen, actor=fund.treasurer, order=ReopenOrder(end_id=end.id, reason="It was another line"))


def make_taught(fund: FoundedFund, said: str = "DE02120300000000202051", *, purpose: str = "school") -> UUID:
    """A rule that the treasurer taught, of an account."""
    order = RuleOrder(known_by=KnownBy.ACCOUNT, said=said, kind=EndKind.DONATION, purpose_id=fund.purposes[purpose])
    return do(teach, actor=fund.treasurer, order=order).rule_id


def make_statements(fund: FoundedFund) -> None:
    """Two statements of one day in two formats; lines that ended in every way, some of them undone, and open ones."""
    make_euro_bank(fund, name="Statements")
    fee = a_line(-3_00, other="", account="", text="Fee")
    first = [a_line(50_00), a_line(20_00, other="Branch of a union"), fee, a_line(-20_00)]
    bring(fund.treasurer, A(first, opening=0))
    again = [a_line(50_00, text="FOR THE FAMILIES"), a_line(7_00)]
    bring(fund.treasurer, A(again, format=StatementFormat.MT940, version="", name="2"))
    gift, union, fee_line, back, last = open_lines()
    donor = DonorDetails(kind=DonorKind.PERSON, name="Anna Muster", language=Language.EN)
    make_ended(fund, gift, ByGift(donor, fund.purposes["school"]), minor=30_00)
    for _times in range(2):
        make_undone(
            fund, make_ended(fund, fee_line, ByFee(fund.purposes["school"], "The price list says so"), minor=2_00)
        )
    make_ended(fund, fee_line, ByFee(fund.purposes["school"], "The price list says so"), minor=2_00)
    wrong = make_ended(fund, last, ByGift(donor, fund.purposes["school"]), minor=1_00)
    order = ReopenOrder(end_id=wrong.id, reason="It was another donor")
    waits = do(reopen, actor=fund.treasurer, order=order)
    assert isinstance(waits, Waits)
    asked = select(CorrectionAsked.id).where(CorrectionAsked.donation_id == waits.donation_id)
    agreed = CorrectionAnswerOrder(asked_id=rows(asked)[0], agrees=True, reason="Seen on the statement")
    do(answer_correction, actor=fund.coordinator, order=agreed)
    against = AgainstOrder(
        line_id=union.id, other_id=back.id, amount=Money(19_00, "EUR"), kind=EndKind.REFUND, reason="Sent twice"
    )
    do(set_against, actor=fund.treasurer, order=against)
    agree_to_all(fund)
    make_ended(fund, union, ByInterest(fund.purposes["general"], "The bank’s letter says so"), minor=50)
    do(set_bound, actor=fund.coordinator, most=Money(60_00, "EUR"), small=Money(20, "EUR"))
    do(end_line, actor=fund.treasurer, order=_more_interest(fund, union))
    do(forget, actor=fund.treasurer, rule_id=make_taught(fund))
    make_taught(fund)
    _make_batch(fund)
    make_learnt(fund)


def make_learnt(fund: FoundedFund) -> None:
    """A sum that a notice lists singly; a table whose columns and account were said, and remembered."""
    day = date(2026, 3, 9)
    booked = a_line(9_00, day=day, reference="B1", other="", account="")
    bring(fund.treasurer, A([booked], name="3"))
    listed = [a_line(minor, day=day, reference="B1", account="") for minor in (4_00, 5_00)]
    bring(fund.treasurer, A(listed, format=StatementFormat.CAMT_054, name="4"))
    table = [a_line(1_00, day=day, reference="B1", account="")]
    make_stepped(fund, A(table, format=StatementFormat.CSV, version="", account="0012345678", name="5"))


def make_stepped(fund: FoundedFund, statement: A) -> UUID:
    """A statement that the treasurer brought in by a page, and what was said of it; the list that it waited as."""
    bank = next(account.id for account in see(own_accounts) if account.currency == "EUR")
    items, lines = items_of(statement), Waiting()
    look_through(items, lines.keep)
    kept = do(keep_list, actor=fund.treasurer, file_name="lines.csv", payload=b"-", what=BroughtKind.STATEMENT)
    mapping = StatementMapping((BankColumn.BOOKED_ON, BankColumn.AMOUNT), currency="EUR")
    learnt = Learnt(
        signs={f"{statement.account} EUR": bank}, signature=bytes(32), mapping=mapping.plain(), banks=(bank,)
    )
    begun = do(
        begin_steps,
        actor=fund.treasurer,
        list_id=kept.list_id,
        file=facts(items, chosen=bank),
        steps=tuple(lines.steps({1: "EUR"})),
        learnt=learnt,
    )
    for number in range(begun.steps):
        do(step, actor=fund.treasurer, list_id=kept.list_id, number=number)
    return kept.list_id


def _more_interest(fund: FoundedFund, line: BankLineRow) -> EndOrder:
    """That waits for a second person."""
    how = ByInterest(fund.purposes["general"], "The bank’s letter says so")
    return EndOrder(line_id=line.id, parts=(EndPart(Money(30, "EUR"), how),))


def _make_batch(fund: FoundedFund) -> None:
    """A line of two payments, one of which ended as a gift; and another line of its giver, who is known now."""
    givers = (Party("Anna Muster", "DE02120300000000202051"), Party("Jonas Weber", "DE02500105170137075030"))
    batch = tuple(Payment(6_00, "EUR", other=giver, text="For the families") for giver in givers)
    again = a_line(4_00, other="Jonas Weber", account="DE02500105170137075030", text="Again")
    bring(fund.treasurer, A([a_line(12_00, other="", account="", details=batch), again], name="3"))
    line = open_lines()[-2]
    gift = ByGift(
        DonorDetails(kind=DonorKind.PERSON, name="Jonas Weber", language=Language.EN), fund.purposes["school"]
    )
    part = EndPart(Money(6_00, "EUR"), gift, payment=2)
    do(end_line, actor=fund.treasurer, order=EndOrder(line_id=line.id, parts=(part,)))


def a_problem() -> Problem:
    """A balance that does not fit its lines."""
    return Problem(ProblemKind.BALANCE, Place(statement=1), _("the balance differs"), difference=Money(5, "EUR"))
