"""A statement of 100,000 lines brought in, beside one executemany of the very rows that it comes to.

Brought in means: read, laid beside what is known, keyed, sealed, audited, and committed step by step. The floor is the
driver's own executemany of rows made ready beforehand, into the same tables of the same database, in one transaction.
Both are measured in the processor's time.
"""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.ids import new_id
from aid.extensions import db
from aid.models.ledger import BankAccount
from aid.models.records import RecordKind
from aid.models.statements import BankLine
from aid.services import records
from aid.services.statements.whole_files import Brought
from benchmarks._statement_files import TreasurersFund, make_fund, write_camt
from benchmarks.frame import Run, Side, median

LINES, FEW = 100_000, 10_000
TABLES = ("bank_line", "record", "wrap")
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
        return self.fund.bring(self.file)

    def is_right(self, brought: Brought) -> bool:
        """Whether all lines are there, come to their sum, and open."""
        with self.fund.open() as actor, Session(db.engine) as session:
            mine = BankLine.bank_id == select(BankAccount.id).where(BankAccount.iban == self.iban).scalar_subquery()
            count, come = session.execute(select(func.count(), func.sum(BankLine.amount_minor)).where(mine)).one()
            ids = session.scalars(select(BankLine.id).where(mine).order_by(BankLine.number).limit(CHECKED)).all()
            opened = records.take_out_all(session, kind=RecordKind.BANK_LINE, row_ids=ids, keyring=actor.keyring)
        texts = [each["payment"]["end_to_end"] for each in (opened[id_] for id_ in ids)]
        return (
            brought.new == count == self.lines and come == self.sum and texts == [f"E2E-{n}" for n in range(len(ids))]
        )


@dataclass(slots=True)
class Floor:
    """The rows of an import, put in again under other ids by the driver alone."""

    fund: TreasurersFund
    lines: int
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    statements: dict[str, str] = field(default_factory=dict)
    times: int = 0

    def ready(self) -> None:
        """Take the rows of the first import, with other ids and numbers."""
        self.times += 1
        with self.fund.open():
            self.rows = dict(zip(TABLES, _rows_anew(self.lines, self.times), strict=True))

    def work(self) -> int:
        """Put them in."""
        with self.fund.open():
            connection = db.engine.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute("BEGIN IMMEDIATE")
                for table in TABLES:
                    rows = self.rows[table]
                    places = ", ".join("?" * len(rows[0]))
                    cursor.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
                connection.commit()
            finally:
                connection.close()
        return sum(len(rows) for rows in self.rows.values())


def _rows_anew(lines: int, times: int) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of lines, of their records and of the records' wraps."""
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        first = cursor.execute("SELECT * FROM bank_line WHERE number <= ? ORDER BY number", (lines,)).fetchall()
        place = {column[0]: at for at, column in enumerate(cursor.description)}
        sealed = {
            row[2]: row
            for row in cursor.execute("SELECT id, kind, row_id, family_id, version, blob FROM record").fetchall()
            if row[1] == RecordKind.BANK_LINE.value
        }
        wraps = {row[0]: row for row in cursor.execute("SELECT * FROM wrap").fetchall()}
    finally:
        connection.close()
    new_lines, new_records, new_wraps = [], [], []
    for row in first:
        line_id, record_id = new_id().hex, new_id().hex
        record = sealed[row[place["id"]]]
        changed = list(row)
        changed[place["id"]] = line_id
        changed[place["number"]] += FLOORS * times
        changed[place["n"]] += FLOORS * times
        new_lines.append(tuple(changed))
        new_records.append((record_id, record[1], line_id, *record[3:]))
        new_wraps.append((record_id, *wraps[record[0]][1:]))
    yield new_lines
    yield new_records
    yield new_wraps


def _against_floor(run: Run, fund: TreasurersFund, folder: Path) -> None:
    lines = run.size(LINES)
    ours, floor = Import(fund, folder / "statement.xml", lines), Floor(fund, lines)
    run.say("bringing a first statement in")
    ours.ready()
    ours.work()
    name, beside = f"a camt.053 of {lines} lines brought in", "one executemany of its rows"
    samples = run.interleaved(
        {
            beside: Side(floor.work, lambda count: count == 3 * lines, lambda count: count - 1, floor.ready),
            name: Side(
                ours.work, ours.is_right, lambda brought: replace(brought, new=brought.new - 1), ours.ready, delay=40
            ),
        },
        rounds=ROUNDS,
    )
    each, least = ([sample.cpu for sample in samples[side]] for side in (name, beside))
    run.tell(name, median(each), "s CPU", samples=tuple(each))
    run.tell(beside, median(least), "s CPU", samples=tuple(least))
    times = [one / other for one, other in zip(each, least, strict=True)]
    run.tell("brought in against the floor", median(times), "×", goal=4, samples=tuple(times))


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
    assert fund.bring(file).new == lines, "all lines are new"
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    print(_alone(Path(sys.argv[1]), int(sys.argv[2])))
