"""Proof that each family's file and facts are sealed for its present version, its slip for the one that was confirmed
last (or registered first), and that some ring may open them.

What is inside can't be proved without keys; that it belongs to this row and version is proved by whoever opens it.
"""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from aid.models.allocations import AllocationLine
from aid.models.families import Erasure, Family
from aid.models.programmes import ShortLine
from aid.models.records import Record, RecordKind, Wrap
from aid.services.verification.faults import Fault, faults_found
from aid.services.verification.findings import Finding

OF_A_FAMILY = (RecordKind.FILE, RecordKind.FACTS, RecordKind.SLIP)


def prove_sealed(session: Session) -> Iterator[Finding]:
    """Records that are missing, belong elsewhere, or can be opened by nobody."""
    yield from faults_found(session, _families, _lines_without_reasons, _records)


def _families() -> Iterator[Fault]:
    for kind in OF_A_FAMILY:
        there = exists().where(Record.kind == kind, Record.row_id == Family.id)
        erased = exists().where(Erasure.family_id == Family.id)
        yield Fault(select(Family.id).where(~there, ~erased), "family", f"its {kind} is gone")


def _records() -> Iterator[Fault]:
    for fault, text in (
        (_is_of_another_version(), "it is not of its family's present version"),
        (_is_of_another_line(), "it is not of an allocation line of its family"),
        (~exists().where(Wrap.record_id == Record.id), "no ring may open it"),
    ):
        yield Fault(select(Record.id).where(fault), "record", text)


def _lines_without_reasons() -> Iterator[Fault]:
    """What a line rests on is deleted with its family, and never before."""
    for kind in (AllocationLine, ShortLine):
        there = exists().where(Record.kind == RecordKind.LINE, Record.row_id == kind.id)
        erased = exists().where(Erasure.family_id == kind.family_id)
        yield Fault(select(kind.id).where(~there, ~erased), kind.__tablename__, "what it rests on is gone")


def _is_of_another_version() -> ColumnElement[bool]:
    family = aliased(Family)
    vouched = func.coalesce(family.confirmed_version, 1)
    version = case((Record.kind == RecordKind.SLIP, vouched), else_=family.version)
    own = exists().where(family.id == Record.row_id, family.id == Record.family_id, version == Record.version)
    return and_(Record.kind.in_(OF_A_FAMILY), ~own)


def _is_of_another_line() -> ColumnElement[bool]:
    same = AllocationLine.family_id.is_not_distinct_from(Record.family_id)
    own = exists().where(AllocationLine.id == Record.row_id, same)
    short = exists().where(ShortLine.id == Record.row_id, ShortLine.family_id == Record.family_id)
    return and_(Record.kind == RecordKind.LINE, or_(and_(~own, ~short), Record.version != 1))
