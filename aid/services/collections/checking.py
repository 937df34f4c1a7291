"""The table at a point: the voucher behind typed digits, whether it may be collected, and what the table then sees."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.collections import (
    GUESSES,
    GUESSES_AT_POINT,
    GUESSES_WITHIN,
    NO_SLIP,
    UNKNOWN,
    Refusal,
    RefusalCode,
    VoucherFacts,
    too_many_tries,
    why_not_collect,
)
from aid.domain.families import Slip
from aid.domain.goods import Item
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.parts import Worth
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.vouchers import printed_number
from aid.domain.words import Message, _
from aid.models.allocations import Allocation, AllocationLine
from aid.models.base import in_language
from aid.models.collections import Collection, RefusedCollection
from aid.models.fund import Point, Purpose
from aid.models.programmes import Programme
from aid.models.records import RecordKind
from aid.services import audit, records, sightings
from aid.services.collections.parts import STANDS, rest_of
from aid.services.collections.strangers import Agreed, agreed_to
from aid.services.goods import words_for
from aid.services.vouchers import holding
from aid.services.vouchers.holding import Found
from aid.vault.actor import Actor
from aid.vault.failures import NoKey


@dataclass(frozen=True, slots=True)
class Ware:
    """Goods that may be ticked: which, how many are left, and how they are called."""

    item: Item
    words: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What the table sees before it hands out. It is shown and never stored."""

    amount: Money  # what is left of it
    wares: tuple[Ware, ...]
    purpose: str
    family_code: str
    serial: int
    turns: int  # how often something was handed out for it before
    is_begun: bool
    in_parts: bool  # whether some may be handed out now, and the rest later
    collectors: tuple[str, ...] = field(repr=False)
    check_word: str = field(repr=False)
    agreed: Agreed | None = None  # to somebody who is not on the slip

    @property
    def items(self) -> tuple[str, ...]:
        """The goods in words."""
        return tuple(ware.words for ware in self.wares)

    @property
    def printed_number(self) -> str:
        """The number as it stands on the paper."""
        return printed_number(self.serial)


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was handed out, and why. A refusal is an outcome: it is counted and committed."""

    reason: Message
    code: RefusalCode
    serial: int | None = None  # of the voucher, where it is known


@dataclass(frozen=True, slots=True)
class Good:
    """A voucher that may be collected here and now, and what its line says."""

    found: Found
    family_code: str
    items: Sequence[str]
    in_parts: bool

    def rest(self, session: Session) -> Worth:
        """What is left of it."""
        return rest_of(session, self.found.voucher, self.items)


def check(session: Session, *, actor: Actor, now: Instant, point_id: UUID, code: str) -> Checked | Refused:
    """Look at a voucher before handing out: what it is worth, and who may collect it."""
    here = my_point(session, actor=actor, point_id=point_id)
    good = judge(session, actor=actor, now=now, here=here, code=code)
    if isinstance(good, Refused):
        return good
    voucher, rest = good.found.voucher, good.rest(session)
    slip = slip_of(session, good.found, actor=actor, now=now)
    if slip is None:
        return refused(session, NO_SLIP, actor=actor, now=now, here=here, found=good.found)
    purpose = session.get_one(Purpose, voucher.purpose_id)
    said = words_for(session, rest.plain())
    return Checked(
        amount=rest.amount,
        wares=tuple(Ware(item, said.say(item, actor.language)) for item in rest.items),
        purpose=in_language(purpose.names, actor.language),
        family_code=good.family_code,
        serial=voucher.serial,
        turns=voucher.turns,
        is_begun=rest != Worth.of(voucher.amount_minor, voucher.currency, good.items),
        in_parts=good.in_parts and len(rest.items) + bool(rest.amount.minor) + _several(rest) > 1,
        collectors=slip.collectors,
        check_word=slip.check_word,
        agreed=agreed_to(session, voucher.id, actor=actor, here=here, now=now),
    )


def _several(rest: Worth) -> bool:
    """Whether of one good there are more than one, so that some may be kept."""
    return any(item.quantity > 1 for item in rest.items)


def my_point(session: Session, *, actor: Actor, point_id: UUID) -> Point:
    """The point where this person hands out, if they have its keys."""
    actor.must(Permission.HAND_OUT, point=point_id)
    here = session.get_one(Point, point_id)
    if not actor.keyring.has(here.ring_id):
        raise RuleBroken(_("You were not yet given the keys of this point. Ask a coordinator to admit you."))
    return here


def judge(session: Session, *, actor: Actor, now: Instant, here: Point, code: str) -> Good | Refused:
    """Find the voucher and ask the rule. The voucher is locked until the commit."""
    if tried := _tried_too_often(session, actor=actor, here=here, now=now):
        return refused(session, tried, actor=actor, now=now, here=here, found=None)
    found = _find(session, actor=actor, here=here, code=code)
    if found is None:
        return refused(session, UNKNOWN, actor=actor, now=now, here=here, found=None)
    if refusal := why_not_collect(_facts(session, found, actor=actor, here=here), today=now.today):
        return refused(session, refusal, actor=actor, now=now, here=here, found=found)
    line, in_parts = session.execute(
        select(AllocationLine, Programme.in_parts)
        .join(Allocation, Allocation.id == AllocationLine.allocation_id)
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .where(AllocationLine.id == found.voucher.id)
    ).one()
    assert line.family_code is not None, "a voucher is a family's"
    return Good(found, line.family_code, line.items, bool(in_parts))


def _find(session: Session, *, actor: Actor, here: Point, code: str) -> Found | None:
    """The voucher behind the digits: here, or else at another of this person's own points."""
    mine = session.scalars(select(Point).where(Point.id.in_(actor.points)).order_by(Point.code))
    for point in sorted(mine, key=lambda point: point.id != here.id):
        if found := holding.by_code(session, keyring=actor.keyring, point=point, code=code):
            return found
    return None


def _facts(session: Session, found: Found, *, actor: Actor, here: Point) -> VoucherFacts:
    voucher = found.voucher
    last = select(Collection.collected_at).where(Collection.voucher_id == voucher.id, STANDS)
    return VoucherFacts(
        state=voucher.state,
        point=in_language(session.get_one(Point, voucher.point_id).names, actor.language),
        is_here=voucher.point_id == here.id,
        last_day=voucher.valid_until,
        grace_until=voucher.grace_until,
        paper_is_current=found.is_current,
        vouched_by_me=actor.id in holding.vouched_by(session, voucher.family_id),
        collected_at=session.scalar(last.order_by(Collection.turn.desc()).limit(1)) if voucher.turns else None,
    )


def slip_of(session: Session, found: Found, *, actor: Actor, now: Instant) -> Slip | None:
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


def _tried_too_often(session: Session, *, actor: Actor, here: Point, now: Instant) -> Refusal | None:
    """Refuse whoever types codes that nobody knows, and a point where many do, until the first of them is old."""
    for whose, most in (
        (RefusedCollection.person_id == actor.id, GUESSES),
        (RefusedCollection.point_id == here.id, GUESSES_AT_POINT),
    ):
        unknown = (RefusedCollection.reason == RefusalCode.UNKNOWN) & (
            RefusedCollection.at > now.instant - GUESSES_WITHIN
        )
        tries = select(RefusedCollection.at).where(whose, unknown).order_by(RefusedCollection.at.desc())
        first = session.scalar(tries.offset(most - 1).limit(1))
        if first is not None:
            return too_many_tries(first + GUESSES_WITHIN)
    return None


def refused(
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
    return Refused(refusal.reason, refusal.code, found.voucher.serial if found else None)
