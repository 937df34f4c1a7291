"""Donations for tests: sensible by default, one line to vary."""

import secrets
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from aid.documents.thanking import letters
from aid.domain.clock import Instant
from aid.domain.donations import DonorDetails, DonorKind
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.services.donations import DonationOrder, record_donation
from tests.make import do
from tests.make.fund import FoundedFund

DONOR = DonorDetails(
    kind=DonorKind.PERSON,
    name="Ingrid Solheim",
    address=("Storgata 7", "0155 Oslo"),
    email="ingrid@example.org",
    language=Language.EN,
)


def a_donor(**changed: Any) -> DonorDetails:
    """A person in Oslo who reads English."""
    return replace(DONOR, **changed)


def a_donation(
    fund: FoundedFund,
    *,
    minor: int = 12_500_00,
    purpose: str = "school",
    donor: DonorDetails | UUID = DONOR,
    received_on: date = date(2026, 8, 3),
    bank_id: UUID | None = None,
    currency: str = "",
) -> DonationOrder:
    """Twelve and a half thousand tenge for school things."""
    return DonationOrder(
        donor=donor,
        purpose_id=fund.purposes[purpose],
        bank_id=bank_id or fund.bank,
        amount=Money(minor, currency or fund.currency),
        received_on=received_on,
    )


def make_donation(fund: FoundedFund, *, now: Instant | None = None, **of_order: Any) -> UUID:
    """A donation that the treasurer booked."""
    return do(record_donation, actor=fund.treasurer, now=now, order=a_donation(fund, **of_order)).donation_id


def make_thanked(fund: FoundedFund, **of_order: Any) -> UUID:
    """A donation that was thanked for."""
    donation_id = make_donation(fund, **of_order)
    letters(fund.treasurer, [donation_id], secrets.token_hex(16))
    return donation_id
