"""`import-families`: a list of families that somebody brings, a few households at a time."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from aid.cli._common import (
    acting,
    actor_as,
    data_option,
    existing_fund_at,
    json_option,
    print_json,
    refusals_said,
)
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _
from aid.extensions import now
from aid.perform import perform
from aid.readers.cells import BadRow
from aid.readers.families import FamiliesRead, FamilyRow, read_families
from aid.readers.mappings import TableMapping, mapping_named, read_mapping
from aid.readers.tables import read_table
from aid.services.imports.bringing import (
    CHUNK,
    Household,
    Imported,
    NotAllGood,
    chunk_key,
    chunks,
    import_households,
)
from aid.vault.actor import Actor

NO_PLACE = _("This household has no locality or no point: add the columns, or give --locality and --point.")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a list."""

    added: int
    known: int
    bad: tuple[BadRow, ...]

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return {
            "added": self.added,
            "already_there": self.known,
            "bad_rows": [
                {"sheet": row.sheet, "row": row.number, "column": row.column, "reason": str(row.reason)}
                for row in self.bad
            ],
        }


@click.command("import-families")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--mapping", default="komek", show_default=True, help="A mapping that ships with Komek, or a TOML file.")
@acting
@click.option("--all-or-nothing", is_flag=True, help="Add nothing if any row is bad.")
@click.option("--locality", help="The code of the locality where all these families live.")
@click.option("--point", help="The code of the point where they all collect.")
@data_option
@json_option
@refusals_said
def command(
    *,
    file: Path,
    mapping: str,
    handle: str,
    password_file: Path | None,
    all_or_nothing: bool,
    locality: str | None,
    point: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Import a list of families from a CSV or XLSX file. The same list again adds nothing."""
    how = _mapping(mapping).at(locality=locality, point=point)
    with existing_fund_at(data):
        actor = actor_as(handle, password_file)
        read = read_families(read_table(file.name, file.read_bytes()), how, now().today)
        with _progress(len(read.good)) as step:
            sheet = how.families.sheet or ""
            result = import_read(read, sheet, actor=actor, all_or_nothing=all_or_nothing, step=step)
    print_json(result.plain()) if as_json else _tell(result)
    raise SystemExit(1 if result.bad else 0)


def import_read(
    read: FamiliesRead,
    sheet: str,
    *,
    actor: Actor,
    all_or_nothing: bool = False,
    step: Callable[[int], None] = lambda _done: None,
) -> Result:
    """Bring in the households that could be read, in steps or all at once; name every row that was left out."""
    placed = [row for row in read.good if row.locality and row.point]
    bad = [
        *read.bad,
        *(BadRow(sheet, row.number, None, NO_PLACE) for row in read.good if not (row.locality and row.point)),
    ]
    if all_or_nothing and bad:
        return Result(0, 0, tuple(bad))
    added = known = 0
    households = [household_of(row) for row in placed]
    size = len(households) or 1 if all_or_nothing else CHUNK
    for number, chunk in enumerate(chunks(households, size)):
        rows = placed[number * size :]
        try:
            done = _bring(chunk, number=number, actor=actor, all_or_nothing=all_or_nothing)
        except NotAllGood as refusal:
            return Result(0, 0, _held(refusal.held, rows, sheet))
        bad += _held(done.held, rows, sheet)
        added += done.added if done.fresh else 0
        known += done.known if done.fresh else done.known + done.added
        step(len(chunk))
    return Result(added, known, tuple(bad))


def household_of(row: FamilyRow) -> Household:
    """A family that was read, with the places it belongs to."""
    return Household(row.external_id, row.locality or "", row.point or "", row.family)


def _bring(chunk: tuple[Household, ...], *, number: int, actor: Actor, all_or_nothing: bool) -> Imported:
    """One step. What was held back the last time is tried anew: perhaps the register was put right meanwhile."""
    for attempt in count():
        key = chunk_key(chunk=chunk, number=number, actor=actor, attempt=attempt)
        done = perform(key, import_households, actor=actor, households=chunk, all_or_nothing=all_or_nothing)
        if done.fresh or not done.held:
            return done
    raise AssertionError("there is always another attempt")


def _held(held: Sequence[tuple[int, Message]], rows: Sequence[FamilyRow], sheet: str) -> tuple[BadRow, ...]:
    return tuple(BadRow(sheet, rows[place].number, None, reason) for place, reason in held)


def _mapping(name: str) -> TableMapping:
    """One that ships with Komek, or a file of one's own."""
    path = Path(name)
    if path.suffix != ".toml":
        return mapping_named(name)
    try:
        return read_mapping(path.stem, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise RuleBroken(_("The mapping %(file)s can't be read.", file=path.name)) from None


@contextmanager
def _progress(households: int) -> Iterator[Callable[[int], None]]:
    """How far it is, on standard error, where somebody looks."""
    columns = (TextColumn("Families"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=households)
        yield lambda done: progress.advance(task, done)


def _tell(result: Result) -> None:
    """For people: first what could not be brought in, then what was done."""
    for row in result.bad:
        place = " ".join(filter(None, (row.sheet, f"row {row.number}", row.column and f"column {row.column}")))
        click.echo(f"{place}: {row.reason}")
    click.echo(f"Added: {result.added}. Already there: {result.known}. Rows not imported: {len(result.bad)}.")
