"""An allocation computed once more from what was sealed with it: the same bytes, or the committee was shown otherwise.

Nothing is read but the version, its programme's version, and what its lines were sealed with: not what families say
today. Whoever may open the facts can do it, at any time, and needs to trust nobody's word for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationKind
from aid.domain.clock import Instant
from aid.domain.entitlement import Earlier, History, ProgrammeRule, Terms
from aid.domain.entitlement.figures import Case
from aid.domain.families import Facts
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.allocations import Allocation, AllocationLine, AllocationVersion
from aid.models.programmes import Programme, ShortLine
from aid.models.records import RecordKind
from aid.services import records, sightings
from aid.services.collector import resting_collector
from aid.services.freezing import root_of_short
from aid.services.rounds import Due, OpenedFamily, Round, due_of
from aid.vault.actor import Actor
from aid.vault.content import content_root, facts_hash, line_hash, rule_hash
from aid.vault.failures import NoKey

NOT_KEPT = _("This allocation was not computed from a programme, or before what it rests on was kept with it.")
NO_KEY = _("Only who may open the facts of all its families can compute an allocation once more.")

AnyLine = AllocationLine | ShortLine


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What came of computing a version once more."""

    number: int
    version: int
    lines: int
    signed_root: bytes  # what votes were given to
    root: bytes | None  # what it comes to now; none where something it rests on is gone
    erased: int  # lines of families that were erased since: with them went what they rest on
    otherwise: tuple[str, ...]  # codes of families whose line would be another one

    @property
    def is_same(self) -> bool:
        """Byte for byte what was signed."""
        return self.root == self.signed_root


@dataclass(frozen=True, slots=True)
class _Kept:
    """What one line was sealed with."""

    line: AnyLine
    salt: bytes
    why: Mapping[str, Any]


@resting_collector()
def recompute(session: Session, *, actor: Actor, now: Instant, allocation_id: UUID) -> Recomputed:
    """Compute what an allocation proposes now from its sealed snapshot. Call it by `look`. Raises RuleBroken."""
    actor.must(Permission.SEE_ALLOCATIONS)
    allocation = session.get(Allocation, allocation_id)
    if allocation is None:
        raise RuleBroken(_("This allocation does not exist; choose one from the list."))
    version = session.get_one(AllocationVersion, (allocation.id, allocation.version))
    if allocation.kind is not AllocationKind.ROUND or version.basis is None:
        raise RuleBroken(NOT_KEPT)
    programme = session.get_one(Programme, allocation.programme_id)
    lines = [*_lines_of(session, AllocationLine, version), *_lines_of(session, ShortLine, version)]
    kept = _open(session, lines, actor=actor, now=now)
    root: bytes | None = None
    otherwise: tuple[str, ...] = ()
    if len(kept) == len(lines):
        computed = _computed(version, programme, kept)
        root, otherwise = _root(version, programme, computed, kept), tuple(_otherwise(computed, lines))
    return Recomputed(
        number=allocation.number,
        version=version.version,
        lines=version.families,
        signed_root=version.content_root,
        root=root,
        erased=len(lines) - len(kept),
        otherwise=otherwise,
    )


def _lines_of(
    session: Session, kind: type[AllocationLine] | type[ShortLine], version: AllocationVersion
) -> Sequence[AnyLine]:
    wanted = (kind.allocation_id == version.allocation_id) & (kind.version == version.version)
    return list(session.scalars(select(kind).where(wanted).order_by(kind.n)))


def _open(session: Session, lines: Sequence[AnyLine], *, actor: Actor, now: Instant) -> list[_Kept]:
    """Open what the lines were sealed with; those of erased families are missing."""
    if actor.person_id is None:
        raise RuleBroken(NO_KEY)
    ids = [line.id for line in lines]
    try:
        opened = records.take_out_all(session, kind=RecordKind.LINE, row_ids=ids, keyring=actor.keyring)
    except NoKey:
        raise RuleBroken(NO_KEY) from None
    families = [line.family_id for line in lines if line.id in opened and line.family_id is not None]
    sightings.saw(session, person_id=actor.person_id, families=families, what=RecordKind.LINE, why="recompute", now=now)
    return [_Kept(line, opened[line.id].pop("salt"), opened[line.id]) for line in lines if line.id in opened]


def _computed(version: AllocationVersion, programme: Programme, kept: Sequence[_Kept]) -> Round:
    """The round, from the facts that were sealed and the day it was computed on."""
    assert version.basis is not None, "it was asked before"
    rule = ProgrammeRule.from_plain(programme.rule).with_variants(version.basis["variants"])
    terms = Terms.from_plain(version.basis)
    today = date.fromisoformat(version.basis["on"])
    in_order = sorted(kept, key=lambda each: each.line.family_code or "")
    dues = [due_of(_family(each), rule, today, terms) for each in in_order]
    whole = tuple(due for due in dues if isinstance(due, Due))
    return Round(rule.currency, (), 0, 0, {}, whole=whole, terms=terms, unit=rule.unit).shared()


def _family(kept: _Kept) -> OpenedFamily:
    why, line = kept.why, kept.line
    assert line.family_id is not None, "a round gives to families"
    assert line.family_code is not None, "each of them has a code"
    earlier = tuple(Earlier.from_plain(aid) for aid in why["earlier"])
    facts, history = Facts.from_plain(why["facts"]), History(why["locality"], earlier)
    case = Case(line.family_code, facts, date.fromisoformat(why["since"]), history)
    point = line.point_id if isinstance(line, AllocationLine) else line.family_id
    return OpenedFamily(line.family_id, line.family_id, point, case, why["facts"], b"")


def _root(version: AllocationVersion, programme: Programme, computed: Round, kept: Sequence[_Kept]) -> bytes:
    """The content root of what was computed, with the salts that were used then."""
    assert version.basis is not None, "it was asked before"
    salts = {each.line.family_code: each.salt for each in kept}
    short = [(due.code, facts_hash(salts[due.code], due.why)) for due in computed.short]
    basis = {
        **version.basis,
        "rule": rule_hash(programme.rule).hex(),
        "short": root_of_short(short, computed.currency),
    }
    hashes = [
        line_hash(
            due.code,
            due.minor,
            computed.currency,
            due.point_id,
            [item.plain() for item in due.items],
            facts_hash(salts[due.code], due.why),
        )
        for due in computed.dues
    ]
    return content_root(hashes, basis)


def _otherwise(computed: Round, lines: Sequence[AnyLine]) -> Iterator[str]:
    """Families whose line is not what it comes to now, by code."""
    now = {due.code: (due.minor, [item.plain() for item in due.items]) for due in computed.dues}
    for line in lines:
        was = (line.amount_minor, list(line.items)) if isinstance(line, AllocationLine) else None
        if line.family_code is not None and now.get(line.family_code) != was:
            yield line.family_code
