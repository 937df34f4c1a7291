"""Proof that nobody alone booked more of a bank's money than the fund lets one person book.

What was judged is judged again, in order: by what the account held, what was booked alone in the days before, and the
bound in force. What was not booked alone has a second person's word on just that. Fees, lines set against each other
and charges that were never judged are older than the first that was.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from aid.domain.money import Money
from aid.domain.second_words import WINDOW, Alone, Bound, WordKind, counted_with
from aid.models.exchanges import Exchange
from aid.models.ledger import BankFee, BankInterest, Entry, Transfer
from aid.models.second_words import MoneyAnswer, MoneyAsked, MoneyBound, MoneyJudged
from aid.models.statements import BankLine, LineEnd
from aid.services.verification.faults import Fault, faults_found
from aid.services.verification.findings import Finding, named
from aid.services.verification.reading import Unreadable, rows_of

BEFORE_ALL: Final = -1 << 62


def prove_second_words(session: Session) -> Iterator[Finding]:
    """What was booked without the word that it needed, and words that nothing asked for."""
    for currency, version in session.execute(_unfollowed()):
        yield Finding("money_bound", named((currency, version)), "it does not follow the bound before it")
    yield from faults_found(session, _causes, _unanswered, _answers)
    yield from _too_much(session)
    began = session.scalars(_first()).first()
    if began is not None:
        yield from faults_found(session, _unjudged, began_after=began.after_entry, began_at=began.at)


# ---------------------------------------------------------------- what one person booked alone


def _too_much(session: Session) -> Iterator[Finding]:
    """What was booked alone, and was more than that person might book just then."""
    bounds, lately, held = _bounds(session), _Lately(), _Held(session)
    for row in rows_of(session, MoneyJudged):
        if isinstance(row, Unreadable) or not row.alone:
            continue
        here, everywhere = lately.booked(row)
        bound = _in_force(bounds[row.currency], row)
        alone = Alone(
            most=bound.most,
            small=bound.small,
            held=Money(held.at(row.bank_id, row.after_entry), row.currency),
            here=Money(here, row.currency),
            everywhere=Money(everywhere, row.currency),
        )
        if alone.asks(Money(row.amount_minor, row.currency)):
            yield Finding("money_judged", str(row.number), "one person booked it alone, and it was too much for that")
        lately.learn(row)


def _bounds(session: Session) -> defaultdict[str, list[tuple[int, Bound]]]:
    """Of each currency, after what was judged a bound came, and the bound: the first first."""
    found: defaultdict[str, list[tuple[int, Bound]]] = defaultdict(list)
    for currency, after, most, small in session.execute(_said()):
        found[currency].append((after, Bound.said(currency, most, small)))
    return found


def _in_force(bounds: Sequence[tuple[int, Bound]], row: MoneyJudged) -> Bound:
    """The bound that was in force then."""
    return next((bound for after, bound in reversed(bounds) if after < row.number), Bound.said(row.currency))


class _Lately:
    """What was booked alone so far, of each currency and of what counts together, by its time."""

    def __init__(self) -> None:
        self._booked: defaultdict[tuple[str, frozenset[WordKind]], list[tuple[datetime, int, UUID]]] = defaultdict(list)

    def booked(self, row: MoneyJudged) -> tuple[int, int]:
        """In the days before this: on its account, and on all."""
        of = self._booked[row.currency, counted_with(row.kind)]
        since = bisect_right(of, row.at - WINDOW, key=lambda one: one[0])
        here = sum(minor for _at, minor, bank_id in of[since:] if bank_id == row.bank_id)
        return here, sum(minor for _at, minor, _bank_id in of[since:])

    def learn(self, row: MoneyJudged) -> None:
        """This counts for those that come after it."""
        insort(self._booked[row.currency, counted_with(row.kind)], (row.at, row.amount_minor, row.bank_id))


class _Held:
    """What accounts held after an entry: entries come in order, so each is looked at once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._at: dict[UUID, tuple[int, int]] = {}

    def at(self, bank_id: UUID, number: int) -> int:
        """What this account held when the entry of this number was the last."""
        upto, minor = self._at.get(bank_id, (BEFORE_ALL, 0))
        if number < upto:
            upto, minor = BEFORE_ALL, 0
        moved = self._session.execute(_moved(), {"bank": bank_id, "after": upto, "upto": number}).scalar_one()
        self._at[bank_id] = number, minor + int(moved)
        return self._at[bank_id][1]


@cache
def _moved() -> Select[int]:
    bank = bindparam("bank", type_=Transfer.debit_id.type)
    signed = case((Transfer.debit_id == bank, Transfer.amount_minor), else_=-Transfer.amount_minor)
    return (
        select(func.coalesce(func.sum(signed), 0))
        .join(Entry, Entry.id == Transfer.entry_id)
        .where(or_(Transfer.debit_id == bank, Transfer.credit_id == bank))
        .where(Entry.number > bindparam("after"), Entry.number <= bindparam("upto"))
    )


@cache
def _said() -> Select[str, int, int, int | None]:
    columns = (MoneyBound.currency, MoneyBound.after, MoneyBound.most_minor, MoneyBound.small_minor)
    return select(*columns).order_by(MoneyBound.currency, MoneyBound.version)


@cache
def _unfollowed() -> Select[str, int]:
    """Each bound follows the one before it."""
    before = aliased(MoneyBound)
    follows = exists().where(
        before.currency == MoneyBound.currency,
        before.version == MoneyBound.version - 1,
        before.after <= MoneyBound.after,
    )
    return select(MoneyBound.currency, MoneyBound.version).where(MoneyBound.version > 1, ~follows)


# ---------------------------------------------------------------- what was judged, and what it was of


def _causes() -> Iterator[Fault]:
    """What was judged is what was booked next."""
    row = MoneyJudged
    same: dict[WordKind, ColumnElement[bool]] = {
        kind: exists().where(
            table.id == row.cause_id,
            table.bank_id == row.bank_id,
            table.currency == row.currency,
            table.amount_minor == row.amount_minor,
            Entry.id == table.entry_id,
            Entry.number == row.after_entry + 1,
        )
        for kind, table in ((WordKind.FEE, BankFee), (WordKind.INTEREST, BankInterest))
    }
    same[WordKind.AGAINST] = exists().where(
        LineEnd.id == row.cause_id,
        BankLine.id == LineEnd.line_id,
        BankLine.bank_id == row.bank_id,
        BankLine.currency == row.currency,
        LineEnd.amount_minor == row.amount_minor,
    )
    charged = case(
        (Exchange.charges_currency == Exchange.sold_currency, Exchange.from_bank_id), else_=Exchange.to_bank_id
    )
    same[WordKind.CHARGES] = exists().where(
        Exchange.id == row.cause_id,
        charged == row.bank_id,
        Exchange.charges_currency == row.currency,
        Exchange.charges_minor == row.amount_minor,
    )
    for kind, own in same.items():
        wrong = select(row.number).where(row.kind == kind, ~own).order_by(row.number)
        yield Fault(wrong, "money_judged", "what it was made for says otherwise")


def _unanswered() -> Iterator[Fault]:
    """What was not booked alone has a second person's word; of charges the exchange waits, and is proved with it."""
    word = exists().where(MoneyAnswer.judged_number == MoneyJudged.number, MoneyAnswer.agrees)
    wrong = select(MoneyJudged.number).where(~MoneyJudged.alone, MoneyJudged.kind != WordKind.CHARGES, ~word)
    yield Fault(wrong.order_by(MoneyJudged.number), "money_judged", "nobody else agreed to it")


@cache
def _first() -> Select[MoneyJudged]:
    return select(MoneyJudged).order_by(MoneyJudged.number).limit(1).execution_options(populate_existing=True)


def _unjudged() -> Iterator[Fault]:
    """What was booked after judging began, and was not judged."""
    after, at = bindparam("began_after", type_=Entry.number.type), bindparam("began_at", type_=MoneyJudged.at.type)
    interest = select(BankInterest.id).where(~_judged(BankInterest.id))
    later = exists().where(Entry.id == BankFee.entry_id, Entry.number > after)
    fees = select(BankFee.id).where(later, ~_judged(BankFee.id))
    charges = select(Exchange.id).where(Exchange.charges_minor > 0, Exchange.recorded_at > at, ~_judged(Exchange.id))
    line, other = aliased(BankLine), aliased(BankLine)
    against = (
        select(LineEnd.id)
        .join(line, line.id == LineEnd.line_id)
        .join(other, other.id == LineEnd.against_id)
        .where(~line.is_reversal, ~other.is_reversal, LineEnd.ended_at > at)
        .where(~_judged(LineEnd.id), ~_judged(LineEnd.cause_id))
    )
    every = (("bank_interest", interest), ("bank_fee", fees), ("exchange", charges), ("line_end", against))
    for table, unjudged in every:
        yield Fault(unjudged, table, "nobody asked whether one person may book it alone")


def _judged(cause: Any) -> Any:
    return exists().where(MoneyJudged.cause_id == cause)


# ---------------------------------------------------------------- second words


def _answers() -> Iterator[Fault]:
    """Somebody else agreed, and just what was asked for was booked."""
    agreed = select(MoneyAnswer.asked_id).join(MoneyAsked).where(MoneyAnswer.agrees).order_by(MoneyAnswer.asked_id)
    alone = agreed.where(MoneyAsked.asked_by_id == MoneyAnswer.answered_by_id)
    yield Fault(alone, "money_answer", "who asked for it agreed to it")
    booked = exists().where(
        MoneyJudged.number == MoneyAnswer.judged_number,
        ~MoneyJudged.alone,
        MoneyJudged.kind == MoneyAsked.kind,
        MoneyJudged.by_id == MoneyAsked.asked_by_id,
        MoneyJudged.bank_id == MoneyAsked.bank_id,
        MoneyJudged.currency == MoneyAsked.currency,
        MoneyJudged.amount_minor == MoneyAsked.amount_minor,
        or_(*_as_asked()),
    )
    yield Fault(agreed.where(~booked), "money_answer", "something else was booked than was asked for")


def _as_asked() -> Iterator[ColumnElement[bool]]:
    """The purpose and the day that were asked for; of lines, the two of them, and as what."""
    asked = MoneyAsked
    end = (
        *(LineEnd.id == MoneyJudged.cause_id, LineEnd.line_id == asked.line_id),
        *(LineEnd.against_id == asked.other_id, LineEnd.kind == asked.end_kind),
    )
    yield and_(asked.kind == WordKind.AGAINST, exists().where(*end))
    for kind, table, day in (
        (WordKind.FEE, BankFee, BankFee.charged_on),
        (WordKind.INTEREST, BankInterest, BankInterest.paid_on),
    ):
        same = (table.id == MoneyJudged.cause_id, table.purpose_id == asked.purpose_id, day == asked.booked_on)
        yield and_(asked.kind == kind, exists().where(*same))
