"""Proof that the page for donors offers what two people agreed to, and that gifts under references rest on some.

What may pass follows from what stays: a reference whose time is over holds nothing any more, unless a gift came by it.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from aid.domain.codes import is_reference
from aid.models.audit import AuditLine
from aid.models.donations import Donation
from aid.models.fund import Purpose
from aid.models.giving import (
    Campaign,
    CampaignEnd,
    GiftReference,
    GiveAccount,
    GiveAnswer,
    GiveEnd,
    GiveOffer,
    ReferenceGift,
)
from aid.models.ledger import BankAccount
from aid.models.records import Record, RecordKind
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding

A_DAY: Final = timedelta(days=1)  # the fund's day is not the proof's
A_MONTH: Final = timedelta(days=30)  # that a worker may have stood still


def prove_giving(session: Session) -> Iterator[Finding]:
    """Offers that one person made alone, references that are none, gifts under nothing."""
    yield from faults_found(session, _offers)
    yield from _purposes(session)
    yield from faults_found(session, _campaigns)
    yield from _references(session)
    yield from faults_found(session, _written, _gifts)


def _offers() -> Iterator[Fault]:
    alone = exists().where(GiveOffer.id == GiveAnswer.offer_id, GiveOffer.asked_by_id == GiveAnswer.answered_by_id)
    yield those(GiveAnswer.offer_id, alone, "who asked for it answered it too")
    early = exists().where(GiveOffer.id == GiveAnswer.offer_id, GiveOffer.asked_at > GiveAnswer.answered_at)
    yield those(GiveAnswer.offer_id, early, "it was answered before it was asked for")
    shown = exists().where(
        GiveAnswer.offer_id == GiveEnd.offer_id, GiveAnswer.agrees, GiveAnswer.answered_at <= GiveEnd.ended_at
    )
    yield those(GiveEnd.offer_id, ~shown, "it was switched off, and was never shown")
    before = aliased(GiveOffer)
    counted = select(func.count()).where(before.n <= GiveOffer.n).scalar_subquery()
    yield those(GiveOffer.id, counted != GiveOffer.n, "one before it is missing")
    own = exists().where(BankAccount.id == GiveAccount.bank_id, BankAccount.iban == GiveAccount.iban)
    yield those(GiveAccount.offer_id, ~own, "it shows another IBAN than the account's")
    accounts = exists().where(GiveAccount.offer_id == GiveOffer.id)
    yield those(GiveOffer.id, ~accounts, "it shows no account")


def _purposes(session: Session) -> Iterator[Finding]:
    known = {str(purpose) for purpose in session.scalars(select(Purpose.id))}
    for id_, purposes in session.execute(select(GiveOffer.id, GiveOffer.purposes)):
        if not purposes or not known.issuperset(purposes):
            yield Finding("give_offer", str(id_), "it offers a purpose that there is not")


def _campaigns() -> Iterator[Fault]:
    early = exists().where(Campaign.id == CampaignEnd.campaign_id, Campaign.opened_at > CampaignEnd.ended_at)
    yield those(CampaignEnd.campaign_id, early, "it was over before it began")


def _references(session: Session) -> Iterator[Finding]:
    """Each has its check digits, and what was written under it while its time runs or a gift stands by it."""
    for id_, code in session.execute(select(GiftReference.id, GiftReference.code).execution_options(yield_per=1000)):
        if not is_reference(code):
            yield Finding("gift_reference", str(id_), "its check digits do not fit")
    last_act = session.scalar(select(AuditLine.at).order_by(AuditLine.seq.desc()).limit(1))
    if last_act is not None:
        today = last_act.date()
        yield from faults_found(session, _in_time, soon=today + A_DAY, long_ago=today - A_MONTH)


def _in_time() -> Iterator[Fault]:
    written = exists().where(Record.kind == RecordKind.WISH, Record.row_id == GiftReference.id)
    early = and_(GiftReference.erased_on > bindparam("soon"), ~written)
    yield those(GiftReference.id, early, "what was written under it is gone before its time")
    used = exists().where(ReferenceGift.reference_id == GiftReference.id)
    late = and_(GiftReference.erased_on < bindparam("long_ago"), written, ~used)
    yield those(GiftReference.id, late, "what was written under it should be erased long since")


def _written() -> Iterator[Fault]:
    given = exists().where(GiftReference.id == Record.row_id)
    stray = and_(Record.kind == RecordKind.WISH, ~given)
    yield those(Record.id, stray, "it was written under a reference that there is not")


def _gifts() -> Iterator[Fault]:
    reference = exists().where(GiftReference.id == ReferenceGift.reference_id)
    yield those(ReferenceGift.donation_id, ~reference, "its reference was never given out")
    early = exists().where(
        Donation.id == ReferenceGift.donation_id,
        GiftReference.id == ReferenceGift.reference_id,
        GiftReference.asked_at > Donation.recorded_at,
    )
    yield those(ReferenceGift.donation_id, early, "it was booked before its reference was given out")
    campaign = exists().where(
        Campaign.id == ReferenceGift.campaign_id,
        GiftReference.id == ReferenceGift.reference_id,
        Campaign.opened_at <= GiftReference.asked_at,
    )
    over = exists().where(
        CampaignEnd.campaign_id == ReferenceGift.campaign_id,
        GiftReference.id == ReferenceGift.reference_id,
        CampaignEnd.ended_at < GiftReference.asked_at,
    )
    wrong = and_(ReferenceGift.campaign_id.is_not(None), or_(~campaign, over))
    yield those(ReferenceGift.donation_id, wrong, "its campaign was not open when its reference was given out")
