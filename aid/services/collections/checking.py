"""The table at a point: the voucher behind typed digits, whether it may be collected, and what the table then sees."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.collections import (
    NO_SLIP,
    UNKNOWN,
    Refusal,
    RefusalCode,
    VoucherFacts,
    too_many_tries,
    why_not_collect,
)
from aid.domain.goods import Item
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.parts import Worth
from aid.domain.permissions import Permission
from aid.domain.points import PointKind
from aid.domain.refusals import RuleBroken
from aid.domain.vouchers import printed_number
from aid.domain.words import Message, _
from aid.models.base import in_language
from aid.models.collections import Collection, RefusedCollection
from aid.models.fund import Point, Purpose
from aid.models.ready import Ready
from aid.services import audit
from aid.services.collections import finding
from aid.services.collections.finding import Good, Here
from aid.services.collections.parts import STANDS
from aid.services.collections.slips import mark_of, slip_of
from aid.services.collections.strangers import Agreed, agreed_to
from aid.services.goods import words_for
from aid.services.shops.opening import agreement_of
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Ware:
    """Goods that may be ticked: which, how many are left, and how they are called."""

    item: Item
    words: str


@dataclass(frozen=True, slots=True)
class ShopWords:
    """What is bought at a shop, and what is not, in the reader's language; empty where nothing is said of it."""

    may_buy: str
    may_not_buy: str


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
    slip: str = field(repr=False)  # the mark that this person was shown who may collect
    agreed: Agreed | None = None  # to somebody who is not on the slip
    shop: ShopWords | None = None  # at a shop: it gives goods worth the amount

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


def check(session: Session, *, actor: Actor, now: Instant, point_id: UUID, code: str) -> Checked | Refused:
    """Look at a voucher before handing out: what it is worth, and who may collect it."""
    here = my_point(session, actor=actor, now=now, point_id=point_id)
    good = judge(session, actor=actor, now=now, here=here, code=code)
    if isinstance(good, Refused):
        return good
    voucher, rest = good.voucher, good.rest(session)
    slip = slip_of(session, found=good, actor=actor, now=now)
    if slip is None:
        return refused(session, refusal=NO_SLIP, actor=actor, now=now, here=here, found=good)
    [(purpose,)] = _PURPOSE.rows(session, {"purpose": voucher.purpose_id})
    said = words_for(session, rest.plain())
    return Checked(
        amount=rest.amount,
        wares=tuple(Ware(item, said.say(item, actor.language)) for item in rest.items),
        purpose=in_language(purpose, actor.language),
        family_code=good.family_code,
        serial=voucher.serial,
        turns=voucher.turns,
        is_begun=rest != Worth.of(voucher.amount_minor, voucher.currency, good.items),
        in_parts=good.in_parts and (_is_parted(rest) or here.kind is PointKind.SHOP),
        collectors=slip.collectors,
        check_word=slip.check_word,
        slip=mark_of(session, found=good, here=here, actor=actor, collectors=len(slip.collectors)),
        agreed=agreed_to(session, voucher_id=voucher.id, actor=actor, here=here, now=now),
        shop=_shop_words(session, here, actor=actor),
    )


_PURPOSE = Ready(select(Purpose.names).where(Purpose.id == bindparam("purpose")))


def _shop_words(session: Session, here: Here, *, actor: Actor) -> ShopWords | None:
    agreement = agreement_of(session, here.id) if here.kind is PointKind.SHOP else None
    if agreement is None:
        return None
    may, may_not = (in_language(said, actor.language) for said in (agreement.may_buy, agreement.may_not_buy))
    return ShopWords(may, may_not)


def _is_parted(rest: Worth) -> bool:
    """Whether there is more than one piece, so that some may be kept."""
    several = any(item.quantity > 1 for item in rest.items)
    return len(rest.items) + bool(rest.amount.minor) + several > 1


def my_point(session: Session, *, actor: Actor, now: Instant, point_id: UUID) -> Here:
    """The point where this person hands out, if they have its keys."""
    actor.must(Permission.HAND_OUT, point=point_id)
    here = finding.here(session, actor=actor, now=now, point_id=point_id)
    if not actor.keyring.has(here.ring_id):
        raise RuleBroken(_("You were not yet given the keys of this point. Ask a coordinator to admit you."))
    return here


def judge(session: Session, *, actor: Actor, now: Instant, here: Here, code: str) -> Good | Refused:
    """Find the voucher and ask the rule. The voucher is locked until the commit."""
    if here.closed_until:
        return refused(session, refusal=too_many_tries(here.closed_until), actor=actor, now=now, here=here, found=None)
    found = finding.find(session, actor=actor, here=here, code=code)
    if found is None or here.tried:
        again = finding.counted_alone(session, actor=actor, now=now, point_id=here.id)
        if until := again.closed_until:
            return refused(session, refusal=too_many_tries(until), actor=actor, now=now, here=here, found=None)
    if found is None:
        return refused(session, refusal=UNKNOWN, actor=actor, now=now, here=here, found=None)
    if refusal := why_not_collect(_facts(session, found, actor=actor, here=here), today=now.today):
        return refused(session, refusal=refusal, actor=actor, now=now, here=here, found=found)
    return found


def _facts(session: Session, found: Good, *, actor: Actor, here: Here) -> VoucherFacts:
    voucher = found.voucher
    is_here = voucher.point_id == here.id
    return VoucherFacts(
        state=voucher.state,
        point="" if is_here else in_language(session.get_one(Point, voucher.point_id).names, actor.language),
        is_here=is_here,
        last_day=voucher.valid_until,
        grace_until=voucher.grace_until,
        paper_is_current=found.is_current,
        vouched_by_me=found.vouched_by_me,
        collected_at=_collected_at(session, voucher.id) if voucher.turns else None,
    )


def _collected_at(session: Session, voucher_id: UUID) -> datetime | None:
    """When something was handed out for it the last time, and not taken back."""
    last = select(Collection.collected_at).where(Collection.voucher_id == voucher_id, STANDS)
    return session.scalar(last.order_by(Collection.turn.desc()).limit(1))


def refused(
    session: Session, *, refusal: Refusal, actor: Actor, now: Instant, here: Here, found: Good | None
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
