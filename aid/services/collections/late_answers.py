"""A coordinator's word on a line of a paper list that does not go together with the books."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.late import LateReason, Verdict, common
from aid.domain.money import Money
from aid.domain.parts import Worth
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.vouchers import OPEN_STATES
from aid.domain.words import _
from aid.models.allocations import AllocationLine
from aid.models.base import Permanent
from aid.models.late import LateAnswer, LateEntry, LateLine, PointList
from aid.models.vouchers import Voucher
from aid.services import audit
from aid.services.collections.late_keeping import Late, keep, lose, paper_at
from aid.services.collections.parts import rest_of
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class AnswerOrder:
    """Which line, and what is true of it."""

    line_id: UUID
    verdict: Verdict
    reason: LateReason | None = None


@dataclass(frozen=True, slots=True)
class LateAnswered:
    """What came of it: a collection, a loss, both, or neither."""

    line_id: UUID
    list_id: UUID
    collected: bool
    lost: bool


def answer_late(session: Session, *, actor: Actor, now: Instant, order: AnswerOrder) -> LateAnswered:
    """Decide a conflict: what was really handed out is booked, so that cash and goods agree. Raises RuleBroken."""
    line = session.get(LateLine, order.line_id, with_for_update=True)
    if line is None or line.conflict is None:
        raise RuleBroken(_("This does not wait for an answer any more."))
    entry = session.get_one(LateEntry, line.entry_id)
    listed = session.get_one(PointList, entry.list_id)
    actor.must(Permission.MEND_COLLECTIONS, point=listed.point_id)
    assert actor.person_id is not None, "a person answers"
    if actor.person_id in (entry.handed_by_id, entry.entered_by_id):
        raise RuleBroken(_("You handed out by this list, or entered it: another coordinator decides."))
    if session.get(LateAnswer, line.id, populate_existing=True) is not None:
        raise RuleBroken(_("This was answered already."))
    row, made = _answered(session, line, entry, listed, order, by_id=actor.person_id, now=now)
    session.flush()
    session.add(row)
    audit.say(session, "late.answered", subject=listed.id, made=[row, *made])
    return LateAnswered(line.id, listed.id, row.collection_id is not None, bool(row.loss_minor or row.loss_items))


@dataclass(frozen=True, slots=True)
class _Settled:
    """What a line that was handed out comes to: a collection of what its voucher covers, and a loss of the rest."""

    loss: Worth
    collection_id: UUID | None = None
    entry_id: UUID | None = None  # of the loss
    made: tuple[Permanent, ...] = ()


def _answered(
    session: Session,
    line: LateLine,
    entry: LateEntry,
    listed: PointList,
    order: AnswerOrder,
    *,
    by_id: UUID,
    now: Instant,
) -> tuple[LateAnswer, tuple[Permanent, ...]]:
    is_true = order.verdict is Verdict.HANDED_OUT
    if is_true and order.reason is None and line.voucher_id is not None:
        raise RuleBroken(_("Choose how it came about."), "reason")
    settled = _settled(session, line, entry, listed, now=now) if is_true else None
    answer = LateAnswer(
        line_id=line.id,
        verdict=order.verdict,
        reason=order.reason if is_true else None,
        by_id=by_id,
        at=now.instant,
        collection_id=settled.collection_id if settled else None,
        loss_minor=settled.loss.amount.minor if settled else 0,
        loss_items=settled.loss.plain() if settled else [],
        entry_id=settled.entry_id if settled else None,
    )
    return answer, settled.made if settled else ()


def _settled(session: Session, line: LateLine, entry: LateEntry, listed: PointList, *, now: Instant) -> _Settled:
    """Book what was handed out: by its voucher as far as it goes, and as lost beyond that. Raises RuleBroken."""
    if line.voucher_id is None or line.amount_minor is None or line.items is None:
        raise RuleBroken(_("No voucher has this number. Find the right one, and enter its line."), "verdict")
    voucher = _locked(session, line.voucher_id)
    loss = worth = Worth.of(line.amount_minor, voucher.currency, line.items)
    covered, paper = _covered(session, voucher, worth), paper_at(session, voucher, listed)
    collection_id, entry_id, made = None, None, list[Permanent]()
    if paper is not None and not covered.is_nothing:
        late = Late(listed.point_id, entry.handed_by_id, line.handed_at, covered)
        kept = keep(session, voucher, late, paper_id=paper, now=now)
        assert kept is not None, "it is locked, and was open"
        collection_id, made = kept
        loss = worth.less(covered)
    if not loss.is_nothing:
        late = Late(listed.point_id, entry.handed_by_id, line.handed_at, loss)
        entry_id, lost = lose(session, line, voucher, late, now=now)
        made = [*made, *lost]
    return _Settled(loss, collection_id, entry_id, tuple(made))


def _locked(session: Session, voucher_id: UUID) -> Voucher:
    wanted = select(Voucher).where(Voucher.id == voucher_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def _covered(session: Session, voucher: Voucher, worth: Worth) -> Worth:
    """What of it the voucher is still good for: its money is set aside."""
    if voucher.state not in OPEN_STATES:
        return Worth(Money(0, voucher.currency))
    items = session.scalars(select(AllocationLine.items).where(AllocationLine.id == voucher.id)).one()
    return common(worth, rest_of(session, voucher, items))
