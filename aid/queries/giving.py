"""What the page for donors offers: to everybody, and to those who choose and look at it. And gifts that came by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from aid.domain.epc import Payee
from aid.domain.languages import OWN_NAMES, Language
from aid.domain.permissions import Permission
from aid.models.fund import Fund, Purpose
from aid.models.giving import (
    Campaign,
    CampaignEnd,
    GiftReference,
    GiveAccount,
    GiveAnswer,
    GiveOffer,
    ReferenceGift,
)
from aid.models.ledger import BankAccount
from aid.models.people import Person
from aid.models.records import Record, RecordKind
from aid.queries.thanks_words import languages_added
from aid.services.giving.offers import has_ended, standing_offer, waiting_offer
from aid.services.giving.references import gifts_standing
from aid.vault.actor import Actor

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """An account as everybody is shown it. `names`: what the fund calls it, which donors are not told."""

    bank_id: UUID
    names: Names
    payee: Payee


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody who wants to give may choose."""

    accounts: tuple[ShownAccount, ...]
    purposes: tuple[tuple[UUID, Names], ...]
    campaigns: tuple[tuple[UUID, Names], ...]
    languages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page is to offer, as somebody asked for it."""

    id: UUID
    n: int
    accounts: tuple[ShownAccount, ...]
    purposes: tuple[tuple[UUID, Names], ...]
    asked_at: datetime
    asked_by: str
    is_own: bool  # the reader's: somebody else answers
    agreed_by: str | None


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A fund-raising campaign, and how many gifts came under references given out for it."""

    id: UUID
    names: Names
    opened_at: datetime
    ended_at: datetime | None
    gifts: int


@dataclass(frozen=True, slots=True)
class GivingPage:
    """All that whoever keeps the page sees of it."""

    standing: Offer | None
    waiting: Offer | None
    seen: int  # how many orders there were
    campaigns: tuple[CampaignRow, ...]
    given_out: int
    used: int
    waits: int  # that something is sealed of, and no gift came by


@dataclass(frozen=True, slots=True)
class CameBy:
    """Under which reference a donation came, and in which campaign."""

    code: str
    last_day: date
    campaign: Names | None


def shown(session: Session) -> Shown | None:
    """What the page offers now; nothing while it is switched off."""
    offer = standing_offer(session)
    if offer is None:
        return None
    accounts = tuple(each for each in _accounts(session, offer.id, in_use=True))
    if not accounts:
        return None
    running = session.scalars(select(Campaign).where(~has_ended()).order_by(Campaign.opened_at.desc()))
    campaigns = tuple((row.id, row.names) for row in running)
    own = {language.value: OWN_NAMES[language] for language in Language}
    return Shown(accounts, _purposes(session, offer), campaigns, {**own, **languages_added(session)})


def giving_page(session: Session, *, actor: Actor) -> GivingPage:
    """What is offered, what waits, campaigns, and how many references there are."""
    actor.must(Permission.CONFIRM_MONEY)
    standing, waiting = standing_offer(session), waiting_offer(session)
    used = exists().where(ReferenceGift.reference_id == GiftReference.id)
    written = exists().where(Record.kind == RecordKind.WISH, Record.row_id == GiftReference.id)
    count = select(func.count()).select_from(GiftReference)
    given_out, used_, waits = session.execute(
        select(
            count.scalar_subquery(),
            count.where(used).scalar_subquery(),
            count.where(written, ~used).scalar_subquery(),
        )
    ).one()
    return GivingPage(
        standing=_offer(session, actor, standing) if standing else None,
        waiting=_offer(session, actor, waiting) if waiting else None,
        seen=session.execute(select(func.count()).select_from(GiveOffer)).scalar_one(),
        campaigns=_campaigns(session),
        given_out=given_out,
        used=used_,
        waits=waits,
    )


def offer(session: Session, *, actor: Actor, offer_id: UUID) -> Offer | None:
    """What waits for a second person's word, if this is it."""
    actor.must(Permission.CONFIRM_MONEY)
    waiting = waiting_offer(session)
    return _offer(session, actor, waiting) if waiting is not None and waiting.id == offer_id else None


def fund_languages(session: Session) -> Sequence[str]:
    """The languages that names are written in."""
    return session.execute(select(Fund.languages)).scalar_one()


def came_by(session: Session, *, actor: Actor, donation_id: UUID) -> CameBy | None:
    """Under which reference a donation came, for who may see donors; nothing for anybody else."""
    if not actor.may(Permission.SEE_DONORS):
        return None
    found = session.execute(
        select(GiftReference.code, GiftReference.last_day, Campaign.names)
        .join(ReferenceGift, ReferenceGift.reference_id == GiftReference.id)
        .outerjoin(Campaign, Campaign.id == ReferenceGift.campaign_id)
        .where(ReferenceGift.donation_id == donation_id)
    ).one_or_none()
    return CameBy(*found) if found else None


def _offer(session: Session, actor: Actor, row: GiveOffer) -> Offer:
    asked_by = session.execute(select(Person.handle).where(Person.id == row.asked_by_id)).scalar_one()
    answered = select(Person.handle).join(GiveAnswer, GiveAnswer.answered_by_id == Person.id)
    return Offer(
        id=row.id,
        n=row.n,
        accounts=tuple(_accounts(session, row.id)),
        purposes=_purposes(session, row),
        asked_at=row.asked_at,
        asked_by=asked_by,
        is_own=row.asked_by_id == actor.id,
        agreed_by=session.scalar(answered.where(GiveAnswer.offer_id == row.id, GiveAnswer.agrees)),
    )


def _accounts(session: Session, offer_id: UUID, *, in_use: bool = False) -> list[ShownAccount]:
    wanted = select(GiveAccount, BankAccount).join(BankAccount, BankAccount.id == GiveAccount.bank_id)
    wanted = wanted.where(GiveAccount.offer_id == offer_id).order_by(GiveAccount.n)
    found = session.execute(wanted.where(BankAccount.closed_at.is_(None)) if in_use else wanted)
    return [
        ShownAccount(bank.id, bank.names, Payee(row.holder, row.iban, row.bic, bank.currency)) for row, bank in found
    ]


def _purposes(session: Session, row: GiveOffer) -> tuple[tuple[UUID, Names], ...]:
    names = {str(id_): names for id_, names in session.execute(select(Purpose.id, Purpose.names))}
    return tuple((UUID(id_), names[id_]) for id_ in row.purposes if id_ in names)


def _campaigns(session: Session) -> tuple[CampaignRow, ...]:
    counted = gifts_standing(ReferenceGift.campaign_id, func.count()).order_by(None).group_by(ReferenceGift.campaign_id)
    gifts = {campaign: count for campaign, count in session.execute(counted)}  # noqa: C416
    wanted = select(Campaign, CampaignEnd.ended_at).outerjoin(CampaignEnd, CampaignEnd.campaign_id == Campaign.id)
    return tuple(
        CampaignRow(row.id, row.names, row.opened_at, ended_at, gifts.get(row.id, 0))
        for row, ended_at in session.execute(wanted.order_by(Campaign.opened_at.desc()))
    )
