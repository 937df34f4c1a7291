"""What explains a part of a bank line: an entry of the books, or what is booked now as people book it by hand."""

from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.donations import DonorDetails
from aid.domain.line_ends import OF_ENTRY, EndKind, may_end
from aid.domain.money import Money
from aid.domain.own_bookings import OwnBooking, OwnKind
from aid.domain.payments import Direction
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.donations import Donation
from aid.models.ledger import Entry
from aid.models.remittances import Remittance, RemittanceReceipt
from aid.models.statements import BankLine
from aid.services.donations import DonationOrder, record_donation
from aid.services.giving.references import ReferredGift, receive_referred
from aid.services.lines.writing import moved_by, tied_to
from aid.services.own_bookings import record_own
from aid.services.remittances import ReceiptOrder, receive
from aid.services.second_words.asking import AskedFor
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
    """So much of a line, and what it is. `payment`: which payment of a batch, from 1."""

    amount: Money
    how: How
    payment: int | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """What explains a part of a line."""

    kind: EndKind
    entry: Entry
    made_here: bool
    purpose_id: UUID | None = None


def explained(session: Session, *, actor: Actor, now: Instant, line: BankLine, part: EndPart) -> Explained | AskedFor:
    """What explains a part: it is booked now, or waits for a second person. Raises RuleBroken beside its field."""
    match part.how:
        case ByEntry(entry_id):
            return _tied(session, line, entry_id, part.amount)
        case ByGift(donor, purpose_id):
            return _given(session, actor, now, line, part.amount, donor=donor, purpose_id=purpose_id)
        case ByReference():
            return _referred(session, actor, now, line, part.amount, part.how)
        case ByFee() | ByInterest():
            return _own(session, actor, now, line, part.amount, part.how)
        case ByArrival(remittance_id):
            return _arrived(session, actor, now, line, part.amount, remittance_id=remittance_id)


def _tied(session: Session, line: BankLine, entry_id: UUID, amount: Money) -> Explained:
    entry = session.get(Entry, entry_id)
    moved = moved_by(session, entry_id, bank_id=line.bank_id, direction=line.direction)
    if entry is None or not moved or entry.kind not in OF_ENTRY:
        raise RuleBroken(_("This entry did not move the line’s account the same way."), field="entry")
    left = moved - tied_to(session, entry_id, bank_id=line.bank_id, direction=line.direction)
    if amount.minor > left:
        raise RuleBroken(
            _("Only %(left)s of this entry has no line yet.", left=Money(left, line.currency)), field="amount"
        )
    return Explained(OF_ENTRY[entry.kind], entry, made_here=False)


def _given(
    session: Session,
    actor: Actor,
    now: Instant,
    line: BankLine,
    amount: Money,
    *,
    donor: DonorDetails | UUID,
    purpose_id: UUID,
) -> Explained:
    if not may_end(EndKind.DONATION, line.direction):
        raise RuleBroken(_("This money went out. A donation comes in."), field="how")
    order = DonationOrder(
        donor=donor, purpose_id=purpose_id, bank_id=line.bank_id, amount=amount, received_on=line.booked_on
    )
    recorded = record_donation(session, actor=actor, now=now, order=order)
    entry = session.get_one(Entry, session.get_one(Donation, recorded.donation_id).entry_id)
    return Explained(EndKind.DONATION, entry, made_here=True, purpose_id=purpose_id)


def _referred(
    session: Session, actor: Actor, now: Instant, line: BankLine, amount: Money, how: ByReference
) -> Explained:
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
    return Explained(EndKind.DONATION, entry, made_here=True, purpose_id=donation.purpose_id)


def _own(
    session: Session, actor: Actor, now: Instant, line: BankLine, amount: Money, how: ByFee | ByInterest
) -> Explained | AskedFor:
    """The bank's own booking: a fee goes out, interest comes in."""
    if isinstance(how, ByFee):
        kind, purpose_id = OwnKind.FEE, how.fee_of
        if line.direction is not Direction.DEBIT:
            raise RuleBroken(_("This money came in. A fee goes out."), field="how")
    else:
        kind, purpose_id = OwnKind.INTEREST, how.interest_for
        if not may_end(EndKind.INTEREST, line.direction):
            raise RuleBroken(
                _("This money went out. Interest comes in; what the bank takes for a debt is a fee."), field="how"
            )
    order = OwnBooking(
        kind=kind,
        bank_id=line.bank_id,
        purpose_id=purpose_id,
        amount=amount,
        booked_on=line.booked_on,
        line_id=line.id,
        reason=how.reason,
    )
    booked = record_own(session, actor=actor, now=now, order=order)
    if isinstance(booked, AskedFor):
        return booked
    entry = session.get_one(Entry, booked.entry_id)
    return Explained(EndKind(kind), entry, made_here=True, purpose_id=purpose_id)


def _arrived(
    session: Session, actor: Actor, now: Instant, line: BankLine, amount: Money, *, remittance_id: UUID
) -> Explained:
    """That it came stays confirmed, whatever becomes of the line: so the line is tied, and books nothing itself."""
    sent = session.get(Remittance, remittance_id)
    if sent is None or sent.to_bank_id != line.bank_id or line.direction is not Direction.CREDIT:
        raise RuleBroken(_("This remittance was not sent to the line’s account."), field="how")
    order = ReceiptOrder(remittance_id=remittance_id, amount=amount, received_on=line.booked_on)
    receive(session, actor=actor, now=now, order=order)
    session.flush()
    latest = select(RemittanceReceipt.entry_id).where(RemittanceReceipt.remittance_id == remittance_id)
    entry_id = session.scalars(latest.order_by(RemittanceReceipt.id.desc()).limit(1)).one()
    return Explained(EndKind.TRANSFER, session.get_one(Entry, entry_id), made_here=False)
