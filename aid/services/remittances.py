"""Money sent between the fund's accounts: one sends, another confirms what arrived, a third decides about the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.clock import Instant
from aid.domain.entries import EntryKind, Posting
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.remittances import (
    LONGEST_REFERENCE,
    DifferenceKind,
    check_day,
    check_sending,
    why_not_decide,
    why_not_receive,
)
from aid.domain.words import _
from aid.models.fund import Purpose
from aid.models.ledger import Entry, Transfer
from aid.models.remittances import Remittance, RemittanceDecision, RemittanceReceipt
from aid.services import audit, counters, ledger
from aid.services.banks import bank_in_use, must_hold
from aid.services.provisional import must_be_whole
from aid.services.stops import refuse_while_stopped
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingOrder:
    """Money that the treasurer sent from one account to another in the same currency."""

    from_bank_id: UUID
    to_bank_id: UUID
    amount: Money
    sent_on: date  # the bank's day
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptOrder:
    """What arrived, as whoever sees the other account says."""

    remittance_id: UUID
    amount: Money
    received_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceOrder:
    """What is decided about all that has not arrived. A purpose bears charges."""

    remittance_id: UUID
    kind: DifferenceKind
    purpose_id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Money is in transit."""

    remittance_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class Received:
    """So much is still missing."""

    left: Money


@dataclass(frozen=True, slots=True)
class Decided:
    """A difference is decided; what is still missing stays in transit."""

    left: Money


def send(session: Session, *, actor: Actor, now: Instant, order: SendingOrder) -> Sent:
    """Book money as left one account and in transit to another. Raises RuleBroken beside its field."""
    actor.must(Permission.RECORD_REMITTANCES)
    assert actor.person_id is not None, "a person sends money"
    refuse_while_stopped(session, now=now)
    must_be_whole(session)
    check_sending(
        order.amount,
        from_bank=order.from_bank_id,
        to_bank=order.to_bank_id,
        sent_on=order.sent_on,
        today=now.today,
    )
    currency = order.amount.currency
    bank_in_use(session, order.from_bank_id, currency=currency, field="from_bank")
    if bank_in_use(session, order.to_bank_id, field="to_bank").currency != currency:
        raise RuleBroken(
            _("This account is in another currency. Send to one in %(currency)s, then exchange.", currency=currency),
            field="to_bank",
        )
    must_hold(session, order.from_bank_id, order.amount)
    remittance = Remittance(
        id=new_id(),
        number=counters.take(session, "remittance"),
        from_bank_id=order.from_bank_id,
        to_bank_id=order.to_bank_id,
        currency=currency,
        amount_minor=order.amount.minor,
        left_minor=order.amount.minor,
        reference=_reference(order.reference),
        sent_on=order.sent_on,
        sent_at=now.instant,
        sent_by_id=actor.person_id,
    )
    postings = entries.sent(order.from_bank_id, order.amount)
    made = _post(session, postings, EntryKind.SENDING, remittance.id, now=now, value_on=order.sent_on)
    remittance.entry_id = made[0].id
    session.add(remittance)
    audit.say(session, "remittance.sent", subject=remittance.id, made=[remittance, made[0], *made[1]])
    return Sent(remittance.id, remittance.number)


def receive(session: Session, *, actor: Actor, now: Instant, order: ReceiptOrder) -> Received:
    """Confirm what arrived of a remittance, apart from who sent it. Raises RuleBroken beside its field."""
    actor.must(Permission.CONFIRM_MONEY)
    assert actor.person_id is not None, "a person confirms"
    remittance = _locked(session, order.remittance_id)
    left = left_of(remittance)
    if order.amount.currency != remittance.currency:
        raise RuleBroken(_("This account is in %(currency)s.", currency=remittance.currency), field="amount")
    check_day(order.received_on, field="received_on", today=now.today)
    if refusal := why_not_receive(
        order.amount,
        left=left,
        sender=remittance.sent_by_id,
        receiver=actor.person_id,
        sent_on=remittance.sent_on,
        received_on=order.received_on,
    ):
        raise refusal
    receipt = RemittanceReceipt(
        id=new_id(),
        remittance_id=remittance.id,
        amount_minor=order.amount.minor,
        received_on=order.received_on,
        received_at=now.instant,
        received_by_id=actor.person_id,
    )
    postings = entries.received(remittance.to_bank_id, order.amount)
    entry, transfers = _post(session, postings, EntryKind.RECEIPT, receipt.id, now=now, value_on=order.received_on)
    receipt.entry_id = entry.id
    session.add(receipt)
    _lower(session, remittance, order.amount)
    audit.say(session, "remittance.received", subject=remittance.id, made=[receipt, entry, *transfers])
    return Received(left - order.amount)


def decide_difference(session: Session, *, actor: Actor, now: Instant, order: DifferenceOrder) -> Decided:
    """Decide about all that did not arrive: banks took it, or it is missing and stays in transit. Raises RuleBroken."""
    actor.must(Permission.DECIDE_DIFFERENCES)
    assert actor.person_id is not None, "a person decides"
    refuse_while_stopped(session, now=now)
    remittance = _locked(session, order.remittance_id)
    left = left_of(remittance)
    if refusal := why_not_decide(
        order.kind,
        left=left,
        sender=remittance.sent_by_id,
        receivers=_receivers(session, remittance.id),
        decider=actor.person_id,
        reason=order.reason,
    ):
        raise refusal
    decision = RemittanceDecision(
        id=new_id(),
        remittance_id=remittance.id,
        kind=order.kind,
        amount_minor=left.minor,
        purpose_id=None,
        reason=order.reason.strip(),
        decided_at=now.instant,
        decided_by_id=actor.person_id,
        entry_id=None,
    )
    if order.kind is DifferenceKind.MISSING:
        session.add(decision)
        audit.say(session, "remittance.missing", subject=remittance.id, made=[decision])
        return Decided(left)
    decision.purpose_id = _purpose(session, order.purpose_id)
    postings = entries.lost_to_charges(decision.purpose_id, left)
    entry, transfers = _post(session, postings, EntryKind.CHARGES, decision.id, now=now, value_on=now.today)
    decision.entry_id = entry.id
    session.add(decision)
    _lower(session, remittance, left)
    audit.say(session, "remittance.charged", subject=remittance.id, made=[decision, entry, *transfers])
    return Decided(Money.zero(remittance.currency))


def left_of(remittance: Remittance) -> Money:
    """What has neither arrived nor been explained."""
    return Money(remittance.left_minor, remittance.currency)


def _locked(session: Session, remittance_id: UUID) -> Remittance:
    remittance = session.get(Remittance, remittance_id, with_for_update=True, populate_existing=True)
    if remittance is None:
        raise RuleBroken(_("There is no such remittance."))
    return remittance


def _receivers(session: Session, remittance_id: UUID) -> list[UUID]:
    confirmed = select(RemittanceReceipt.received_by_id).where(RemittanceReceipt.remittance_id == remittance_id)
    return list(session.scalars(confirmed))


def _purpose(session: Session, purpose_id: UUID | None) -> UUID:
    if purpose_id is None or session.get(Purpose, purpose_id) is None:
        raise RuleBroken(_("Choose which purpose bears the charges."), field="purpose")
    return purpose_id


def _reference(written: str | None) -> str | None:
    reference = " ".join((written or "").split())
    if len(reference) > LONGEST_REFERENCE:
        raise RuleBroken(_("Say it in %(longest)s letters or fewer.", longest=LONGEST_REFERENCE), field="reference")
    return reference or None


def _post(
    session: Session, postings: Sequence[Posting], kind: EntryKind, cause: UUID, *, now: Instant, value_on: date
) -> tuple[Entry, tuple[Transfer, ...]]:
    return ledger.post(session, postings, kind=kind, cause=cause, now=now, value_on=value_on)


def _lower(session: Session, remittance: Remittance, by: Money) -> None:
    """Less is in transit: in SQL, so that the constraint has the last word."""
    session.flush()
    lowered = update(Remittance).where(Remittance.id == remittance.id)
    session.execute(
        lowered.values(left_minor=Remittance.left_minor - by.minor).execution_options(synchronize_session=False)
    )
