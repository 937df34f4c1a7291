"""A second person's word on a fee, on interest, or on lines set against each other: it is booked then, or it is not."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.line_ends import EndKind, check_against
from aid.domain.money import Money
from aid.domain.own_bookings import OwnBooking, OwnKind
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.remittances import why_not_reason
from aid.domain.second_words import WordKind
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.second_words import MoneyAnswer, MoneyAsked, MoneyJudged
from aid.services import audit
from aid.services.banks import bank_in_use
from aid.services.lines.against import AgainstOrder, against, both_held
from aid.services.lines.writing import locked_line, still_of, write_end
from aid.services.own_bookings import book_own
from aid.services.second_words.asking import hold_books
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyAnswerOrder:
    """A second person's word on what somebody wants booked."""

    asked_id: UUID
    agrees: bool
    reason: str


@dataclass(frozen=True, slots=True)
class MoneyAnswered:
    """A second person has looked at it."""

    agrees: bool
    bank_id: UUID
    line_id: UUID | None


def answer_money(session: Session, *, actor: Actor, now: Instant, order: MoneyAnswerOrder) -> MoneyAnswered:
    """Agree to what was asked for, and book it; or refuse it. Who asked may only take it back. Raises RuleBroken."""
    actor.must(Permission.CONFIRM_MONEY)
    assert actor.person_id is not None, "a person answers"
    asked = session.get(MoneyAsked, order.asked_id, with_for_update=True, populate_existing=True)
    if asked is None or session.get(MoneyAnswer, asked.id, populate_existing=True) is not None:
        raise RuleBroken(_("This does not wait for an answer any more."))
    if order.agrees and asked.asked_by_id == actor.person_id:
        raise RuleBroken(_("You asked for this yourself. Somebody else looks at it."))
    if refusal := why_not_reason(order.reason):
        raise refusal
    made = _book(session, asked, now=now) if order.agrees else []
    session.flush()
    answer = MoneyAnswer(
        asked_id=asked.id,
        agrees=order.agrees,
        reason=order.reason.strip(),
        judged_number=next((row.number for row in made if isinstance(row, MoneyJudged)), None),
        answered_at=now.instant,
        answered_by_id=actor.person_id,
    )
    session.add(answer)
    subject = asked.line_id or asked.bank_id
    audit.say(session, "money.agreed" if order.agrees else "money.refused", subject=subject, made=[answer, *made])
    return MoneyAnswered(order.agrees, asked.bank_id, asked.line_id)


def _book(session: Session, asked: MoneyAsked, *, now: Instant) -> list[Permanent]:
    """Book it as it was asked for, as the act of who asked. Raises RuleBroken where it can't be booked any more."""
    bank_in_use(session, asked.bank_id)
    if asked.kind is WordKind.AGAINST:
        return _against(session, asked, now=now)
    assert asked.purpose_id is not None, "what is booked has a purpose"
    line = locked_line(session, asked.line_id) if asked.line_id else None
    amount, by = Money(asked.amount_minor, asked.currency), asked.asked_by_id
    hold_books(session, [(asked.purpose_id, asked.currency)])
    kind = OwnKind(asked.kind)
    order = OwnBooking(
        kind=kind,
        bank_id=asked.bank_id,
        purpose_id=asked.purpose_id,
        amount=amount,
        booked_on=asked.booked_on,
        line_id=asked.line_id,
    )
    booked, made = book_own(session, order, is_alone=False, by=by, now=now)
    if line is not None:
        end = write_end(
            session,
            line,
            kind=EndKind(kind),
            amount=amount.minor,
            by=by,
            now=now,
            cause_id=booked.cause_id,
            entry_id=booked.entry_id,
            made_here=True,
            purpose_id=asked.purpose_id,
        )
        made.append(end)
    return made


def _against(session: Session, asked: MoneyAsked, *, now: Instant) -> list[Permanent]:
    """Both lines end by each other, if both are still open by so much."""
    assert asked.line_id is not None, "two lines"
    assert asked.other_id is not None, "two lines"
    assert asked.end_kind is not None, "it says what it was"
    line, other = both_held(session, asked.line_id, asked.other_id)
    amount = Money(asked.amount_minor, asked.currency)
    check_against(line.direction, other.direction, amount, still=still_of(line), other_still=still_of(other))
    hold_books(session)
    order = AgainstOrder(line_id=line.id, other_id=other.id, amount=amount, kind=asked.end_kind)
    return against(session, line, other, order, is_alone=False, by=asked.asked_by_id, now=now)
