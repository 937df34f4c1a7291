"""A statement of 100,000 lines brought in, beside one executemany of the very rows that it comes to.

Brought in means: read, laid beside what is known, keyed, sealed, audited, and committed step by step. The floor is one
executemany of rows made ready beforehand for each table, into the same database in one transaction: by the bare driver,
of rows that are converted already; and as SQLAlchemy does it. In the processor's time; by the clock it is told as well.
"""

import gc
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Dialect, Table, func, select
from sqlalchemy.orm import Session

from aid.domain.ids import new_id
from aid.extensions import db
from aid.models.ledger import BankAccount
from aid.models.records import Record, RecordKind, Wrap
from aid.models.statements import BankLine
from aid.services import records
from aid.services.statements.whole_files import Brought
from aid.vault.actor import Actor
from benchmarks._statement_files import TreasurersFund, make_fund, write_camt
from benchmarks.frame import Run, Side, median

LINES, FEW = 100_000, 10_000
TABLES = tuple(cast(Table, kind.__table__) for kind in (BankLine, Record, Wrap))
CHECKED = 50  # lines whose seals are opened again
ROUNDS = 3
FLOORS = 10**9  # its lines are numbered from here on


def bench(run: Run) -> None:
    """Measure the import against its floor, and how much memory it takes for ten times the lines."""
    with tempfile.TemporaryDirectory(prefix="komek-bench-") as folder:
        place = Path(folder)
        (place / "fund").mkdir()
        run.say("founding a fund")
        fund = make_fund(place / "fund")
        _against_floor(run, fund, place)
    with tempfile.TemporaryDirectory(prefix="komek-bench-") as folder:
        _memory(run, Path(folder))


# ---------------------------------------------------------------- time


@dataclass(slots=True)
class Import:
    """A file that is brought in, each time for an account of its own."""

    fund: TreasurersFund
    actor: Actor  # signed in already: trying a password takes as long as thousands of rows
    file: Path
    lines: int
    times: int = 0
    sum: int = 0
    iban: str = ""

    def ready(self) -> None:
        """Another account, and its statement."""
        self.times += 1
        self.iban = self.fund.account(self.times)
        self.sum = write_camt(self.file, self.iban, self.lines)

    def work(self) -> Brought:
        """Bring it in."""
        return self.fund.bring(self.file, self.actor)

    def is_right(self, brought: Brought) -> bool:
        """Whether all lines are there, come to their sum, and open."""
        with self.fund.app.app_context(), Session(db.engine) as session:
            mine = BankLine.bank_id == select(BankAccount.id).where(BankAccount.iban == self.iban).scalar_subquery()
            count, come = session.execute(select(func.count(), func.sum(BankLine.amount_minor)).where(mine)).one()
            ids = session.scalars(select(BankLine.id).where(mine).order_by(BankLine.number).limit(CHECKED)).all()
            opened = records.take_out_all(session, kind=RecordKind.BANK_LINE, row_ids=ids, keyring=self.actor.keyring)
        texts = [each["payment"]["end_to_end"] for each in (opened[id_] for id_ in ids)]
        return (
            brought.new == count == self.lines and come == self.sum and texts == [f"E2E-{n}" for n in range(len(ids))]
        )


Triple = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]
"""A line, its record and the record's wrap, as rows."""


@dataclass(slots=True)
class Floor:
    """The rows of an import, put in again under other ids: by SQLAlchemy as everywhere here, or by the driver alone."""

    fund: TreasurersFund
    pattern: list[Triple] = field(repr=False)
    bare: bool
    rows: list[Any] = field(default_factory=list)
    times: int = 0

    def ready(self) -> None:
        """Take the rows with other ids and numbers."""
        self.times += 2
        rows = _rows_anew(self.pattern, FLOORS * (self.times + self.bare))
        with self.fund.app.app_context():
            dialect = db.engine.dialect
        self.rows = [_as_kept(table, some, dialect) if self.bare else some for table, some in rows]

    def work(self) -> int:
        """Put them in, in one transaction."""
        with self.fund.app.app_context(), Session(db.engine.execution_options(writes=True)) as session:
            for table, rows in zip(TABLES, self.rows, strict=True):
                if self.bare:
                    names = ", ".join(f'"{column.name}"' for column in table.columns)
                    places = ", ".join("?" * len(table.columns))
                    statement = f"INSERT INTO {table.name} ({names}) VALUES ({places})"
                    session.connection().exec_driver_sql(statement, rows)
                else:
                    session.execute(table.insert(), rows)
            session.commit()
        return sum(map(len, self.rows))

    def is_right(self, count: int) -> bool:
        """Whether a line has its three rows; they are let go."""
        self.rows = []
        return count == len(TABLES) * len(self.pattern)


def _pattern(fund: TreasurersFund, lines: int) -> list[Triple]:
    """The rows of the first lines: looked up once, since the database grows with each round."""
    line, record, wrap = TABLES
    first = line.c.number <= lines
    of_lines = (record.c.kind == RecordKind.BANK_LINE) & (record.c.row_id == line.c.id)
    with fund.app.app_context(), Session(db.engine) as session:
        every = [
            session.execute(select(table).select_from(joined).where(first).order_by(line.c.number)).mappings().all()
            for table, joined in (
                (line, line),
                (record, line.join(record, of_lines)),
                (wrap, line.join(record, of_lines).join(wrap, wrap.c.record_id == record.c.id)),
            )
        ]
    return [(dict(row), dict(sealed), dict(key)) for row, sealed, key in zip(*every, strict=True)]


def _rows_anew(pattern: list[Triple], apart: int) -> list[tuple[Table, list[dict[str, Any]]]]:
    """The same lines, records and wraps, as if they were others."""
    new: list[Triple] = []
    for row, sealed, key in pattern:
        own, record_id = {"id": new_id(), "number": row["number"] + apart, "n": row["n"] + apart}, new_id()
        new.append(({**row, **own}, {**sealed, "id": record_id, "row_id": own["id"]}, {**key, "record_id": record_id}))
    return [(table, list(rows)) for table, rows in zip(TABLES, zip(*new, strict=True), strict=True)]


def _as_kept(table: Table, rows: list[dict[str, Any]], dialect: Dialect) -> list[tuple[Any, ...]]:
    """Rows as the driver is given them."""
    how = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns]
    names = [column.name for column in table.columns]
    return [
        tuple(process(row[name]) if process else row[name] for name, process in zip(names, how, strict=True))
        for row in rows
    ]


def _against_floor(run: Run, fund: TreasurersFund, folder: Path) -> None:
    lines = run.size(LINES)
    with fund.open() as actor:
        ours = Import(fund, actor, folder / "statement.xml", lines)
    run.say("bringing a first statement in")
    ours.ready()
    ours.work()
    run.say("looking its rows up")
    pattern = _pattern(fund, lines)
    name, beside = f"a camt.053 of {lines} lines brought in", "one executemany of its rows"
    least = "the same by the driver alone"
    floors = {beside: Floor(fund, pattern, bare=False), least: Floor(fund, pattern, bare=True)}
    sides: dict[str, Side[Any]] = {
        side: Side(floor.work, floor.is_right, lambda count: count - 1, floor.ready) for side, floor in floors.items()
    }
    sides[name] = Side(
        ours.work, ours.is_right, lambda brought: replace(brought, new=brought.new - 1), ours.ready, delay=40
    )
    samples = run.interleaved(sides, rounds=ROUNDS)
    cpu = {side: [sample.cpu for sample in samples[side]] for side in sides}
    wall = {side: [sample.wall for sample in samples[side]] for side in sides}
    for side in sides:
        run.tell(side, median(cpu[side]), "s CPU", samples=tuple(cpu[side]))
        run.tell(f"{side}, by the clock", median(wall[side]), "s", samples=tuple(wall[side]))
    for side in (least, beside):
        for spent, unit, goal in ((cpu, "×", 4), (wall, "× by the clock", None)):
            times = [one / other for one, other in zip(spent[name], spent[side], strict=True)]
            run.tell(f"brought in against {side}", median(times), unit, goal=goal, samples=tuple(times))


# ---------------------------------------------------------------- memory


def _memory(run: Run, folder: Path) -> None:
    """The most that a process of its own takes, for few lines and for ten times as many."""
    peaks = {}
    for lines in (run.size(FEW), run.size(LINES)):
        run.say(f"the memory of {lines} lines")
        place = folder / str(lines)
        place.mkdir()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.statements", str(place), str(lines)],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[1],
        )
        peaks[lines] = int(done.stdout.split()[-1]) / 1024
    (few, few_peak), (many, many_peak) = peaks.items()
    run.tell(f"memory at its peak, {few} lines", few_peak, "MB")
    run.tell(f"memory at its peak, {many} lines", many_peak, "MB")
    growth = many_peak - few_peak + (100 if run.self_test else 0)
    run.tell("growth of memory", growth, "MB", goal=30)


def _alone(folder: Path, lines: int) -> int:
    """Bring one statement in, in this process, and say in KiB what it took at most."""
    fund = make_fund(folder)
    file = folder / "statement.xml"
    write_camt(file, fund.account(1), lines)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak from here on: founding takes more
    assert fund.bring(file).new == lines, "all lines are new"
    status = Path("/proc/self/status").read_text(encoding="ascii")  # getrusage would tell of who started it, too
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    print(_alone(Path(sys.argv[1]), int(sys.argv[2])))
