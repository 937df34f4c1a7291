"""Proof that what may change says no more than what may not.

Families, allocations, vouchers and people stand where their permanent rows and the chain's acts put them, papers are
numbered as they were printed, and counters are at the last number given. Questions are asked in SQL, so that only
what is wrong is read.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, Select, String, and_, case, exists, func, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from aid.domain.allocations import AllocationState
from aid.domain.entries import EntryKind
from aid.domain.vouchers import VoucherState
from aid.models.allocations import Allocation, AllocationVersion, Decision
from aid.models.audit import AuditLine
from aid.models.donations import Donation
from aid.models.exchanges import Exchange
from aid.models.figures import FiguresChoice, FiguresRelease
from aid.models.fund import Counter
from aid.models.goods import GoodsRelease
from aid.models.handovers import Handover
from aid.models.late import PointList
from aid.models.ledger import BankFee, BankInterest, Entry
from aid.models.meetings import Meeting
from aid.models.objections import Objection
from aid.models.remittances import Remittance
from aid.models.second_words import MoneyJudged
from aid.models.shops import ShopInvoice
from aid.models.statements import BankLine
from aid.models.support import SupportMessage
from aid.models.surveys import Survey
from aid.models.vouchers import Paper, PrintBatch, Voucher
from aid.services.counters import SERIES
from aid.services.verification.backups import backup_states
from aid.services.verification.collections import collected_at_once, collected_in_parts, prove_collections
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding
from aid.services.verification.households import prove_households
from aid.services.verification.lockdowns import prove_lockdowns
from aid.services.verification.papers import newest_ended, point_of_paper
from aid.services.verification.people import prove_people

NUMBERED: dict[str, InstrumentedAttribute[int]] = {
    "donation": Donation.number,
    "allocation": Allocation.number,
    "voucher": Voucher.serial,
    "entry": Entry.number,
    "batch": PrintBatch.number,
    "remittance": Remittance.number,
    "exchange": Exchange.number,
    "fee": BankFee.number,
    "interest": BankInterest.number,
    "second_word": MoneyJudged.number,
    "meeting": Meeting.number,
    "objection": Objection.number,
    "bank_line": BankLine.number,
    "support": SupportMessage.number,
    "figures_choice": FiguresChoice.n,
    "figures_release": FiguresRelease.number,
    "handover": Handover.number,
    "point_list": PointList.number,
    "shop_invoice": ShopInvoice.number,
    "survey": Survey.number,
}


def prove_states(session: Session) -> Iterator[Finding]:
    """Rows that stand where nothing put them."""
    yield from prove_households(session)
    yield from faults_found(session, _allocations, _vouchers, _papers)
    yield from prove_collections(session)
    yield from prove_people(session)
    yield from prove_lockdowns(session)
    yield from _counters(session)
    yield from backup_states(session)


# ---------------------------------------------------------------- allocations and vouchers


def _allocations() -> Iterator[Fault]:
    count, last = _count_and_last(AllocationVersion.version, AllocationVersion.allocation_id == Allocation.id)
    yield those(
        Allocation.id,
        or_(Allocation.version != count, Allocation.version != last),
        "its version is not the last one proposed",
    )
    state = case(
        (_decided(Decision.carried), AllocationState.CARRIED.value),
        (_decided(~Decision.carried), AllocationState.REJECTED.value),
        (_acted("allocation.withdrawn", Allocation.id), AllocationState.WITHDRAWN.value),
        else_=AllocationState.PROPOSED.value,
    )
    yield those(Allocation.id, _says(Allocation.state) != state, "its state is not what was decided")


def _decided(how: ColumnElement[bool] | InstrumentedAttribute[bool]) -> Exists:
    return exists().where(Decision.allocation_id == Allocation.id, Decision.version == Allocation.version, how)


def _vouchers() -> Iterator[Fault]:
    count, last = _count_and_last(Paper.number, Paper.voucher_id == Voucher.id)
    yield those(
        Voucher.id,
        or_(Voucher.papers != count, Voucher.papers != last),
        "it was printed another number of times",
    )
    freed = exists().where(Entry.kind == EntryKind.RELEASE, Entry.cause_id == Voucher.id)
    goods = exists().where(GoodsRelease.voucher_id == Voucher.id)
    in_time = or_(
        freed.where(Entry.posted_on <= Voucher.grace_until),
        goods.where(GoodsRelease.released_on <= Voucher.grace_until),
    )
    released = or_(freed, goods)
    state = case(
        (collected_at_once(), VoucherState.COLLECTED.value),
        (in_time, VoucherState.VOID.value),
        (released, VoucherState.EXPIRED.value),
        (collected_in_parts(), _says(Voucher.state)),  # which is proved with the parts
        (newest_ended(), VoucherState.ISSUED.value),
        (count > 0, VoucherState.PRINTED.value),
        else_=VoucherState.ISSUED.value,
    )
    yield those(Voucher.id, _says(Voucher.state) != state, "its state is not what was done with it")
    yield those(Voucher.id, and_(collected_at_once(), released), "its money went back though it was collected")


def _papers() -> Iterator[Fault]:
    elsewhere = exists().where(
        Voucher.id == Paper.voucher_id,
        PrintBatch.id == Paper.batch_id,
        or_(
            point_of_paper() != Paper.point_id,
            PrintBatch.point_id != Paper.point_id,
            PrintBatch.allocation_id != Voucher.allocation_id,
        ),
    )
    yield those(Paper.id, elsewhere, "it was printed for another point or allocation than its voucher's")
    printed = select(func.count()).where(Paper.batch_id == PrintBatch.id).scalar_subquery()
    yield those(PrintBatch.id, PrintBatch.papers != printed, "it has another number of papers")


# ---------------------------------------------------------------- counters


def _counters(session: Session) -> Iterator[Finding]:
    values = {name: value for name, value in session.execute(select(Counter.name, Counter.value))}  # noqa: C416
    for series in SERIES:
        given, last = session.execute(_given(series)).one()
        if not given == last == values.get(series, 0):
            text = f"it is at {values.get(series)}, but {given} numbers were given, and the last is {last}"
            yield Finding("counter", series, text)


@cache
def _given(series: str) -> Select[int, int]:
    number = NUMBERED[series]
    return select(func.count(number), func.coalesce(func.max(number), 0))


# ---------------------------------------------------------------- how it is asked


def _count_and_last(number: InstrumentedAttribute[int], whose: ColumnElement[bool]) -> tuple[Any, Any]:
    """How many there are, and the last one's number; both 0 where there are none."""
    return (
        select(func.count(number)).where(whose).scalar_subquery(),
        select(func.coalesce(func.max(number), 0)).where(whose).scalar_subquery(),
    )


def _acted(act: str, subject: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Whether the chain says that this was done to it."""
    return subject.in_(select(AuditLine.subject_id).where(AuditLine.act == act, AuditLine.subject_id.is_not(None)))


def _says(state: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """A state as it is kept, whether or not it is one that there is."""
    return type_coerce(state, String)
