"""From a voucher’s issue to the table, or back to the fund."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.collections import REFUSAL_TITLES, RefusalCode
from aid.domain.late import CONFLICT_TITLES, VERDICT_TITLES
from aid.domain.money import Money
from aid.domain.paper_trail import END_TITLES, MOVE_TITLES, EndReason, MoveReason
from aid.domain.permissions import Permission
from aid.domain.strangers import STRANGER_TITLES
from aid.domain.undoing import UNDO_TITLES
from aid.domain.vouchers import REPRINT_REASON_TITLES, ReprintReason, VoucherState
from aid.domain.words import InLanguages, Message, _
from aid.models.allocations import Decision
from aid.models.collections import Collection, CollectionUndo, RefusedCollection, StrangerAnswer, StrangerAsked
from aid.models.fund import Point
from aid.models.goods import GoodsRelease
from aid.models.late import LateAnswer, LateEntry, LateLine
from aid.models.ledger import Entry
from aid.models.vouchers import Paper, PaperEnd, PrintBatch, Voucher, VoucherMove
from aid.queries.collections import IS_LAST
from aid.queries.histories.asking import PAGE, Ask, HistoryPage, done_by, page_of
from aid.queries.timelines import Happening
from aid.services.collections.parts import is_all
from aid.vault.actor import Actor


def of_voucher(
    session: Session, *, actor: Actor, now: Instant, voucher_id: UUID, before: datetime | None = None, size: int = PAGE
) -> HistoryPage:
    """From its issue to the table, or back to the fund."""
    actor.must(Permission.SEE_VOUCHERS)
    parts = (_closed, _goods_freed, _undone, _collection, _late, _strangers, _refusals, _moves, _ends, _papers, _issued)
    return page_of(Ask(session, voucher_id, now, before, size), parts)


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
        if reason == ReprintReason.MOVED:
            said = _("The same sheet goes on there, as paper %(number)s", number=number)
        elif number > 1 and reason:
            why = REPRINT_REASON_TITLES[ReprintReason(reason)]
            said = _("Printed again, as paper %(number)s: %(reason)s", number=number, reason=why)
        elif number > 1:
            said = _("Printed anew with its pile, as paper %(number)s", number=number)
        yield Happening(at, said, handle)


def _ends(ask: Ask) -> Iterator[Happening]:
    rows = done_by(PaperEnd.at, PaperEnd.reason, Paper.number, by=PaperEnd.by_id)
    wanted = rows.join(Paper, Paper.id == PaperEnd.paper_id).where(Paper.voucher_id == ask.id)
    for at, reason, number, handle in ask.told(wanted, PaperEnd.at):
        why = END_TITLES[EndReason(reason)]
        yield Happening(at, _("Paper %(number)s ended: %(reason)s", number=number, reason=why), handle)


def _moves(ask: Ask) -> Iterator[Happening]:
    rows = done_by(VoucherMove.at, VoucherMove.reason, Point.names, by=VoucherMove.by_id)
    wanted = rows.join(Point, Point.id == VoucherMove.to_point_id).where(VoucherMove.voucher_id == ask.id)
    for at, reason, point, handle in ask.told(wanted, VoucherMove.at):
        why = MOVE_TITLES[MoveReason(reason)]
        yield Happening(at, _("Goes to %(point)s: %(reason)s", point=InLanguages.of(point), reason=why), handle)


def _refusals(ask: Ask) -> Iterator[Happening]:
    rows = done_by(RefusedCollection.at, RefusedCollection.reason, Point.names, by=RefusedCollection.person_id)
    wanted = rows.join(Point, Point.id == RefusedCollection.point_id).where(RefusedCollection.voucher_id == ask.id)
    for at, reason, point, handle in ask.told(wanted, RefusedCollection.at):
        why = REFUSAL_TITLES[RefusalCode(reason)]
        said = _("Refused at %(point)s: %(reason)s", point=InLanguages.of(point), reason=why)
        yield Happening(at, said, handle)


def _collection(ask: Ask) -> Iterator[Happening]:
    rows = done_by(Collection.collected_at, Point.names, by=Collection.handed_by_id)
    wanted = (
        rows.add_columns(is_all(), IS_LAST, Collection.entered_at, Collection.amount_minor, Voucher.currency)
        .join(Point, Point.id == Collection.point_id)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .where(Collection.voucher_id == ask.id)
    )
    for at, point, handle, *which, entered_at, minor, currency in ask.told(wanted, Collection.collected_at):
        what = Money(minor, currency) if minor else None
        yield Happening(at, _handed(InLanguages.of(point), which, what, entered_at), handle)


def _handed(where: InLanguages, which: Sequence[bool], what: Money | None, entered_at: datetime | None) -> Message:
    """All of a voucher, a part, or the last one; at once, or written down later. `which`: is it all, is it the last."""
    is_whole, is_last = which
    if entered_at:
        if is_whole:
            return _("Collected at %(point)s by a paper list, entered %(moment)s", point=where, moment=entered_at)
        if is_last:
            return _(
                "The last part collected at %(point)s by a paper list, entered %(moment)s. "
                "Now the voucher is collected whole",
                point=where,
                moment=entered_at,
            )
        return _("A part collected at %(point)s by a paper list, entered %(moment)s", point=where, moment=entered_at)
    if is_whole:
        return _("Collected at %(point)s", point=where)
    if is_last and what:
        return _(
            "The last part collected at %(point)s: %(amount)s. Now the voucher is collected whole",
            point=where,
            amount=what,
        )
    if is_last:
        return _("The last part collected at %(point)s. Now the voucher is collected whole", point=where)
    if what:
        return _("A part collected at %(point)s: %(amount)s", point=where, amount=what)
    return _("A part collected at %(point)s", point=where)


def _late(ask: Ask) -> Iterator[Happening]:
    """What a paper list says otherwise than the books, and what a coordinator decided."""
    rows = done_by(LateEntry.at, LateLine.conflict, LateLine.id, by=LateEntry.entered_by_id)
    lines = rows.join(LateLine, LateLine.entry_id == LateEntry.id)
    for at, conflict, line_id, handle in ask.told(
        lines.where(LateLine.voucher_id == ask.id, LateLine.conflict.is_not(None)), LateEntry.at
    ):
        said = _("A paper list says it was handed out, but: %(reason)s", reason=CONFLICT_TITLES[conflict])
        yield Happening(at, said, handle, "point_lists.line", {"line_id": line_id})
    answers = done_by(LateAnswer.at, LateAnswer.verdict, by=LateAnswer.by_id)
    answered = answers.join(LateLine, LateLine.id == LateAnswer.line_id).where(LateLine.voucher_id == ask.id)
    for at, verdict, handle in ask.told(answered, LateAnswer.at):
        yield Happening(at, VERDICT_TITLES[verdict], handle)


def _undone(ask: Ask) -> Iterator[Happening]:
    rows = done_by(CollectionUndo.at, CollectionUndo.reason, by=CollectionUndo.by_id)
    wanted = rows.join(Collection, Collection.id == CollectionUndo.collection_id).where(Collection.voucher_id == ask.id)
    for at, reason, handle in ask.told(wanted, CollectionUndo.at):
        yield Happening(at, _("Collection undone: %(reason)s", reason=UNDO_TITLES[reason]), handle)


def _strangers(ask: Ask) -> Iterator[Happening]:
    """Somebody who is not on the slip came, and what a second person said."""
    asked = done_by(StrangerAsked.at, StrangerAsked.reason, by=StrangerAsked.by_id)
    for at, reason, handle in ask.told(asked.where(StrangerAsked.voucher_id == ask.id), StrangerAsked.at):
        yield Happening(at, _("Somebody not on the list came: %(reason)s", reason=STRANGER_TITLES[reason]), handle)
    rows = done_by(StrangerAnswer.at, StrangerAnswer.agreed, by=StrangerAnswer.by_id)
    answered = rows.join(StrangerAsked, StrangerAsked.id == StrangerAnswer.asked_id)
    for at, agreed, handle in ask.told(answered.where(StrangerAsked.voucher_id == ask.id), StrangerAnswer.at):
        said = _("A second person agreed to them") if agreed else _("A second person did not agree to them")
        yield Happening(at, said, handle)


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
