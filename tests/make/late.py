"""A day without network for tests: a point's list, what was handed out by it, and what the books say otherwise."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from aid.domain.clock import Instant
from aid.domain.late import LateReason, Verdict
from aid.extensions import now as this_moment
from aid.models.fund import Fund
from aid.models.late import LateLine
from aid.services.collections.handing_out import collect
from aid.services.collections.late import Entered, LateOrder, enter_late
from aid.services.collections.late_answers import AnswerOrder, LateAnswered, answer_late
from aid.services.collections.point_lists import ListOrder, PaperList, close_list, print_list
from aid.vault.actor import Actor
from tests.make import do, rows
from tests.make.fund import FoundedFund
from tests.make.vouchers import make_vouchers


@dataclass(frozen=True)
class MadeList:
    """A list, and the hour at which it was printed, by the fund's clock: `10:30`."""

    id: UUID
    hour: str
    paper: PaperList


def make_list(
    fund: FoundedFund, *, by: Actor | None = None, now: Instant | None = None, point: str = "club"
) -> MadeList:
    """A point's list of now."""
    moment = now or this_moment()
    order = ListOrder(fund.points[point], moment.today)
    printed = do(print_list, actor=by or fund.distributor, now=moment, order=order)
    assert printed.paper is not None
    [zone] = rows(select(Fund.time_zone))
    return MadeList(printed.list_id, f"{moment.instant.astimezone(ZoneInfo(zone)):%H:%M}", printed.paper)


def enter(
    fund: FoundedFund, listed: MadeList, text: str, *, by: Actor | None = None, handed_by: Actor | None = None
) -> Entered:
    """What was typed from it, by whoever handed out, unless somebody else is named."""
    hand = (handed_by or fund.distributor).person_id
    assert hand is not None
    return do(enter_late, actor=by or fund.distributor, order=LateOrder(listed.id, hand, text))


def conflicts() -> list[UUID]:
    """Lines that don't go together with the books, as they were entered."""
    return list(rows(select(LateLine.id).where(LateLine.conflict.is_not(None)).order_by(LateLine.entry_id, LateLine.n)))


def decide(
    fund: FoundedFund, line_id: UUID, verdict: Verdict = Verdict.HANDED_OUT, *, by: Actor | None = None
) -> LateAnswered:
    """A coordinator's word on one of them."""
    reason = LateReason.NOBODY_KNEW if verdict is Verdict.HANDED_OUT else None
    return do(answer_late, actor=by or fund.coordinator, order=AnswerOrder(line_id, verdict, reason))


def make_late(fund: FoundedFund) -> None:
    """Of two vouchers on a list one was handed out by it, and one also at a table; the list is closed."""
    first, second = make_vouchers(fund, 2)
    listed = make_list(fund)
    do(collect, actor=fund.distributor, order=second.order())
    enter(fund, listed, f"{first.serial} {listed.hour}\n{second.serial}")
    decide(fund, conflicts()[0])
    do(close_list, actor=fund.coordinator, list_id=listed.id)
