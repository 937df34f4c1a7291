"""The page for donors, references given out under it, and gifts that come by them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.donations import DonorDetails, ThanksWish
from aid.domain.epc import Payee
from aid.domain.money import Money
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.suggestions import Gift, Referred
from aid.extensions import db
from aid.models.audit import AuditLine, Performed
from aid.models.donations import CorrectionAsked, Donation, Donor
from aid.models.giving import GiftReference, ReferenceGift
from aid.models.records import Record, RecordKind, Wrap
from aid.perform import perform
from aid.queries.donors import details_of
from aid.queries.giving import shown
from aid.queries.lines import OpenLine, open_lines
from aid.services.giving import references
from aid.services.giving.offers import (
    OfferedAccount,
    OfferOrder,
    answer_offer,
    ask_to_offer,
    end_campaign,
    open_campaign,
    switch_off,
)
from aid.services.giving.references import NoneLeft, issue
from aid.services.lines.ends import EndOrder, end_line
from aid.services.lines.explaining import ByGift, ByReference, EndPart
from aid.services.lines.undoing import ReopenOrder, reopen
from aid.services.sweeping import sweep_rows
from aid.services.verification import replay
from aid.vault.actor import Actor
from aid.vault.keyring import Keyring
from tests.make import do, rows, see
from tests.make.donations import a_donor, make_donation
from tests.make.fund import FoundedFund
from tests.make.giving import HOLDER, a_wish, line_with, make_asked, make_campaign, make_offered, make_reference
from tests.make.money import make_agreed
from tests.make.statements import IBAN, make_ended, make_euro_bank

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)

ZONE = ZoneInfo("Asia/Aqtau")


@pytest.fixture
def bank(fund: FoundedFund) -> UUID:
    """An account in euros that the page shows."""
    bank_id = make_euro_bank(fund)
    make_offered(fund, bank_id)
    return bank_id


def later(days: int) -> Instant:
    return Instant.at(datetime.now(UTC) + timedelta(days=days), ZONE)


def first_line(fund: FoundedFund, bank: UUID) -> OpenLine:
    """The oldest open line as the treasurer sees it."""
    with Session(db.engine) as session:
        found = open_lines(session, actor=fund.treasurer, now=later(0), bank_id=bank)
    return found.rows[-1]


def findings() -> list[str]:
    with Session(db.engine) as session:
        return [finding.text for finding in replay(session, "giving")]


# ---------------------------------------------------------------- what the page offers


def test_the_page_is_off_until_a_second_person_agrees_and_anybody_who_may_switches_it_off(fund: FoundedFund) -> None:
    bank_id = make_euro_bank(fund)
    assert see(shown) is None

    offer_id = make_asked(fund, bank_id)
    assert see(shown) is None
    with pytest.raises(NotAllowed, match="asked for this yourself"):
        do(answer_offer, actor=fund.treasurer, offer_id=offer_id, agrees=True)
    do(answer_offer, actor=fund.coordinator, offer_id=offer_id, agrees=True)

    offered = see(shown)
    assert offered is not None
    assert [account.payee for account in offered.accounts] == [Payee(HOLDER, IBAN, "COBADEFFXXX", "EUR")]
    assert [id_ for id_, _names in offered.purposes] == [fund.purposes["school"], fund.purposes["general"]]
    do(switch_off, actor=fund.coordinator)
    assert see(shown) is None
    with pytest.raises(RuleBroken, match="switched off already"):
        do(switch_off, actor=fund.coordinator)


def test_a_refused_change_leaves_what_was_offered(fund: FoundedFund, bank: UUID) -> None:
    offer_id = make_asked(fund, bank, purposes=("food",))

    do(answer_offer, actor=fund.coordinator, offer_id=offer_id, agrees=False)

    offered = see(shown)
    assert offered is not None
    assert len(offered.purposes) == 2
    with pytest.raises(RuleBroken, match="does not wait any more"):
        do(answer_offer, actor=fund.coordinator, offer_id=offer_id, agrees=True)


@pytest.mark.parametrize(
    ("holder", "bic", "iban", "field"),
    [
        ("", "COBADEFFXXX", IBAN, "holder_1"),
        ("x" * 71, "COBADEFFXXX", IBAN, "holder_1"),
        (HOLDER, "COBADEFFXX", IBAN, "bic_1"),
        (HOLDER, "", None, "holder_1"),
    ],
)
def test_an_account_is_shown_whole_or_not_at_all(
    fund: FoundedFund, holder: str, bic: str, iban: str | None, field: str
) -> None:
    account = OfferedAccount(make_euro_bank(fund, iban=iban), holder, bic)
    order = OfferOrder(accounts=(account,), purposes=(fund.purposes["school"],), seen=0)

    with pytest.raises(RuleBroken) as refusal:
        do(ask_to_offer, actor=fund.treasurer, order=order)

    assert refusal.value.field == field


def test_of_two_who_change_the_page_at_once_the_second_sees_the_firsts(fund: FoundedFund, bank: UUID) -> None:
    order = OfferOrder(accounts=(OfferedAccount(bank, HOLDER, ""),), purposes=(fund.purposes["school"],), seen=0)

    with pytest.raises(RuleBroken, match="changed this a moment ago"):
        do(ask_to_offer, actor=fund.treasurer, order=order)


def test_a_campaign_is_named_in_each_language_and_once_while_it_runs(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken) as refusal:
        do(open_campaign, actor=fund.treasurer, names={"en": "Winter", "ru": "Зима"})
    assert refusal.value.field == "name_kk"
    winter = make_campaign(fund)
    with pytest.raises(RuleBroken, match="Another one is called that"):
        make_campaign(fund)

    do(end_campaign, actor=fund.treasurer, campaign_id=winter)

    make_campaign(fund)
    with pytest.raises(RuleBroken, match="over already"):
        do(end_campaign, actor=fund.treasurer, campaign_id=winter)


# ---------------------------------------------------------------- giving references out


def test_what_a_donor_writes_is_sealed_by_who_can_not_read_it(fund: FoundedFund, bank: UUID) -> None:
    reference = make_reference(fund, bank)

    [(way, blob)] = _sealed()
    assert way == "hpke"
    assert b"Solheim" not in blob
    with Session(db.engine) as session:
        wishes = references.wishes_of(session, keyring=fund.treasurer.keyring, references=[reference])
    assert wishes[reference.id] == a_wish(fund)
    assert (reference.last_day, reference.erased_on) == (later(90).today, later(150).today)
    assert not rows(select(AuditLine.seq).where(AuditLine.subject_id == reference.id))


def _sealed() -> list[tuple[str, bytes]]:
    with Session(db.engine) as session:
        found = select(Wrap.way, Record.blob).join(Record, Record.id == Wrap.record_id)
        return [(way, blob) for way, blob in session.execute(found.where(Record.kind == RecordKind.WISH))]


def test_what_is_sealed_of_a_wish_does_not_tell_by_its_length_how_it_is(fund: FoundedFund, bank: UUID) -> None:
    make_reference(fund, bank)
    make_reference(fund, bank, a_wish(fund, name=None, address=(), thanks=ThanksWish.NOT_AT_ALL))

    (_way, one), (_same, other) = _sealed()

    assert len(one) == len(other)


def test_a_number_is_never_given_out_twice(fund: FoundedFund, bank: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make_reference(fund, bank)
    drawn = iter([first.code, first.code, "1000000064"])
    monkeypatch.setattr(references, "reference_code", lambda: next(drawn))

    assert make_reference(fund, bank).code == "1000000064"


def test_no_more_are_given_out_in_an_hour_than_the_fund_can_take(
    fund: FoundedFund, bank: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "MOST_AN_HOUR", 2)
    make_reference(fund, bank)
    make_reference(fund, bank)

    with pytest.raises(NoneLeft):
        perform("ab" * 16, issue, actor=Actor.system(), bank_id=bank, wish=a_wish(fund))

    assert len(rows(select(GiftReference))) == 2
    assert len(rows(select(Performed).where(Performed.action == "giving.references.issue"))) == 2
    asked_later = Instant.at(datetime.now(UTC) + timedelta(minutes=61), ZONE)
    make_reference(fund, bank, now=asked_later)


def test_only_what_is_offered_can_be_wished(fund: FoundedFund, bank: UUID) -> None:
    over = make_campaign(fund)
    do(end_campaign, actor=fund.treasurer, campaign_id=over)
    for wish, field in (
        (a_wish(fund, purpose="food"), "purpose"),
        (a_wish(fund, campaign=over), "campaign"),
        (a_wish(fund, address=()), "address"),
        (a_wish(fund, thanks=ThanksWish.EMAIL), "email"),
        (a_wish(fund, thanks=ThanksWish.PUBLISHED, own_line="Ingrid", never_named=True), "own_line"),
        (a_wish(fund, name="In\u202egrid"), "name"),
    ):
        with pytest.raises(RuleBroken) as refusal:
            make_reference(fund, bank, wish)
        assert refusal.value.field == field
    with pytest.raises(RuleBroken, match="no such account"):
        make_reference(fund, fund.bank)


def test_wishes_that_no_gift_came_by_are_erased_in_time_and_the_number_stays(fund: FoundedFund, bank: UUID) -> None:
    unused, used = make_reference(fund, bank), make_reference(fund, bank)
    make_ended(fund, line_with(fund, used.code), ByReference(used.id, None))

    do(sweep_rows, actor=Actor.system(), now=later(149))
    assert len(_sealed()) == 2
    do(sweep_rows, actor=Actor.system(), now=later(150))

    assert rows(select(Record.row_id).where(Record.kind == RecordKind.WISH)) == [used.id]
    assert unused.id in rows(select(GiftReference.id))


# ---------------------------------------------------------------- gifts that come by them


def test_a_reference_in_the_text_is_the_first_suggestion_and_makes_the_gift_its_donor_wished(
    fund: FoundedFund, bank: UUID
) -> None:
    winter = make_campaign(fund)
    reference = make_reference(fund, bank, a_wish(fund, campaign=winter))
    line = line_with(fund, f"Donation{reference.code[:4]}.{reference.code[4:]}/2026", other="I S", account="")

    offer = first_line(fund, bank).offers[0]
    assert offer.by_key
    assert offer.proposal == Referred(reference.id, None, fund.purposes["school"])
    make_ended(fund, line, ByReference(reference.id, None))

    [donation] = rows(select(Donation))
    assert (donation.purpose_id, donation.bank_id, donation.amount_minor) == (fund.purposes["school"], bank, 50_00)
    [gift] = rows(select(ReferenceGift))
    assert (gift.donation_id, gift.reference_id, gift.campaign_id) == (donation.id, reference.id, winter)
    assert donor_of(fund, donation).thanks is ThanksWish.LETTER
    assert donor_of(fund, donation).address == ("Storgata 7", "0155 Oslo")
    assert "reference.used" in rows(select(AuditLine.act).where(AuditLine.subject_id == donation.id))
    assert findings() == []


def donor_of(fund: FoundedFund, donation: Donation) -> DonorDetails:
    with Session(db.engine) as session:
        return details_of(session, actor=fund.treasurer, donor_ids=[donation.donor_id])[donation.donor_id]


def test_a_standing_order_brings_a_gift_each_month_of_one_donor(fund: FoundedFund, bank: UUID) -> None:
    reference = make_reference(fund, bank)
    make_ended(fund, line_with(fund, reference.code), ByReference(reference.id, None))
    line = line_with(fund, f"Again {reference.code}")

    found = first_line(fund, bank).offers[0]
    [donor] = rows(select(Donor.id))
    assert found.by_key
    assert found.proposal == Referred(reference.id, donor, fund.purposes["school"])
    assert "donation 1 before" in str(found.why)
    make_ended(fund, line, ByReference(reference.id, donor))

    assert rows(select(Donor.id)) == [donor]
    assert len(rows(select(ReferenceGift))) == 2


def test_two_who_accept_it_at_once_enter_its_donor_once(fund: FoundedFund, bank: UUID) -> None:
    reference = make_reference(fund, bank)
    one, other = line_with(fund, reference.code), line_with(fund, reference.code, 7_00)

    make_ended(fund, one, ByReference(reference.id, None))
    make_ended(fund, other, ByReference(reference.id, None))

    assert len(rows(select(Donor))) == 1


def test_who_is_known_by_the_account_is_offered_to_be_the_same_and_nobody_by_one_key(
    fund: FoundedFund, bank: UUID
) -> None:
    make_ended(fund, line_with(fund, "hello"), ByGift(a_donor(name="Anna Muster"), fund.purposes["general"]))
    [anna] = rows(select(Donor.id))
    reference = make_reference(fund, bank)
    line = line_with(fund, reference.code)

    offers = first_line(fund, bank).offers

    assert [offer.proposal for offer in offers[:2]] == [
        Referred(reference.id, None, fund.purposes["school"]),
        Referred(reference.id, anna, fund.purposes["school"]),
    ]
    assert not any(offer.by_key for offer in offers)
    make_ended(fund, line, ByReference(reference.id, anna))
    assert rows(select(Donor.id)) == [anna]
    known = donor_of(fund, rows(select(Donation).order_by(Donation.number.desc()))[0])
    assert (known.name, known.thanks, known.address) == ("Anna Muster", ThanksWish.LETTER, ("Storgata 7", "0155 Oslo"))


def test_who_asks_never_to_be_named_is_named_no_more(fund: FoundedFund, bank: UUID) -> None:
    make_ended(fund, line_with(fund, "hello"), ByGift(a_donor(name="Anna Muster"), fund.purposes["general"]))
    [anna] = rows(select(Donor.id))
    reference = make_reference(fund, bank, a_wish(fund, never_named=True))

    make_ended(fund, line_with(fund, reference.code), ByReference(reference.id, anna))
    make_ended(fund, line_with(fund, reference.code), ByReference(reference.id, anna))

    assert donor_of(fund, rows(select(Donation))[0]).never_named


def test_who_is_known_by_account_and_by_the_name_they_wrote_is_the_same(fund: FoundedFund, bank: UUID) -> None:
    make_ended(fund, line_with(fund, "hello"), ByGift(a_donor(name="Anna Muster"), fund.purposes["general"]))
    [anna] = rows(select(Donor.id))
    reference = make_reference(fund, bank, a_wish(fund, name="Anna MUSTER"))
    line_with(fund, reference.code)

    offer = first_line(fund, bank).offers[0]

    assert offer.by_key
    assert offer.proposal == Referred(reference.id, anna, fund.purposes["school"])


def test_a_gift_that_is_in_the_books_already_is_not_booked_again_by_one_key(fund: FoundedFund, bank: UUID) -> None:
    reference = make_reference(fund, bank)
    line = line_with(fund, reference.code)
    make_donation(fund, bank_id=bank, minor=50_00, currency="EUR", received_on=line.booked_on)

    offers = first_line(fund, bank).offers

    assert isinstance(offers[0].proposal, Referred)
    assert not any(offer.by_key for offer in offers)
    assert "in the books without a line" in str(offers[0].why)


def test_a_gift_that_comes_late_is_told_and_taken(fund: FoundedFund, bank: UUID) -> None:
    reference = make_reference(fund, bank, now=Instant.at(datetime(2025, 11, 1, 9, tzinfo=UTC), ZONE))
    line_with(fund, reference.code)

    offer = first_line(fund, bank).offers[0]

    assert offer.by_key
    assert "It was good until 2026-01-30." in str(offer.why)


def test_of_an_erased_wish_the_line_says_so_and_somebody_says_who_gave(fund: FoundedFund, bank: UUID) -> None:
    reference = make_reference(fund, bank)
    do(sweep_rows, actor=Actor.system(), now=later(151))
    line = line_with(fund, reference.code)

    found = first_line(fund, bank)

    assert found.hint is not None
    assert reference.code[:4] in str(found.hint)
    assert isinstance(found.offers[0].proposal, Gift)
    with pytest.raises(RuleBroken, match="was erased"):
        make_ended(fund, line, ByReference(reference.id, None))


def test_undone_by_a_counter_entry_the_reference_is_as_before(fund: FoundedFund, bank: UUID) -> None:
    reference = make_reference(fund, bank)
    end = make_ended(fund, line_with(fund, reference.code), ByReference(reference.id, None))
    do(reopen, actor=fund.treasurer, order=ReopenOrder(end_id=end.id, reason="It was another line"))
    make_agreed(fund, rows(select(CorrectionAsked.id))[0])

    offers = first_line(fund, bank).offers
    assert isinstance(offers[0].proposal, Referred)
    assert "before" not in str(offers[0].why)
    do(sweep_rows, actor=Actor.system(), now=later(59))
    assert _sealed()
    do(sweep_rows, actor=Actor.system(), now=later(200))
    assert not _sealed()


def test_somebody_without_the_ring_is_suggested_nothing_by_a_reference(fund: FoundedFund, bank: UUID) -> None:
    reference = make_reference(fund, bank)
    line = line_with(fund, reference.code)

    with Session(db.engine) as session:
        found = open_lines(session, actor=fund.auditor, now=later(0), bank_id=bank)

    assert [row.offers for row in found.rows] == [()]
    part = EndPart(Money(line.open_minor, line.currency), ByReference(reference.id, None))
    with pytest.raises(NotAllowed):
        do(end_line, actor=fund.auditor, order=EndOrder(line_id=line.id, parts=(part,)))
    not_admitted = replace(fund.treasurer, keyring=Keyring.empty())
    with pytest.raises(RuleBroken, match="no key to the donors"):
        do(end_line, actor=not_admitted, order=EndOrder(line_id=line.id, parts=(part,)))
