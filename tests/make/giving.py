"""The page for donors as a fund has it switched on, references given out under it, and lines that came by them."""

import secrets
from typing import Any
from uuid import UUID

from sqlalchemy import select

from aid.domain.clock import Instant
from aid.domain.donations import DonorDetails, DonorKind, ThanksWish
from aid.domain.wishes import Wish
from aid.models.giving import GiftReference, GiveOffer
from aid.models.statements import BankLine
from aid.perform import perform
from aid.services.giving.offers import (
    OfferedAccount,
    OfferOrder,
    answer_offer,
    ask_to_offer,
    end_campaign,
    open_campaign,
    switch_off,
)
from aid.services.giving.references import issue
from aid.services.lines.explaining import ByReference
from aid.vault.actor import Actor
from tests.make import do, rows
from tests.make.fund import PLAN, FoundedFund
from tests.make.statements import IBAN, A, a_line, bring, make_ended, make_euro_bank, open_lines

HOLDER = "Verein der Freunde"
GIFTS = "DE75512108001245126199"
GIVER = DonorDetails(
    kind=DonorKind.PERSON,
    name="Ingrid Solheim",
    address=("Storgata 7", "0155 Oslo"),
    language="en",
    thanks=ThanksWish.LETTER,
)


def make_asked(fund: FoundedFund, *bank_ids: UUID, purposes: tuple[str, ...] = ("school", "general")) -> UUID:
    """What the treasurer asks the page to offer."""
    accounts = tuple(OfferedAccount(bank_id, HOLDER, "COBADEFFXXX") for bank_id in bank_ids)
    seen = len(rows(select(GiveOffer.id)))
    order = OfferOrder(accounts=accounts, purposes=tuple(fund.purposes[each] for each in purposes), seen=seen)
    return do(ask_to_offer, actor=fund.treasurer, order=order).offer_id


def make_offered(fund: FoundedFund, *bank_ids: UUID, **asked: Any) -> UUID:
    """The same, and the coordinator agreed: the page is on."""
    offer_id = make_asked(fund, *bank_ids, **asked)
    do(answer_offer, actor=fund.coordinator, offer_id=offer_id, agrees=True)
    return offer_id


def make_campaign(fund: FoundedFund, name: str = "Winter") -> UUID:
    """A campaign that runs."""
    names = {language.value: f"{name} {language.value}" for language in PLAN.languages}
    return do(open_campaign, actor=fund.treasurer, names=names).campaign_id


def a_wish(fund: FoundedFund, *, purpose: str = "school", campaign: UUID | None = None, **donor: Any) -> Wish:
    """Ingrid wishes a letter for school things."""
    giver = GIVER if not donor else DonorDetails(**{**_fields(GIVER), **donor})
    return Wish(donor=giver, purpose_id=fund.purposes[purpose], campaign_id=campaign, currency="EUR")


def make_reference(
    fund: FoundedFund, bank_id: UUID, wish: Wish | None = None, *, now: Instant | None = None
) -> GiftReference:
    """A reference that a stranger was given."""
    asked = {"bank_id": bank_id, "wish": wish or a_wish(fund)}
    found = perform(secrets.token_hex(16), issue, actor=Actor.system(), now=now, **asked)
    return rows(select(GiftReference).where(GiftReference.code == found.code))[0]


def line_with(fund: FoundedFund, text: str, minor: int = 50_00, *, iban: str = IBAN, **more: Any) -> BankLine:
    """A line that came to this account in euros with this text."""
    number = len(rows(select(BankLine.id))) + 1
    line = a_line(minor, text=text, end_to_end=f"E2E {number}", **more)
    bring(fund.treasurer, A([line], name=f"S{number}", account=iban))
    return open_lines()[-1]


def make_giving(fund: FoundedFund) -> None:
    """An offer refused, one agreed and switched off, one that stands; campaigns; and a gift by a reference."""
    bank_id = make_euro_bank(fund, iban=GIFTS, name="Gifts")
    do(answer_offer, actor=fund.coordinator, offer_id=make_asked(fund, bank_id), agrees=False)
    make_offered(fund, bank_id)
    do(switch_off, actor=fund.coordinator)
    make_offered(fund, bank_id)
    over, runs = make_campaign(fund, "Autumn"), make_campaign(fund)
    do(end_campaign, actor=fund.treasurer, campaign_id=over)
    make_reference(fund, bank_id)
    reference = make_reference(fund, bank_id, a_wish(fund, campaign=runs))
    line = line_with(fund, f"Ref. {reference.code}", iban=GIFTS, account="NO9386011117947", other="I. Solheim")
    make_ended(fund, line, ByReference(reference.id, None))


def _fields(donor: DonorDetails) -> dict[str, Any]:
    return {name: getattr(donor, name) for name in donor.__dataclass_fields__}
