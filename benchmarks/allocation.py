"""Rounds for very many families: what-if while somebody waits, and a round frozen for fifty thousand.

What-if is timed once the facts are open. A round is timed whole, as `propose` does it for a coordinator: facts opened
and the look recorded, computed, shared, lines and reasons hashed and sealed, audited, committed to the disk.
"""

import resource
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.entitlement import Gift, GradeAmount, Per, ProgrammeRule, Shortage, Span, Terms
from aid.domain.entitlement.figures import Case, Figures
from aid.domain.families import Circumstance
from aid.domain.ids import new_id
from aid.extensions import db, now
from aid.models.allocations import AllocationLine, AllocationVersion
from aid.models.programmes import Programme
from aid.models.records import Record, RecordKind
from aid.perform import look, perform
from aid.services import records
from aid.services.allocations import Proposed, propose, root_of
from aid.services.rounds import open_cases
from aid.services.what_if import figures_of
from aid.vault.actor import Actor
from aid.vault.content import facts_hash
from benchmarks._large_fund import LargeFund, make_fund
from benchmarks.frame import Run, Side, median

FEW, MANY = 10_000, 50_000
RULE = ProgrammeRule(
    currency="KZT",
    eligible=frozenset(),
    per_family=10_000_00,
    per_member=2_000_00,
    per_child=5_000_00,
    per_grade=(GradeAmount(0, 4, 20_000_00), GradeAmount(5, 11, 25_000_00)),
    cap=120_000_00,
    goods=(Gift("school-bag", 1, Per.CHILD, Span(0, 4)),),
    unit=500_00,
)
TERMS = Terms(shortage=Shortage.EQUAL_CUT, tiers=(Circumstance.DETAINED, Circumstance.BEREAVED, Circumstance.ILL))
A_FAMILY = 30_000_00
"""The budget for each family: about half of what is due."""
CHECKED = 50  # lines whose seals are opened again


def bench(run: Run) -> None:
    """Measure what-if at 10,000 families, and rounds frozen for 10,000 and 50,000."""
    with tempfile.TemporaryDirectory(prefix="komek-bench-") as folder:
        funds = {}
        for families in (run.size(FEW), run.size(MANY)):
            run.say(f"making a fund of {families} families")
            (Path(folder) / str(families)).mkdir()
            funds[families] = make_fund(Path(folder) / str(families), families)
        few, many = funds.values()
        _what_if(run, few)
        _rounds(run, few, many)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    run.tell("memory at its peak, all of it", peak, "MB")


# ---------------------------------------------------------------- what-if


def _what_if(run: Run, fund: LargeFund) -> None:
    cases = _opened(fund)
    today = cases[0].since
    changed = replace(RULE, per_family=12_000_00, cap=100_000_00)
    terms = replace(TERMS, budget=A_FAMILY * fund.families)

    def work() -> Figures:
        return figures_of(cases, written=RULE, rule=changed, terms=terms, today=today)

    def is_right(figures: Figures) -> bool:
        told = len(figures.reached) + len(figures.out)
        assert terms.budget is not None
        return told == fund.families and figures.is_short and 0 < figures.chosen.total <= terms.budget

    def spoil(figures: Figures) -> Figures:
        return replace(figures, reached=figures.reached[1:])

    name = f"what-if, {fund.families} families, every way to share"
    samples = run.interleaved({name: Side(work, is_right, spoil, delay=0.6)}, rounds=7)[name]
    walls = [sample.wall * 1_000 for sample in samples]
    run.tell(name, median(walls), "ms", goal=500, samples=tuple(walls))


def _opened(fund: LargeFund) -> list[Case]:
    """The facts of all families, open in memory."""
    programme_id = fund.programme(RULE)

    def action(session: Session, *, actor: Actor, now: object, programme: UUID) -> object:
        return open_cases(
            session,
            actor=actor,
            now=now,  # type: ignore[arg-type]
            programme=session.get_one(Programme, programme),
            rule=RULE,
            terms=TERMS,
        )

    with fund.open() as actor:
        opened = look(action, actor=actor, programme=programme_id)
    return [family.case for family in opened.families]  # type: ignore[attr-defined]


# ---------------------------------------------------------------- rounds


@dataclass(slots=True)
class Freezing:
    """A round that is proposed again and again, each time by a programme that gave to nobody yet."""

    fund: LargeFund
    programme: UUID | None = None

    def ready(self) -> None:
        """A programme of its own for each round."""
        self.programme = self.fund.programme(RULE)

    def work(self) -> Proposed:
        """Propose it, as a coordinator would."""
        assert self.programme is not None, "it was made ready"
        terms = replace(TERMS, budget=A_FAMILY * self.fund.families)
        with self.fund.open() as actor:
            return perform(
                f"{new_id().int:032x}", propose, actor=actor, now=now(), programme_id=self.programme, terms=terms
            )

    def is_right(self, proposed: Proposed) -> bool:
        """Whether root, sums and budget agree, and sealed reasons open and are those that were hashed."""
        with self.fund.open() as actor, Session(db.engine) as session:
            place = (proposed.allocation_id, proposed.version)
            version = session.get(AllocationVersion, place)
            if version is None or version.basis is None:
                return False
            lines = session.scalars(select(AllocationLine).where(AllocationLine.allocation_id == place[0])).all()
            due = sum(line.amount_minor for line in lines)
            return (
                len(lines) == version.families == self.fund.families
                and root_of(version, lines) == version.content_root
                and due == version.total_minor <= version.basis["budget"]
                and _seals_hold(session, actor, lines[:: max(1, len(lines) // CHECKED)])
                and _sealed(session, lines) == len(lines)
            )

    def spoil(self, proposed: Proposed) -> Proposed:
        """Another round than the one that was frozen."""
        return replace(proposed, version=proposed.version + 1)


def _seals_hold(session: Session, actor: Actor, lines: Sequence[AllocationLine]) -> bool:
    opened = records.take_out_all(
        session, kind=RecordKind.LINE, row_ids=[line.id for line in lines], keyring=actor.keyring
    )
    for line in lines:
        sealed = opened[line.id]
        why = {name: part for name, part in sealed.items() if name != "salt"}
        adds_up = sum(reason["minor"] for reason in why["reasons"]) == line.amount_minor
        if facts_hash(sealed["salt"], why) != line.facts_hash or not adds_up:
            return False
    return True


def _sealed(session: Session, lines: Sequence[AllocationLine]) -> int:
    """How many of the lines have a sealed record."""
    mine = select(AllocationLine.id).where(AllocationLine.allocation_id == lines[0].allocation_id)
    there = select(func.count()).where(Record.kind == RecordKind.LINE, Record.row_id.in_(mine))
    return session.scalar(there) or 0


def _rounds(run: Run, few: LargeFund, many: LargeFund) -> None:
    sides = {f"a round frozen, {fund.families} families": Freezing(fund) for fund in (few, many)}
    samples = run.interleaved(
        {
            name: Side(side.work, side.is_right, side.spoil, side.ready, delay=21 if side.fund is many else 0)
            for name, side in sides.items()
        },
        rounds=3,
    )
    walls = {name: [sample.wall for sample in samples[name]] for name in sides}
    (few_name, few_walls), (many_name, many_walls) = walls.items()
    run.tell(few_name, median(few_walls), "s", samples=tuple(few_walls))
    run.tell(many_name, median(many_walls), "s", goal=20, samples=tuple(many_walls))
    each = [(wall / many.families) / (other / few.families) for wall, other in zip(many_walls, few_walls, strict=True)]
    run.tell("time for each family, many against few", median(each), "×", goal=1.3, samples=tuple(each))
