"""Setting two lines against each other: the bank's mistake, or money that went back. Nothing is booked.

Where the bank itself says that it takes a line back, one person sets the two against each other. Else what came and
what went would both be hidden by it: above a bound a second person looks at the two first.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.line_ends import AGAINST_EACH_OTHER, EndKind, check_against
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.second_words import WordKind
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.statements import BankLine
from aid.services import audit
from aid.services.lines.ends import Ended
from aid.services.lines.writing import locked_line, still_of, write_against
from aid.services.second_words.asking import Wish, alone, ask, hold_books, judged, waiting_of
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstOrder:
    """Two lines that come to nothing. `reason`: for a second person, of a larger sum."""

    line_id: UUID
    other_id: UUID
    amount: Money
    kind: EndKind
    reason: str = ""


def set_against(session: Session, *, actor: Actor, now: Instant, order: AgainstOrder) -> Ended:
    """Set two opposite lines of an account against each other, or ask a second person first. Raises RuleBroken."""
    actor.must(Permission.KEEP_ACCOUNTS)
    assert actor.person_id is not None, "a person ends lines"
    if order.line_id == order.other_id or order.kind not in AGAINST_EACH_OTHER:
        raise RuleBroken(_("Choose a line that goes the other way."), field="other")
    line, other = both_held(session, order.line_id, order.other_id)
    waits = {id_: Money(minor, line.currency) for id_, minor in waiting_of(session, [line.id, other.id]).items()}
    check_against(
        line.direction,
        other.direction,
        order.amount,
        still=still_of(line) - waits[line.id],
        other_still=still_of(other) - waits[other.id],
    )
    made: list[Permanent] = []
    if not (line.is_reversal or other.is_reversal):
        hold_books(session)
        currency = line.currency
        may = alone(session, kind=WordKind.AGAINST, bank_id=line.bank_id, currency=currency, now=now)
        if may.asks(order.amount):
            asked = ask(session, wish=_wish(line, order), actor=actor, now=now)
            left = still_of(line) - waits[line.id] - order.amount
            return Ended(line.number, left, waits[line.id] + asked.amount)
    made += against(session, line, other, order, is_alone=True, by=actor.person_id, now=now)
    audit.say(session, "line.set_against", subject=line.id, made=made)
    return Ended(line.number, still_of(line) - waits[line.id], waits[line.id])


def both_held(session: Session, line_id: UUID, other_id: UUID) -> tuple[BankLine, BankLine]:
    """Two lines of one account that nobody else ends meanwhile. Raises RuleBroken."""
    first, second = (locked_line(session, id_) for id_ in sorted((line_id, other_id)))
    line, other = (first, second) if first.id == line_id else (second, first)
    if line.bank_id != other.bank_id:
        raise RuleBroken(_("Both lines must be of one account."), field="other")
    return line, other


def against(
    session: Session, line: BankLine, other: BankLine, order: AgainstOrder, *, is_alone: bool, by: UUID, now: Instant
) -> list[Permanent]:
    """Write both ends, and on whose word where the bank says nothing; return the rows made."""
    ends = write_against(session, line, other, kind=order.kind, amount=order.amount.minor, by=by, now=now)
    if line.is_reversal or other.is_reversal:
        return [*ends]
    word = judged(
        session,
        kind=WordKind.AGAINST,
        cause_id=ends[0].id,
        bank_id=line.bank_id,
        amount=order.amount,
        is_alone=is_alone,
        by=by,
        now=now,
    )
    return [*ends, word]


def _wish(line: BankLine, order: AgainstOrder) -> Wish:
    return Wish(
        kind=WordKind.AGAINST,
        bank_id=line.bank_id,
        amount=order.amount,
        booked_on=line.booked_on,
        reason=order.reason,
        line_id=order.line_id,
        other_id=order.other_id,
        end_kind=order.kind,
    )
