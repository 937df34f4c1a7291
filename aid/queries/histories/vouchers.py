"""From a voucher’s issue to the table, or back to the fund."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.collections import RefusalCode
from aid.domain.permissions import Permission
from aid.domain.vouchers import REPRINT_REASON_TITLES, ReprintReason, VoucherState
from aid.domain.words import InLanguages, Message, _
from aid.models.allocations import Decision
from aid.models.collections import Collection, RefusedCollection
from aid.models.fund import Point
from aid.models.goods import GoodsRelease
from aid.models.ledger import Entry
from aid.models.vouchers import Paper, PrintBatch, Voucher
from aid.queries.histories.asking import PAGE, Ask, HistoryPage, done_by, page_of
from aid.queries.timelines import Happening
from aid.vault.actor import Actor


def of_voucher(
    session: Session, *, actor: Actor, now: Instant, voucher_id: UUID, before: datetime | None = None, size: int = PAGE
) -> HistoryPage:
    """From its issue to the table, or back to the fund."""
    actor.must(Permission.SEE_VOUCHERS)
    parts = (_closed, _goods_freed, _collection, _refusals, _papers, _issued)
    return page_of(Ask(session, voucher_id, now, before, size), parts)


_REFUSED: dict[RefusalCode, Message] = {
    RefusalCode.ALREADY_COLLECTED: _("it was collected before"),
    RefusalCode.CANCELLED: _("it is cancelled"),
    RefusalCode.EXPIRED: _("it has expired"),
    RefusalCode.NOT_PRINTED: _("it is not printed"),
    RefusalCode.REPLACED: _("a newer paper was printed"),
    RefusalCode.ELSEWHERE: _("it belongs to another point"),
    RefusalCode.OWN_FAMILY: _("who hands out vouched for the family"),
    RefusalCode.NO_SLIP: _("who may collect could not be read"),
}


def _issued(ask: Ask) -> Iterator[Happening]:
    wanted = (
        select(Decision.decided_at, Voucher.allocation_id)
        .join(Voucher, Voucher.allocation_id == Decision.allocation_id)
        .where(Voucher.id == ask.id)
    )
    for at, allocation_id in ask.told(wanted, Decision.decided_at):
        key = {"allocation_id": allocation_id}
        yield Happening(at, _("Issued by the committee’s decision"), "", "allocations.show", key)


def _papers(ask: Ask) -> Iterator[Happening]:
    rows = done_by(PrintBatch.printed_at, PrintBatch.reason, Paper.number, by=PrintBatch.printed_by_id)
    wanted = rows.join(Paper, Paper.batch_id == PrintBatch.id).where(Paper.voucher_id == ask.id)
    for at, reason, number, handle in ask.told(wanted, PrintBatch.printed_at):
        said = _("Printed")
        if number > 1:
            why = REPRINT_REASON_TITLES[ReprintReason(reason)] if reason else "–"
            said = _("Printed again, as paper %(number)s: %(reason)s", number=number, reason=why)
        yield Happening(at, said, handle)


def _refusals(ask: Ask) -> Iterator[Happening]:
    rows = done_by(RefusedCollection.at, RefusedCollection.reason, Point.names, by=RefusedCollection.person_id)
    wanted = rows.join(Point, Point.id == RefusedCollection.point_id).where(RefusedCollection.voucher_id == ask.id)
    for at, reason, point, handle in ask.told(wanted, RefusedCollection.at):
        why = _REFUSED.get(RefusalCode(reason), "–")
        said = _("Refused at %(point)s: %(reason)s", point=InLanguages.of(point), reason=why)
        yield Happening(at, said, handle)


def _collection(ask: Ask) -> Iterator[Happening]:
    rows = done_by(Collection.collected_at, Point.names, by=Collection.handed_by_id)
    wanted = rows.join(Point, Point.id == Collection.point_id).where(Collection.voucher_id == ask.id)
    for at, point, handle in ask.told(wanted, Collection.collected_at):
        yield Happening(at, _("Collected at %(point)s", point=InLanguages.of(point)), handle)


def _closed(ask: Ask) -> Iterator[Happening]:
    wanted = (
        select(Entry.posted_at, Entry.number, Voucher.state)
        .join(Voucher, Voucher.id == Entry.cause_id)
        .where(Voucher.id == ask.id, Voucher.state.in_((VoucherState.EXPIRED, VoucherState.VOID)))
    )
    for at, number, state in ask.told(wanted, Entry.posted_at):
        back = {"number": number}
        expired = _("Expired: its money went back to the fund, as entry %(number)s", **back)
        cancelled = _("Cancelled: its money went back to the fund, as entry %(number)s", **back)
        yield Happening(at, expired if state is VoucherState.EXPIRED else cancelled)


def _goods_freed(ask: Ask) -> Iterator[Happening]:
    """A voucher for goods alone has no money that went back."""
    wanted = (
        select(GoodsRelease.released_at, Voucher.state)
        .join(Voucher, Voucher.id == GoodsRelease.voucher_id)
        .where(Voucher.id == ask.id, GoodsRelease.released_at.is_not(None))
    )
    for at, state in ask.told(wanted, GoodsRelease.released_at):
        expired, cancelled = (
            _("Expired: its goods are promised no more"),
            _("Cancelled: its goods are promised no more"),
        )
        yield Happening(at, expired if state is VoucherState.EXPIRED else cancelled)
