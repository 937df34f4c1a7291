"""Sheets with their headers understood, and their rows brought together household by household."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.readers.cells import SHOWN, BadRow, Line, Table, joined
from aid.readers.mappings import SheetMapping, TableMapping, folded
from aid.readers.sheets import Row, Sheet


@dataclass(frozen=True, slots=True)
class Household:
    """The rows of one family: the family's own, and its members', which may be the same."""

    key: str
    own: tuple[Line, ...]
    members: tuple[Line, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.own if self.own == self.members else self.own + self.members


# ---------------------------------------------------------------- sheets and columns


def understood(sheets: Sequence[Sheet], place: SheetMapping, mapping: TableMapping) -> Table:
    """The sheet the mapping names, with its header read."""
    found = [sheet for sheet in sheets if place.sheet is None or folded(sheet.name) == folded(place.sheet)]
    if not found:
        raise RuleBroken(
            _(
                "The file has no sheet “%(sheet)s”: choose another mapping, or name the sheet so.",
                sheet=place.sheet or "",
            ),
            "file",
        )
    sheet = found[0]
    header = next((row for row in sheet.rows if row.number >= place.header_row), Row(place.header_row, ()))
    places: dict[str, int] = {}
    for at, title in enumerate(header.cells):
        name = folded(title)
        places.setdefault(folded(mapping.aliases.get(name, name)), at)
    places.pop("", None)
    first = header.number + place.skip_rows_after_header
    return Table(sheet.name, places, tuple(row for row in sheet.rows if row.number > first))


def check_columns(mapping: TableMapping, families: Table, members: Table) -> None:
    """Refuse a table without a column the mapping counts on: a renamed one would be lost in silence."""
    wanted: dict[str, tuple[Table, ...]] = {}
    both = (families, members)
    for field in mapping.family.values():
        wanted |= dict.fromkeys(field.columns, both)
    for circumstance in mapping.circumstances:
        wanted |= dict.fromkeys(circumstance.columns, both)
    for counted in mapping.counted:
        wanted |= dict.fromkeys([counted.column, *([counted.named_column] if counted.named_column else [])], both)
    for field in mapping.member.values():
        wanted |= dict.fromkeys(field.columns, (members,))
    wanted |= dict.fromkeys(mapping.collector_columns, (members,))
    for sheet, table in ((mapping.families, families), (mapping.members, members)):
        if sheet and sheet.household:
            _check_column(mapping, sheet.household, (table,))
    for column, tables in wanted.items():
        _check_column(mapping, column, tables)


def _check_column(mapping: TableMapping, column: str, tables: Sequence[Table]) -> None:
    if folded(column) in mapping.optional or any(folded(column) in table.places for table in tables):
        return
    raise RuleBroken(
        _(
            "The table has no column “%(column)s”, which the mapping “%(mapping)s” reads: "
            "name the column so in the first row, or choose another mapping.",
            column=column,
            mapping=mapping.name,
        ),
        "file",
    )


# ---------------------------------------------------------------- rows into households


def households_of(mapping: TableMapping, families: Table, members: Table, bad: list[BadRow]) -> Iterator[Household]:
    """The rows household by household, in the order of the file."""
    own = _by_household(families, mapping.families, bad)
    if not mapping.members:
        for key, lines in own.items():
            yield Household(key, tuple(lines), tuple(lines))
        return
    theirs = _by_household(members, mapping.members, bad)
    for key in theirs.keys() - own.keys():
        bad.extend(
            BadRow(
                members.name,
                line.number,
                mapping.members.household,
                _(
                    "Household %(household)s is not in the sheet “%(sheet)s”: add it there, or correct its number.",
                    household=key[:SHOWN],
                    sheet=families.name,
                ),
            )
            for line in theirs[key]
        )
    for key, lines in own.items():
        if len(lines) > 1:
            first, *again = lines
            bad.extend(
                BadRow(
                    families.name,
                    line.number,
                    mapping.families.household,
                    _("This household stands in row %(row)s already: leave one of the two.", row=first.number),
                )
                for line in again
            )
        yield Household(key, tuple(lines[:1]), tuple(theirs.get(key, ())))


def _by_household(table: Table, place: SheetMapping, bad: list[BadRow]) -> dict[str, list[Line]]:
    """Lines by their household's number; where the mapping names none, each line is its own household."""
    households: dict[str, list[Line]] = defaultdict(list)
    for row in table.rows:
        line = Line(table, row.number, row.cells)
        key = line.cell(place.household) if place.household else f"{row.number}"
        if key:
            households[key].append(line)
        else:
            reason = _("This row does not say to which household it belongs: write its number.")
            bad.append(BadRow(table.name, row.number, place.household, reason))
    return households


def collectors_named(mapping: TableMapping, members: Table) -> dict[str, tuple[str, ...]]:
    """Who collects for a household where a member's row names the households they collect for."""
    if not mapping.collectors_hold_household:
        return {}
    name = mapping.member["name"]
    found: dict[str, list[str]] = defaultdict(list)
    for column in mapping.collector_columns:
        for row in members.rows:
            line = Line(members, row.number, row.cells)
            person = joined(line, name.columns)
            if (household := line.cell(column)) and person and person not in found[household]:
                found[household].append(person)
    return {household: tuple(people) for household, people in found.items()}
