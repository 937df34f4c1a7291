"""Rows and households of a list, as they wait sealed: what is brought in, and what is given back to be mended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aid.domain.families import Family, plain
from aid.domain.outcomes import value_from_plain, value_plain
from aid.domain.words import Message
from aid.services.imports.desk import Household


@dataclass(frozen=True, slots=True)
class RowBack:
    """A row as it stood in the list, to be given back if it can't be brought in."""

    sheet: str
    number: int
    cells: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class BadBack:
    """A row that could not be read, or whose family was left out because of another row: then without a reason."""

    row: RowBack
    column: str = ""
    reason: Message | None = field(default=None, repr=False)
    remedy: Message | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Brought:
    """A household that was read, with its rows."""

    household: Household = field(repr=False)
    rows: tuple[RowBack, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Head:
    """A sheet's name and what stands above its households."""

    sheet: str
    rows: tuple[tuple[str, ...], ...] = field(repr=False)


def _row_plain(row: RowBack) -> list[Any]:
    return [row.sheet, row.number, list(row.cells)]


def _row(plain: Sequence[Any]) -> RowBack:
    sheet, number, cells = plain
    return RowBack(sheet, number, tuple(cells))


def brought_plain(brought: Brought) -> dict[str, Any]:
    """As it is sealed."""
    household = brought.household
    return {
        "id": household.external_id,
        "places": [household.locality, household.point],
        "family": plain(household.family),
        "rows": [_row_plain(row) for row in brought.rows],
    }


def brought_of(said: dict[str, Any]) -> Brought:
    """What `brought_plain` wrote."""
    locality, point = said["places"]
    household = Household(said["id"], locality, point, Family.from_plain(said["family"]))
    return Brought(household, _rows(said["rows"]))


def _rows(said: Iterable[Sequence[Any]]) -> tuple[RowBack, ...]:
    return tuple(_row(row) for row in said)


def bad_plain(bad: BadBack) -> list[Any]:
    """As it is sealed."""
    return [_row_plain(bad.row), bad.column, value_plain(bad.reason), value_plain(bad.remedy)]


def bad_of(said: Sequence[Any]) -> BadBack:
    """What `bad_plain` wrote."""
    row, column, reason, remedy = said
    return BadBack(_row(row), column, value_from_plain(reason), value_from_plain(remedy))
