"""Donors for tests: entered, changed, merged; and words of theirs that families see."""

import secrets
from typing import Any
from uuid import UUID

from sqlalchemy import select

from aid.documents.thanking import in_public
from aid.domain.donations import DonorDetails, DonorKind
from aid.domain.donor_changes import choices
from aid.domain.languages import Language
from aid.models.donations import Donation, Donor
from aid.queries.donors import details_of
from aid.services.donors.changing import DonorCorrection, correct_donor, may_name, never_name
from aid.services.donors.merging import Merged, Merging, merge_donors, part_donors, tell_apart
from aid.services.support import Taking, refuse, release, take_down, take_message
from tests.make import do, rows, see
from tests.make.donations import a_donor, make_donation
from tests.make.fund import FoundedFund


def make_donor(fund: FoundedFund, **of_donor: Any) -> UUID:
    """Somebody who gave once; their id."""
    donation_id = make_donation(fund, donor=a_donor(**of_donor))
    return rows(select(Donation.donor_id).where(Donation.id == donation_id))[0]


def make_union(fund: FoundedFund, name: str = "Havnearbeiderne") -> UUID:
    """A union that gave once."""
    return make_donor(fund, kind=DonorKind.UNION, name=name, email=None)


def version_of(donor_id: UUID) -> int:
    """How a donor stands."""
    return rows(select(Donor.version).where(Donor.id == donor_id))[0]


def told(fund: FoundedFund, donor_id: UUID) -> DonorDetails:
    """What the treasurer reads of a donor."""
    return see(details_of, actor=fund.treasurer, donor_ids=[donor_id])[donor_id]


def make_published(fund: FoundedFund, donor_id: UUID, line: str | None = "Ingrid from Oslo") -> UUID:
    """A gift of theirs that was acknowledged in public; its donation."""
    donation_id = make_donation(fund, donor=donor_id)
    in_public(fund.treasurer, donation_id, secrets.token_hex(16), line=line)
    return donation_id


def make_merged(fund: FoundedFund, kept: UUID, other: UUID) -> Merged:
    """Two entries that the treasurer merged; where they differ, the kept one's word is taken."""
    differ = choices(told(fund, kept), told(fund, other))
    order = Merging(kept, version_of(kept), other, version_of(other), {choice.key: "kept" for choice in differ})
    return do(merge_donors, actor=fund.treasurer, order=order)


def make_message(fund: FoundedFund, words: str = "We stand with you", **more: Any) -> UUID:
    """Words that wait for a coordinator."""
    order = Taking(words=words, language=more.pop("language", "en"), **more)
    return do(take_message, actor=fund.treasurer, order=order).message_id


def make_shown(fund: FoundedFund, words: str = "We stand with you", **more: Any) -> UUID:
    """Words that families see."""
    return do(release, actor=fund.coordinator, message_id=make_message(fund, words, **more)).message_id


def make_donors(fund: FoundedFund) -> None:
    """Donors to whom everything happened once, and messages in each state."""
    union = make_union(fund)
    make_donor(fund, kind=DonorKind.BRANCH, name="Havnearbeiderne Bergen", union_id=union, email=None)
    ingrid = make_donor(fund, own_line="Ingrid from Oslo")
    make_published(fund, ingrid)
    signed = make_shown(fund, donor_id=ingrid, signed=True)
    make_shown(fund, "Біз сіздермен біргеміз", language="kk", same_as=signed)
    do(take_down, actor=fund.coordinator, message_id=make_shown(fund, "Hold on"), reason="It was sent twice")
    do(refuse, actor=fund.coordinator, message_id=make_message(fund, "Greetings"), reason="It says nothing")
    make_message(fund, "From all of us", donor_id=union)
    do(never_name, actor=fund.treasurer, donor_id=ingrid, version=1)
    do(may_name, actor=fund.treasurer, donor_id=ingrid, version=2, reason="They wrote again")
    changed = a_donor(name="Ingrid Solheim-Berg", language=Language.RU)
    do(correct_donor, actor=fund.treasurer, order=DonorCorrection(ingrid, 3, changed))
    twins = [make_donor(fund, name="Solheim, Ingrid", email=None, address=()) for _each in range(3)]
    parted = make_merged(fund, twins[0], twins[1])
    do(part_donors, actor=fund.treasurer, merge_id=parted.merge_id, reason="Mother and daughter")
    make_merged(fund, twins[0], twins[1])
    do(tell_apart, actor=fund.treasurer, one_id=twins[0], other_id=twins[2])
