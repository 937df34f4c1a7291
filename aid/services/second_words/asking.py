"""Judging what one person may book alone at a bank, and asking a second person for the rest.

Whoever judges holds the books: nothing is booked between what is looked at and what is written, so that `verify` comes
to the same judgement afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, case, cast, exists, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.line_ends import EndKind
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.remittances import why_not_reason
from aid.domain.second_words import WINDOW, Alone, Bound, WordKind, check_bound, counted_with
from aid.domain.words import _
from aid.models.fund import Counter
from aid.models.ledger import Available, Currency
from aid.models.second_words import MoneyAnswer, MoneyAsked, MoneyBound, MoneyJudged
from aid.services import audit, counters
from aid.services.ledger import balance_of
from aid.services.second_words.showing import seal_words
from aid.vault.actor import Actor

SERIES = "second_word"
NOT_ANSWERED = ~exists().where(MoneyAnswer.asked_id == MoneyAsked.id)
"""What is asked for and waits."""


@dataclass(frozen=True, slots=True)
class BoundSet:
    """One person books so much alone from now on."""

    most: Money


@dataclass(frozen=True, slots=True)
class AskedFor:
    """It waits for a second person's word; nothing is booked."""

    asked_id: UUID
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants booked at a bank, and may not book alone."""

    kind: WordKind
    bank_id: UUID
    amount: Money
    booked_on: date
    reason: str
    purpose_id: UUID | None = None
    line_id: UUID | None = None
    other_id: UUID | None = None
    end_kind: EndKind | None = None


def hold_books(session: Session, money: Sequence[tuple[UUID, str]] = ()) -> None:
    """Let nothing be booked by anybody else before the commit. Purposes' money is held first, as booking does."""
    for purpose_id, currency in sorted(money):
        own = select(Available.amount_minor).where(Available.purpose_id == purpose_id, Available.currency == currency)
        session.execute(own.with_for_update())
    held = select(Counter.value).where(Counter.name.in_(("entry", SERIES))).order_by(Counter.name)
    session.execute(held.with_for_update()).all()


def alone(session: Session, *, kind: WordKind, bank_id: UUID, currency: str, now: Instant) -> Alone:
    """What one person may book alone now. For who writes: the books are held."""
    session.flush()
    lately = (
        select(
            func.coalesce(func.sum(case((MoneyJudged.bank_id == bank_id, MoneyJudged.amount_minor), else_=0)), 0),
            func.coalesce(func.sum(MoneyJudged.amount_minor), 0),
        )
        .where(MoneyJudged.alone, MoneyJudged.currency == currency)
        .where(MoneyJudged.kind.in_(sorted(counted_with(kind))), MoneyJudged.at > now.instant - WINDOW)
    )
    here, everywhere = session.execute(lately).one()
    bound = bound_in_force(session, currency)
    return Alone(
        most=bound.most,
        small=bound.small,
        held=Money(balance_of(session, bank_id), currency),
        here=Money(int(here), currency),
        everywhere=Money(int(everywhere), currency),
    )


def bound_in_force(session: Session, currency: str) -> Bound:
    """How much of a currency one person may book alone."""
    newest = _newest(session, currency)
    return Bound.said(currency, newest.most_minor, newest.small_minor) if newest else Bound.said(currency)


def judged(
    session: Session,
    *,
    kind: WordKind,
    cause_id: UUID,
    bank_id: UUID,
    amount: Money,
    is_alone: bool,
    by: UUID,
    now: Instant,
) -> MoneyJudged:
    """Write down that such a thing is booked next, and on whose word, while the books are held."""
    row = MoneyJudged(
        number=counters.take(session, SERIES),
        kind=kind,
        cause_id=cause_id,
        bank_id=bank_id,
        currency=amount.currency,
        amount_minor=amount.minor,
        alone=is_alone,
        after_entry=_last(session, "entry"),
        at=now.instant,
        by_id=by,
    )
    session.add(row)
    return row


def ask(session: Session, *, wish: Wish, actor: Actor, now: Instant) -> AskedFor:
    """Write down what somebody wants booked; nothing moves. Raises RuleBroken without a reason."""
    assert actor.person_id is not None, "a person asks"
    if why_not_reason(wish.reason):
        raise RuleBroken(
            _("This is more than one person books alone. Write for the second person what shows that it is right."),
            field="reason",
        )
    asked = MoneyAsked(
        id=new_id(),
        kind=wish.kind,
        bank_id=wish.bank_id,
        currency=wish.amount.currency,
        amount_minor=wish.amount.minor,
        purpose_id=wish.purpose_id,
        line_id=wish.line_id,
        other_id=wish.other_id,
        end_kind=wish.end_kind,
        booked_on=wish.booked_on,
        reason=wish.reason.strip(),
        asked_at=now.instant,
        asked_by_id=actor.person_id,
    )
    session.add(asked)
    session.flush()
    seal_words(session, asked, keyring=actor.keyring)
    audit.say(session, "money.asked", subject=wish.line_id or wish.bank_id, made=[asked])
    return AskedFor(asked.id, wish.amount)


def waiting_of(session: Session, line_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How much of each of these lines waits for a second person's word, in minor units."""
    waits: dict[UUID, int] = dict.fromkeys(line_ids, 0)
    for side in (MoneyAsked.line_id, MoneyAsked.other_id):
        summed = select(side, cast(func.sum(MoneyAsked.amount_minor), BigInteger)).where(
            side.in_(line_ids), NOT_ANSWERED
        )
        for line_id, minor in session.execute(summed.group_by(side)):
            assert line_id is not None, "asked for"
            waits[line_id] += int(minor)
    return waits


def set_bound(session: Session, *, actor: Actor, now: Instant, most: Money, small: Money | None = None) -> BoundSet:
    """Say how much of a currency one person may book alone. Whoever keeps the accounts does not say it.

    `small`: so much even at an account that holds little; none: as Komek begins. Raises RuleBroken beside its field.
    """
    actor.must(Permission.SET_BOUNDS)
    assert actor.person_id is not None, "a person sets a bound"
    check_bound(most, small)
    if session.get(Currency, most.currency) is None:
        raise RuleBroken(_("The fund has no account in this currency."), field="currency")
    hold_books(session)
    newest = _newest(session, most.currency)
    bound = MoneyBound(
        currency=most.currency,
        version=newest.version + 1 if newest else 1,
        most_minor=most.minor,
        small_minor=None if small is None else small.minor,
        after=_last(session, SERIES),
        set_at=now.instant,
        set_by_id=actor.person_id,
    )
    session.add(bound)
    audit.say(session, "money.bound_set", made=[bound])
    return BoundSet(most)


def _newest(session: Session, currency: str) -> MoneyBound | None:
    versions = select(MoneyBound).where(MoneyBound.currency == currency)
    return session.scalars(versions.order_by(MoneyBound.version.desc()).limit(1)).first()


def _last(session: Session, series: str) -> int:
    """The last number given in a series."""
    return session.execute(select(Counter.value).where(Counter.name == series)).scalar_one()
