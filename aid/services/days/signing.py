"""The second person's word on a count: signed, and only then what differs is booked; or refused, and counted again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.clock import Instant
from aid.domain.days.counting import Counted, Differs, Share, shares_of_loss, why_not_answer
from aid.domain.entries import EntryKind
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.stock import Difference, MoveCause
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.day_counts import DayCount, DayCountAnswer, DayCountBooking, DayCountGood
from aid.models.fund import Purpose
from aid.models.goods import StockActLine
from aid.models.ledger import Available
from aid.services import audit, ledger
from aid.services.days.counts import (
    differences_of,
    has_moved,
    hold_point,
    is_large_count,
    refuse_while_lost,
    state_of_count,
    told_of,
)
from aid.services.stock.moves import begin_act, finish_act, locked
from aid.services.stops import refuse_while_stopped
from aid.vault.actor import Actor

GENERAL = "general"


@dataclass(frozen=True, slots=True)
class AnswerCountOrder:
    """A second person's word on a count."""

    count_id: UUID
    agrees: bool


@dataclass(frozen=True, slots=True)
class CountAnswered:
    """It stands, or is counted again."""

    count_id: UUID
    agreed: bool


def answer_count(session: Session, *, actor: Actor, now: Instant, order: AnswerCountOrder) -> CountAnswered:
    """Sign a count that somebody else made, and book what differs; or refuse it. Raises RuleBroken.

    What came or went since it was counted may be just what was missing: then it is counted again, and nothing is added.
    """
    row = session.get(DayCount, order.count_id)
    if row is None:
        raise RuleBroken(_("There is no such count; choose one of the list."))
    actor.must(Permission.KEEP_POINT, point=row.point_id)
    assert actor.person_id is not None, "a person signs"
    hold_point(session, row.point_id)
    reason = why_not_answer(
        state_of_count(session, row),
        counted_by=row.by_id,
        me=actor.person_id,
        needs_coordinator=order.agrees and needs_coordinator(session, row),
        is_coordinator=actor.may(Permission.MEND_COLLECTIONS, point=row.point_id),
    )
    if reason:
        raise RuleBroken(reason)
    act_id, booked = _book(session, row, actor=actor, now=now) if order.agrees else (None, [])
    answer = DayCountAnswer(count_id=row.id, agreed=order.agrees, by_id=actor.person_id, at=now.instant, act_id=act_id)
    session.add(answer)
    session.flush()
    made: list[Permanent] = [answer]
    for booking, entry in booked:
        session.add(booking)
        made += [booking, *entry]
    moved = bool(act_id or booked)
    audit.say(
        session,
        ("day.booked" if moved else "day.signed") if order.agrees else "day.count_refused",
        subject=row.id,
        made=made,
    )
    return CountAnswered(row.id, order.agrees)


def needs_coordinator(session: Session, row: DayCount) -> bool:
    """Whether a coordinator signs it: a large difference, or a loss that other purposes than the general one bear."""
    general = general_purpose(session)
    shares = (share for shares in bearers(session, row).values() for share in shares or ())
    return is_large_count(session, row) or any(share.purpose != general for share in shares)


def bearers(session: Session, row: DayCount) -> Mapping[str, Sequence[Share] | None]:
    """By currency, which purposes bear the cash that is missing; nothing where the fund has too little that is free."""
    lost = [each for each in differences_of(session, row) if each.what is Counted.CASH and each.by < 0]
    general = general_purpose(session)
    return {
        each.key: shares_of_loss(Money(-each.by, each.key), _available(session, each.key), general=general)
        for each in lost
    }


def general_purpose(session: Session) -> UUID:
    """The purpose called general; a fund without one has its first purpose for that."""
    by_name = select(Purpose.id).order_by(Purpose.code != GENERAL, Purpose.id).limit(1)
    return session.execute(by_name).scalar_one()


def _available(session: Session, currency: str) -> list[tuple[UUID, int]]:
    found = select(Available.purpose_id, Available.amount_minor).where(Available.currency == currency)
    return [(purpose, minor) for purpose, minor in session.execute(found.order_by(Available.purpose_id))]


Booked = tuple[DayCountBooking, Sequence[Permanent]]


def _book(session: Session, row: DayCount, *, actor: Actor, now: Instant) -> tuple[UUID | None, list[Booked]]:
    """Book what differs, goods by a count of the stock and cash by entries."""
    if has_moved(session, row):
        raise RuleBroken(
            _("Something came or went since this was counted, so nobody knows what the difference is now. Count again.")
        )
    differs = differences_of(session, row)
    if not differs:
        return None, []
    refuse_while_stopped(session, now=now)
    refuse_while_lost(session, row.point_id)
    goods = [each for each in differs if each.what is Counted.GOOD]
    act_id = _book_goods(session, row, goods, actor=actor, now=now) if goods else None
    booked = []
    for each in differs:
        if each.what is Counted.CASH:
            booked += _book_cash(session, row, each, now=now)
    return act_id, booked


def _book_goods(session: Session, row: DayCount, goods: Sequence[Differs], *, actor: Actor, now: Instant) -> UUID:
    whys = {each.key: Difference(each.why) for each in told_of(session, row) if each.what is Counted.GOOD}
    counted = {line.good: line for line in session.scalars(select(DayCountGood).where(DayCountGood.count_id == row.id))}
    for each in goods:
        locked(session, row.point_id, each.key)
    act = begin_act(session, kind=MoveCause.COUNTED, point_id=row.point_id, actor=actor, now=now)
    lines = [
        StockActLine(
            act_id=act.id,
            good=each.key,
            quantity=counted[each.key].counted,
            booked=counted[each.key].booked,
            why=whys[each.key],
        )
        for each in goods
    ]
    moves = [(row.point_id, each.key, each.by) for each in goods]
    return finish_act(session, act, lines, moves, act_code="stock.counted", now=now).act_id


def _book_cash(session: Session, row: DayCount, differs: Differs, *, now: Instant) -> list[Booked]:
    """An entry for each purpose that bears a loss; what was found the general purpose has."""
    amount = Money(abs(differs.by), differs.key)
    shares: Sequence[Share] | None = [Share(general_purpose(session), amount)]
    if differs.by < 0:
        shares = bearers(session, row)[differs.key]
    if shares is None:
        raise RuleBroken(
            _(
                "No purpose of the fund has %(amount)s left that is not promised, so this loss can’t be booked yet. "
                "Tell the treasurer; handing out goes on.",
                amount=amount,
            )
        )
    booked: list[Booked] = []
    for share in shares:
        posting = entries.lost if differs.by < 0 else entries.found_again
        kind = EntryKind.LOSS if differs.by < 0 else EntryKind.FOUND
        asked = posting(share.purpose, row.point_id, share.amount)
        entry, transfers = ledger.post(session, asked, kind=kind, cause=row.id, now=now)
        booking = DayCountBooking(
            count_id=row.id,
            currency=differs.key,
            purpose_id=share.purpose,
            amount_minor=share.amount.minor,
            entry_id=entry.id,
        )
        booked.append((booking, [entry, *transfers]))
    return booked
