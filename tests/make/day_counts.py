"""Counts of a point's day for tests: as the books say, unless something is counted otherwise."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.days.counting import CashReason, Counted, CountKind, Told
from aid.domain.days.pieces import faces
from aid.domain.stock import Difference
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.services.days.books import cash_at, goods_now, last_entry, mark_now, stubs_at
from aid.services.days.counting import DayCountOrder, ExplainOrder, count_day, explain_count
from aid.services.days.signing import AnswerCountOrder, CountAnswered, answer_count
from aid.vault.actor import Actor
from tests.make import do
from tests.make.fund import FoundedFund

UNKNOWN_CASH = Told(Counted.CASH, "KZT", CashReason.UNKNOWN)


def pieces_of(minor: int, currency: str = "KZT") -> tuple[tuple[int, int], ...]:
    """The notes and coins of a sum."""
    pieces = {}
    for face in faces(currency):
        pieces[face], minor = divmod(minor, face)
    assert minor == 0, "no coin is so small"
    return tuple((face, number) for face, number in pieces.items() if number)


def count_of(
    fund: FoundedFund,
    kind: CountKind = CountKind.OPENING,
    *,
    point: str = "club",
    day: date | None = None,
    cash: int = 0,
    goods: Mapping[str, int] | None = None,
    stubs: int = 0,
) -> DayCountOrder:
    """What somebody counts who finds as much as the books say, and so much more or less."""
    point_id, today = fund.points[point], day or this_moment().today
    with Session(db.engine) as session:
        there = cash_at(session, point_id, last_entry(session))
        stock = {good: each.quantity for good, each in goods_now(session, point_id).items()}
        torn = len(stubs_at(session, point_id, today, mark_now(session, point_id)))
    differ = goods or {}
    return DayCountOrder(
        point_id=point_id,
        day=today,
        kind=kind,
        cash={"KZT": pieces_of(max(there["KZT"] + cash, 0))},
        goods={good: max(quantity + differ.get(good, 0), 0) for good, quantity in stock.items()},
        stubs=torn + stubs if kind is CountKind.CLOSING else None,
    )


def make_count(
    fund: FoundedFund,
    kind: CountKind = CountKind.OPENING,
    *,
    by: Actor | None = None,
    now: Instant | None = None,
    order: DayCountOrder | None = None,
    why: tuple[Told, ...] = (),
    **differs: object,
) -> UUID:
    """A count by the distributor of the club; explained, where reasons are given."""
    who = by or fund.distributor
    wanted = order or count_of(fund, kind, **differs)  # type: ignore[arg-type]
    counted = do(count_day, actor=who, now=now, order=wanted)
    if why:
        do(explain_count, actor=who, now=now, order=ExplainOrder(counted.count_id, why))
    return counted.count_id


def sign(
    fund: FoundedFund, count_id: UUID, *, by: Actor | None = None, agrees: bool = True, now: Instant | None = None
) -> CountAnswered:
    """A second person's word: a coordinator's, unless somebody else is named."""
    return do(answer_count, actor=by or fund.coordinator, now=now, order=AnswerCountOrder(count_id, agrees))


def make_day_counts(fund: FoundedFund) -> None:
    """The school opened with too much cash and a kit too few. Its first closing was refused, the second waits."""
    by, point = fund.distributor_elsewhere, "school-5"
    kit = Told(Counted.GOOD, "school-kit", Difference.MISCOUNTED)
    cash = 5_000_00 - min(count_balance(fund, point=point), 0)
    sign(fund, make_count(fund, by=by, point=point, cash=cash, goods={"school-kit": -1}, why=(UNKNOWN_CASH, kit)))
    sign(fund, make_count(fund, CountKind.CLOSING, by=by, point=point), agrees=False)
    make_count(fund, CountKind.CLOSING, by=by, point=point, cash=-1_000_00, why=(UNKNOWN_CASH,))


def count_balance(fund: FoundedFund, *, point: str = "club") -> int:
    """A point's cash by the books, in tenge."""
    with Session(db.engine) as session:
        return cash_at(session, fund.points[point], last_entry(session))["KZT"]
