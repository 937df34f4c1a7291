"""Papers that end before their time: spoiled in the printer, or lost or stolen with their whole batch.

The voucher stays good. It waits for the printer again, and its next paper has other digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.paper_trail import GONE_TITLES, SPOILED_TITLES, EndReason, why_not_end
from aid.domain.papers import VoucherFormat
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.vouchers import ON_PAPER, ReprintReason, VoucherState
from aid.domain.words import _
from aid.models.vouchers import Paper, PaperEnd, PrintBatch, Voucher
from aid.services import audit
from aid.services.allocations import lock_allocation
from aid.services.vouchers.printing import Printed, Run, lock_to_print, locked, press
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class SpoiledOrder:
    """Which papers of a batch are spoiled, and how."""

    batch_id: UUID
    serials: tuple[int, ...]
    reason: EndReason = EndReason.SPOILED
    format: VoucherFormat | None = None  # where they are printed anew at once: on what


@dataclass(frozen=True, slots=True)
class GoneOrder:
    """A batch that nobody holds any more, and why."""

    batch_id: UUID
    reason: EndReason


@dataclass(frozen=True, slots=True)
class Ended:
    """So many papers are worth nothing from now on; of so many others of the batch something was collected before."""

    batch_id: UUID
    number: int
    papers: int
    collected: int


def spoil(session: Session, *, actor: Actor, now: Instant, order: SpoiledOrder) -> Ended:
    """Write down which papers of a batch are spoiled. They wait for the printer again. Raises RuleBroken."""
    actor.must(Permission.PRINT_VOUCHERS)
    batch = session.get_one(PrintBatch, order.batch_id)
    lock_allocation(session, batch.allocation_id)
    ended = end_papers(session, vouchers=_spoiled(session, order), actor=actor, now=now, reason=order.reason)
    audit.say(session, "papers.spoiled", subject=batch.id, made=ended)
    return Ended(batch.id, batch.number, len(ended), _collected_of(session, batch.id))


def print_spoiled(session: Session, *, actor: Actor, now: Instant, order: SpoiledOrder) -> Printed:
    """The same, and print them anew at once. Raises RuleBroken, also for what may not be printed now."""
    actor.must(Permission.PRINT_VOUCHERS)
    batch = session.get_one(PrintBatch, order.batch_id)
    lock_to_print(session, batch.allocation_id, now=now)
    vouchers = _spoiled(session, order)
    over = [voucher for voucher in vouchers if voucher.grace_until < now.today]
    if over:
        day = over[0].grace_until
        raise RuleBroken(_("These vouchers expired on %(day)s, so they are not printed anew.", day=day), "serials")
    ended = end_papers(session, vouchers=vouchers, actor=actor, now=now, reason=order.reason)
    audit.say(session, "papers.spoiled", subject=batch.id, made=ended)
    return press(session, vouchers=vouchers, actor=actor, now=now, run=Run(order.format, ReprintReason.SPOILED))


def void_batch(session: Session, *, actor: Actor, now: Instant, order: GoneOrder) -> Ended:
    """End every paper of a lost or stolen batch that is still worth something, in one act. Raises RuleBroken.

    A collection at the same moment waits for this, or this for it. It is done also while the fund is stopped: that is
    when papers are stolen.
    """
    actor.must(Permission.PRINT_VOUCHERS)
    if order.reason not in GONE_TITLES:
        raise RuleBroken(_("Choose what became of the papers."), "reason")
    batch = session.get_one(PrintBatch, order.batch_id)
    lock_allocation(session, batch.allocation_id)
    vouchers = locked(session, select(Voucher).join(Paper, newest()).where(Paper.batch_id == batch.id, is_good()))
    if not vouchers:
        raise RuleBroken(
            _(
                "No paper of batch %(number)s is worth anything any more: nothing is left to cancel.",
                number=batch.number,
            )
        )
    ended = end_papers(session, vouchers=vouchers, actor=actor, now=now, reason=order.reason)
    audit.say(session, "batch.voided", subject=batch.id, made=ended)
    return Ended(batch.id, batch.number, len(ended), _collected_of(session, batch.id))


def newest() -> ColumnElement[bool]:
    """The paper that is worth something, if its voucher is."""
    return (Paper.voucher_id == Voucher.id) & (Paper.number == Voucher.papers)


def is_good() -> ColumnElement[bool]:
    """Whether somebody may still come with a voucher's newest paper."""
    return Voucher.state.in_(ON_PAPER)


def end_papers(
    session: Session, *, vouchers: Sequence[Voucher], actor: Actor, now: Instant, reason: EndReason
) -> list[PaperEnd]:
    """End the newest papers of vouchers that are locked; they wait for the printer again. The rows, for the audit."""
    assert actor.id is not None, "a person ends papers"
    papers: list[UUID] = []
    for start in range(0, len(vouchers), 500):
        ids = [voucher.id for voucher in vouchers[start : start + 500]]
        papers += session.scalars(select(Paper.id).join(Voucher, newest()).where(Voucher.id.in_(ids)))
    ended = [PaperEnd(paper_id=id_, reason=reason, by_id=actor.id, at=now.instant) for id_ in papers]
    for voucher in vouchers:
        voucher.state = VoucherState.ISSUED
    session.add_all(ended)
    return ended


def _spoiled(session: Session, order: SpoiledOrder) -> Sequence[Voucher]:
    """The vouchers of the papers that were written down, locked. Raises RuleBroken beside the field `serials`."""
    if order.reason not in SPOILED_TITLES:
        raise RuleBroken(_("Choose what became of the papers."), "reason")
    found: dict[int, Voucher] = {}
    for start in range(0, len(order.serials), 500):
        some = order.serials[start : start + 500]
        found |= {each.serial: each for each in locked(session, select(Voucher).where(Voucher.serial.in_(some)))}
    of_batch = set(
        session.scalars(select(Voucher.serial).join(Paper, newest()).where(Paper.batch_id == order.batch_id))
    )
    for serial in order.serials:
        state = found[serial].state if serial in found else VoucherState.ISSUED
        if refusal := why_not_end(state, serial=serial, is_of_batch=serial in of_batch):
            raise RuleBroken(refusal, "serials")
    return list(found.values())


def _collected_of(session: Session, batch_id: UUID) -> int:
    """Of how many papers of a batch the aid was handed out."""
    rows = select(func.count()).select_from(Paper).join(Voucher, newest())
    return session.scalar(rows.where(Paper.batch_id == batch_id, Voucher.state == VoucherState.COLLECTED)) or 0
