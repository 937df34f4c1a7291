"""From a proposal to the money that came back."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.meetings import HOLD_TITLES, QUESTION_TITLES
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.quorum import CHOICE_TITLES
from aid.domain.vouchers import OPEN_STATES, REPRINT_REASON_TITLES, ReprintReason, VoucherState
from aid.domain.words import InLanguages, _, n_
from aid.models.allocations import AllocationLine, AllocationVersion, Decision, Vote
from aid.models.collections import Collection
from aid.models.fund import Point
from aid.models.goods import GoodsRelease
from aid.models.ledger import Entry, Transfer
from aid.models.meetings import HeldLine, LineQuestion, Meeting, MeetingItem, QuestionAnswer, Remark
from aid.models.people import Person
from aid.models.vouchers import PrintBatch, Voucher
from aid.queries.histories.asking import PAGE, Ask, HistoryPage, acts, done_by, page_of
from aid.queries.timelines import Happening
from aid.services.collections.parts import STANDS
from aid.vault.actor import Actor


def of_allocation(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    allocation_id: UUID,
    before: datetime | None = None,
    size: int = PAGE,
) -> HistoryPage:
    """From its proposal to the money that came back."""
    actor.must(Permission.SEE_ALLOCATIONS)
    parts = (  # what is later in one moment stands first
        _released,
        _goods_freed,
        _collected,
        _printings,
        _taken_back,
        _decision,
        _votes,
        _versions,
        _held,
        _remarks,
        _answers,
        _questions,
        _agendas,
    )
    return page_of(Ask(session, allocation_id, now, before, size), parts)


def _versions(ask: Ask) -> Iterator[Happening]:
    rows = done_by(AllocationVersion.proposed_at, AllocationVersion.version, by=AllocationVersion.proposed_by_id)
    wanted = rows.where(AllocationVersion.allocation_id == ask.id)
    for at, version, handle in ask.told(wanted, AllocationVersion.proposed_at):
        again = _("Put to the committee anew, as version %(version)s", version=version)
        yield Happening(at, _("Submitted to the committee") if version == 1 else again, handle)


def _agendas(ask: Ask) -> Iterator[Happening]:
    rows = done_by(Meeting.called_at, Meeting.id, Meeting.number, by=Meeting.called_by_id)
    wanted = rows.join(MeetingItem, MeetingItem.meeting_id == Meeting.id).where(MeetingItem.allocation_id == ask.id)
    for at, id_, number, handle in ask.told(wanted, Meeting.called_at):
        said = _("Put on the agenda of meeting no. %(number)s", number=number)
        yield Happening(at, said, handle, "meetings.show", {"meeting_id": id_})


def _questions(ask: Ask) -> Iterator[Happening]:
    rows = done_by(LineQuestion.at, AllocationLine.n, LineQuestion.reason, by=LineQuestion.by_id)
    wanted = rows.join(AllocationLine, AllocationLine.id == LineQuestion.line_id)
    for at, n, reason, handle in ask.told(wanted.where(LineQuestion.allocation_id == ask.id), LineQuestion.at):
        said = _("Line %(number)s questioned: %(reason)s", number=n, reason=QUESTION_TITLES[reason])
        yield Happening(at, said, handle)


def _answers(ask: Ask) -> Iterator[Happening]:
    """Who answered is not told: it would say where the family lives."""
    wanted = (
        select(QuestionAnswer.at, AllocationLine.n)
        .join(LineQuestion, LineQuestion.id == QuestionAnswer.question_id)
        .join(AllocationLine, AllocationLine.id == LineQuestion.line_id)
        .where(LineQuestion.allocation_id == ask.id)
    )
    for at, n in ask.told(wanted, QuestionAnswer.at):
        yield Happening(at, _("The question about line %(number)s answered", number=n))


def _remarks(ask: Ask) -> Iterator[Happening]:
    wanted = done_by(Remark.at, by=Remark.by_id).where(Remark.allocation_id == ask.id)
    for at, handle in ask.told(wanted, Remark.at):
        yield Happening(at, _("A remark was made"), handle)


def _held(ask: Ask) -> Iterator[Happening]:
    rows = done_by(HeldLine.at, HeldLine.reason, func.count(), by=HeldLine.by_id).where(
        HeldLine.allocation_id == ask.id
    )
    for at, reason, count, handle in ask.told(rows.group_by(HeldLine.at, HeldLine.reason, Person.handle), HeldLine.at):
        said = n_(
            "%(num)s line held out: %(reason)s", "%(num)s lines held out: %(reason)s", count, reason=HOLD_TITLES[reason]
        )
        yield Happening(at, said, handle)


def _votes(ask: Ask) -> Iterator[Happening]:
    wanted = done_by(Vote.cast_at, Vote.choice, Vote.version, by=Vote.member_id).where(Vote.allocation_id == ask.id)
    for at, choice, version, handle in ask.told(wanted, Vote.cast_at):
        said = _("Vote on version %(version)s: %(choice)s", version=version, choice=CHOICE_TITLES[choice])
        yield Happening(at, said, handle)


def _decision(ask: Ask) -> Iterator[Happening]:
    found = ask.session.execute(
        select(Decision.decided_at, Decision.carried, Decision.notice_until, Decision.yes, Decision.no).where(
            Decision.allocation_id == ask.id
        )
    )
    for at, carried, notice, yes, no in found:
        if ask.is_told(at):
            yes_no = {"yes": yes, "no": no}
            said = _("Carried by %(yes)s yes against %(no)s no: the money is set aside", **yes_no)
            yield Happening(at, said if carried else _("Rejected by %(no)s no against %(yes)s yes", **yes_no))
        if notice is not None and ask.is_told(notice):
            yield Happening(notice, _("The notice was over: vouchers may be printed"))


def _taken_back(ask: Ask) -> Iterator[Happening]:
    yield from acts(ask, "allocation.withdrawn", _("Withdrawn"))


def _printings(ask: Ask) -> Iterator[Happening]:
    rows = done_by(
        PrintBatch.printed_at, PrintBatch.papers, PrintBatch.reason, Point.names, by=PrintBatch.printed_by_id
    )
    wanted = rows.join(Point, Point.id == PrintBatch.point_id).where(PrintBatch.allocation_id == ask.id)
    for at, papers, reason, point, handle in ask.told(wanted, PrintBatch.printed_at):
        where = InLanguages.of(point)
        said = n_(
            "%(num)s voucher printed for %(point)s", "%(num)s vouchers printed for %(point)s", papers, point=where
        )
        if reason:
            said = n_(
                "%(num)s voucher printed again for %(point)s: %(reason)s",
                "%(num)s vouchers printed again for %(point)s: %(reason)s",
                papers,
                point=where,
                reason=REPRINT_REASON_TITLES[ReprintReason(reason)],
            )
        yield Happening(at, said, handle)


def _collected(ask: Ask) -> Iterator[Happening]:
    """One line for all who came: a list of each is under the vouchers."""
    collected, every = func.count(Collection.voucher_id.distinct()), func.count(Voucher.id.distinct())
    count, of, first, last = ask.session.execute(
        select(collected, every, func.min(Collection.collected_at), func.max(Collection.collected_at))
        .select_from(Voucher)
        .outerjoin(Collection, (Collection.voucher_id == Voucher.id) & STANDS)
        .where(Voucher.allocation_id == ask.id)
    ).one()
    if ask.is_told(first):
        yield Happening(first, _("The first voucher collected"))
    if count > 1 and ask.is_told(last):
        yield Happening(last, _("%(count)s of %(all)s vouchers collected so far", count=count, all=of))


def _released(ask: Ask) -> Iterator[Happening]:
    freed = (
        select(Entry.posted_at, func.count(), func.sum(Transfer.amount_minor), Voucher.currency)
        .join(Voucher, Voucher.id == Entry.cause_id)
        .join(Transfer, Transfer.entry_id == Entry.id)  # what is set free is one transfer
        .where(Voucher.allocation_id == ask.id, Voucher.state.not_in((*OPEN_STATES, VoucherState.COLLECTED)))
        .group_by(Entry.posted_at, Voucher.currency)
    )
    for at, count, minor, currency in ask.told(freed, Entry.posted_at):
        said = n_(
            "%(num)s voucher expired or cancelled: %(amount)s is available again",
            "%(num)s vouchers expired or cancelled: %(amount)s is available again",
            count,
            amount=Money(int(minor), currency),
        )
        yield Happening(at, said)


def _goods_freed(ask: Ask) -> Iterator[Happening]:
    """Vouchers for goods alone have no money that goes back."""
    freed = (
        select(GoodsRelease.released_at, func.count())
        .join(Voucher, Voucher.id == GoodsRelease.voucher_id)
        .where(Voucher.allocation_id == ask.id, GoodsRelease.released_at.is_not(None))
        .group_by(GoodsRelease.released_at)
    )
    for at, count in ask.told(freed, GoodsRelease.released_at):
        said = n_(
            "%(num)s voucher expired or cancelled: its goods are promised no more",
            "%(num)s vouchers expired or cancelled: their goods are promised no more",
            count,
        )
        yield Happening(at, said)
