"""Proof that what was voted on is what families are given.

Each line's hash is that of its amount, goods, family, point and facts; a version's lines are those of its content root
and add up to its total; and the vouchers are the families' lines of carried decisions, one for one, and nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import Select, and_, bindparam, exists, select
from sqlalchemy.orm import Session

from aid.models.allocations import Allocation, AllocationLine, AllocationVersion, Decision
from aid.models.families import Family
from aid.models.vouchers import Voucher
from aid.services.allocations import hash_of_line
from aid.services.verification.faults import Fault, faults_found
from aid.services.verification.findings import Finding, named
from aid.services.verification.reading import CHUNK, Unreadable, rows_of
from aid.vault.content import content_root


@dataclass(slots=True)
class Sum:
    """What a version's lines come to."""

    hashes: list[bytes] = field(default_factory=list)
    minor: int = 0
    families: int = 0


def prove_lines(session: Session) -> Iterator[Finding]:
    """Lines that are not what their version says, and vouchers that are not what was carried."""
    for version in rows_of(session, AllocationVersion):
        if not isinstance(version, Unreadable):
            yield from _version(session, version)
    yield from faults_found(session, _vouchers)


def _version(session: Session, version: AllocationVersion) -> Iterator[Finding]:
    come_to = Sum()
    of_version = {"allocation": version.allocation_id, "version": version.version}
    for line, code in session.execute(_lines(), of_version):
        come_to.hashes.append(hash_of_line(line))
        come_to.minor += line.amount_minor
        come_to.families += line.family_id is not None
        if fault := _fault(line, code, version, place=len(come_to.hashes)):
            yield Finding("allocation_line", str(line.id), fault)
    for fault in _faults_of(version, come_to):
        yield Finding("allocation_version", named((version.allocation_id, version.version)), fault)


@cache
def _lines() -> Select[AllocationLine, str | None]:
    """A version's lines, in their order, each with its family's code."""
    return (
        select(AllocationLine, Family.code)
        .outerjoin(Family, Family.id == AllocationLine.family_id)
        .where(AllocationLine.allocation_id == bindparam("allocation"), AllocationLine.version == bindparam("version"))
        .order_by(AllocationLine.n)
        .execution_options(yield_per=CHUNK, populate_existing=True)
    )


def _fault(line: AllocationLine, code: str | None, version: AllocationVersion, *, place: int) -> str | None:
    if line.line_hash != hash_of_line(line):
        return "its hash is not that of what it says"
    if line.n != place:
        return "a line before it is missing"
    if line.family_code != code:
        return "its code is not its family's"
    return "it is in another currency than its version" if line.currency != version.currency else None


def _faults_of(version: AllocationVersion, come_to: Sum) -> Iterator[str]:
    if content_root(come_to.hashes, version.basis) != version.content_root:
        yield "its content root is not that of its lines: votes were given to something else"
    if come_to.minor != version.total_minor:
        yield f"its total is {version.total_minor} minor units, but its lines come to {come_to.minor}"
    if come_to.families != version.families:
        yield f"it counts {version.families} families, but has {come_to.families} lines of families"


def _vouchers() -> Iterator[Fault]:
    carried = and_(
        Decision.allocation_id == AllocationLine.allocation_id,
        Decision.version == AllocationLine.version,
        Decision.carried,
    )
    forgotten = select(AllocationLine.id).join(Decision, carried).outerjoin(Voucher, Voucher.id == AllocationLine.id)
    forgotten = forgotten.where(Voucher.id.is_(None), AllocationLine.family_id.is_not(None))
    yield Fault(forgotten, "allocation_line", "it was carried, but has no voucher")
    its_line = exists().where(
        AllocationLine.id == Voucher.id,
        AllocationLine.allocation_id == Voucher.allocation_id,
        AllocationLine.family_id == Voucher.family_id,
        AllocationLine.point_id == Voucher.issued_point_id,
        AllocationLine.amount_minor == Voucher.amount_minor,
        AllocationLine.currency == Voucher.currency,
        Allocation.id == Voucher.allocation_id,
        Allocation.purpose_id == Voucher.purpose_id,
        carried,
    )
    yield Fault(select(Voucher.id).where(~its_line), "voucher", "it is not what a carried line gives")
