"""Ending bank lines: each part is tied to an entry that moved its account, or books one now, as people do by hand.

Nothing is ended twice: what is open of a line is lowered in SQL, and an entry explains no more than it moved there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.donations import DonorDetails
from aid.domain.line_ends import check_parts
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.donations import Donation
from aid.models.statements import BankLine, LineEnd
from aid.services import audit
from aid.services.donors import index as donor_index
from aid.services.lines.explaining import ByEntry, ByGift, EndPart, Explained, explained
from aid.services.lines.words import words_of
from aid.services.lines.writing import NOT_REOPENED, donors_of, hold_entries, locked_line, still_of, write_end
from aid.services.provisional import must_be_whole
from aid.services.second_words.asking import AskedFor, waiting_of
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOrder:
    """What a line turned out to be, in one part or in several."""

    line_id: UUID
    parts: tuple[EndPart, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """A line has ended, or a part of it; so much is still open, beside what waits for a second person's word."""

    number: int
    left: Money
    waits: Money


def end_line(session: Session, *, actor: Actor, now: Instant, order: EndOrder) -> Ended:
    """End a line, or parts of it. Raises RuleBroken beside its field."""
    actor.must(Permission.KEEP_ACCOUNTS)
    assert actor.person_id is not None, "a person ends lines"
    must_be_whole(session)
    if not order.parts:
        raise RuleBroken(_("Write how much of the line this is."), field="amount")
    hold_entries(session, [part.how.entry_id for part in order.parts if isinstance(part.how, ByEntry)])
    line = locked_line(session, order.line_id)
    waits = Money(waiting_of(session, [line.id])[line.id], line.currency)
    left = check_parts([part.amount for part in order.parts], still=still_of(line), waits=waits)
    _refuse_twice(session, line, [part.payment for part in order.parts if part.payment])
    ends: list[LineEnd] = []
    entered: dict[DonorDetails, UUID] = {}
    for each in order.parts:
        part = _of_who_is_entered(each, entered)
        found = explained(session, actor=actor, now=now, line=line, part=part)
        if isinstance(found, AskedFor):
            waits += found.amount
        else:
            ends.append(_end(session, line, part, found, by=actor.person_id, now=now))
            _remember(session, part, found, entered)
    if ends:
        audit.say(session, "line.ended", subject=line.id, made=ends)
        _learn(session, actor, line, ends)
    return Ended(line.number, left, waits)


def _end(session: Session, line: BankLine, part: EndPart, found: Explained, *, by: UUID, now: Instant) -> LineEnd:
    return write_end(
        session,
        line,
        kind=found.kind,
        amount=part.amount.minor,
        by=by,
        now=now,
        cause_id=found.entry.cause_id,
        entry_id=found.entry.id,
        made_here=found.made_here,
        purpose_id=found.purpose_id,
        payment=part.payment,
    )


def _refuse_twice(session: Session, line: BankLine, payments: Sequence[int]) -> None:
    """Each payment of a batch is explained once. The line is held. Raises RuleBroken."""
    ended = select(LineEnd.payment).where(LineEnd.line_id == line.id, LineEnd.payment.is_not(None), NOT_REOPENED)
    if len(set(payments)) < len(payments) or set(payments).intersection(session.scalars(ended)):
        raise RuleBroken(_("A payment of this line is explained already. Look at the line again."))


def _of_who_is_entered(part: EndPart, entered: dict[DonorDetails, UUID]) -> EndPart:
    """Somebody new who gave twice in one batch is entered once."""
    how = part.how
    if isinstance(how, ByGift) and isinstance(how.donor, DonorDetails) and how.donor in entered:
        return replace(part, how=replace(how, donor=entered[how.donor]))
    return part


def _remember(session: Session, part: EndPart, found: Explained, entered: dict[DonorDetails, UUID]) -> None:
    if isinstance(part.how, ByGift) and isinstance(part.how.donor, DonorDetails) and part.how.donor.name:
        entered[part.how.donor] = session.get_one(Donation, found.entry.cause_id).donor_id


def _learn(session: Session, actor: Actor, line: BankLine, ends: Sequence[LineEnd]) -> None:
    """Know each giver again by account and name; and no more whoever was taken for the giver before."""
    index = donor_index.index_of(session, actor.keyring)
    donors = donors_of(session, [end.id for end in ends])
    if index is None or not donors:
        return
    if told := words_of(session, keyring=actor.keyring, line_ids=[line.id]).get(line.id):
        for payment in dict.fromkeys(end.payment for end in ends):
            of_it = donors_of(session, [end.id for end in ends if end.payment == payment])
            for donor_id in of_it:
                donor_index.learn(session, index, donor_id, donor_index.terms_of_line(told, payment))
    undone = select(LineEnd.id).where(LineEnd.line_id == line.id, ~NOT_REOPENED)
    if wrong := donors_of(session, session.scalars(undone).all()) - donors:
        donor_index.make_anew(session, actor.keyring, index, wrong)
