"""Printed papers go from hand to hand: one person gives a pile with a list, another counts it and says so."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Exists, exists, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.paper_trail import CountReason, plain_runs, why_not_count
from aid.domain.permissions import Permission, Role
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.handovers import Handover, HandoverBatch, HandoverCount, HandoverReceipt
from aid.models.people import Person, PersonPoint, PersonState, RoleGrant
from aid.models.vouchers import Paper, PrintBatch, Voucher
from aid.services import audit, counters
from aid.services.vouchers.ends import is_good, newest
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class GiveOrder:
    """Which batches of a point go to whom."""

    point_id: UUID
    to_id: UUID
    batches: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """A pile is on its way, with its list."""

    handover_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many papers of a batch arrived, and why that is another number than was given."""

    batch_id: UUID
    papers: int
    reason: CountReason | None = None


@dataclass(frozen=True, slots=True)
class CountOrder:
    """A pile as it was counted by who received it."""

    handover_id: UUID
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """A pile was counted; so many papers more or fewer than its list says."""

    handover_id: UUID
    number: int
    missing: int
    more: int


def give(session: Session, *, actor: Actor, now: Instant, order: GiveOrder) -> Given:
    """Hand a pile of papers to somebody who works at their point. Its good papers are counted. Raises RuleBroken."""
    actor.must(Permission.PRINT_VOUCHERS, point=order.point_id)
    assert actor.id is not None, "a person gives"
    if order.to_id not in {person_id for person_id, _handle in receivers(session, order.point_id, but=actor.id)}:
        raise RuleBroken(_("Choose who receives the papers: somebody else, who hands out at this point."), "to_id")
    counted = _counted(session, order)
    row = Handover(
        id=new_id(),
        number=counters.take(session, "handover"),
        point_id=order.point_id,
        from_id=actor.id,
        to_id=order.to_id,
        at=now.instant,
    )
    lines = [
        HandoverBatch(handover_id=row.id, batch_id=batch_id, papers=len(serials), serials=plain_runs(serials))
        for batch_id, serials in counted.items()
    ]
    session.add(row)
    session.flush()
    session.add_all(lines)
    audit.say(session, "papers.given", subject=row.id, made=[row, *lines])
    return Given(row.id, row.number)


def receive(session: Session, *, actor: Actor, now: Instant, order: CountOrder) -> Received:
    """Say how many papers arrived. Only who was to receive them may; a difference needs a reason. Raises RuleBroken."""
    row, given = _waiting(session, order.handover_id)
    actor.must(Permission.KEEP_POINT, point=row.point_id)
    if actor.id != row.to_id:
        raise RuleBroken(_("Only who was to receive these papers counts them."))
    counts = {count.batch_id: count for count in order.counts}
    if counts.keys() != given.keys() or len(counts) != len(order.counts):
        raise RuleBroken(_("Write how many papers of each batch you counted."), "counts")
    for batch_id, count in counts.items():
        if refusal := why_not_count(given=given[batch_id], counted=count.papers, reason=count.reason):
            raise RuleBroken(refusal, "counts")
    made: list[Permanent] = [_receipt(session, row, actor=actor, now=now, taken_back=False)]
    session.flush()
    for batch_id, count in counts.items():
        reason = count.reason if count.papers != given[batch_id] else None
        made.append(HandoverCount(handover_id=row.id, batch_id=batch_id, papers=count.papers, reason=reason))
    session.add_all(made)
    audit.say(session, "papers.counted", subject=row.id, made=made)
    lacks = [given[batch_id] - count.papers for batch_id, count in counts.items()]
    return Received(row.id, row.number, sum(each for each in lacks if each > 0), -sum(e for e in lacks if e < 0))


def take_back(session: Session, *, actor: Actor, now: Instant, handover_id: UUID) -> Received:
    """Who gave a pile has it again before anybody counted it: it may go to somebody else. Raises RuleBroken."""
    actor.must(Permission.PRINT_VOUCHERS)
    row, _given = _waiting(session, handover_id)
    receipt = _receipt(session, row, actor=actor, now=now, taken_back=True)
    audit.say(session, "papers.taken_back", subject=row.id, made=[receipt])
    return Received(row.id, row.number, 0, 0)


def receivers(session: Session, point_id: UUID, *, but: UUID | None) -> Sequence[tuple[UUID, str]]:
    """Who may receive papers of a point, by handle: its distributors, and coordinators."""
    hands_out = exists().where(
        RoleGrant.person_id == Person.id,
        RoleGrant.role == Role.DISTRIBUTOR,
        RoleGrant.ended_at.is_(None),
        PersonPoint.person_id == Person.id,
        PersonPoint.point_id == point_id,
        PersonPoint.ended_at.is_(None),
    )
    coordinates = exists().where(
        RoleGrant.person_id == Person.id, RoleGrant.role == Role.COORDINATOR, RoleGrant.ended_at.is_(None)
    )
    at_work = select(Person.id, Person.handle).where(Person.state == PersonState.ACTIVE, hands_out | coordinates)
    found = session.execute(at_work.where(Person.id != but).order_by(coordinates, Person.handle))
    return [(id_, handle) for id_, handle in found]


def on_the_way(batch_id: object) -> Exists:
    """Whether a batch is in a pile that nobody has counted yet."""
    answered = exists().where(HandoverReceipt.handover_id == HandoverBatch.handover_id)
    return exists().where(HandoverBatch.batch_id == batch_id, ~answered)


def _counted(session: Session, order: GiveOrder) -> Mapping[UUID, Sequence[int]]:
    """The numbers of each batch's good papers; the batches are locked. Raises RuleBroken beside `batches`."""
    if not order.batches or len(set(order.batches)) < len(order.batches):
        raise RuleBroken(_("Choose which batches you hand over."), "batches")
    locked = select(PrintBatch).where(PrintBatch.id.in_(order.batches)).order_by(PrintBatch.id).with_for_update()
    batches = session.scalars(locked).all()
    if len(batches) < len(order.batches) or any(batch.point_id != order.point_id for batch in batches):
        raise RuleBroken(_("Choose which batches you hand over."), "batches")
    away = session.scalar(
        select(PrintBatch.number).where(PrintBatch.id.in_(order.batches), on_the_way(PrintBatch.id)).limit(1)
    )
    if away is not None:
        raise RuleBroken(
            _("Batch %(number)s was given to somebody who has not counted it yet. Take it back first.", number=away),
            "batches",
        )
    good: defaultdict[UUID, list[int]] = defaultdict(list)
    papers = select(Paper.batch_id, Voucher.serial).join(Voucher, newest()).where(is_good())
    for batch_id, serial in session.execute(papers.where(Paper.batch_id.in_(order.batches))):
        good[batch_id].append(serial)
    for batch in batches:
        if batch.id not in good:
            raise RuleBroken(
                _("No paper of batch %(number)s is worth anything any more.", number=batch.number), "batches"
            )
    return good


def _waiting(session: Session, handover_id: UUID) -> tuple[Handover, Mapping[UUID, int]]:
    """A handover that nobody has answered, locked, and what it gave of each batch. Raises RuleBroken."""
    row = session.get(Handover, handover_id, with_for_update=True)
    if row is None:
        raise RuleBroken(_("There is no such handover."))
    receipt = session.get(HandoverReceipt, row.id)
    if receipt is not None:
        raise RuleBroken(
            _("These papers were taken back.") if receipt.taken_back else _("These papers were counted already.")
        )
    given = select(HandoverBatch.batch_id, HandoverBatch.papers).where(HandoverBatch.handover_id == row.id)
    return row, {batch_id: papers for batch_id, papers in session.execute(given)}  # noqa: C416 - pairs


def _receipt(session: Session, row: Handover, *, actor: Actor, now: Instant, taken_back: bool) -> HandoverReceipt:
    assert actor.id is not None, "a person counts"
    receipt = HandoverReceipt(handover_id=row.id, taken_back=taken_back, by_id=actor.id, at=now.instant)
    session.add(receipt)
    return receipt
