"""Proof that nobody alone booked more of a bank's money than the fund lets one person book.

What was judged is judged again, in order: by what the account held, what was booked alone in the days before, and the
bound in force. What was not booked alone has a second person's word on just that. Fees, lines set against each other
and charges that were never judged are older than the first that was.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from aid.domain.money import Money
from aid.domain.second_words import WINDOW, Alone, WordKind, counted_with, first_bound
from aid.models.exchanges import Exchange
from aid.models.ledger import BankFee, BankInterest, Entry, Transfer
from aid.models.second_words import MoneyAnswer, MoneyAsked, MoneyBound, MoneyJudged
from aid.models.statements import BankLine, LineEnd
from aid.services.verification.findings import Finding, named
from aid.services.verification.reading import Unreadable, rows_of


def prove_second_words(session: Session) -> Iterator[Finding]:
    """What was booked without the word that it needed, and words that nothing asked for."""
    yield from _bounds(session)
    for row in rows_of(session, MoneyJudged):
        if not isinstance(row, Unreadable) and (fault := _fault(session, row)):
            yield Finding("money_judged", str(row.number), fault)
    yield from _unjudged(session)
    for answer in rows_of(session, MoneyAnswer):
        if not isinstance(answer, Unreadable) and (wrong := _answered_wrongly(session, answer)):
            yield Finding("money_answer", str(answer.asked_id), wrong)


def _bounds(session: Session) -> Iterator[Finding]:
    """Each bound follows the one before it."""
    before = aliased(MoneyBound)
    follows = exists().where(
        before.currency == MoneyBound.currency,
        before.version == MoneyBound.version - 1,
        before.after <= MoneyBound.after,
    )
    wrong = select(MoneyBound.currency, MoneyBound.version).where(MoneyBound.version > 1, ~follows)
    for currency, version in session.execute(wrong):
        yield Finding("money_bound", named((currency, version)), "it does not follow the bound before it")


def _fault(session: Session, row: MoneyJudged) -> str | None:
    amount = Money(row.amount_minor, row.currency)
    if not _is_of_its_cause(session, row):
        return "what it was made for says otherwise"
    if row.alone:
        return "one person booked it alone, and it was too much for that" if _at(session, row).asks(amount) else None
    if row.kind is WordKind.CHARGES:
        return None  # the exchange waits, and its own answer is proved with it
    word = select(MoneyAnswer.asked_id).where(MoneyAnswer.judged_number == row.number, MoneyAnswer.agrees)
    return None if session.scalar(word) else "nobody else agreed to it"


def _is_of_its_cause(session: Session, row: MoneyJudged) -> bool:
    cause: Any
    match row.kind:
        case WordKind.FEE | WordKind.INTEREST:
            kind = BankFee if row.kind is WordKind.FEE else BankInterest
            cause = session.get(kind, row.cause_id, populate_existing=True)
            entry = session.get(Entry, cause.entry_id, populate_existing=True) if cause else None
            return entry is not None and _same(row, cause) and entry.number == row.after_entry + 1
        case WordKind.AGAINST:
            cause = session.get(LineEnd, row.cause_id, populate_existing=True)
            line = session.get(BankLine, cause.line_id, populate_existing=True) if cause else None
            return line is not None and (line.bank_id, cause.amount_minor) == (row.bank_id, row.amount_minor)
        case WordKind.CHARGES:
            cause = session.get(Exchange, row.cause_id, populate_existing=True)
            if cause is None:
                return False
            bank = cause.from_bank_id if cause.charges_currency == cause.sold_currency else cause.to_bank_id
            said = (bank, cause.charges_currency, cause.charges_minor)
            return said == (row.bank_id, row.currency, row.amount_minor)


def _same(row: MoneyJudged | MoneyAsked, other: Any) -> bool:
    return bool((row.bank_id, row.currency, row.amount_minor) == (other.bank_id, other.currency, other.amount_minor))


def _at(session: Session, row: MoneyJudged) -> Alone:
    """What one person might book alone when this was judged."""
    here = case((MoneyJudged.bank_id == row.bank_id, MoneyJudged.amount_minor), else_=0)
    lately = (
        select(func.coalesce(func.sum(here), 0), func.coalesce(func.sum(MoneyJudged.amount_minor), 0))
        .where(MoneyJudged.alone, MoneyJudged.currency == row.currency, MoneyJudged.number < row.number)
        .where(MoneyJudged.kind.in_(sorted(counted_with(row.kind))), MoneyJudged.at > row.at - WINDOW)
    )
    of_account, of_currency = session.execute(lately).one()
    signed = case((Transfer.debit_id == row.bank_id, Transfer.amount_minor), else_=-Transfer.amount_minor)
    held = (
        select(func.coalesce(func.sum(signed), 0))
        .join(Entry, Entry.id == Transfer.entry_id)
        .where(or_(Transfer.debit_id == row.bank_id, Transfer.credit_id == row.bank_id))
        .where(Entry.number <= row.after_entry)
    )
    return Alone(
        most=_bound(session, row),
        held=Money(int(session.execute(held).scalar_one()), row.currency),
        here=Money(int(of_account), row.currency),
        everywhere=Money(int(of_currency), row.currency),
    )


def _bound(session: Session, row: MoneyJudged) -> Money:
    """The bound that was in force then."""
    older = select(MoneyBound.most_minor).where(MoneyBound.currency == row.currency, MoneyBound.after < row.number)
    minor = session.scalar(older.order_by(MoneyBound.version.desc()).limit(1))
    return first_bound(row.currency) if minor is None else Money(minor, row.currency)


def _unjudged(session: Session) -> Iterator[Finding]:
    """What was booked after judging began, and was not judged."""
    began = session.scalars(select(MoneyJudged).order_by(MoneyJudged.number).limit(1)).first()
    if began is None:
        return
    interest = select(BankInterest.id).where(~_judged(BankInterest.id))
    later = exists().where(Entry.id == BankFee.entry_id, Entry.number > began.after_entry)
    fees = select(BankFee.id).where(later, ~_judged(BankFee.id))
    charges = select(Exchange.id).where(
        Exchange.charges_minor > 0, Exchange.recorded_at > began.at, ~_judged(Exchange.id)
    )
    line, other = aliased(BankLine), aliased(BankLine)
    against = (
        select(LineEnd.id)
        .join(line, line.id == LineEnd.line_id)
        .join(other, other.id == LineEnd.against_id)
        .where(~line.is_reversal, ~other.is_reversal, LineEnd.ended_at > began.at)
        .where(~_judged(LineEnd.id), ~_judged(LineEnd.cause_id))
    )
    every = (("bank_interest", interest), ("bank_fee", fees), ("exchange", charges), ("line_end", against))
    for table, unjudged in every:
        for (id_,) in session.execute(unjudged):
            yield Finding(table, str(id_), "nobody asked whether one person may book it alone")


def _judged(cause: Any) -> Any:
    return exists().where(MoneyJudged.cause_id == cause)


def _answered_wrongly(session: Session, answer: MoneyAnswer) -> str | None:
    asked = session.get(MoneyAsked, answer.asked_id, populate_existing=True)
    if asked is None or not answer.agrees:
        return None
    if asked.asked_by_id == answer.answered_by_id:
        return "who asked for it agreed to it"
    made = session.get(MoneyJudged, answer.judged_number, populate_existing=True)
    if made is None or made.alone or made.kind is not asked.kind or made.by_id != asked.asked_by_id:
        return "something else was booked than was asked for"
    if not _same(made, asked) or not _is_as_asked(session, made.cause_id, asked):
        return "something else was booked than was asked for"
    return None


def _is_as_asked(session: Session, cause_id: UUID, asked: MoneyAsked) -> bool:
    """The purpose and the day that were asked for; of lines, the two of them, and as what."""
    if asked.kind is WordKind.AGAINST:
        end = session.get(LineEnd, cause_id, populate_existing=True)
        said = (asked.line_id, asked.other_id, asked.end_kind)
        return end is not None and (end.line_id, end.against_id, end.kind) == said
    fee = session.get(BankFee, cause_id, populate_existing=True)
    if asked.kind is WordKind.FEE:
        return fee is not None and (fee.purpose_id, fee.charged_on) == (asked.purpose_id, asked.booked_on)
    interest = session.get(BankInterest, cause_id, populate_existing=True)
    return interest is not None and (interest.purpose_id, interest.paid_on) == (asked.purpose_id, asked.booked_on)
