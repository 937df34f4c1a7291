"""Papers for tests: spoiled ones, a voucher that went to another point, and piles that were given and counted."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from aid.domain.paper_trail import CountReason, MoveReason
from aid.models.vouchers import Paper
from aid.queries import papers
from aid.services.papers import set_style
from aid.services.vouchers.ends import SpoiledOrder, spoil
from aid.services.vouchers.handovers import Count, CountOrder, Given, GiveOrder, give, receive
from aid.services.vouchers.moving import MoveOrder, move_voucher
from tests.make import do, rows, see
from tests.make.fund import FoundedFund
from tests.make.vouchers import MadeVoucher, make_vouchers


def batch_of(voucher: MadeVoucher) -> UUID:
    """The batch that a voucher's newest paper came with."""
    newest = select(Paper.batch_id).where(Paper.voucher_id == voucher.id).order_by(Paper.number.desc())
    found: UUID = rows(newest)[0]
    return found


def make_pile(fund: FoundedFund, *batches: UUID) -> Given:
    """A pile of the club's papers, on its way to its distributor."""
    to = fund.distributor.id
    assert to is not None
    return do(give, actor=fund.coordinator, order=GiveOrder(fund.points["club"], to, batches))


def make_papers(fund: FoundedFund) -> None:
    """A paper is spoiled, one goes elsewhere as the same sheet, and of those that are left one is missing."""
    first, second, *_left = make_vouchers(fund, 4)
    batch = batch_of(first)
    do(spoil, actor=fund.coordinator, order=SpoiledOrder(batch, (first.serial,)))
    goes = MoveOrder(second.serial, fund.points["school-5"], MoveReason.CAME_HERE, second.digits)
    do(move_voucher, actor=fund.coordinator, order=goes)
    pile = make_pile(fund, batch)
    counts = (Count(batch, 1, CountReason.MISSING),)
    do(receive, actor=fund.distributor, order=CountOrder(pile.handover_id, counts))
    make_pile(fund, batch)
    make_look(fund)


def make_look(fund: FoundedFund, **look: object) -> None:
    """How papers look is set for the first time: as they looked before, but for what is named."""
    style = replace(see(papers.style), **look)  # type: ignore[arg-type]
    do(set_style, actor=fund.coordinator, style=style, seen=0)
