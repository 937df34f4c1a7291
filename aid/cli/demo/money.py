"""The sample fund's money: gifts at home and in three more currencies, a month closed, transfers home, exchanges."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aid.cli.demo.people import key
from aid.documents.letter import thanks_pdf
from aid.documents.thanking import in_public, letters
from aid.domain.donations import DonorDetails, DonorKind
from aid.domain.entries import BankHolder
from aid.domain.exchanges import Rate
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.months import Month
from aid.domain.own_bookings import OwnBooking, OwnKind
from aid.domain.permissions import Role
from aid.domain.remittances import DifferenceKind
from aid.extensions import reading
from aid.models.donations import Donation
from aid.models.fund import Purpose
from aid.models.ledger import BankAccount
from aid.perform import perform
from aid.services.banks import BankOrder, open_bank
from aid.services.corrections import (
    Asked,
    CorrectionAnswerOrder,
    DonationCorrectionOrder,
    answer_correction,
    correct_donation,
)
from aid.services.donations import DonationOrder, record_donation
from aid.services.exchanges import ExchangeOrder, exchange
from aid.services.months import close_month
from aid.services.own_bookings import record_own
from aid.services.remittances import (
    DifferenceOrder,
    ReceiptOrder,
    SendingOrder,
    decide_difference,
    receive,
    send,
)

if TYPE_CHECKING:
    from aid.cli.demo.story import Story

ABROAD: tuple[tuple[str, str, str, int, str, Language, str], ...] = (
    ("EUR", "Konto Gdańsk", "general", 12_000_00, "Solidarność, Region Gdański", Language.EN, "Gdańsk"),
    ("GBP", "Trust account London", "school", 2_500_00, "Friends of the Caspian Coast", Language.EN, "London"),
    ("USD", "Account New York", "daily", 5_000_00, "Longshore Workers' Aid", Language.EN, "New York"),
)
IBANS = {"EUR": "PL61109010140000071219812874"}  # the example that the registry of IBANs gives
NATIONAL_BANK = "National Bank of Kazakhstan"
THANKED = 4
IN_PUBLIC = {"Dockers' Local 17": "Dockers of Rotterdam", "Гүлмира Тасболатова": None}
"""Whose gifts stand on the public page: with a line of their own, or as a friend's."""

Gift = tuple[str, int, str, DonorKind, Language, str]
"""For which purpose, how much, and from whom: name, kind, language, town."""

EARLY_GIFTS: Sequence[Gift] = (
    ("school", 4_000_000_50, "International Federation of Oil Workers", DonorKind.UNION, Language.EN, "Geneva"),
)
GIFTS: Sequence[Gift] = (
    ("daily", 3_500_000_00, "Профсоюз железнодорожников", DonorKind.UNION, Language.RU, "Астана"),
    ("school", 1_500_000_00, "Мұғалімдер кәсіподағы", DonorKind.UNION, Language.KK, "Алматы"),
    ("daily", 2_250_000_00, "Dockers' Local 17", DonorKind.UNION, Language.EN, "Rotterdam"),
    ("general", 1_800_000_00, "Гүлмира Тасболатова", DonorKind.PERSON, Language.KK, "Ақтау"),
    ("general", 12_500_50, "Jonas Weber", DonorKind.PERSON, Language.EN, "Bremen"),
)


def receive_gifts(story: "Story", gifts: Sequence[Gift], *, minutes: int = 180) -> None:
    """Gifts arrive; the first four of all are thanked by letter, a few in public."""
    story.say(f"Booking {len(gifts)} donations, and thanking for the first ones")
    actor = story.the(Role.TREASURER).actor()
    purposes = {purpose.code: purpose.id for purpose in reading().scalars(select(Purpose))}
    bank = reading().scalars(select(BankAccount.id)).one()
    for purpose, minor, name, kind, language, town in gifts:
        donor = DonorDetails(kind=kind, name=name, address=(town,), language=language)
        order = DonationOrder(
            donor=donor,
            purpose_id=purposes[purpose],
            bank_id=bank,
            amount=Money(minor, "KZT"),
            received_on=story.now.today,
        )
        recorded = perform(key(), record_donation, actor=actor, now=story.now, order=order)
        story.wait(minutes=minutes)
        if recorded.number <= THANKED:
            printed = letters(actor, [recorded.donation_id], key(), now=story.now)
            story.print(f"thanks-{recorded.number}.pdf", thanks_pdf(*printed))
        elif name in IN_PUBLIC:
            in_public(actor, recorded.donation_id, key(), line=IN_PUBLIC[name], now=story.now)


def close_first_month(story: "Story") -> None:
    """The month of the founding is over: nothing is booked in it any more."""
    story.say("Closing the books of the first month")
    treasurer = story.the(Role.TREASURER).actor()
    first = Month.of(story.now.today - timedelta(days=story.now.today.day))
    perform(key(), close_month, actor=treasurer, now=story.now, month=first)


def receive_money_from_abroad(story: "Story") -> None:
    """Gifts to trustees' accounts; euros sent home, a part of them exchanged, and more on their way."""
    story.say("Receiving gifts in euros, pounds and dollars on trustees' accounts")
    banks = {gift[0]: _gift(story, *gift) for gift in ABROAD}
    home = _opened(story, "EUR", "EUR, Ақтау", None, iban=None)
    story.say("Sending euros home: confirmed by another, the difference decided by a third, and one more on its way")
    _send_home(story, banks["EUR"], home)
    story.say("Exchanging euros for tenge; dollars at a rate that is off wait for a second person")
    _exchange(story, home, Money(6_000_00, "EUR"), Money(3_672_000_00, "KZT"), "612.40", "general", Money(12_00, "EUR"))
    _exchange(story, banks["USD"], Money(1_000_00, "USD"), Money(498_000_00, "KZT"), "523.10", "daily", None)
    _correct_a_gift(story)


def _purpose(code: str) -> UUID:
    return reading().scalars(select(Purpose.id).where(Purpose.code == code)).one()


def _opened(story: "Story", currency: str, name: str, trustee: str | None, *, iban: str | None) -> UUID:
    holder = BankHolder.TRUSTEE if trustee else BankHolder.FUND
    order = BankOrder(name=name, currency=currency, holder=holder, trustee=trustee, iban=iban)
    return perform(key(), open_bank, actor=story.the(Role.TREASURER).actor(), now=story.now, order=order).bank_id


def _gift(
    story: "Story", currency: str, name: str, purpose: str, minor: int, donor: str, language: Language, town: str
) -> UUID:
    """A trustee's account, and the gift that came to it; it is thanked for."""
    treasurer = story.the(Role.TREASURER)
    bank = _opened(story, currency, name, treasurer.handle, iban=IBANS.get(currency))
    order = DonationOrder(
        donor=DonorDetails(kind=DonorKind.UNION, name=donor, address=(town,), language=language),
        purpose_id=_purpose(purpose),
        bank_id=bank,
        amount=Money(minor, currency),
        received_on=story.now.today,
    )
    gift = perform(key(), record_donation, actor=treasurer.actor(), now=story.now, order=order)
    letters(treasurer.actor(), [gift.donation_id], key(), now=story.now)
    story.wait(minutes=20)
    return bank


def _send_home(story: "Story", abroad: UUID, home: UUID) -> None:
    treasurer, coordinator = story.the(Role.TREASURER).actor(), story.the(Role.COORDINATOR).actor()
    member = story.the(Role.COMMITTEE_MEMBER).actor()

    def sent(minor: int, reference: str) -> UUID:
        amount = Money(minor, "EUR")
        order = SendingOrder(
            from_bank_id=abroad, to_bank_id=home, amount=amount, sent_on=story.now.today, reference=reference
        )
        return perform(key(), send, actor=treasurer, now=story.now, order=order).remittance_id

    def charged(minor: int, reason: str = "") -> None:
        order = OwnBooking(
            kind=OwnKind.FEE,
            bank_id=abroad,
            purpose_id=_purpose("general"),
            amount=Money(minor, "EUR"),
            booked_on=story.now.today,
            reason=reason,
        )
        perform(key(), record_own, actor=treasurer, now=story.now, order=order)

    first = sent(8_000_00, "GD-2207")
    story.wait(hours=3)
    came = ReceiptOrder(remittance_id=first, amount=Money(7_985_00, "EUR"), received_on=story.now.today)
    perform(key(), receive, actor=coordinator, now=story.now, order=came)
    taken = DifferenceOrder(
        remittance_id=first,
        kind=DifferenceKind.CHARGES,
        purpose_id=_purpose("general"),
        reason="The correspondent bank's notice shows a fee of 15 euros",
    )
    perform(key(), decide_difference, actor=member, now=story.now, order=taken)
    sent(3_000_00, "GD-2231")
    charged(4_50)
    charged(85_00, "Two lost cards, by the bank’s letter of this week")  # waits for a second person
    story.wait(hours=1)


def _exchange(
    story: "Story", bank: UUID, sold: Money, bought: Money, rate: str, purpose: str, charges: Money | None
) -> None:
    home = reading().scalars(select(BankAccount.id).where(BankAccount.code == "main")).one()
    order = ExchangeOrder(
        from_bank_id=bank,
        to_bank_id=home,
        sold=((_purpose(purpose), sold),),
        bought=bought,
        charges=charges,
        source=NATIONAL_BANK,
        rate=Rate(rate, sold.currency, "KZT"),
        exchanged_on=story.now.today,
    )
    perform(key(), exchange, actor=story.the(Role.TREASURER).actor(), now=story.now, order=order)
    story.wait(minutes=30)


def _correct_a_gift(story: "Story") -> None:
    """The first gift was half a tenge less. Its month is closed: this one corrects it, once a second person agrees."""
    gift = reading().scalars(select(Donation).order_by(Donation.number).limit(1)).one()
    assert gift.bank_id is not None, "it was booked to an account"
    order = DonationCorrectionOrder(
        donation_id=gift.id,
        purpose_id=gift.purpose_id,
        bank_id=gift.bank_id,
        amount=Money(gift.amount_minor - 50, "KZT"),
        reason="The bank's line says half a tenge less",
        seen=0,
    )
    asked = perform(key(), correct_donation, actor=story.the(Role.TREASURER).actor(), now=story.now, order=order)
    assert isinstance(asked, Asked), "less would be on the account"
    story.wait(hours=2)
    answer = CorrectionAnswerOrder(asked_id=asked.asked_id, agrees=True, reason="The statement shows it, line 4")
    perform(key(), answer_correction, actor=story.the(Role.COORDINATOR).actor(), now=story.now, order=answer)
