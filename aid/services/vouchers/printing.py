"""Printing vouchers after the notice, once; and again, with a reason, when a paper is lost: new codes kill the old.

A paper that ended without a newer one is printed anew with the pile that waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.codes import voucher_code
from aid.domain.ids import new_id
from aid.domain.outcomes import transient
from aid.domain.papers import VoucherFormat
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.vouchers import ON_PAPER, ReprintReason, VoucherState, why_not_print, why_not_reprint
from aid.domain.words import _
from aid.models.allocations import Decision
from aid.models.fund import Point
from aid.models.vouchers import Paper, PrintBatch, Voucher
from aid.services import audit, counters, records
from aid.services.allocations import lock_allocation
from aid.services.stops import refuse_while_stopped
from aid.services.vouchers import holding
from aid.services.vouchers.printed import PrintedPaper, worded
from aid.vault.actor import Actor
from aid.vault.failures import NoKey
from aid.vault.tokens import TokenMaker


@dataclass(frozen=True, slots=True)
class Printed:
    """A batch of papers. Whoever asks again learns its number, and not its digits."""

    batch_id: UUID
    number: int
    papers: tuple[PrintedPaper, ...] | None = transient()


@dataclass(frozen=True, slots=True)
class Run:
    """What the batch of a press run says: on what it is printed, and why again."""

    format: VoucherFormat | None
    reason: ReprintReason | None = None


@dataclass(frozen=True, slots=True)
class ReprintOrder:
    """One voucher by its serial number, or a whole batch, why it is printed again, and on what."""

    reason: ReprintReason
    serial: int | None = None
    batch_id: UUID | None = None
    format: VoucherFormat | None = None


def print_vouchers(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    allocation_id: UUID,
    point_id: UUID,
    format: VoucherFormat | None = None,
) -> Printed:
    """Print the vouchers of a carried allocation at one point for the first time.

    Refuses during the notice, and when nothing is left to print.
    """
    actor.must(Permission.PRINT_VOUCHERS, point=point_id)
    lock_to_print(session, allocation_id, now=now)
    chosen = select(Voucher).where(
        Voucher.allocation_id == allocation_id,
        Voucher.point_id == point_id,
        Voucher.state == VoucherState.ISSUED,
    )
    vouchers = locked(session, chosen)
    if not vouchers:
        raise RuleBroken(
            _("There is nothing left to print here: these vouchers were printed already. See the list of batches.")
        )
    return press(session, vouchers=vouchers, actor=actor, now=now, run=Run(format))


def reprint_vouchers(session: Session, *, actor: Actor, now: Instant, order: ReprintOrder) -> Printed:
    """Print a voucher, or what is still good of a batch, again. Earlier papers are worth nothing from now on."""
    actor.must(Permission.PRINT_VOUCHERS)
    if order.batch_id is not None:
        vouchers = _of_batch(session, order.batch_id, now=now)
    else:
        vouchers = [_by_serial(session, order.serial or 0, now=now)]
    return press(session, vouchers=vouchers, actor=actor, now=now, run=Run(order.format, order.reason))


def _of_batch(session: Session, batch_id: UUID, *, now: Instant) -> Sequence[Voucher]:
    """The vouchers whose newest paper came with this batch and that can still be collected."""
    batch = session.get_one(PrintBatch, batch_id)
    lock_to_print(session, batch.allocation_id, now=now)
    chosen = (
        select(Voucher)
        .join(Paper, (Paper.voucher_id == Voucher.id) & (Paper.number == Voucher.papers))
        .where(Paper.batch_id == batch_id, Voucher.state.in_(ON_PAPER), Voucher.grace_until >= now.today)
    )
    vouchers = locked(session, chosen)
    if not vouchers:
        raise RuleBroken(
            _(
                "Nothing of batch %(number)s can be printed again: its vouchers are collected, expired, or have newer "
                "papers.",
                number=batch.number,
            )
        )
    return vouchers


def _by_serial(session: Session, serial: int, *, now: Instant) -> Voucher:
    """One voucher that can still be collected. Raises RuleBroken beside the field `serial`."""
    allocation_id = session.scalar(select(Voucher.allocation_id).where(Voucher.serial == serial))
    if allocation_id is None:
        raise RuleBroken(_("There is no voucher with this number. Compare it with the stub or the list."), "serial")
    lock_to_print(session, allocation_id, now=now)
    voucher = locked(session, select(Voucher).where(Voucher.serial == serial))[0]
    if reason := why_not_reprint(voucher.state, grace_until=voucher.grace_until, today=now.today):
        raise RuleBroken(reason, "serial")
    return voucher


def lock_to_print(session: Session, allocation_id: UUID, *, now: Instant) -> None:
    """Let one press run of an allocation wait for the other, and refuse what may not be printed now."""
    refuse_while_stopped(session, now=now)
    allocation = lock_allocation(session, allocation_id)
    notice_until = session.scalar(
        select(Decision.notice_until).where(Decision.allocation_id == allocation_id, Decision.carried)
    )
    if reason := why_not_print(allocation.state, notice_until=notice_until, now=now.instant):
        raise RuleBroken(reason)


def locked(session: Session, chosen: Select[Voucher]) -> Sequence[Voucher]:
    """The chosen vouchers in the order of their numbers, locked until the commit."""
    fresh = chosen.order_by(Voucher.serial).with_for_update(of=Voucher).execution_options(populate_existing=True)
    return session.scalars(fresh).all()


def press(session: Session, *, vouchers: Sequence[Voucher], actor: Actor, now: Instant, run: Run) -> Printed:
    """Make a batch: a paper with fresh digits for each voucher, all of one allocation and point."""
    point = session.get_one(Point, vouchers[0].point_id)
    tokens = point_tokens(session, point=point, actor=actor)
    batch = PrintBatch(
        id=new_id(),
        number=counters.take(session, "batch"),
        allocation_id=vouchers[0].allocation_id,
        point_id=point.id,
        printed_by_id=actor.id,
        printed_at=now.instant,
        papers=len(vouchers),
        reason=run.reason.value if run.reason else None,
        format=run.format,
    )
    codes = [voucher_code() for _voucher in vouchers]
    papers = [
        Paper(
            id=new_id(),
            voucher_id=voucher.id,
            number=voucher.papers + 1,
            batch_id=batch.id,
            point_id=point.id,
            code_mac=tokens.code_mac(code),
        )
        for voucher, code in zip(vouchers, codes, strict=True)
    ]
    for voucher in vouchers:
        voucher.state, voucher.papers = holding.on_paper(session, voucher), voucher.papers + 1
    session.add(batch)
    session.flush()
    session.add_all(papers)
    audit.say(
        session, "vouchers.reprinted" if run.reason else "vouchers.printed", subject=batch.id, made=[batch, *papers]
    )
    return Printed(batch.id, batch.number, worded(session, vouchers, codes, point=point, now=now))


def point_tokens(session: Session, *, point: Point, actor: Actor) -> TokenMaker:
    """What makes this point's codes. Raises RuleBroken for who has no key to the point, or only an old one."""
    newest = records.targets(session, [point.ring_id])[point.ring_id].ref
    try:
        keys = actor.keyring.current(point.ring_id)
    except NoKey:
        raise RuleBroken(
            _("You were not yet given the keys of this point. Ask another coordinator to admit you.")
        ) from None
    if keys.ref != newest:
        raise RuleBroken(records.NEW_KEYS)
    return TokenMaker(keys.index_key)
