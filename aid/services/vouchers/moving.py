"""A voucher is collected at another point: with the sheet that the family has, or printed anew there.

Its money leaves the cash of the point where it is collected, or is owed to that shop; and the table there can read who
may collect.
"""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.codes import parse_voucher_code
from aid.domain.ids import new_id
from aid.domain.paper_trail import EndReason, MoveReason, why_not_move
from aid.domain.papers import VoucherFormat
from aid.domain.permissions import Permission
from aid.domain.points import PointKind
from aid.domain.refusals import RuleBroken
from aid.domain.vouchers import ON_PAPER, ReprintReason
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.fund import Point
from aid.models.vouchers import Paper, PrintBatch, Voucher, VoucherMove
from aid.services import audit, counters
from aid.services.allocations import lock_allocation
from aid.services.families import lock_family, wrap_slip
from aid.services.shops.opening import agreement_of
from aid.services.stops import refuse_while_stopped
from aid.services.vouchers import holding
from aid.services.vouchers.ends import end_papers
from aid.services.vouchers.printing import locked, point_tokens
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class MoveOrder:
    """Which voucher goes where, and why. With the digits of its paper the same sheet stays good."""

    serial: int
    to_point_id: UUID
    reason: MoveReason
    code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Moved:
    """It is collected there now; with the same sheet, or it waits there for the printer."""

    voucher_id: UUID
    same_sheet: bool


def move_voucher(session: Session, *, actor: Actor, now: Instant, order: MoveOrder) -> Moved:
    """Let a voucher be collected at another point. Who moves it holds the keys of both. Raises RuleBroken.

    Without the digits its paper ends, and the pile of the other point prints it anew. Of one that was collected in part
    the rest moves: what was handed out stays with the point that gave it.
    """
    actor.must(Permission.PRINT_VOUCHERS)
    refuse_while_stopped(session, now=now)
    voucher = _locked(session, order)
    here, there = session.get_one(Point, voucher.point_id), session.get(Point, order.to_point_id)
    if there is None:
        raise RuleBroken(_("Choose the point where it is collected from now on."), "to_point_id")
    if refusal := why_not_move(voucher.state, is_there=here.id == there.id):
        raise RuleBroken(refusal, "serial")
    _must_be_paid_there(session, voucher, there)
    if voucher.grace_until < now.today:
        raise RuleBroken(_("This voucher expired on %(day)s.", day=voucher.grace_until), "serial")
    if not all(actor.keyring.has(point.ring_id) for point in (here, there)):
        raise RuleBroken(
            _("You need the keys of both points to move a voucher. Ask a coordinator who has them."), "to_point_id"
        )
    if order.code:
        _must_be_its_paper(session, voucher, here, actor=actor, code=order.code)
    made: list[Permanent] = [_move(session, voucher, there, actor=actor, now=now, reason=order.reason)]
    if order.code:
        made += _same_sheet(session, voucher, there, actor=actor, now=now, code=order.code)
    elif voucher.state in ON_PAPER:
        made += end_papers(session, vouchers=[voucher], actor=actor, now=now, reason=EndReason.MOVED)
    session.flush()
    wrap_slip(session, actor=actor, family_id=voucher.family_id)
    audit.say(session, "voucher.moved", subject=voucher.id, made=made)
    return Moved(voucher.id, same_sheet=bool(order.code))


def _must_be_paid_there(session: Session, voucher: Voucher, there: Point) -> None:
    """Refuse a shop that is paid in another currency."""
    agreement = agreement_of(session, there.id) if there.kind is PointKind.SHOP else None
    if agreement is not None and agreement.currency != voucher.currency:
        raise RuleBroken(_("This shop is paid in %(currency)s.", currency=agreement.currency), "to_point_id")


def _locked(session: Session, order: MoveOrder) -> Voucher:
    """The voucher, with what is locked before it."""
    found = session.execute(
        select(Voucher.allocation_id, Voucher.family_id).where(Voucher.serial == order.serial)
    ).one_or_none()
    if found is None:
        raise RuleBroken(_("There is no voucher with this number. Compare it with the stub or the list."), "serial")
    lock_allocation(session, found.allocation_id)
    lock_family(session, found.family_id)
    return locked(session, select(Voucher).where(Voucher.serial == order.serial))[0]


def _must_be_its_paper(session: Session, voucher: Voucher, here: Point, *, actor: Actor, code: str) -> None:
    """Refuse digits that are not those of the voucher's newest paper."""
    found = holding.by_code(session, keyring=actor.keyring, point=here, code=parse_voucher_code(code))
    is_it = found is not None and found.voucher.id == voucher.id and found.is_current
    if not is_it or voucher.state not in ON_PAPER:
        raise RuleBroken(
            _("These are not the digits of this voucher’s newest paper. Leave them out, and it is printed anew there."),
            "code",
        )


def _move(
    session: Session, voucher: Voucher, there: Point, *, actor: Actor, now: Instant, reason: MoveReason
) -> VoucherMove:
    assert actor.id is not None, "a person moves a voucher"
    before = session.scalar(select(func.count()).select_from(VoucherMove).where(VoucherMove.voucher_id == voucher.id))
    move = VoucherMove(
        voucher_id=voucher.id,
        n=(before or 0) + 1,
        from_point_id=voucher.point_id,
        to_point_id=there.id,
        papers=voucher.papers,
        reason=reason,
        by_id=actor.id,
        at=now.instant,
    )
    session.add(move)
    voucher.point_id = there.id
    return move


def _format_of(session: Session, voucher: Voucher) -> VoucherFormat | None:
    """On what the voucher's newest paper was printed, where that was written down."""
    batch = select(PrintBatch.format).join(Paper, Paper.batch_id == PrintBatch.id)
    return session.scalar(batch.where(Paper.voucher_id == voucher.id, Paper.number == voucher.papers))


def _same_sheet(
    session: Session, voucher: Voucher, there: Point, *, actor: Actor, now: Instant, code: str
) -> list[Permanent]:
    """A batch of the one sheet that the family has: its digits, under the keys of the point where it goes."""
    mac = point_tokens(session, point=there, actor=actor).code_mac(parse_voucher_code(code))
    was_there = select(Paper.id).where(Paper.point_id == there.id, Paper.code_mac == mac)
    if session.scalar(was_there) is not None:
        raise RuleBroken(
            _("This sheet came from that point before. Leave the digits out, and it is printed anew there."), "code"
        )
    batch = PrintBatch(
        id=new_id(),
        number=counters.take(session, "batch"),
        allocation_id=voucher.allocation_id,
        point_id=there.id,
        printed_by_id=actor.id,
        printed_at=now.instant,
        papers=1,
        reason=ReprintReason.MOVED.value,
        format=_format_of(session, voucher),
    )
    voucher.papers += 1
    paper = Paper(
        id=new_id(),
        voucher_id=voucher.id,
        number=voucher.papers,
        batch_id=batch.id,
        point_id=there.id,
        code_mac=mac,
    )
    session.add(batch)
    session.flush()
    session.add(paper)
    return [batch, paper]
