"""Papers: printed again, spoiled, lost or stolen, miscounted on the way, or taken to another point."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import case, func, select

from aid.domain.exceptions import ExceptionKind
from aid.domain.paper_trail import COUNT_TITLES, END_TITLES, GONE_TITLES, MOVE_TITLES, SPOILED_TITLES, EndReason
from aid.domain.permissions import Permission
from aid.domain.vouchers import (
    ON_PAPER,
    REPRINT_REASON_TITLES,
    VOUCHER_STATE_TITLES,
    ReprintReason,
    VoucherState,
    printed_number,
)
from aid.domain.words import InLanguages, Message, _, n_
from aid.models.fund import Point
from aid.models.handovers import Handover, HandoverBatch, HandoverCount, HandoverReceipt
from aid.models.people import Person
from aid.models.vouchers import Paper, PaperEnd, PrintBatch, Voucher, VoucherMove
from aid.queries.exceptions.asking import Asked, Story, told_by


def reprints(asked: Asked) -> Iterator[Story]:
    """Press runs that printed papers again, with what the family came with since."""
    became = _became().subquery()
    rows = told_by(PrintBatch, Point.names, became, by=PrintBatch.printed_by_id)
    rows = rows.join(Point, Point.id == PrintBatch.point_id).join(became, became.c.batch_id == PrintBatch.id)
    again = rows.where(PrintBatch.reason.is_not(None), PrintBatch.reason != ReprintReason.MOVED)
    found = asked.told(again, at=PrintBatch.printed_at, point=PrintBatch.point_id, allocation=PrintBatch.allocation_id)
    for row in found:
        batch = row.PrintBatch
        yield Story(
            kind=ExceptionKind.REPRINT,
            at=batch.printed_at,
            what=n_(
                "%(num)s paper printed again as batch %(number)s: %(reason)s",
                "%(num)s papers printed again as batch %(number)s: %(reason)s",
                batch.papers,
                number=batch.number,
                reason=REPRINT_REASON_TITLES[ReprintReason(batch.reason)],
            ),
            by=row.handle,
            fate=_fate(row),
            point=row.names,
            **asked.link(Permission.SEE_VOUCHERS, "vouchers.made", batch_id=batch.id),
        )


def spoiled(asked: Asked) -> Iterator[Story]:
    """Papers that were written down as spoiled."""
    yield from _ended(asked, ExceptionKind.SPOILED, list(SPOILED_TITLES))


def gone(asked: Asked) -> Iterator[Story]:
    """Batches that were lost or stolen."""
    yield from _ended(asked, ExceptionKind.GONE, list(GONE_TITLES))


def piles(asked: Asked) -> Iterator[Story]:
    """Piles that nobody counted yet, and counts of another number than was given."""
    if not asked.of.only_open:
        yield from _miscounted(asked)
    rows = told_by(Handover, Point.names, by=Handover.to_id).join(Point, Point.id == Handover.point_id)
    papers = select(func.sum(HandoverBatch.papers)).where(HandoverBatch.handover_id == Handover.id)
    rows = rows.add_columns(papers.scalar_subquery().label("papers"))
    rows = rows.outerjoin(HandoverReceipt, HandoverReceipt.handover_id == Handover.id)
    on_the_way = rows.where(HandoverReceipt.handover_id.is_(None))
    for row in asked.told(on_the_way, at=Handover.at, point=Handover.point_id):
        pile = row.Handover
        said = n_(
            "Pile %(number)s with %(num)s paper is on its way to %(who)s",
            "Pile %(number)s with %(num)s papers is on its way to %(who)s",
            row.papers,
            number=pile.number,
            who=row.handle,
        )
        link = asked.link(Permission.KEEP_POINT, "handovers.show", handover_id=pile.id)
        fate = _("It is not counted yet.")
        kind = ExceptionKind.PILE
        yield Story(kind=kind, at=pile.at, what=said, by="", fate=fate, point=row.names, is_open=True, **link)


def moves(asked: Asked) -> Iterator[Story]:
    """Vouchers that are collected at another point from then on."""
    rows = told_by(VoucherMove, Voucher.serial, Voucher.state, Point.names, by=VoucherMove.by_id)
    rows = rows.join(Voucher, Voucher.id == VoucherMove.voucher_id).join(Point, Point.id == VoucherMove.to_point_id)
    either = (VoucherMove.from_point_id, VoucherMove.to_point_id)
    for row in asked.told(rows, at=VoucherMove.at, point=either, allocation=Voucher.allocation_id):
        said = _(
            "Voucher %(number)s goes to %(point)s: %(reason)s",
            number=printed_number(row.serial),
            point=InLanguages.of(row.names),
            reason=MOVE_TITLES[row.VoucherMove.reason],
        )
        yield Story(
            kind=ExceptionKind.MOVE,
            at=row.VoucherMove.at,
            what=said,
            by=row.handle,
            fate=VOUCHER_STATE_TITLES[row.state],
            point=row.names,
            **asked.voucher(row.serial),
        )


def _ended(asked: Asked, kind: ExceptionKind, reasons: list[EndReason]) -> Iterator[Story]:
    """Papers of one batch that ended in one act, together."""
    of = (PaperEnd.at, PaperEnd.reason, Person.handle, PrintBatch.id, PrintBatch.number, Point.names)
    anew = case((Voucher.papers > Paper.number, 1))
    rows = (
        select(*of, func.count().label("papers"), func.count(anew).label("anew"))
        .select_from(PaperEnd)
        .join(Paper, Paper.id == PaperEnd.paper_id)
        .join(Voucher, Voucher.id == Paper.voucher_id)
        .join(PrintBatch, PrintBatch.id == Paper.batch_id)
        .join(Point, Point.id == PrintBatch.point_id)
        .join(Person, Person.id == PaperEnd.by_id)
        .where(PaperEnd.reason.in_(reasons))
        .group_by(PaperEnd.at, PaperEnd.reason, Person.handle, PrintBatch.id, Point.id)
    )
    told = asked.told(rows, at=PaperEnd.at, point=PrintBatch.point_id, allocation=PrintBatch.allocation_id)
    for row in told:
        yield Story(
            kind=kind,
            at=row.at,
            what=n_(
                "%(num)s paper of batch %(number)s: %(reason)s",
                "%(num)s papers of batch %(number)s: %(reason)s",
                row.papers,
                number=row.number,
                reason=END_TITLES[row.reason],
            ),
            by=row.handle,
            fate=_("Printed anew since: %(anew)s of %(papers)s.", anew=row.anew, papers=row.papers),
            point=row.names,
            **asked.link(Permission.SEE_VOUCHERS, "vouchers.made", batch_id=row.id),
        )


def _miscounted(asked: Asked) -> Iterator[Story]:
    rows = told_by(HandoverReceipt.at, HandoverCount, Handover, PrintBatch, Point.names, by=HandoverReceipt.by_id)
    rows = (
        rows.join(HandoverCount, HandoverCount.handover_id == HandoverReceipt.handover_id)
        .join(
            HandoverBatch,
            (HandoverBatch.handover_id == HandoverCount.handover_id)
            & (HandoverBatch.batch_id == HandoverCount.batch_id),
        )
        .join(Handover, Handover.id == HandoverCount.handover_id)
        .join(PrintBatch, PrintBatch.id == HandoverCount.batch_id)
        .join(Point, Point.id == Handover.point_id)
        .where(HandoverCount.papers != HandoverBatch.papers, HandoverCount.reason.is_not(None))
        .add_columns(HandoverBatch.papers.label("given"))
    )
    told = asked.told(rows, at=HandoverReceipt.at, point=Handover.point_id, allocation=PrintBatch.allocation_id)
    for row in told:
        what = _(
            "Pile %(number)s, batch %(batch)s: %(given)s papers were given, %(counted)s were counted. %(reason)s",
            number=row.Handover.number,
            batch=row.PrintBatch.number,
            given=row.given,
            counted=row.HandoverCount.papers,
            reason=COUNT_TITLES[row.HandoverCount.reason],
        )
        link = asked.link(Permission.KEEP_POINT, "handovers.show", handover_id=row.Handover.id)
        yield Story(kind=ExceptionKind.PILE, at=row.at, what=what, by=row.handle, point=row.names, **link)


def _became() -> Any:
    """What became of each batch's papers."""
    newest = Paper.number == Voucher.papers
    return (
        select(
            Paper.batch_id,
            func.count(case((newest & (Voucher.state == VoucherState.COLLECTED), 1))).label("collected"),
            func.count(case((newest & Voucher.state.in_(ON_PAPER), 1))).label("good"),
        )
        .join(Voucher, Voucher.id == Paper.voucher_id)
        .group_by(Paper.batch_id)
    )


def _fate(row: Any) -> Message:
    rest = row.PrintBatch.papers - row.collected - row.good
    sums = {"collected": row.collected, "good": row.good, "rest": rest}
    return _("Collected: %(collected)s, still good: %(good)s, worth nothing: %(rest)s.", **sums)
