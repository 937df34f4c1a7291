"""Proof that the page for donors offers what two people agreed to, and that gifts under references rest on some.

What may pass follows from what stays: a reference whose time is over holds nothing any more, unless a gift came by it.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

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
from aid.services.verification.findings import Finding

A_DAY: Final = timedelta(days=1)  # the fund's day is not the proof's
A_MONTH: Final = timedelta(days=30)  # that a worker may have stood still


def prove_giving(session: Session) -> Iterator[Finding]:
    """Offers that one person made alone, references that are none, gifts under nothing."""
    yield from _offers(session)
    yield from _campaigns(session)
    yield from _references(session)
    yield from _gifts(session)


def _offers(session: Session) -> Iterator[Finding]:
    alone = exists().where(GiveOffer.id == GiveAnswer.offer_id, GiveOffer.asked_by_id == GiveAnswer.answered_by_id)
    yield from _wrong(session, GiveAnswer.offer_id, alone, "who asked for it answered it too")
    early = exists().where(GiveOffer.id == GiveAnswer.offer_id, GiveOffer.asked_at > GiveAnswer.answered_at)
    yield from _wrong(session, GiveAnswer.offer_id, early, "it was answered before it was asked for")
    shown = exists().where(
        GiveAnswer.offer_id == GiveEnd.offer_id, GiveAnswer.agrees, GiveAnswer.answered_at <= GiveEnd.ended_at
    )
    yield from _wrong(session, GiveEnd.offer_id, ~shown, "it was switched off, and was never shown")
    before = aliased(GiveOffer)
    counted = select(func.count()).where(before.n <= GiveOffer.n).scalar_subquery()
    yield from _wrong(session, GiveOffer.id, counted != GiveOffer.n, "one before it is missing")
    own = exists().where(BankAccount.id == GiveAccount.bank_id, BankAccount.iban == GiveAccount.iban)
    yield from _wrong(session, GiveAccount.offer_id, ~own, "it shows another IBAN than the account's")
    accounts = exists().where(GiveAccount.offer_id == GiveOffer.id)
    yield from _wrong(session, GiveOffer.id, ~accounts, "it shows no account")
    known = {str(purpose) for purpose in session.scalars(select(Purpose.id))}
    for id_, purposes in session.execute(select(GiveOffer.id, GiveOffer.purposes)):
        if not purposes or not known.issuperset(purposes):
            yield Finding("give_offer", str(id_), "it offers a purpose that there is not")


def _campaigns(session: Session) -> Iterator[Finding]:
    early = exists().where(Campaign.id == CampaignEnd.campaign_id, Campaign.opened_at > CampaignEnd.ended_at)
    yield from _wrong(session, CampaignEnd.campaign_id, early, "it was over before it began")


def _references(session: Session) -> Iterator[Finding]:
    """Each has its check digits, and what was written under it while its time runs or a gift stands by it."""
    for id_, code in session.execute(select(GiftReference.id, GiftReference.code).execution_options(yield_per=1000)):
        if not is_reference(code):
            yield Finding("gift_reference", str(id_), "its check digits do not fit")
    written = exists().where(Record.kind == RecordKind.WISH, Record.row_id == GiftReference.id)
    last_act = session.scalar(select(AuditLine.at).order_by(AuditLine.seq.desc()).limit(1))
    if last_act is not None:
        today = last_act.date()
        early = and_(GiftReference.erased_on > today + A_DAY, ~written)
        yield from _wrong(session, GiftReference.id, early, "what was written under it is gone before its time")
        used = exists().where(ReferenceGift.reference_id == GiftReference.id)
        late = and_(GiftReference.erased_on < today - A_MONTH, written, ~used)
        yield from _wrong(session, GiftReference.id, late, "what was written under it should be erased long since")
    given = exists().where(GiftReference.id == Record.row_id)
    stray = and_(Record.kind == RecordKind.WISH, ~given)
    yield from _wrong(session, Record.id, stray, "it was written under a reference that there is not")


def _gifts(session: Session) -> Iterator[Finding]:
    reference = exists().where(GiftReference.id == ReferenceGift.reference_id)
    yield from _wrong(session, ReferenceGift.donation_id, ~reference, "its reference was never given out")
    early = exists().where(
        Donation.id == ReferenceGift.donation_id,
        GiftReference.id == ReferenceGift.reference_id,
        GiftReference.asked_at > Donation.recorded_at,
    )
    yield from _wrong(session, ReferenceGift.donation_id, early, "it was booked before its reference was given out")
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
    yield from _wrong(
        session, ReferenceGift.donation_id, wrong, "its campaign was not open when its reference was given out"
    )


def _wrong(
    session: Session, key: InstrumentedAttribute[UUID], fault: ColumnElement[bool] | Exists, text: str
) -> Iterator[Finding]:
    table: Any = key.class_.__tablename__
    for (id_,) in session.execute(select(key).where(fault).order_by(key)):
        yield Finding(str(table), str(id_), text)
