"""What waits for a second person's word about money at a bank, what became of it, and what one person books alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from aid.domain.clock import Instant
from aid.domain.line_ends import EndKind
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.rings import RingKind
from aid.domain.second_words import Alone, WordKind
from aid.models.fund import Fund, Purpose
from aid.models.ledger import BankAccount, Currency
from aid.models.people import Person, PersonState, Ring, RingMembership
from aid.models.second_words import MoneyAnswer, MoneyAsked, MoneyBound
from aid.models.statements import BankLine
from aid.services.second_words.asking import alone, bound_in_force
from aid.services.second_words.showing import BankWords, words_shown
from aid.vault.actor import Actor
from aid.vault.failures import NoKey

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRow:
    """One thing that is asked for, and the answer if there is one."""

    id: UUID
    kind: WordKind
    amount: Money
    bank_id: UUID
    bank: Mapping[str, str]
    purpose: Mapping[str, str] | None
    line_id: UUID | None
    line: int | None  # its number
    other_id: UUID | None
    other: int | None
    end_kind: EndKind | None
    booked_on: date
    reason: str
    by: str
    by_id: UUID
    at: datetime
    agreed: bool | None  # none: it waits
    answered_by: str | None
    answered_at: datetime | None
    answer: str


@dataclass(frozen=True, slots=True)
class BoundRow:
    """How much of a currency one person books alone, and who said so; nobody, where it is Komek's own sum."""

    most: Money
    small: Money  # at an account that holds little
    by: str | None
    at: datetime | None


def waiting(
    session: Session, *, actor: Actor, asked_id: UUID | None = None, bank_id: UUID | None = None
) -> tuple[AskedRow, ...]:
    """What waits, the oldest first: all of it, one of them, or what is asked of one account."""
    actor.must(Permission.SEE_MONEY)
    wanted = _every().where(MoneyAnswer.asked_id.is_(None)).order_by(MoneyAsked.asked_at, MoneyAsked.id).limit(MOST)
    if asked_id is not None:
        wanted = wanted.where(MoneyAsked.id == asked_id)
    if bank_id is not None:
        wanted = wanted.where(MoneyAsked.bank_id == bank_id)
    return _rows(session, wanted)


def of_line(session: Session, *, actor: Actor, line_id: UUID) -> tuple[AskedRow, ...]:
    """All that was asked for a line, answered or not, the first first."""
    actor.must(Permission.SEE_MONEY)
    its = or_(MoneyAsked.line_id == line_id, MoneyAsked.other_id == line_id)
    return _rows(session, _every().where(its).order_by(MoneyAsked.asked_at, MoneyAsked.id))


def shown(session: Session, *, actor: Actor, row: AskedRow) -> BankWords | None:
    """What may be seen of the bank's words by who has no key to the line; None where nothing was taken out of it."""
    actor.must(Permission.CONFIRM_MONEY)
    try:
        return words_shown(session, asked_id=row.id, keyring=actor.keyring)
    except NoKey:
        return None


def readers(session: Session, *, actor: Actor) -> tuple[str, ...]:
    """Who can read what banks say of lines, by handle."""
    actor.must(Permission.CONFIRM_MONEY)
    known = (
        select(Person.handle)
        .join(RingMembership, RingMembership.person_id == Person.id)
        .join(Ring, Ring.id == RingMembership.ring_id)
        .where(Ring.kind == RingKind.DONORS, Person.state == PersonState.ACTIVE)
    )
    return tuple(session.scalars(known.distinct().order_by(Person.handle)))


def may_alone(session: Session, *, actor: Actor, now: Instant, row: AskedRow) -> Alone:
    """What one person might book alone now, for whoever answers."""
    actor.must(Permission.SEE_MONEY)
    return alone(session, kind=row.kind, bank_id=row.bank_id, currency=row.amount.currency, now=now)


def alone_at(session: Session, *, actor: Actor, now: Instant, kind: WordKind, bank_id: UUID) -> Alone:
    """What one person may book alone now at an account."""
    actor.must(Permission.SEE_MONEY)
    currency = session.execute(select(BankAccount.currency).where(BankAccount.id == bank_id)).scalar_one()
    return alone(session, kind=kind, bank_id=bank_id, currency=currency, now=now)


def bounds(session: Session, *, actor: Actor) -> tuple[BoundRow, ...]:
    """The bound of each currency that the fund has accounts in, the fund's own first."""
    actor.must(Permission.SEE_MONEY)
    home = session.execute(select(Fund.currency)).scalar_one()
    in_use = select(BankAccount.currency).where(BankAccount.closed_at.is_(None))
    codes = session.scalars(select(Currency.code).where(Currency.code.in_(in_use))).all()
    said: dict[str, tuple[str, datetime]] = {}
    set_by = select(MoneyBound, Person.handle).join(Person, Person.id == MoneyBound.set_by_id)
    for bound, handle in session.execute(set_by.order_by(MoneyBound.version)):
        said[bound.currency] = (handle, bound.set_at)
    return tuple(
        BoundRow(bound.most, bound.small, *said.get(code, (None, None)))
        for code in sorted(codes, key=lambda code: (code != home, code))
        for bound in (bound_in_force(session, code),)
    )


_LINE, _OTHER, _ANSWERER = aliased(BankLine), aliased(BankLine), aliased(Person)


def _every() -> Any:
    return (
        select(
            MoneyAsked,
            BankAccount.names,
            Purpose.names,
            _LINE.number,
            _OTHER.number,
            Person.handle,
            MoneyAnswer,
            _ANSWERER.handle,
        )
        .join(BankAccount, BankAccount.id == MoneyAsked.bank_id)
        .outerjoin(Purpose, Purpose.id == MoneyAsked.purpose_id)
        .outerjoin(_LINE, _LINE.id == MoneyAsked.line_id)
        .outerjoin(_OTHER, _OTHER.id == MoneyAsked.other_id)
        .join(Person, Person.id == MoneyAsked.asked_by_id)
        .outerjoin(MoneyAnswer, MoneyAnswer.asked_id == MoneyAsked.id)
        .outerjoin(_ANSWERER, _ANSWERER.id == MoneyAnswer.answered_by_id)
    )


def _rows(session: Session, wanted: Any) -> tuple[AskedRow, ...]:
    return tuple(
        AskedRow(
            id=row.id,
            kind=row.kind,
            amount=Money(row.amount_minor, row.currency),
            bank_id=row.bank_id,
            bank=bank,
            purpose=purpose,
            line_id=row.line_id,
            line=line,
            other_id=row.other_id,
            other=other,
            end_kind=row.end_kind,
            booked_on=row.booked_on,
            reason=row.reason,
            by=handle,
            by_id=row.asked_by_id,
            at=row.asked_at,
            agreed=answer.agrees if answer else None,
            answered_by=answerer,
            answered_at=answer.answered_at if answer else None,
            answer=answer.reason if answer else "",
        )
        for row, bank, purpose, line, other, handle, answer, answerer in session.execute(wanted)
    )
