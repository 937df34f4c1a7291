"""Ending bank lines: each part is tied to an entry that moved its account, or books one now, as people do by hand.

Nothing is ended twice: what is open of a line is lowered in SQL, and an entry explains no more than it moved there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.donations import DonorDetails
from aid.domain.line_ends import OF_ENTRY, EndKind, check_parts, may_end
from aid.domain.money import Money
from aid.domain.payments import Direction
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.donations import Donation
from aid.models.ledger import Entry
from aid.models.remittances import Remittance, RemittanceReceipt
from aid.models.statements import BankLine, LineEnd
from aid.services import audit, donor_index
from aid.services.donations import DonationOrder, record_donation
from aid.services.fees import FeeOrder, record_fee
from aid.services.interest import InterestOrder, record_interest
from aid.services.line_words import words_of
from aid.services.line_writing import (
    NOT_REOPENED,
    donors_of,
    hold_entries,
    locked_line,
    moved_by,
    still_of,
    tied_to,
    write_end,
)
from aid.services.provisional import must_be_whole
from aid.services.references import ReferredGift, receive_referred
from aid.services.remittances import ReceiptOrder, receive
from aid.services.second_words import AskedFor, waiting_of
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class ByEntry:
    """It is an entry that stands in the books already."""

    entry_id: UUID


@dataclass(frozen=True, slots=True)
class ByGift:
    """It is a donation, to be booked now, of a donor known by id or of a new one."""

    donor: DonorDetails | UUID
    purpose_id: UUID


@dataclass(frozen=True, slots=True)
class ByReference:
    """It is a donation under a reference, to be booked now: of this donor, or of whoever it was given to."""

    reference_id: UUID
    giver_id: UUID | None


@dataclass(frozen=True, slots=True)
class ByFee:
    """It is a fee, to be booked now; a purpose bears it. `reason`: for a second person, of a larger sum."""

    fee_of: UUID
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ByInterest:
    """It is interest that the bank gave, to be booked now for a purpose. `reason`: as for a fee."""

    interest_for: UUID
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ByArrival:
    """It is money that was sent from another account of the fund: that it came is confirmed now."""

    remittance_id: UUID


How: TypeAlias = ByEntry | ByGift | ByReference | ByFee | ByInterest | ByArrival


@dataclass(frozen=True, slots=True)
class EndPart:
    """So much of a line, and what it is."""

    amount: Money
    how: How


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


@dataclass(frozen=True, slots=True)
class _Explained:
    """What explains a part of a line."""

    kind: EndKind
    entry: Entry
    made_here: bool
    purpose_id: UUID | None = None


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
    ends: list[LineEnd] = []
    for part in order.parts:
        found = _explained(session, actor, now, line, part)
        if isinstance(found, AskedFor):
            waits += found.amount
        else:
            ends.append(_end(session, line, part.amount, found, by=actor.person_id, now=now))
    if ends:
        audit.say(session, "line.ended", subject=line.id, made=ends)
        _learn(session, actor, line, ends)
    return Ended(line.number, left, waits)


def _end(session: Session, line: BankLine, amount: Money, found: "_Explained", *, by: UUID, now: Instant) -> LineEnd:
    return write_end(
        session,
        line,
        kind=found.kind,
        amount=amount.minor,
        by=by,
        now=now,
        cause_id=found.entry.cause_id,
        entry_id=found.entry.id,
        made_here=found.made_here,
        purpose_id=found.purpose_id,
    )


# ---------------------------------------------------------------- what explains a part


def _explained(session: Session, actor: Actor, now: Instant, line: BankLine, part: EndPart) -> _Explained | AskedFor:
    match part.how:
        case ByEntry(entry_id):
            return _tied(session, line, entry_id, part.amount)
        case ByGift(donor, purpose_id):
            return _given(session, actor, now, line, part.amount, donor=donor, purpose_id=purpose_id)
        case ByReference():
            return _referred(session, actor, now, line, part.amount, part.how)
        case ByFee():
            return _taken(session, actor, now, line, part.amount, part.how)
        case ByInterest():
            return _earned(session, actor, now, line, part.amount, part.how)
        case ByArrival(remittance_id):
            return _arrived(session, actor, now, line, part.amount, remittance_id=remittance_id)


def _tied(session: Session, line: BankLine, entry_id: UUID, amount: Money) -> _Explained:
    entry = session.get(Entry, entry_id)
    moved = moved_by(session, entry_id, bank_id=line.bank_id, direction=line.direction)
    if entry is None or not moved or entry.kind not in OF_ENTRY:
        raise RuleBroken(_("This entry did not move the line’s account the same way."), field="entry")
    left = moved - tied_to(session, entry_id, bank_id=line.bank_id, direction=line.direction)
    if amount.minor > left:
        raise RuleBroken(
            _("Only %(left)s of this entry has no line yet.", left=Money(left, line.currency)), field="amount"
        )
    return _Explained(OF_ENTRY[entry.kind], entry, made_here=False)


def _given(
    session: Session,
    actor: Actor,
    now: Instant,
    line: BankLine,
    amount: Money,
    *,
    donor: DonorDetails | UUID,
    purpose_id: UUID,
) -> _Explained:
    if not may_end(EndKind.DONATION, line.direction):
        raise RuleBroken(_("This money went out. A donation comes in."), field="how")
    order = DonationOrder(
        donor=donor, purpose_id=purpose_id, bank_id=line.bank_id, amount=amount, received_on=line.booked_on
    )
    recorded = record_donation(session, actor=actor, now=now, order=order)
    entry = session.get_one(Entry, session.get_one(Donation, recorded.donation_id).entry_id)
    return _Explained(EndKind.DONATION, entry, made_here=True, purpose_id=purpose_id)


def _referred(
    session: Session, actor: Actor, now: Instant, line: BankLine, amount: Money, how: ByReference
) -> _Explained:
    if not may_end(EndKind.DONATION, line.direction):
        raise RuleBroken(_("This money went out. A donation comes in."), field="how")
    gift = ReferredGift(
        reference_id=how.reference_id,
        donor_id=how.giver_id,
        bank_id=line.bank_id,
        amount=amount,
        received_on=line.booked_on,
    )
    donation = receive_referred(session, actor=actor, now=now, gift=gift)
    entry = session.get_one(Entry, donation.entry_id)
    return _Explained(EndKind.DONATION, entry, made_here=True, purpose_id=donation.purpose_id)


def _taken(
    session: Session, actor: Actor, now: Instant, line: BankLine, amount: Money, how: ByFee
) -> _Explained | AskedFor:
    if line.direction is not Direction.DEBIT:
        raise RuleBroken(_("This money came in. A fee goes out."), field="how")
    order = FeeOrder(
        bank_id=line.bank_id, purpose_id=how.fee_of, amount=amount, charged_on=line.booked_on, reason=how.reason
    )
    booked = record_fee(session, actor=actor, now=now, order=order, line_id=line.id)
    if isinstance(booked, AskedFor):
        return booked
    entry = session.get_one(Entry, booked.entry_id)
    return _Explained(EndKind.FEE, entry, made_here=True, purpose_id=how.fee_of)


def _earned(
    session: Session, actor: Actor, now: Instant, line: BankLine, amount: Money, how: ByInterest
) -> _Explained | AskedFor:
    if not may_end(EndKind.INTEREST, line.direction):
        raise RuleBroken(
            _("This money went out. Interest comes in; what the bank takes for a debt is a fee."), field="how"
        )
    order = InterestOrder(
        bank_id=line.bank_id,
        purpose_id=how.interest_for,
        amount=amount,
        paid_on=line.booked_on,
        line_id=line.id,
        reason=how.reason,
    )
    booked = record_interest(session, actor=actor, now=now, order=order)
    if isinstance(booked, AskedFor):
        return booked
    entry = session.get_one(Entry, booked.entry_id)
    return _Explained(EndKind.INTEREST, entry, made_here=True, purpose_id=how.interest_for)


def _arrived(
    session: Session, actor: Actor, now: Instant, line: BankLine, amount: Money, *, remittance_id: UUID
) -> _Explained:
    """That it came stays confirmed, whatever becomes of the line: so the line is tied, and books nothing itself."""
    sent = session.get(Remittance, remittance_id)
    if sent is None or sent.to_bank_id != line.bank_id or line.direction is not Direction.CREDIT:
        raise RuleBroken(_("This remittance was not sent to the line’s account."), field="how")
    order = ReceiptOrder(remittance_id=remittance_id, amount=amount, received_on=line.booked_on)
    receive(session, actor=actor, now=now, order=order)
    session.flush()
    latest = select(RemittanceReceipt.entry_id).where(RemittanceReceipt.remittance_id == remittance_id)
    entry_id = session.scalars(latest.order_by(RemittanceReceipt.id.desc()).limit(1)).one()
    return _Explained(EndKind.TRANSFER, session.get_one(Entry, entry_id), made_here=False)


def _learn(session: Session, actor: Actor, line: BankLine, ends: Sequence[LineEnd]) -> None:
    """Know the giver again by account and name; and no more whoever was taken for the giver before."""
    index = donor_index.index_of(session, actor.keyring)
    donors = donors_of(session, [end.id for end in ends])
    if index is None or not donors:
        return
    if told := words_of(session, keyring=actor.keyring, line_ids=[line.id]).get(line.id):
        for donor_id in donors:
            donor_index.learn(session, index, donor_id, donor_index.terms_of_line(told))
    undone = select(LineEnd.id).where(LineEnd.line_id == line.id, ~NOT_REOPENED)
    if wrong := donors_of(session, session.scalars(undone).all()) - donors:
        donor_index.make_anew(session, actor.keyring, index, wrong)
