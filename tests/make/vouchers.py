"""Vouchers for tests, brought by the real services from a family's registration to the paper, or to the table."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from aid.domain.clock import Instant
from aid.domain.strangers import StrangerReason
from aid.domain.undoing import UndoReason
from aid.domain.vouchers import VoucherState
from aid.extensions import now as this_moment
from aid.models.vouchers import Voucher
from aid.services.allocations import propose
from aid.services.collections.handing_out import (
    AskedForStranger,
    Collected,
    CollectionOrder,
    StrangerOrder,
    ask_for_stranger,
    collect,
)
from aid.services.collections.strangers import answer_stranger
from aid.services.collections.undoing import UndoOrder, undo_collection
from aid.services.vouchers.expiry import return_expired
from aid.services.vouchers.printing import Printed, print_vouchers
from tests.make import do, rows
from tests.make.allocations import make_money, vote
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.programmes import make_programme

REACHED = (VoucherState.ISSUED, VoucherState.PRINTED, VoucherState.COLLECTED)


@dataclass(frozen=True)
class MadeVoucher:
    """A voucher, and its digits, which nobody but the paper's bearer has."""

    id: UUID
    serial: int
    digits: str
    family_id: UUID
    allocation_id: UUID
    point_id: UUID
    collection_id: UUID | None = None

    def order(self, *, collector: int = 0, point_id: UUID | None = None) -> CollectionOrder:
        """What the table sends for it."""
        return CollectionOrder(point_id=point_id or self.point_id, code=self.digits, collector=collector)


def make_voucher(
    fund: FoundedFund, *, state: VoucherState = VoucherState.PRINTED, point: str = "club", **of_family: Any
) -> MadeVoucher:
    """One voucher of a new family: decided two days ago, so that its notice is over."""
    [voucher] = make_vouchers(fund, 1, state=state, point=point, **of_family)
    return voucher


def make_vouchers(
    fund: FoundedFund,
    count: int,
    *,
    state: VoucherState = VoucherState.PRINTED,
    point: str = "club",
    decided: Instant | None = None,
    **of_family: Any,
) -> list[MadeVoucher]:
    """Vouchers of one allocation for new families, all collected at one point, by number."""
    assert state in REACHED, "nobody makes it expire yet"
    locality = "old-town" if point == "club" else "new-town"
    new = {make_family(fund, point=point, locality=locality, **of_family).family_id for _each in range(count)}
    make_money(fund)
    proposed = do(propose, actor=fund.coordinator, programme_id=make_programme(fund))
    for member in fund.members[: fund.quorum]:
        vote(fund, member, proposed.allocation_id, now=decided or two_days_ago())
    made = _read(proposed.allocation_id, new)  # families of earlier allocations get something too
    if state is not VoucherState.ISSUED:
        digits = digits_of(print_at(fund, made[0]))
        made = [replace(voucher, digits=digits[voucher.serial]) for voucher in made]
    if state is VoucherState.COLLECTED:
        made = [_collected(fund, voucher) for voucher in made]
    return made


def make_expired(fund: FoundedFund) -> MadeVoucher:
    """A printed voucher that nobody collected within its days of grace; its money went back at night."""
    voucher = make_voucher(fund)
    do(return_expired, actor=fund.coordinator, now=later(this_moment(), days=90), allocation_id=voucher.allocation_id)
    return voucher


def make_asked(fund: FoundedFund, voucher: MadeVoucher) -> UUID:
    """Somebody who is not on the slip stands at the table; a second person is asked."""
    stranger = StrangerOrder(voucher.point_id, voucher.digits, StrangerReason.ILL)
    asked = do(ask_for_stranger, actor=fund.distributor, order=stranger)
    assert isinstance(asked, AskedForStranger), asked
    return asked.asked_id


def make_undone(fund: FoundedFund, voucher: MadeVoucher) -> UUID:
    """Handed out to somebody who is not on the slip, to whom a coordinator agreed; then taken back."""
    do(answer_stranger, actor=fund.coordinator, asked_id=make_asked(fund, voucher), agrees=True)
    outcome = do(collect, actor=fund.distributor, order=replace(voucher.order(), collector=None))
    assert isinstance(outcome, Collected), outcome
    order = UndoOrder(outcome.collection_id, UndoReason.GIVEN_BACK)
    do(undo_collection, actor=fund.distributor, order=order)
    return outcome.collection_id


def print_at(fund: FoundedFund, voucher: MadeVoucher, *, now: Instant | None = None) -> Printed:
    """What the coordinator gets who prints this voucher's allocation at its point."""
    return do(
        print_vouchers,
        actor=fund.coordinator,
        now=now,
        allocation_id=voucher.allocation_id,
        point_id=voucher.point_id,
    )


def digits_of(printed: Printed) -> dict[int, str]:
    """The digits of each paper of a batch, by the voucher's number."""
    assert printed.papers is not None
    return {paper.serial: paper.digits for paper in printed.papers}


def two_days_ago() -> Instant:
    """When a notice of a day, begun then, is over."""
    return later(this_moment(), days=-2)


def later(moment: Instant, *, days: int = 0, minutes: int = 0) -> Instant:
    """Some days or minutes after a moment."""
    instant = moment.instant + timedelta(days=days, minutes=minutes)
    return Instant(instant.astimezone(UTC), moment.today + timedelta(days=days))


def at(day: str, time: str = "07:00") -> Instant:
    """A moment on a day of the fund, by the clock of Greenwich."""
    instant = datetime.fromisoformat(f"{day}T{time}:00+00:00")
    return Instant(instant, instant.date())


def _read(allocation_id: UUID, families: set[UUID]) -> list[MadeVoucher]:
    wanted = select(Voucher).where(Voucher.allocation_id == allocation_id, Voucher.family_id.in_(families))
    return [
        MadeVoucher(row.id, row.serial, "", row.family_id, row.allocation_id, row.point_id)
        for row in rows(wanted.order_by(Voucher.serial))
    ]


def _collected(fund: FoundedFund, voucher: MadeVoucher) -> MadeVoucher:
    distributor = fund.distributor if voucher.point_id == fund.points["club"] else fund.distributor_elsewhere
    outcome = do(collect, actor=distributor, order=voucher.order())
    assert isinstance(outcome, Collected), outcome
    return replace(voucher, collection_id=outcome.collection_id)
