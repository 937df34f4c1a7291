"""Proof of what was handed out: each turn on a good paper, together never more than a voucher is worth; what was taken
back was so in time; and nobody alone handed out to somebody who was not on the slip.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from aid.domain.goods import Item
from aid.domain.points import PointKind
from aid.domain.undoing import UNDO_WITHIN
from aid.domain.vouchers import VoucherState
from aid.models.allocations import Allocation, AllocationLine
from aid.models.collections import Collection, CollectionUndo, StrangerAnswer, StrangerAsked
from aid.models.fund import Point
from aid.models.late import LateAnswer
from aid.models.programmes import Programme
from aid.models.vouchers import Paper, PrintBatch, Voucher
from aid.services.collections.parts import STANDS, handings, is_all, items_of
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding

AT_ONCE = timedelta(minutes=1)
"""Of a collection and a reprint at the same moment, the one that came second may have begun first."""


def collected_at_once() -> ColumnElement[bool]:
    """Whether one collection handed out all that a voucher is worth, and stands."""
    return exists().where(Collection.voucher_id == Voucher.id, STANDS, is_all())


def collected_in_parts() -> ColumnElement[bool]:
    """Whether collections stand that handed out less."""
    return exists().where(Collection.voucher_id == Voucher.id, STANDS)


def prove_collections(session: Session) -> Iterator[Finding]:
    """What was handed out, against what the vouchers say."""
    yield from faults_found(session, _turns, _strangers, _wholes)
    yield from _parts(session)
    yield from _undone(session)
    yield from _old_papers(session)


def _turns() -> Iterator[Fault]:
    of = Collection.voucher_id == Voucher.id
    count = select(func.count()).where(of).scalar_subquery()
    last = select(func.coalesce(func.max(Collection.turn), 0)).where(of).scalar_subquery()
    wrong = or_(Voucher.turns != count, Voucher.turns != last)
    yield those(Voucher.id, wrong, "it was handed out another number of times")
    paper = exists().where(
        Paper.id == Collection.paper_id,
        Paper.voucher_id == Collection.voucher_id,
        Paper.point_id == Collection.point_id,
    )
    yield those(Collection.id, ~paper, "it was not collected with a paper of its voucher at its point")


def _strangers() -> Iterator[Fault]:
    agreed = exists().where(
        StrangerAsked.id == Collection.stranger_id,
        StrangerAsked.voucher_id == Collection.voucher_id,
        StrangerAsked.point_id == Collection.point_id,
        StrangerAsked.by_id == Collection.handed_by_id,
        StrangerAnswer.asked_id == StrangerAsked.id,
        StrangerAnswer.agreed,
        StrangerAnswer.by_id != StrangerAsked.by_id,
        StrangerAnswer.at >= StrangerAsked.at,
    )
    wrong = and_(Collection.stranger_id.is_not(None), ~agreed)
    yield those(Collection.id, wrong, "nobody else agreed to the person it was handed to")
    own = exists().where(StrangerAsked.id == StrangerAnswer.asked_id, StrangerAsked.by_id == StrangerAnswer.by_id)
    yield Fault(select(StrangerAnswer.asked_id).where(own), "stranger_answer", "who asked answered")


def _wholes() -> Iterator[Fault]:
    """Of what goes as a whole no part was handed out, unless a coordinator found that a paper list had it so."""
    voucher = Voucher.id == Collection.voucher_id
    parted = exists().where(
        Allocation.id == Voucher.allocation_id, Programme.id == Allocation.programme_id, Programme.in_parts
    )
    cash = and_(Point.kind != PointKind.SHOP, Collection.amount_minor.not_in([0, Voucher.amount_minor]))
    first = exists().where(voucher, Point.id == Collection.point_id, ~is_all(), or_(~parted, cash))
    answered = exists().where(LateAnswer.collection_id == Collection.id)
    yield those(Collection.id, and_(Collection.turn == 1, first, ~answered), "it gave a part of what goes as a whole")


# ---------------------------------------------------------------- parts


def _parts(session: Session) -> Iterator[Finding]:
    """Vouchers of which something was handed out that is not all of it."""
    for voucher_id, state, minor, items in session.execute(_begun()).all():
        handed, goods = _handed(session, voucher_id)
        whole = Counter({item.good: item.quantity for item in map(Item.from_plain, items)})
        if handed > minor or goods - whole:
            yield Finding("voucher", str(voucher_id), "more was handed out for it than it is worth")
        elif state == VoucherState.PRINTED or (state == VoucherState.COLLECTED) is not (
            (handed, goods) == (minor, whole)
        ):
            yield Finding("voucher", str(voucher_id), "its state is not what was done with it")


def _begun() -> Select[UUID, VoucherState, int, list[str]]:
    of = Collection.voucher_id == Voucher.id
    return (
        select(Voucher.id, Voucher.state, Voucher.amount_minor, AllocationLine.items)
        .join(AllocationLine, AllocationLine.id == Voucher.id)
        .where(Voucher.turns > 0, exists().where(of, STANDS), or_(~exists().where(of, STANDS, is_all()), _several()))
        .order_by(Voucher.id)
    )


def _several() -> ColumnElement[bool]:
    counted = select(func.count()).where(Collection.voucher_id == Voucher.id, STANDS)
    return counted.scalar_subquery() > 1


def _handed(session: Session, voucher_id: UUID) -> tuple[int, Counter[str]]:
    goods: Counter[str] = Counter()
    minor = 0
    for row in session.execute(handings().where(Collection.voucher_id == voucher_id, STANDS)):
        minor += row.minor
        goods.update({item.good: item.quantity for item in map(Item.from_plain, items_of(row))})
    return minor, goods


# ---------------------------------------------------------------- in time


def _undone(session: Session) -> Iterator[Finding]:
    rows = select(CollectionUndo.id, CollectionUndo.at, Collection.collected_at, Collection.entered_at)
    found = rows.join(Collection, Collection.id == CollectionUndo.collection_id).order_by(CollectionUndo.id)
    for id_, at, collected_at, entered_at in session.execute(found):
        if at > (entered_at or collected_at) + UNDO_WITHIN:
            yield Finding("collection_undo", str(id_), "it came too late")


def _old_papers(session: Session) -> Iterator[Finding]:
    """Collections with a paper after a newer one was printed. A table with a paper list could not know."""
    newer = aliased(Paper)
    found = session.execute(
        select(Collection.id, Collection.collected_at, PrintBatch.printed_at)
        .join(Paper, Paper.id == Collection.paper_id)
        .join(newer, and_(newer.voucher_id == Paper.voucher_id, newer.number > Paper.number))
        .join(PrintBatch, PrintBatch.id == newer.batch_id)
        .where(PrintBatch.printed_at < Collection.collected_at, Collection.entered_at.is_(None))
        .order_by(Collection.id)
    )
    for id_, collected_at, printed_at in found:
        if collected_at > printed_at + AT_ONCE:
            yield Finding("collection", str(id_), "a newer paper of its voucher had been printed")
