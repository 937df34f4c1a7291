"""A donation is booked once, to its purpose, under its donor's seal; and thanked once, whoever presses first."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from aid.domain.clock import Instant
from aid.domain.donations import DonorKind
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.rings import RingKind
from aid.models.audit import AuditLine
from aid.models.donations import Donation, Donor
from aid.models.ledger import Available, Entry
from aid.models.people import Ring
from aid.models.records import Record, RecordKind, Wrap
from aid.perform import perform
from aid.queries.donations import donation, donations, twins_of
from aid.queries.donors import donor, donors
from aid.services.donations import Recorded, record_donation
from aid.services.records import take_out
from aid.vault.actor import Actor
from aid.vault.failures import NoKey
from aid.vault.keyring import Keyring
from tests.conftest import both_databases
from tests.make import do, rows, see
from tests.make.donations import DONOR, a_donation, a_donor, make_donation, make_thanked
from tests.make.fund import FoundedFund
from tests.make.one_database import app as app

NOW = Instant(datetime(2026, 9, 1, 7, tzinfo=UTC), date(2026, 9, 1))


def available(fund: FoundedFund, purpose: str) -> int:
    [row] = rows(select(Available).where(Available.purpose_id == fund.purposes[purpose]))
    return row.amount_minor


def test_a_donation_adds_to_the_available_money_of_its_purpose_alone(fund: FoundedFund) -> None:
    make_donation(fund, minor=700_00, purpose="food")
    make_donation(fund, minor=50_00, purpose="food")

    assert (available(fund, "food"), available(fund, "school")) == (750_00, 0)


@both_databases
def test_donations_are_numbered_in_the_order_they_are_booked(fund: FoundedFund) -> None:
    numbers = [do(record_donation, actor=fund.treasurer, order=a_donation(fund)).number for _each in range(3)]

    assert numbers == [1, 2, 3]


def test_the_entry_keeps_the_banks_day_and_the_funds_day(fund: FoundedFund) -> None:
    make_donation(fund, received_on=date(2026, 8, 3), now=NOW)

    [entry] = rows(select(Entry))
    assert (entry.value_on, entry.posted_on) == (date(2026, 8, 3), NOW.today)


def test_all_that_names_a_donor_is_sealed_to_the_donors_ring(fund: FoundedFund) -> None:
    make_donation(fund)

    [row], [record] = rows(select(Donor)), rows(select(Record).where(Record.kind == RecordKind.DONOR))
    [wrap] = rows(select(Wrap).where(Wrap.record_id == record.id))
    [ring] = rows(select(Ring).where(Ring.kind == RingKind.DONORS))
    assert (record.row_id, wrap.ring_id) == (row.id, ring.id)
    assert b"Solheim" not in record.blob


def test_a_treasurer_opens_a_donor_and_nobody_else_can(fund: FoundedFund) -> None:
    make_donation(fund)
    [row] = rows(select(Donor))

    opened = see(donor, actor=fund.treasurer, donor_id=row.id)

    assert opened is not None
    assert opened.details == DONOR
    for stranger in (fund.coordinator, fund.auditor, fund.members[0]):
        with pytest.raises(NotAllowed):
            see(donor, actor=stranger, donor_id=row.id)
        with pytest.raises(NoKey):
            see(take_out, kind=RecordKind.DONOR, row_id=row.id, keyring=stranger.keyring)


def test_who_gives_again_stays_one_donor(fund: FoundedFund) -> None:
    make_donation(fund)
    [known] = rows(select(Donor))

    make_donation(fund, donor=known.id)

    assert [row.donor_id for row in rows(select(Donation))] == [known.id, known.id]


def test_a_donation_of_nobody_known_is_refused(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken, match="no such donor"):
        make_donation(fund, donor=new_id())

    assert rows(select(Donation)) == []


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"minor": 0}, "amount", "more than nothing"),
        ({"received_on": date(2026, 9, 2)}, "received_on", "has not come yet"),
        ({"received_on": date(1926, 9, 1)}, "received_on", "ten years ago"),
        ({"donor": a_donor(kind=DonorKind.UNION, name=None)}, "name", "union's name"),
        ({"donor": a_donor(name="x" * 201)}, "name", "more than 200 letters"),
        ({"donor": a_donor(email="ingrid at home")}, "email", "not an e-mail address"),
        ({"donor": a_donor(address=("x",) * 7)}, "address", "at most 6 lines"),
    ],
)
def test_a_donation_that_cannot_be_is_refused_beside_its_field(
    fund: FoundedFund, changed: dict[str, object], field: str, words: str
) -> None:
    with pytest.raises(RuleBroken, match=words) as refusal:
        make_donation(fund, now=NOW, **changed)

    assert refusal.value.field == field
    assert rows(select(Donor)) == []


def test_a_donation_in_another_currency_or_for_no_purpose_is_refused(fund: FoundedFund) -> None:
    euros = a_donation(fund, purpose="food", minor=5, currency="EUR")
    nowhere = replace(a_donation(fund), purpose_id=new_id())
    no_account = a_donation(fund, bank_id=new_id())

    for order, words in ((euros, "KZT"), (nowhere, "purpose"), (no_account, "no such account")):
        with pytest.raises(RuleBroken, match=words):
            do(record_donation, actor=fund.treasurer, order=order)


def test_only_a_treasurer_books_donations(fund: FoundedFund) -> None:
    for somebody in (fund.coordinator, fund.registrar, fund.auditor):
        with pytest.raises(NotAllowed):
            do(record_donation, actor=somebody, order=a_donation(fund))


def test_the_same_form_sent_twice_books_one_donation(fund: FoundedFund) -> None:
    key, order = secrets.token_hex(16), a_donation(fund)

    first = perform(key, record_donation, actor=fund.treasurer, order=order)
    second = perform(key, record_donation, actor=fund.treasurer, order=order)

    assert first == second
    assert available(fund, "school") == order.amount.minor


def test_the_audit_trail_names_no_donor(fund: FoundedFund) -> None:
    make_thanked(fund)

    acts = [line.act for line in rows(select(AuditLine).order_by(AuditLine.seq.desc()).limit(3))]
    assert acts == ["donation.thanked", "donation.recorded", "donor.entered"]
    assert not any(b"Solheim" in line.made for line in rows(select(AuditLine)))


def test_donations_are_listed_page_by_page_and_name_donors_only_to_treasurers(fund: FoundedFund) -> None:
    for _each in range(5):
        make_donation(fund)

    first = see(donations, actor=fund.treasurer, size=3)
    rest = see(donations, actor=fund.auditor, size=3, before=first.before)

    assert [row.number for row in (*first.rows, *rest.rows)] == [5, 4, 3, 2, 1]
    assert (first.before, rest.before, first.count, first.waiting) == (3, None, 5, 5)
    assert {row.donor for row in first.rows} == {DONOR}
    assert {row.donor for row in rest.rows} == {None}


def test_a_donation_tells_how_it_was_thanked(fund: FoundedFund) -> None:
    page = see(donation, actor=fund.auditor, donation_id=make_thanked(fund))

    assert page is not None
    assert page.thanks is not None
    assert (page.thanks.by, page.recorded_by, page.donor) == ("timur", "timur", None)


def test_an_equal_donation_of_the_same_day_is_pointed_out(fund: FoundedFund) -> None:
    make_donation(fund, minor=5_00)
    make_donation(fund, minor=6_00)

    day, treasurer = date(2026, 8, 3), fund.treasurer
    assert see(twins_of, actor=treasurer, amount=Money(5_00, "KZT"), received_on=day) == (1,)
    assert see(twins_of, actor=treasurer, amount=Money(7_00, "KZT"), received_on=day) == ()


def test_donors_are_found_by_any_spelling_of_part_of_their_name(fund: FoundedFund) -> None:
    make_donation(fund, donor=a_donor(name="Ляззат Оспанова"))
    make_donation(fund, donor=a_donor(name="Nordic Dockers", kind=DonorKind.UNION))

    def names_found(sought: str) -> list[str | None]:
        return [row.details.name for row in see(donors, actor=fund.treasurer, name=sought).rows]

    assert names_found("lyazzat") == ["Ляззат Оспанова"]
    assert names_found("docker") == ["Nordic Dockers"]
    assert names_found("Solheim") == []
    assert names_found("") == ["Nordic Dockers", "Ляззат Оспанова"]


@both_databases
def test_donations_booked_at_once_all_count(app: Flask, fund: FoundedFund) -> None:
    treasurer, order = fund.treasurer, a_donation(fund, minor=1_00)

    def book(_n: int) -> Recorded:
        with app.app_context():
            return do(record_donation, actor=treasurer, order=order)

    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(answer.number for answer in pool.map(book, range(16)))

    assert numbers == list(range(1, 17))
    assert available(fund, "school") == 16_00


def test_the_system_has_no_key_to_any_donor(fund: FoundedFund) -> None:
    make_donation(fund)
    [row] = rows(select(Donor))

    with pytest.raises(NotAllowed):
        see(donors, actor=Actor.system())
    with pytest.raises(NoKey):
        see(take_out, kind=RecordKind.DONOR, row_id=row.id, keyring=Keyring.empty())
