"""What the public page offers to donors: asked for by one person, shown once another agrees; and campaigns.

Whoever chooses the account that everybody is shown could lead gifts elsewhere. So nobody does it alone, and anybody who
may agree switches the page off at once.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Exists, exists, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.giving import MOST_ACCOUNTS, checked_bic, checked_holder, checked_iban, checked_names
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.words import _
from aid.models.fund import Fund, Purpose
from aid.models.giving import Campaign, CampaignEnd, GiveAccount, GiveAnswer, GiveEnd, GiveOffer
from aid.services import audit
from aid.services.banks import bank_in_use
from aid.services.provisional import must_be_whole
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class OfferedAccount:
    """An account that everybody is to be shown, with its holder as the bank knows them."""

    bank_id: UUID
    holder: str
    bic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferOrder:
    """What the page is to offer. `seen`: how many such orders whoever asks has seen."""

    accounts: tuple[OfferedAccount, ...]
    purposes: tuple[UUID, ...]
    seen: int


@dataclass(frozen=True, slots=True)
class OfferAsked:
    """It waits for a second person's word."""

    offer_id: UUID


@dataclass(frozen=True, slots=True)
class OfferAnswered:
    """A second person has looked at it."""

    agrees: bool


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """Nobody is shown the page any more."""


@dataclass(frozen=True, slots=True)
class CampaignOpened:
    """Donors may name this campaign from now on."""

    campaign_id: UUID


@dataclass(frozen=True, slots=True)
class CampaignEnded:
    """No new donor names it."""


def standing_offer(session: Session) -> GiveOffer | None:
    """What the page offers now; nothing where it is switched off."""
    agreed = select(GiveOffer).join(GiveAnswer, GiveAnswer.offer_id == GiveOffer.id).where(GiveAnswer.agrees)
    latest = session.scalars(agreed.order_by(GiveOffer.n.desc()).limit(1)).one_or_none()
    return latest if latest is not None and session.get(GiveEnd, latest.id) is None else None


def waiting_offer(session: Session) -> GiveOffer | None:
    """What waits for a second person's word: the latest that was asked for, if nobody answered it."""
    latest = session.scalars(select(GiveOffer).order_by(GiveOffer.n.desc()).limit(1)).one_or_none()
    return latest if latest is not None and session.get(GiveAnswer, latest.id) is None else None


def ask_to_offer(session: Session, *, actor: Actor, now: Instant, order: OfferOrder) -> OfferAsked:
    """Ask for what the page is to offer; it takes the place of what waits. Raises RuleBroken beside its field."""
    actor.must(Permission.KEEP_ACCOUNTS)
    assert actor.person_id is not None, "a person asks"
    _must_have_seen(session, order.seen)
    if not 1 <= len(order.accounts) <= MOST_ACCOUNTS:
        raise RuleBroken(_("Choose at least one account that gifts can be sent to."), field="accounts")
    known = set(session.scalars(select(Purpose.id)))
    if not order.purposes or not known.issuperset(order.purposes):
        raise RuleBroken(_("Choose at least one purpose that donors can give for."), field="purposes")
    offer = GiveOffer(
        id=new_id(),
        n=order.seen + 1,
        purposes=[str(purpose) for purpose in order.purposes],
        asked_at=now.instant,
        asked_by_id=actor.person_id,
    )
    session.add(offer)
    session.flush()
    accounts = [_account(session, offer, n, chosen) for n, chosen in enumerate(order.accounts, 1)]
    session.add_all(accounts)
    session.flush()
    audit.say(session, "give.asked", subject=offer.id, made=[offer, *accounts])
    return OfferAsked(offer.id)


def answer_offer(session: Session, *, actor: Actor, now: Instant, offer_id: UUID, agrees: bool) -> OfferAnswered:
    """A second person's word: what was asked for is shown from now on, or not. Raises RuleBroken."""
    actor.must(Permission.CONFIRM_MONEY)
    assert actor.person_id is not None, "a person answers"
    if agrees:
        must_be_whole(session)
    session.execute(select(Fund.sole).with_for_update())
    offer = waiting_offer(session)
    if offer is None or offer.id != offer_id:
        raise RuleBroken(_("This does not wait any more. Look at what is offered now."))
    if offer.asked_by_id == actor.person_id:
        raise NotAllowed(_("You asked for this yourself. Somebody else has to look at it."))
    for account in session.scalars(select(GiveAccount).where(GiveAccount.offer_id == offer.id)) if agrees else ():
        bank_in_use(session, account.bank_id)
    answer = GiveAnswer(offer_id=offer.id, agrees=agrees, answered_at=now.instant, answered_by_id=actor.person_id)
    session.add(answer)
    audit.say(session, "give.agreed" if agrees else "give.refused", subject=offer.id, made=[answer])
    return OfferAnswered(agrees)


def switch_off(session: Session, *, actor: Actor, now: Instant) -> SwitchedOff:
    """Show the page to nobody any more, at once. References that were given out stay good. Raises RuleBroken."""
    actor.must(Permission.CONFIRM_MONEY)
    assert actor.person_id is not None, "a person switches it off"
    session.execute(select(Fund.sole).with_for_update())
    offer = standing_offer(session)
    if offer is None:
        raise RuleBroken(_("The page is switched off already."))
    end = GiveEnd(offer_id=offer.id, ended_at=now.instant, ended_by_id=actor.person_id)
    session.add(end)
    audit.say(session, "give.ended", subject=offer.id, made=[end])
    return SwitchedOff()


def open_campaign(session: Session, *, actor: Actor, now: Instant, names: dict[str, str]) -> CampaignOpened:
    """Open a fund-raising campaign: donors may name it from now on. Raises RuleBroken beside its field."""
    actor.must(Permission.KEEP_ACCOUNTS)
    assert actor.person_id is not None, "a person opens it"
    languages = session.execute(select(Fund.languages).with_for_update()).scalar_one()
    said = checked_names(names, languages=languages)
    for other in session.scalars(select(Campaign).where(~has_ended())):
        if {name.casefold() for name in other.names.values()} & {name.casefold() for name in said.values()}:
            raise RuleBroken(_("Another one is called that, and is not over."), field=f"name_{languages[0]}")
    campaign = Campaign(id=new_id(), names=said, opened_at=now.instant, opened_by_id=actor.person_id)
    session.add(campaign)
    audit.say(session, "campaign.opened", subject=campaign.id, made=[campaign])
    return CampaignOpened(campaign.id)


def end_campaign(session: Session, *, actor: Actor, now: Instant, campaign_id: UUID) -> CampaignEnded:
    """End a campaign. Who was given a reference for it before still gives for it. Raises RuleBroken."""
    actor.must(Permission.KEEP_ACCOUNTS)
    assert actor.person_id is not None, "a person ends it"
    session.execute(select(Fund.sole).with_for_update())
    if session.get(Campaign, campaign_id) is None or session.get(CampaignEnd, campaign_id) is not None:
        raise RuleBroken(_("It is over already."))
    end = CampaignEnd(campaign_id=campaign_id, ended_at=now.instant, ended_by_id=actor.person_id)
    session.add(end)
    audit.say(session, "campaign.ended", subject=campaign_id, made=[end])
    return CampaignEnded()


def has_ended() -> Exists:
    """Whether a campaign is over."""
    return exists().where(CampaignEnd.campaign_id == Campaign.id)


def _must_have_seen(session: Session, seen: int) -> None:
    """Of two who ask at once, the second sees the first's."""
    session.execute(select(Fund.sole).with_for_update())
    if session.execute(select(func.count()).select_from(GiveOffer)).scalar_one() != seen:
        raise RuleBroken(_("Somebody changed this a moment ago. Look at theirs first."))


def _account(session: Session, offer: GiveOffer, n: int, chosen: OfferedAccount) -> GiveAccount:
    try:
        bank = bank_in_use(session, chosen.bank_id)
        iban = checked_iban(bank.iban)
        holder, bic = checked_holder(chosen.holder), checked_bic(chosen.bic)
    except RuleBroken as refusal:
        raise RuleBroken(refusal.message, field=f"{refusal.field}_{n}") from None
    return GiveAccount(offer_id=offer.id, n=n, bank_id=bank.id, iban=iban, holder=holder, bic=bic)
