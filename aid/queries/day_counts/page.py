"""One count of a point's day: what was counted, what the books said, why they differ, and who may sign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.days.counting import TITLES_OF, Counted, CountState, Differs
from aid.domain.days.pieces import Pieces
from aid.domain.goods import in_order
from aid.domain.money import Money
from aid.domain.paper_trail import ranges_of, written
from aid.domain.permissions import Permission
from aid.domain.words import Message
from aid.models.day_counts import DayCount, DayCountBooking, DayCountCash, DayCountGood
from aid.models.fund import Purpose
from aid.queries.day_counts.states import CountRow, count_rows
from aid.services.days.books import cash_at, goods_now, last_entry
from aid.services.days.counts import has_moved, is_large_count, stubs_of, told_of
from aid.services.days.signing import bearers, needs_coordinator
from aid.services.goods import GoodWords, catalogue
from aid.services.vouchers.handovers import receivers
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class CashLine:
    """The cash of one currency."""

    pieces: tuple[tuple[Money, int, Money], ...]  # each note or coin, how many, and together; the largest first
    counted: Money
    booked: Money
    why: Message | None

    @property
    def differs(self) -> Money:
        """Above zero where there was more than in the books."""
        return self.counted - self.booked


@dataclass(frozen=True, slots=True)
class GoodLine:
    """One good."""

    good: str
    name: str
    counted: int
    booked: int
    why: Message | None

    @property
    def differs(self) -> int:
        """Above zero where there were more than in the books."""
        return self.counted - self.booked


@dataclass(frozen=True, slots=True)
class StubLines:
    """The stubs of a closing: how many, and those that are missing or have no collection."""

    counted: int
    booked: int
    numbers: tuple[str, ...]  # of those that should be there
    missing: tuple[str, ...]
    why_missing: Message | None
    extra: tuple[str, ...]
    why_extra: Message | None

    @property
    def differs(self) -> int:
        """Above zero where there were more stubs than collections."""
        return self.counted - self.booked


@dataclass(frozen=True, slots=True)
class Borne:
    """What a purpose bears of cash that is missing, or gets of what was found."""

    purpose: Mapping[str, str]
    amount: Money
    is_loss: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """What came or went since it was counted: the books of then and of now."""

    cash: tuple[tuple[Money, Money], ...]
    goods: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class CountPage:
    """A count with everything that its second person should see."""

    row: CountRow
    cash: tuple[CashLine, ...]
    goods: tuple[GoodLine, ...]
    stubs: StubLines | None
    borne: tuple[Borne, ...]
    cannot_be_borne: tuple[Money, ...]  # losses for which the fund has no free money
    moved: Moved | None
    is_large: bool
    may_explain: bool
    may_sign: bool
    needs_coordinator: bool
    signers: tuple[str, ...]  # whom to ask, by handle

    @property
    def differences(self) -> tuple[Differs, ...]:
        """Cash and goods that were counted otherwise than the books said."""
        cash = (Differs(Counted.CASH, line.counted.currency, line.differs.minor) for line in self.cash)
        goods = (Differs(Counted.GOOD, line.good, line.differs) for line in self.goods)
        return tuple(each for each in (*cash, *goods) if each.by)

    @property
    def differs(self) -> bool:
        """Whether anything was counted otherwise than the books said."""
        return any(line.differs.minor for line in self.cash) or bool(
            any(line.differs for line in self.goods) or (self.stubs and self.stubs.differs)
        )


def page(session: Session, *, actor: Actor, count_id: UUID) -> CountPage | None:
    """One count, where this person may see its point."""
    actor.must(Permission.SEE_STOCK)
    count = session.get(DayCount, count_id)
    if count is None or not actor.may(Permission.SEE_STOCK, point=count.point_id):
        return None
    [row] = count_rows(session, DayCount.id == count_id)
    waits = row.state in (CountState.WAITS, CountState.TO_EXPLAIN)
    coordinator_needed = waits and needs_coordinator(session, count)
    keeps = actor.may(Permission.KEEP_POINT, point=count.point_id)
    coordinates = actor.may(Permission.MEND_COLLECTIONS, point=count.point_id)
    borne, cannot = _borne(session, count, row)
    return CountPage(
        row=row,
        cash=cash_lines(session, count),
        goods=_good_lines(session, count, actor=actor),
        stubs=stub_lines(session, count),
        borne=borne,
        cannot_be_borne=cannot,
        moved=_moved(session, count, actor=actor) if waits and has_moved(session, count) else None,
        is_large=is_large_count(session, count),
        may_explain=keeps and row.by_id == actor.person_id and row.state is CountState.TO_EXPLAIN,
        may_sign=keeps
        and row.by_id != actor.person_id
        and row.state is CountState.WAITS
        and (coordinates or not coordinator_needed),
        needs_coordinator=coordinator_needed,
        signers=_signers(session, count) if waits else (),
    )


def cash_lines(session: Session, count: DayCount) -> tuple[CashLine, ...]:
    """Its cash, a line a currency."""
    why = _whys(session, count)
    found = session.scalars(
        select(DayCountCash).where(DayCountCash.count_id == count.id).order_by(DayCountCash.currency)
    )
    return tuple(
        CashLine(
            pieces=tuple(
                (Money(face, row.currency), number, Money(face * number, row.currency))
                for face, number in sorted(Pieces.from_plain(row.currency, row.pieces).of.items(), reverse=True)
            ),
            counted=Money(row.counted_minor, row.currency),
            booked=Money(row.booked_minor, row.currency),
            why=why.get((Counted.CASH, row.currency)),
        )
        for row in found
    )


def _good_lines(session: Session, count: DayCount, *, actor: Actor) -> tuple[GoodLine, ...]:
    """Its goods by name; what was neither there nor in the books is left out."""
    why = _whys(session, count)
    found = session.scalars(select(DayCountGood).where(DayCountGood.count_id == count.id)).all()
    words = GoodWords(catalogue(session)) if found else GoodWords({})
    lines = (
        GoodLine(
            good=row.good,
            name=words.name(row.good, actor.language),
            counted=row.counted,
            booked=row.booked,
            why=why.get((Counted.GOOD, row.good)),
        )
        for row in found
        if row.counted or row.booked
    )
    return tuple(sorted(lines, key=lambda line: in_order(line.name)))


def stub_lines(session: Session, count: DayCount) -> StubLines | None:
    """Its stubs, where it is a closing."""
    stubs = stubs_of(session, count)
    if stubs is None:
        return None
    told = told_of(session, count)
    missing = [each for each in told if each.what is Counted.STUB_MISSING]
    extra = [each for each in told if each.what is Counted.STUB_EXTRA]
    return StubLines(
        counted=stubs.counted,
        booked=count.stubs_booked or 0,
        numbers=written(ranges_of(stubs.booked)),
        missing=written(ranges_of(int(each.key) for each in missing)),
        why_missing=TITLES_OF[Counted.STUB_MISSING].get(missing[0].why) if missing else None,
        extra=written(ranges_of(int(each.key) for each in extra)),
        why_extra=TITLES_OF[Counted.STUB_EXTRA].get(extra[0].why) if extra else None,
    )


def _whys(session: Session, count: DayCount) -> dict[tuple[Counted, str], Message]:
    return {(each.what, each.key): TITLES_OF[each.what][each.why] for each in told_of(session, count)}


def _borne(session: Session, count: DayCount, row: CountRow) -> tuple[tuple[Borne, ...], tuple[Money, ...]]:
    """Who bears what: as it was booked, or as it would be."""
    names = {id_: names for id_, names in session.execute(select(Purpose.id, Purpose.names))}  # noqa: C416
    lines = {line.counted.currency: line for line in cash_lines(session, count)}
    if row.state is CountState.SIGNED:
        booked = session.scalars(select(DayCountBooking).where(DayCountBooking.count_id == count.id))
        return tuple(
            Borne(
                names[each.purpose_id],
                Money(each.amount_minor, each.currency),
                lines[each.currency].differs.minor < 0,
            )
            for each in booked
        ), ()
    if row.state not in (CountState.WAITS, CountState.TO_EXPLAIN):
        return (), ()
    shares = bearers(session, count)
    asked = [Borne(names[share.purpose], share.amount, True) for each in shares.values() for share in each or ()]
    return tuple(asked), tuple(-lines[currency].differs for currency, each in shares.items() if each is None)


def _moved(session: Session, count: DayCount, *, actor: Actor) -> Moved:
    """Cash and goods that are others in the books by now."""
    now = cash_at(session, count.point_id, last_entry(session))
    cash = [
        (line.booked, Money(now.get(line.booked.currency, 0), line.booked.currency))
        for line in cash_lines(session, count)
    ]
    stock = goods_now(session, count.point_id)
    goods = [
        (line.name, line.booked, stock[line.good].quantity)
        for line in _good_lines(session, count, actor=actor)
        if line.good in stock
    ]
    return Moved(
        tuple((then, since) for then, since in cash if then != since),
        tuple((name, then, since) for name, then, since in goods if then != since),
    )


def _signers(session: Session, count: DayCount) -> tuple[str, ...]:
    """Who keeps this point besides whoever counted; coordinators last."""
    found: Sequence[tuple[UUID, str]] = receivers(session, count.point_id, but=count.by_id)
    return tuple(handle for _id, handle in found)
