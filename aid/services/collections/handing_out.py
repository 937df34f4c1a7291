"""The table at a point: looking at a voucher's digits, and handing out its aid once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain import entries
from aid.domain.clock import Instant
from aid.domain.collections import (
    ALREADY_COLLECTED,
    GUESSES,
    GUESSES_WITHIN,
    NO_SLIP,
    UNKNOWN,
    Refusal,
    RefusalCode,
    VoucherFacts,
    too_many_tries,
    why_not_collect,
)
from aid.domain.entries import EntryKind
from aid.domain.families import Slip
from aid.domain.goods import Item
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.stock import MoveCause
from aid.domain.vouchers import printed_number
from aid.domain.words import Message, _
from aid.models.allocations import AllocationLine
from aid.models.base import Permanent, in_language
from aid.models.collections import Collection, RefusedCollection
from aid.models.fund import Point, Purpose
from aid.models.records import RecordKind
from aid.models.vouchers import Voucher
from aid.services import audit, ledger, records, sightings
from aid.services.goods import words_for
from aid.services.stock import moves as stock_moves
from aid.services.vouchers import holding
from aid.services.vouchers.holding import Found
from aid.vault.actor import Actor
from aid.vault.failures import NoKey


@dataclass(frozen=True, slots=True)
class CollectionOrder:
    """Who stands at the table with which digits: `collector` is the place on the family's slip, from 0."""

    point_id: UUID
    code: str = field(repr=False)
    collector: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What the table sees before it hands out. It is shown and never stored."""

    amount: Money
    items: tuple[str, ...]
    purpose: str
    family_code: str
    serial: int
    collectors: tuple[str, ...] = field(repr=False)
    check_word: str = field(repr=False)

    @property
    def printed_number(self) -> str:
        """The number as it stands on the paper."""
        return printed_number(self.serial)


@dataclass(frozen=True, slots=True)
class Collected:
    """The aid was handed out."""

    collection_id: UUID


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was handed out, and why. A refusal is an outcome: it is counted and committed."""

    reason: Message
    code: RefusalCode


def check(session: Session, *, actor: Actor, now: Instant, point_id: UUID, code: str) -> Checked | Refused:
    """Look at a voucher before handing out: what it is worth, and who may collect it."""
    here = _my_point(session, actor=actor, point_id=point_id)
    found, refusal = _judge(session, actor=actor, now=now, here=here, code=code)
    if refusal or found is None:
        return _refused(session, refusal or UNKNOWN, actor=actor, now=now, here=here, found=found)
    slip = _slip(session, found, actor=actor, now=now)
    if slip is None:
        return _refused(session, NO_SLIP, actor=actor, now=now, here=here, found=found)
    line = session.get_one(AllocationLine, found.voucher.id)
    purpose = session.get_one(Purpose, found.voucher.purpose_id)
    assert line.family_code is not None, "a voucher is a family's"
    return Checked(
        amount=found.amount,
        items=words_for(session, line.items).say_all(line.items, actor.language),
        purpose=in_language(purpose.names, actor.language),
        family_code=line.family_code,
        serial=found.voucher.serial,
        collectors=slip.collectors,
        check_word=slip.check_word,
    )


def collect(session: Session, *, actor: Actor, now: Instant, order: CollectionOrder) -> Collected | Refused:
    """Hand out a voucher's aid once, and move its money from reserved to spent."""
    here = _my_point(session, actor=actor, point_id=order.point_id)
    found, refusal = _judge(session, actor=actor, now=now, here=here, code=order.code)
    if refusal or found is None:
        return _refused(session, refusal or UNKNOWN, actor=actor, now=now, here=here, found=found)
    slip = _slip(session, found, actor=actor, now=now)
    if slip is None:
        return _refused(session, NO_SLIP, actor=actor, now=now, here=here, found=found)
    if not 0 <= order.collector < len(slip.collectors):
        raise RuleBroken(_("Choose the person who stands before you."), field="collector")
    if not holding.claim(session, found):
        return _refused(session, ALREADY_COLLECTED, actor=actor, now=now, here=here, found=found)
    return _hand_out(session, found, actor=actor, now=now, collector=order.collector)


def _hand_out(session: Session, found: Found, *, actor: Actor, now: Instant, collector: int) -> Collected:
    """Book and keep a collection whose voucher was claimed."""
    voucher, collection_id = found.voucher, new_id()
    assert actor.id is not None, "a person hands out"
    moved = _from_stock(session, voucher, collection_id, by_id=actor.id, now=now)
    entry, booked = _book(session, found, collection_id, now=now)
    collection = Collection(
        id=collection_id,
        voucher_id=voucher.id,
        paper_id=found.paper.id,
        point_id=voucher.point_id,
        handed_by_id=actor.id,
        collector=collector,
        collected_at=now.instant,
        entry_id=entry,
    )
    session.add(collection)
    audit.say(session, "voucher.collected", subject=voucher.id, made=[collection, *booked, *moved])
    return Collected(collection_id)


def _book(
    session: Session, found: Found, collection_id: UUID, *, now: Instant
) -> tuple[UUID | None, Sequence[Permanent]]:
    """Move a voucher's money from reserved to spent; one for goods alone has none."""
    if not found.amount.minor:
        return None, []
    postings = entries.collected(found.voucher.purpose_id, found.voucher.point_id, found.amount)
    entry, transfers = ledger.post(session, postings, kind=EntryKind.COLLECTION, cause=collection_id, now=now)
    return entry.id, [entry, *transfers]


def _from_stock(
    session: Session, voucher: Voucher, collection_id: UUID, *, by_id: UUID, now: Instant
) -> Sequence[Permanent]:
    """Take a voucher's goods out of the point's stock; below zero where it had too few, which a coordinator sees."""
    items = session.execute(select(AllocationLine.items).where(AllocationLine.id == voucher.id)).scalar_one()
    out = [(voucher.point_id, item.good, -item.quantity) for item in map(Item.from_plain, items)]
    return stock_moves.move(session, out, cause=MoveCause.HANDED_OUT, cause_id=collection_id, by_id=by_id, now=now)


def _my_point(session: Session, *, actor: Actor, point_id: UUID) -> Point:
    """The point where this person hands out, if they have its keys."""
    actor.must(Permission.HAND_OUT, point=point_id)
    here = session.get_one(Point, point_id)
    if not actor.keyring.has(here.ring_id):
        raise RuleBroken(_("You were not yet given the keys of this point. Ask a coordinator to admit you."))
    return here


def _judge(
    session: Session, *, actor: Actor, now: Instant, here: Point, code: str
) -> tuple[Found | None, Refusal | None]:
    """Find the voucher and ask the rule."""
    if tried := _tried_too_often(session, actor=actor, now=now):
        return None, tried
    found = _find(session, actor=actor, here=here, code=code)
    if found is None:
        return None, UNKNOWN
    return found, why_not_collect(_facts(session, found, actor=actor, here=here), today=now.today)


def _find(session: Session, *, actor: Actor, here: Point, code: str) -> Found | None:
    """The voucher behind the digits: here, or else at another of this person's own points."""
    mine = session.scalars(select(Point).where(Point.id.in_(actor.points)).order_by(Point.code))
    for point in sorted(mine, key=lambda point: point.id != here.id):
        if found := holding.by_code(session, keyring=actor.keyring, point=point, code=code):
            return found
    return None


def _facts(session: Session, found: Found, *, actor: Actor, here: Point) -> VoucherFacts:
    voucher = found.voucher
    return VoucherFacts(
        state=voucher.state,
        point=in_language(session.get_one(Point, voucher.point_id).names, actor.language),
        is_here=voucher.point_id == here.id,
        last_day=voucher.valid_until,
        grace_until=voucher.grace_until,
        paper_is_current=found.is_current,
        vouched_by_me=actor.id in holding.vouched_by(session, voucher.family_id),
        collected_at=session.scalar(select(Collection.collected_at).where(Collection.voucher_id == voucher.id)),
    )


def _slip(session: Session, found: Found, *, actor: Actor, now: Instant) -> Slip | None:
    """Open the family's slip, and record the look. None when this point has no key to it any more."""
    assert actor.id is not None, "the system hands out nothing"
    family_id = found.voucher.family_id
    try:
        opened = records.take_out(session, kind=RecordKind.SLIP, row_id=family_id, keyring=actor.keyring)
    except NoKey:
        return None
    if opened is None:
        return None
    sightings.saw(session, person_id=actor.id, families=[family_id], what=RecordKind.SLIP, why="collect", now=now)
    return Slip.from_plain(opened)


def _tried_too_often(session: Session, *, actor: Actor, now: Instant) -> Refusal | None:
    """Refuse whoever types codes that nobody knows, one after another, until the tenth last is ten minutes old."""
    tries = select(RefusedCollection.at).where(
        RefusedCollection.person_id == actor.id,
        RefusedCollection.reason == RefusalCode.UNKNOWN,
        RefusedCollection.at > now.instant - GUESSES_WITHIN,
    )
    lately = session.scalars(tries.order_by(RefusedCollection.at.desc()).limit(GUESSES)).all()
    return too_many_tries(lately[-1] + GUESSES_WITHIN) if len(lately) == GUESSES else None


def _refused(
    session: Session, refusal: Refusal, *, actor: Actor, now: Instant, here: Point, found: Found | None
) -> Refused:
    """Keep what was refused, for the coordinator and the audit."""
    row = RefusedCollection(
        id=new_id(),
        point_id=here.id,
        person_id=actor.id,
        voucher_id=found.voucher.id if found else None,
        reason=refusal.code.value,
        at=now.instant,
    )
    session.add(row)
    audit.say(session, "collection.refused", subject=row.voucher_id, made=[row])
    return Refused(refusal.reason, refusal.code)
