"""What the table reads of a point and of a paper: asked for each family that comes, so each question is built once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.collections import GUESSES, GUESSES_AT_POINT, GUESSES_WITHIN, RefusalCode
from aid.domain.parts import Worth
from aid.domain.points import PointKind
from aid.models.allocations import Allocation, AllocationLine
from aid.models.collections import RefusedCollection
from aid.models.families import Confirmation, FamilyVersion
from aid.models.fund import Point
from aid.models.people import Person
from aid.models.programmes import Programme
from aid.models.ready import Ready
from aid.models.vouchers import Paper, Voucher
from aid.services.collections.parts import rest_of
from aid.services.vouchers.holding import PaperSeen, VoucherSeen
from aid.vault.actor import Actor
from aid.vault.tokens import TokenMaker


@dataclass(frozen=True, slots=True)
class Here:
    """A point with a table, or a shop."""

    id: UUID
    ring_id: UUID
    closed_until: datetime | None  # this person, or all here, tried too many unknown codes
    kind: PointKind = PointKind.TABLE
    tried: bool = False  # this person tried an unknown code lately


@dataclass(frozen=True, slots=True)
class Good:
    """A paper that a table found, its voucher, and what its line says."""

    paper: PaperSeen
    voucher: VoucherSeen
    family_code: str
    items: Sequence[str]
    in_parts: bool
    vouched_by_me: bool

    @property
    def is_current(self) -> bool:
        """Whether no newer paper was printed."""
        return self.paper.number == self.voucher.papers

    def rest(self, session: Session) -> Worth:
        """What is left of its voucher."""
        return rest_of(session, self.voucher, self.items)


def here(session: Session, *, actor: Actor, now: Instant, point_id: UUID) -> Here:
    """The point, and whether too many unknown codes were tried at it, or by this person anywhere."""
    asked = {"point": point_id, "person": actor.id, "since": now.instant - GUESSES_WITHIN}
    [(ring_id, kind, tried, *tries)] = _HERE.rows(session, asked)
    last = max(filter(None, tries), default=None)
    return Here(point_id, ring_id, last + GUESSES_WITHIN if last else None, kind, tried is not None)


def counted_alone(session: Session, *, actor: Actor, now: Instant, point_id: UUID) -> Here:
    """Count the tries once more, when no other at this point or of this person is on its way.

    Who tries many codes at the same moment finds none of them counted yet. What is locked here stays so until the
    commit; what only refers to the point or the person goes on.
    """
    for kind, id_ in ((Point, point_id), (Person, actor.id)):
        session.execute(select(kind.id).where(kind.id == id_).with_for_update(key_share=True))
    return here(session, actor=actor, now=now, point_id=point_id)


def find(session: Session, *, actor: Actor, here: Here, code: str) -> Good | None:
    """The voucher behind the digits, locked until the commit: here, or else at another of this person's own points."""
    if found := _find(session, actor=actor, point_id=here.id, ring_id=here.ring_id, code=code):
        return found
    others = actor.points - {here.id}
    if not others:
        return None
    rings = session.execute(select(Point.id, Point.ring_id).where(Point.id.in_(others)).order_by(Point.code))
    each = (_find(session, actor=actor, point_id=id_, ring_id=ring_id, code=code) for id_, ring_id in rings.all())
    return next(filter(None, each), None)


def _find(session: Session, *, actor: Actor, point_id: UUID, ring_id: UUID, code: str) -> Good | None:
    """Papers printed before the point's keys were changed bear the older keys' codes."""
    codes = [TokenMaker(keys.index_key).code_mac(code) for keys in actor.keyring.every(ring_id)]
    if not codes:
        return None
    asked = {"point": point_id, "person": actor.id} | {f"code_{n}": mac for n, mac in enumerate(codes)}
    row = _found(len(codes)).first(session, asked)
    if row is None:
        return None
    family_code, items, in_parts, vouched, paper_id, number, *voucher = row
    assert family_code is not None, "a voucher is a family's"
    paper = PaperSeen(paper_id, number)
    return Good(paper, VoucherSeen(*voucher), family_code, items, bool(in_parts), bool(vouched))


def _here() -> Ready:
    tried, point = RefusedCollection.__table__.c, Point.__table__.c
    unknown = (tried.reason == RefusalCode.UNKNOWN.value) & (tried.at > bindparam("since"))

    def first_of(whose: Any, most: int) -> Any:
        lately = select(tried.at).where(whose, unknown).order_by(tried.at.desc())
        return lately.offset(most - 1).limit(1).scalar_subquery()

    mine = first_of(tried.person_id == bindparam("person"), GUESSES)
    theirs = first_of(tried.point_id == bindparam("point"), GUESSES_AT_POINT)
    tried_one = first_of(tried.person_id == bindparam("person"), 1)
    return Ready(select(point.ring_id, point.kind, tried_one, mine, theirs).where(point.id == bindparam("point")))


@cache
def _found(epochs: int) -> Ready:
    """A paper by the code that its point's keys of so many epochs make of the digits; its voucher is locked."""
    paper, voucher = Paper.__table__.c, Voucher.__table__.c
    codes = [paper.code_mac == bindparam(f"code_{n}") for n in range(epochs)]
    wrote = exists().where(FamilyVersion.family_id == Voucher.family_id, FamilyVersion.by_id == bindparam("person"))
    confirmed = exists().where(Confirmation.family_id == Voucher.family_id, Confirmation.by_id == bindparam("person"))
    return Ready(
        select(AllocationLine.family_code, AllocationLine.items)
        .add_columns(func.coalesce(Programme.in_parts, False), or_(wrote, confirmed))
        .add_columns(paper.id, paper.number, *(voucher[name] for name in VoucherSeen._fields))
        .join(Voucher, Voucher.id == AllocationLine.id)
        .join(Paper, Paper.voucher_id == Voucher.id)
        .join(Allocation, Allocation.id == Voucher.allocation_id)
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .where(paper.point_id == bindparam("point"), or_(*codes))
        .with_for_update(of=Voucher)
    )


_HERE = _here()
