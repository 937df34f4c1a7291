"""The sample fund's page for donors: switched on by two people, with a campaign and two references given out."""

from typing import TYPE_CHECKING

from sqlalchemy import select

from aid.cli.demo.people import key
from aid.domain.donations import DonorDetails, DonorKind, ThanksWish
from aid.domain.permissions import Role
from aid.domain.wishes import Wish
from aid.extensions import reading
from aid.models.fund import Purpose
from aid.models.ledger import BankAccount
from aid.perform import perform
from aid.services.giving.offers import OfferedAccount, OfferOrder, answer_offer, ask_to_offer, open_campaign
from aid.services.giving.references import issue
from aid.vault.actor import Actor

if TYPE_CHECKING:
    from aid.cli.demo.story import Story

CAMPAIGN = {"kk": "Қысқы көмек", "ru": "Зимняя помощь", "en": "Winter help"}


def offer_to_donors(story: "Story", bank_code: str) -> str:
    """The page shows the account in Gdańsk. The reference of the donor whose money comes is returned."""
    story.say("Switching the page for donors on: a treasurer asks, a coordinator agrees; two donors get a reference")
    treasurer, coordinator = story.the(Role.TREASURER).actor(), story.the(Role.COORDINATOR).actor()
    bank_id = reading().scalars(select(BankAccount.id).where(BankAccount.code == bank_code)).one()
    purposes = {purpose.code: purpose.id for purpose in reading().scalars(select(Purpose))}
    account = OfferedAccount(bank_id, "Przyjaciele Rodzin", "WBKPPLPP")
    order = OfferOrder(accounts=(account,), purposes=tuple(purposes.values()), seen=0)
    offer_id = perform(key(), ask_to_offer, actor=treasurer, now=story.now, order=order).offer_id
    story.wait(minutes=30)
    perform(key(), answer_offer, actor=coordinator, now=story.now, offer_id=offer_id, agrees=True)
    campaign = perform(key(), open_campaign, actor=treasurer, now=story.now, names=CAMPAIGN).campaign_id
    story.wait(hours=1)
    codes = []
    for donor in (_person("Lena Hoffmann", ThanksWish.EMAIL), _person(None, ThanksWish.NOT_AT_ALL)):
        wish = Wish(donor=donor, purpose_id=purposes["school"], campaign_id=campaign, currency="EUR")
        issued = perform(key(), issue, actor=Actor.system(), now=story.now, bank_id=bank_id, wish=wish)
        codes.append(issued.code)
    return codes[0]


def _person(name: str | None, thanks: ThanksWish) -> DonorDetails:
    email = "lena.hoffmann@example.org" if thanks is ThanksWish.EMAIL else None
    return DonorDetails(kind=DonorKind.PERSON, name=name, email=email, language="en", thanks=thanks)
