"""A fund of many gifts: bank lines brought in, most of them booked and tied to their line, most of these thanked for.

Lines come as they always do, from a statement's file. What follows of them is written past the services, only many at
once: the same rows, carried by the audit chain, so that a replay of the fund finds nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from flask import Flask
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from aid.domain.donations import DonorDetails, DonorKind
from aid.domain.entries import AccountKind, EntryKind
from aid.domain.ids import new_id
from aid.domain.line_ends import EndKind
from aid.extensions import db, now
from aid.models.base import Permanent
from aid.models.donations import Donation, Donor, Thanks, ThanksWay
from aid.models.fund import Purpose
from aid.models.ledger import Account, Available, BankAccount, Entry, Transfer
from aid.models.records import RecordKind
from aid.models.statements import BankLine, LineEnd
from aid.services import audit, counters, records
from aid.services.bulk import put_rows
from aid.services.donors import index as donor_index
from aid.services.statements.keys import donors_ring
from aid.vault.actor import Actor
from aid.vault.cbor import canonical
from benchmarks._statement_files import NAMES, TreasurersFund, make_fund, write_camt

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "PLN", "CZK", "SEK", "NOK", "DKK", "CAD", "AUD", "KZT")
DAYS = 60  # over which the gifts came
OPEN = 10  # of so many lines one is open yet
WAITS = 5  # of so many gifts one waits for thanks
GIVES = 4  # gifts that one donor gives


@dataclass(frozen=True, slots=True)
class GiftsFund:
    """A fund with so many gifts, each by a line of a bank."""

    fund: TreasurersFund
    gifts: int
    banks: Mapping[str, UUID]  # by currency
    open: int  # lines
    waiting: int  # gifts, for thanks

    @property
    def app(self) -> Flask:
        """The program on it."""
        return self.fund.app


def make_gifts_fund(folder: Path, gifts: int) -> GiftsFund:
    """Found the sample fund, bring statements of all currencies in, and let most of their lines be gifts."""
    fund = make_fund(folder)
    each = gifts // len(CURRENCIES)
    banks: dict[str, UUID] = {}
    opened = waiting = 0
    with fund.open():
        first = now().today - timedelta(days=DAYS)
    for number, currency in enumerate(CURRENCIES, start=1):
        count = each + (gifts % len(CURRENCIES) if number == 1 else 0)
        lines = count + count // OPEN
        iban = fund.account(number, currency)
        write_camt(folder / "statement.xml", iban, lines, days=DAYS, currency=currency, first=first)
        fund.bring(folder / "statement.xml")
        with fund.open() as actor, Session(db.engine.execution_options(writes=True)) as session:
            banks[currency] = session.scalars(select(BankAccount.id).where(BankAccount.iban == iban)).one()
            waiting += _book(session, actor, banks[currency], currency, count)
        opened += lines - count
    return GiftsFund(fund, gifts, banks, opened, waiting)


@dataclass(frozen=True, slots=True)
class _Gift:
    """A line that is a gift, and the ids of what it comes to."""

    line: Any  # what is needed of its row
    donor_id: UUID
    purpose_id: UUID
    available_id: UUID  # the purpose's account
    donation_id: UUID
    entry_id: UUID

    @property
    def at(self) -> datetime:
        """Somebody booked it at noon of its day."""
        return datetime.combine(self.line.booked_on, time(12), UTC)


def _book(session: Session, actor: Actor, bank_id: UUID, currency: str, count: int) -> int:
    """Let lines of an account be gifts; how many of these wait for thanks."""
    wanted = select(BankLine.id, BankLine.booked_on, BankLine.amount_minor, BankLine.number)
    every = session.execute(wanted.where(BankLine.bank_id == bank_id).order_by(BankLine.number)).all()
    ends = [line for at, line in enumerate(every) if at % (OPEN + 1) < OPEN][:count]
    purposes = session.scalars(select(Purpose.id).order_by(Purpose.code)).all()
    kept = (Account.kind == AccountKind.AVAILABLE) & (Account.currency == currency)
    accounts = {of: id_ for of, id_ in session.execute(select(Account.purpose_id, Account.id).where(kept))}  # noqa: C416
    donors = _enter(session, actor, -(-count // GIVES), min(line.booked_on for line in ends))
    gifts = [
        _Gift(line, donors[at // GIVES], purpose := purposes[at % len(purposes)], accounts[purpose], new_id(), new_id())
        for at, line in enumerate(ends)
    ]
    _write(session, actor, bank_id, currency, gifts)
    thanked = [gift for at, gift in enumerate(gifts) if at % WAITS]
    _thank(session, actor, thanked)
    audit.write_down(session, actor_id=actor.person_id, now=now())
    session.commit()
    return len(gifts) - len(thanked)


def _enter(session: Session, actor: Actor, count: int, day: date) -> list[UUID]:
    """Donors, sealed and found by their names."""
    known_since = datetime.combine(day, time(9), UTC)
    rows = [(new_id(), known_since, "en", 1, None) for _each in range(count)]
    made = _put(session, Donor, ("id", "known_since", "language", "version", "merged_into_id"), rows)
    ring_id = donors_ring(session)
    rings = (records.targets(session, [ring_id])[ring_id],)
    details = [
        DonorDetails(kind=DonorKind.PERSON, name=f"{NAMES[at % len(NAMES)]} Muster {at}", language="en")
        for at in range(count)
    ]
    new = (records.New(row[0], None, canonical(each.plain()), rings) for row, each in zip(rows, details, strict=True))
    records.put_all(session, new, kind=RecordKind.DONOR, keyring=actor.keyring)
    index = donor_index.index_of(session, actor.keyring)
    assert index is not None, "a treasurer has the keys"
    for row, each in zip(rows, details, strict=True):
        donor_index.learn(session, index, row[0], donor_index.terms_of_donor(each))
    audit.say(session, "donor.entered", made=[made])
    return [row[0] for row in rows]


def _write(session: Session, actor: Actor, bank_id: UUID, currency: str, gifts: Sequence[_Gift]) -> None:
    """What booking a gift by its line comes to, for all of them."""
    number = counters.take(session, "donation", count=len(gifts))
    entry_number = counters.take(session, "entry", count=len(gifts))
    made = [
        _put(session, Entry, _ENTRY, list(_entries(gifts, entry_number))),
        _put(
            session,
            Transfer,
            ("entry_id", "n", "debit_id", "credit_id", "currency", "amount_minor"),
            [(gift.entry_id, 1, bank_id, gift.available_id, currency, gift.line.amount_minor) for gift in gifts],
        ),
        _put(session, Donation, _DONATION, list(_donations(gifts, actor, bank_id, currency, number))),
        _put(session, LineEnd, _END, list(_ends(gifts, actor))),
    ]
    came: Counter[UUID] = Counter()
    for gift in gifts:
        came[gift.purpose_id] += gift.line.amount_minor
    for purpose_id, minor in came.items():
        mine = (Available.purpose_id == purpose_id) & (Available.currency == currency)
        session.execute(update(Available).where(mine).values(amount_minor=Available.amount_minor + minor))
    line = cast(Table, BankLine.__table__)
    ended = update(line).where(line.c.id == bindparam("ended")).values(open_minor=0)
    session.connection().execute(ended, [{"ended": gift.line.id} for gift in gifts])
    audit.say(session, "donation.recorded", made=made)


_ENTRY = (*("id", "number", "kind", "cause_id", "posted_on", "value_on", "posted_at", "transfers", "corrects_id"),)
_DONATION = (
    *("id", "number", "donor_id", "purpose_id", "amount_minor", "currency", "bank_id"),
    *("received_on", "recorded_at", "recorded_by_id", "entry_id"),
)
_END = (
    *("id", "line_id", "n", "kind", "amount_minor", "cause_id", "entry_id", "against_id"),
    *("made_here", "purpose_id", "payment", "ended_at", "ended_by_id"),
)


def _entries(gifts: Sequence[_Gift], number: int) -> Iterator[tuple[Any, ...]]:
    for n, gift in enumerate(gifts, start=number):
        day = gift.line.booked_on
        yield gift.entry_id, n, EntryKind.DONATION, gift.donation_id, day, day, gift.at, 1, None


def _donations(
    gifts: Sequence[_Gift], actor: Actor, bank_id: UUID, currency: str, number: int
) -> Iterator[tuple[Any, ...]]:
    for n, gift in enumerate(gifts, start=number):
        whose = (gift.donation_id, n, gift.donor_id, gift.purpose_id)
        yield (
            *(*whose, gift.line.amount_minor, currency, bank_id),
            *(gift.line.booked_on, gift.at, actor.person_id, gift.entry_id),
        )


def _ends(gifts: Sequence[_Gift], actor: Actor) -> Iterator[tuple[Any, ...]]:
    for gift in gifts:
        rests_on = (gift.donation_id, gift.entry_id, None)
        yield (
            *(new_id(), gift.line.id, 1, EndKind.DONATION, gift.line.amount_minor, *rests_on),
            *(True, gift.purpose_id, None, gift.at, actor.person_id),
        )


def _thank(session: Session, actor: Actor, gifts: Sequence[_Gift]) -> None:
    """Letters of thanks, two days later."""
    later = timedelta(days=2)
    rows = [(new_id(), gift.donation_id, ThanksWay.LETTER, "en", gift.at + later, actor.person_id) for gift in gifts]
    names = ("id", "donation_id", "way", "language", "thanked_at", "thanked_by_id")
    audit.say(session, "donation.thanked", made=[_put(session, Thanks, names, rows)])


def _put(
    session: Session, kind: type[Permanent], names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> audit.Rows:
    """Put rows in, and name them for the audit chain."""
    session.flush()
    put_rows(session, kind.__table__, names, rows)  # type: ignore[attr-defined]
    return audit.Rows(kind, [dict(zip(names, row, strict=True)) for row in rows])
