"""References for payments: given out to strangers, with what they wrote sealed to treasurers; and gifts that come so.

Whoever gives one out has no key: what is sealed here can be read by treasurers alone. A reference is never used up:
a standing order brings a gift each month, and each of them is a donation of the same donor.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.codes import reference_code
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.references import MOST_AN_HOUR, MOST_WAITING, Days
from aid.domain.refusals import RuleBroken
from aid.domain.wishes import Wish, check_wish
from aid.domain.words import _
from aid.models.donations import Donation, DonationCorrection, Donor, stands_for
from aid.models.giving import Campaign, CampaignEnd, GiftReference, GiveAccount, GiveOffer, ReferenceGift
from aid.models.ledger import BankAccount
from aid.models.records import Record, RecordKind
from aid.queries.donations import taken_out
from aid.services import audit, records
from aid.services.donations import DonationOrder, record_donation
from aid.services.donors.wishes import take_up
from aid.services.giving.offers import standing_offer
from aid.services.statements.keys import donors_ring
from aid.vault.actor import Actor
from aid.vault.cbor import canonical
from aid.vault.failures import Tampered
from aid.vault.keyring import Keyring

AN_HOUR: Final = timedelta(hours=1)
A_WHILE: Final = timedelta(days=60)
"""A gift that was undone is mostly booked again: its donor's wishes stay for so long."""
AS_LONG: Final = 1_100
"""Bytes that a wish has at least before it is padded, so that nearly all of them are sealed in the same length."""
GONE = _("What its donor had written was erased, as the page had told them. Look for the donor instead.")


@dataclass(frozen=True, slots=True)
class Issued:
    """This reference is theirs; nobody else ever gets it."""

    code: str
    last_day: date
    erased_on: date


class NoneLeft(RuleBroken):
    """So many were asked for that none is given out for a while. One can give without. It leaves no trace."""

    def __init__(self) -> None:
        super().__init__(_("No reference is given out for a while."))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferredGift:
    """What came under a reference. `donor_id`: somebody known who wrote it; none: whoever the reference says."""

    reference_id: UUID
    donor_id: UUID | None
    bank_id: UUID
    amount: Money
    received_on: date


def issue(session: Session, *, actor: Actor, now: Instant, bank_id: UUID, wish: Wish) -> Issued:
    """Give a stranger a reference, and seal what they wrote. Raises RuleBroken beside its field, and NoneLeft."""
    check_wish(wish)
    offer = standing_offer(session)
    if offer is None:
        raise RuleBroken(_("Nothing is given out here any more."))
    _must_be_offered(session, offer, bank_id, wish)
    session.execute(select(GiveOffer.id).where(GiveOffer.id == offer.id).with_for_update())  # one after another
    if _too_many(session, now):
        raise NoneLeft
    days = Days.from_day(now.today)
    row_id, code = _new_row(session, now, days)
    ring_id = donors_ring(session)
    records.put(
        session,
        _as_long_as_others(wish, code),
        kind=RecordKind.WISH,
        row_id=row_id,
        rings=[records.targets(session, [ring_id])[ring_id]],
        keyring=Keyring.empty(),
    )
    return Issued(code, days.last, days.erased_on)


def receive_referred(session: Session, *, actor: Actor, now: Instant, gift: ReferredGift) -> Donation:
    """Book a donation as its reference says: of which donor, for what, in which campaign. Raises RuleBroken."""
    if not actor.keyring.has(donors_ring(session)):
        raise RuleBroken(_("You have no key to the donors yet. Ask another treasurer to admit you."))
    held = select(GiftReference).where(GiftReference.id == gift.reference_id).with_for_update()
    reference = session.scalars(held).one_or_none()
    wish = wishes_of(session, keyring=actor.keyring, references=[reference]).get(reference.id) if reference else None
    if reference is None or wish is None:
        raise RuleBroken(GONE)
    giver = giver_of(session, reference.id)
    donor = gift.donor_id or giver or wish.donor
    if isinstance(donor, UUID) and giver is None:
        take_up(session, actor=actor, now=now, donor_id=donor, wish=wish.donor)
    order = DonationOrder(
        donor=donor,
        purpose_id=wish.purpose_id,
        bank_id=gift.bank_id,
        amount=gift.amount,
        received_on=gift.received_on,
    )
    recorded = record_donation(session, actor=actor, now=now, order=order)
    row = ReferenceGift(donation_id=recorded.donation_id, reference_id=reference.id, campaign_id=wish.campaign_id)
    session.add(row)
    audit.say(session, "reference.used", subject=recorded.donation_id, made=[row])
    return session.get_one(Donation, recorded.donation_id)


def wishes_of(session: Session, *, keyring: Keyring, references: list[GiftReference]) -> dict[UUID, Wish]:
    """What donors wrote, by reference; without those that were erased. Raises NoKey, and Tampered for another's."""
    codes = {row.id: row.code for row in references}
    opened = records.take_out_all(session, kind=RecordKind.WISH, row_ids=list(codes), keyring=keyring)
    for id_, plain in opened.items():
        if plain["code"] != codes[id_]:
            raise Tampered("what was written under another reference")
    return {id_: Wish.from_plain(plain) for id_, plain in opened.items()}


def giver_of(session: Session, reference_id: UUID) -> UUID | None:
    """Whose gift came under a reference last; nobody's, where none stands."""
    return session.scalars(
        gifts_standing(stands_for()).where(ReferenceGift.reference_id == reference_id).limit(1)
    ).first()


def gifts_standing(*columns: Any) -> Select[Any]:
    """Gifts that came under references and are in the books, the latest first."""
    wanted = select(*columns).select_from(ReferenceGift).join(Donation, Donation.id == ReferenceGift.donation_id)
    return wanted.join(Donor, Donor.id == Donation.donor_id).where(~taken_out()).order_by(Donation.number.desc())


def erase_wishes(session: Session, *, now: Instant) -> None:
    """Delete what donors wrote under references whose time is over and which no gift came by."""
    over = select(GiftReference.id).where(GiftReference.erased_on <= now.today, ~_has_gift(now))
    session.execute(delete(Record).where(Record.kind == RecordKind.WISH, Record.row_id.in_(over)))


# ---------------------------------------------------------------- giving one out


def _must_be_offered(session: Session, offer: GiveOffer, bank_id: UUID, wish: Wish) -> None:
    """Raise RuleBroken, beside its field, for what the page does not offer: it may have changed meanwhile."""
    account = select(BankAccount.currency).join(GiveAccount, GiveAccount.bank_id == BankAccount.id)
    own = account.where(GiveAccount.offer_id == offer.id, BankAccount.id == bank_id, BankAccount.closed_at.is_(None))
    if session.scalar(own) != wish.currency:
        raise RuleBroken(_("There is no such account; choose one of the list."), field="account")
    if str(wish.purpose_id) not in offer.purposes:
        raise RuleBroken(_("Choose what the money is for."), field="purpose")
    campaign = wish.campaign_id
    if campaign and (session.get(Campaign, campaign) is None or session.get(CampaignEnd, campaign) is not None):
        raise RuleBroken(_("This is over. Choose another."), field="campaign")


def _too_many(session: Session, now: Instant) -> bool:
    lately = select(func.count()).where(GiftReference.asked_at > now.instant - AN_HOUR)
    waiting = select(func.count()).where(Record.kind == RecordKind.WISH)
    return session.execute(lately).scalar_one() >= MOST_AN_HOUR or session.execute(waiting).scalar_one() >= MOST_WAITING


def _new_row(session: Session, now: Instant, days: Days) -> tuple[UUID, str]:
    """A reference that was never given out before: the database says which is new."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    while True:
        id_, code = new_id(), reference_code()
        row = {"id": id_, "code": code, "asked_at": now.instant, "last_day": days.last, "erased_on": days.erased_on}
        new = dialect.insert(GiftReference).values(**row).on_conflict_do_nothing(index_elements=["code"])
        if session.execute(new.returning(GiftReference.id)).first() is not None:
            return id_, code


def _as_long_as_others(wish: Wish, code: str) -> dict[str, Any]:
    """A wish as it is sealed. Its length does not tell who asked for a letter."""
    plain = wish.plain() | {"code": code, "fill": b""}
    return plain | {"fill": bytes(max(0, AS_LONG - len(canonical(plain))))}


def _has_gift(now: Instant) -> ColumnElement[bool]:
    """A gift came by it and stands, or was undone a short while ago."""
    lately = exists().where(
        DonationCorrection.donation_id == Donation.id, DonationCorrection.corrected_at > now.instant - A_WHILE
    )
    gift = ReferenceGift.donation_id == Donation.id
    return exists().where(ReferenceGift.reference_id == GiftReference.id, gift, ~taken_out() | lately)
