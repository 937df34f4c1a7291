"""Handing out a voucher's aid at the table: all of it or a part, to somebody on the slip or whom two people know."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.clock import Instant
from aid.domain.collections import ALREADY_COLLECTED, CHANGED, NO_SLIP, NOT_AGREED, SLIP_CHANGED, Refusal
from aid.domain.entries import EntryKind
from aid.domain.ids import new_id
from aid.domain.parts import Part, Worth, handed_now
from aid.domain.points import PointKind
from aid.domain.refusals import RuleBroken
from aid.domain.stock import MoveCause
from aid.domain.strangers import StrangerReason
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.collections import Collection
from aid.models.ready import Ready
from aid.services import audit, ledger
from aid.services.collections.checking import Refused, judge, my_point, refused
from aid.services.collections.finding import Good, Here
from aid.services.collections.slips import collectors_shown, slip_of
from aid.services.collections.strangers import agreed_to, ask
from aid.services.stock import moves as stock_moves
from aid.services.vouchers import holding
from aid.services.vouchers.holding import VoucherSeen
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class CollectionOrder:
    """Who stands at the table with which digits: `collector` is the place on the family's slip, from 0."""

    point_id: UUID
    code: str = field(repr=False)
    collector: int | None  # none for somebody who is not on the slip, to whom a second person agreed
    part: Part | None = None  # what is handed out now; none: all that is left
    seen: int | None = None  # how often something had been handed out when the voucher was read
    slip: str = field(default="", repr=False)  # the mark of the slip that was shown; none: it is opened now


@dataclass(frozen=True, slots=True)
class StrangerOrder:
    """Somebody who is not on the slip stands at the table with these digits, and why."""

    point_id: UUID
    code: str = field(repr=False)
    reason: StrangerReason


@dataclass(frozen=True, slots=True)
class Collected:
    """The aid was handed out."""

    collection_id: UUID


@dataclass(frozen=True, slots=True)
class AskedForStranger:
    """A second person looks before anything is handed out."""

    asked_id: UUID


def collect(session: Session, *, actor: Actor, now: Instant, order: CollectionOrder) -> Collected | Refused:
    """Hand out a voucher's aid once, or a part of it, and move its money from reserved to spent."""
    here = my_point(session, actor=actor, now=now, point_id=order.point_id)
    good = judge(session, actor=actor, now=now, here=here, code=order.code)
    if isinstance(good, Refused):
        return good
    collectors = _collectors(session, good, actor=actor, now=now, here=here, mark=order.slip)
    if isinstance(collectors, Refusal):
        return refused(session, refusal=collectors, actor=actor, now=now, here=here, found=good)
    if order.collector is not None and not 0 <= order.collector < collectors:
        raise RuleBroken(_("Choose the person who stands before you."), field="collector")
    if order.seen is not None and order.seen != good.voucher.turns:
        return refused(session, refusal=CHANGED, actor=actor, now=now, here=here, found=good)
    stranger = None
    if order.collector is None:
        stranger = agreed_to(session, voucher_id=good.voucher.id, actor=actor, here=here, now=now)
        if stranger is None:
            return refused(session, refusal=NOT_AGREED, actor=actor, now=now, here=here, found=good)
    rest = good.rest(session)
    handed = handed_now(rest, order.part, in_parts=good.in_parts, kind=here.kind)
    if not holding.claim(session, good, whole=handed == rest):
        return refused(session, refusal=ALREADY_COLLECTED, actor=actor, now=now, here=here, found=good)
    came = (order.collector, stranger.asked_id if stranger else None)
    return _hand_out(session, good, handed, actor=actor, now=now, here=here, came=came)


def _collectors(session: Session, good: Good, *, actor: Actor, now: Instant, here: Here, mark: str) -> int | Refusal:
    """How many may collect by the slip that the table was shown; or the slip is opened, where it was shown none."""
    if mark:
        shown = collectors_shown(session, found=good, here=here, actor=actor, mark=mark)
        return SLIP_CHANGED if shown is None else shown
    slip = slip_of(session, found=good, actor=actor, now=now)
    return NO_SLIP if slip is None else len(slip.collectors)


def ask_for_stranger(
    session: Session, *, actor: Actor, now: Instant, order: StrangerOrder
) -> AskedForStranger | Refused:
    """Ask a second person about somebody who came with a voucher that may be collected, and is not on its slip."""
    here = my_point(session, actor=actor, now=now, point_id=order.point_id)
    good = judge(session, actor=actor, now=now, here=here, code=order.code)
    if isinstance(good, Refused):
        return good
    voucher_id = good.voucher.id
    return AskedForStranger(ask(session, voucher_id=voucher_id, here=here, reason=order.reason, actor=actor, now=now))


def _hand_out(
    session: Session,
    good: Good,
    handed: Worth,
    *,
    actor: Actor,
    now: Instant,
    here: Here,
    came: tuple[int | None, UUID | None],
) -> Collected:
    """Book and keep a collection whose voucher was claimed. `came`: the place on the slip, or the stranger's id."""
    voucher, collection_id = good.voucher, new_id()
    assert actor.id is not None, "a person hands out"
    moved = _from_stock(session, voucher, collection_id, handed, by_id=actor.id, now=now)
    entry, booked = _book(session, voucher, collection_id, handed, kind=here.kind, now=now)
    collector, stranger_id = came
    collection = {
        "id": collection_id,
        "voucher_id": voucher.id,
        "turn": voucher.turns + 1,  # as it was before the claim
        "paper_id": good.paper.id,
        "point_id": voucher.point_id,
        "handed_by_id": actor.id,
        "collector": collector,
        "stranger_id": stranger_id,
        "collected_at": now.instant,
        "entered_at": None,
        "amount_minor": handed.amount.minor,
        "items": handed.plain(),
        "entry_id": entry,
    }
    _INSERT.run(session, collection)
    made = audit.Rows(Collection, [collection])
    audit.say(session, "voucher.collected", subject=voucher.id, made=[made, *booked, *moved])
    return Collected(collection_id)


_INSERT = Ready(Collection.__table__.insert())  # type: ignore[attr-defined]


def _book(
    session: Session, voucher: VoucherSeen, collection_id: UUID, handed: Worth, *, kind: PointKind, now: Instant
) -> tuple[UUID | None, Sequence[audit.Made]]:
    """Move what was handed out from reserved to spent, out of cash or owed to a shop; goods alone have no money."""
    if not handed.amount.minor:
        return None, []
    postings = entries.collected(voucher.purpose_id, voucher.point_id, handed.amount, kind=kind)
    return ledger.post_rows(session, postings, kind=EntryKind.COLLECTION, cause=collection_id, now=now)


def _from_stock(
    session: Session, voucher: VoucherSeen, collection_id: UUID, handed: Worth, *, by_id: UUID, now: Instant
) -> Sequence[Permanent]:
    """Take goods out of the point's stock; below zero where it had too few, which a coordinator sees."""
    out = [(voucher.point_id, item.good, -item.quantity) for item in handed.items]
    return stock_moves.move(session, out, cause=MoveCause.HANDED_OUT, cause_id=collection_id, by_id=by_id, now=now)
