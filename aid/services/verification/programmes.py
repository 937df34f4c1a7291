"""Proof that a round rests on what it says: its programme's rule, its budget, and who fell out for want of money."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationKind
from aid.models.allocations import Allocation, AllocationVersion
from aid.models.families import Family
from aid.models.programmes import Programme, ShortLine
from aid.services.freezing import root_of_short
from aid.services.verification.findings import Finding, named
from aid.services.verification.reading import CHUNK
from aid.vault.content import rule_hash


def prove_programmes(session: Session) -> Iterator[Finding]:
    """Rounds whose basis is not that of their programme, and families left out that nothing was signed of."""
    rounds = (
        select(AllocationVersion, Programme)
        .join(Allocation, Allocation.id == AllocationVersion.allocation_id)
        .outerjoin(Programme, Programme.id == Allocation.programme_id)
        .where(Allocation.kind == AllocationKind.ROUND)
        .execution_options(populate_existing=True)
    )
    for version, programme in session.execute(rounds).all():
        for fault in _faults(session, version, programme):
            yield Finding("allocation_version", named((version.allocation_id, version.version)), fault)
    own = (
        select(ShortLine.id, ShortLine.family_code, Family.code)
        .join(Family, Family.id == ShortLine.family_id)
        .execution_options(yield_per=CHUNK)
    )
    for id_, said, code in session.execute(own):
        if said != code:
            yield Finding("short_line", str(id_), "its code is not its family's")


def _faults(session: Session, version: AllocationVersion, programme: Programme | None) -> Iterator[str]:
    basis = version.basis
    short = _short(session, version)
    if basis is None:  # from before it was signed with the lines
        if short:
            yield "families fell out of it, and nothing was signed of them"
        return
    if programme is None or (basis["programme"], basis["version"]) != (programme.code, programme.version):
        yield "it names another programme than its allocation"
    elif basis["rule"] != rule_hash(programme.rule).hex():
        yield "it was computed by another rule than its programme's"
    if basis["short"] != root_of_short(short, version.currency):
        yield "other families fell out of it than was signed"
    if basis["budget"] is not None and version.total_minor > basis["budget"]:
        yield "it gives more than its budget"


def _short(session: Session, version: AllocationVersion) -> list[tuple[str, bytes]]:
    wanted = (ShortLine.allocation_id == version.allocation_id) & (ShortLine.version == version.version)
    found = session.execute(select(ShortLine.family_code, ShortLine.facts_hash).where(wanted).order_by(ShortLine.n))
    return [(code, facts) for code, facts in found]
