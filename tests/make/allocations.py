"""Allocations for tests: proposed, voted on, carried."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from aid.domain.clock import Instant
from aid.domain.donations import DonorDetails, DonorKind
from aid.domain.languages import Language
from aid.domain.money import Money
from aid.domain.quorum import Choice, RecusalReason
from aid.models.allocations import Allocation, AllocationVersion
from aid.services.allocations import Proposed, propose
from aid.services.committee import SigningKey, Voted, VoteOrder, cast_vote
from aid.services.donations import DonationOrder, record_donation
from aid.vault.actor import Actor
from tests.make import do, rows
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.programmes import make_programme

PLENTY = 100_000_000_00


def make_money(fund: FoundedFund, *, purpose: str = "school", minor: int = PLENTY) -> UUID:
    """A donation for a purpose, so that there is something to give."""
    order = DonationOrder(
        donor=DonorDetails(kind=DonorKind.PERSON, name="Jeanne Duval", language=Language.EN),
        purpose_id=fund.purposes[purpose],
        bank_id=fund.bank,
        amount=Money(minor, fund.currency),
        received_on=date(2026, 7, 1),
    )
    return do(record_donation, actor=fund.treasurer, order=order).donation_id


def make_allocation(
    fund: FoundedFund, *, families: int = 3, members: int = 3, purpose: str = "school", **of_rule: Any
) -> Proposed:
    """A round that the coordinator put to the committee, for new families; its purpose has money."""
    for _each in range(families):
        make_family(fund, members)
    make_money(fund, purpose=purpose)
    return do(propose, actor=fund.coordinator, programme_id=make_programme(fund, purpose=purpose, **of_rule))


def make_carried(fund: FoundedFund, **of_allocation: Any) -> Proposed:
    """A round that the committee carried: money is reserved and vouchers wait to be printed."""
    proposed = make_allocation(fund, **of_allocation)
    for member in fund.members[: fund.quorum]:
        vote(fund, member, proposed.allocation_id)
    return proposed


def vote(
    fund: FoundedFund,
    member: Actor,
    allocation_id: UUID,
    choice: Choice = Choice.YES,
    *,
    reason: RecusalReason | None = None,
    now: Instant | None = None,
) -> Voted:
    """A member's vote on what the allocation says now."""
    order = ballot(allocation_id, choice, reason=reason)
    return do(cast_vote, actor=member, now=now, order=order, signing=SigningKey(fund.signing_key(member)))


def ballot(allocation_id: UUID, choice: Choice = Choice.YES, *, reason: RecusalReason | None = None) -> VoteOrder:
    """The form of a member who sees what the allocation says now."""
    version = newest_version(allocation_id)
    return VoteOrder(
        allocation_id=allocation_id,
        version=version.version,
        content_root=version.content_root,
        choice=choice,
        reason=reason,
    )


def newest_version(allocation_id: UUID) -> AllocationVersion:
    """What is put to the vote now."""
    newest = select(AllocationVersion).join(Allocation, Allocation.id == AllocationVersion.allocation_id)
    wanted = (Allocation.id == allocation_id) & (AllocationVersion.version == Allocation.version)
    [version] = rows(newest.where(wanted))
    return version
