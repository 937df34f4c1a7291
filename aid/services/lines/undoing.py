"""Undoing what lines ended as: untied where it was only tied, and by a counter-entry where the end booked something.

A donation is taken out of the books by its own room's rule, which asks a second person; its line opens when they agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.entries import EntryKind, reversal
from aid.domain.line_ends import EndKind, why_not_with_others
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.remittances import why_not_reason
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.donations import Donation
from aid.models.ledger import Entry
from aid.models.statements import BankLine, LineEnd, LineReopened
from aid.services import audit, ledger
from aid.services.corrections import (
    Asked,
    DonationCorrectionOrder,
    as_it_stands,
    correct_donation,
    corrections_of,
)
from aid.services.donors import index as donor_index
from aid.services.lines.promised import free_of, is_thanked
from aid.services.lines.writing import donors_of, locked_line, still_of, write_reopened
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenOrder:
    """An end that was wrong, and why."""

    end_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Reopened:
    """So much of a line is open again."""

    number: int
    left: Money


@dataclass(frozen=True, slots=True)
class Waits:
    """The donation that the end booked is to be taken out of the books: a second person looks at it first."""

    number: int
    donation_id: UUID


def reopen(session: Session, *, actor: Actor, now: Instant, order: ReopenOrder) -> Reopened | Waits:
    """Undo an end of a line. Raises RuleBroken."""
    actor.must(Permission.KEEP_ACCOUNTS)
    assert actor.person_id is not None, "a person undoes"
    if refusal := why_not_reason(order.reason):
        raise refusal
    reason = order.reason.strip()
    end = session.get(LineEnd, order.end_id)
    if end is None:
        raise RuleBroken(_("There is no such line."))
    if end.made_here and end.kind is EndKind.DONATION:
        return _ask(session, actor, now, end, reason)
    both = _held(session, end)
    counter = _give_back(session, end, now=now) if end.made_here else None
    counter_id = counter[0].id if counter else None
    undone = [
        write_reopened(session, each, by=actor.person_id, now=now, reason=reason, counter_id=counter_id)
        for each in both
    ]
    made: list[Permanent] = [*undone, *((counter[0], *counter[1]) if counter else ())]
    audit.say(session, "line.reopened", subject=end.line_id, made=made)
    _forget(session, actor, end)
    line = session.get_one(BankLine, end.line_id, populate_existing=True)
    return Reopened(line.number, still_of(line))


def reopen_with_others(session: Session, *, actor: Actor, now: Instant, order: ReopenOrder) -> Reopened | Waits:
    """Undo one of many at once: not a gift that somebody was thanked for, nor one whose money is promised.

    Raises RuleBroken.
    """
    end = session.get(LineEnd, order.end_id)
    if end is not None and end.made_here and end.kind is EndKind.DONATION:
        donation = session.get_one(Donation, end.cause_id)
        amount = Money(end.amount_minor, donation.currency)
        free = free_of(session, purpose_id=end.purpose_id, currency=donation.currency) if end.purpose_id else None
        if refusal := why_not_with_others(amount, is_thanked=is_thanked(session, donation_id=donation.id), free=free):
            raise RuleBroken(refusal)
    return reopen(session, actor=actor, now=now, order=order)


def _held(session: Session, end: LineEnd) -> Sequence[LineEnd]:
    """The end, with the one of the line it was set against; their lines are held. Raises RuleBroken."""
    partner = session.get(LineEnd, end.cause_id) if end.against_id and end.cause_id else None
    both = [end, partner] if partner else [end]
    for line_id in sorted(each.line_id for each in both):
        locked_line(session, line_id)
    if session.get(LineReopened, end.id, populate_existing=True) is not None:
        raise RuleBroken(_("This was undone already."))
    return both


def _ask(session: Session, actor: Actor, now: Instant, end: LineEnd, reason: str) -> Waits:
    """Ask for the donation to be taken out of the books by as much as the line brought."""
    if session.get(LineReopened, end.id) is not None:
        raise RuleBroken(_("This was undone already."))
    donation = session.get_one(Donation, end.cause_id)
    earlier = corrections_of(session, donation.id)
    stands = as_it_stands(session, donation, earlier)
    order = DonationCorrectionOrder(
        donation_id=donation.id,
        purpose_id=stands.purpose,
        bank_id=stands.bank,
        amount=stands.amount - Money(end.amount_minor, stands.amount.currency),
        reason=reason,
        seen=len(earlier),
    )
    asked = correct_donation(session, actor=actor, now=now, order=order)
    assert isinstance(asked, Asked), "less is left on the account"
    return Waits(donation.number, donation.id)


def _give_back(session: Session, end: LineEnd, *, now: Instant) -> tuple[Entry, Sequence[Permanent]]:
    """Undo a fee or interest that the end booked: its purpose has that much more again, or less."""
    assert end.entry_id is not None, "it booked an entry"
    entry = session.get_one(Entry, end.entry_id)
    back = reversal(ledger.postings_of(session, entry.id))
    return ledger.post(
        session,
        back,
        kind=EntryKind.CORRECTION,
        cause=entry.id,
        now=now,
        value_on=entry.value_on,
        corrects=entry.id,
    )


def _forget(session: Session, actor: Actor, end: LineEnd) -> None:
    """The line was not this donor's, or nobody knows: they are known by it no more."""
    index = donor_index.index_of(session, actor.keyring)
    donors = donors_of(session, [end.id])
    if index is not None and donors:
        donor_index.make_anew(session, actor.keyring, index, donors)
