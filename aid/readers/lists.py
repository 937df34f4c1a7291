"""A list of families as somebody brings it through the page: how it is to be read, and what was read of it.

`HowRead` is all that was chosen on the pages; what was left open is guessed anew from the file each time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Self

from aid.domain.families import Circumstance, Kinship
from aid.domain.languages import Language
from aid.domain.layouts import Column, DateOrder, WordKind, guessed_columns
from aid.domain.refusals import RuleBroken
from aid.readers.columns import (
    BY_HAND,
    FORMATS,
    LOOKED_AT,
    PEOPLE_MARK,
    SEEN,
    View,
    guessed_order,
    mapping_of,
)
from aid.readers.explained import explained
from aid.readers.families import FamiliesRead, read_families
from aid.readers.guessed import guessed_header, guessed_sheets
from aid.readers.households import check_columns, understood
from aid.readers.mappings import FieldMapping, TableMapping, folded, known_mappings, mapping_named
from aid.readers.sheets import Sheet
from aid.readers.tables import TextForm, read_table, text_form
from aid.readers.words import Told, Unknown, unknown_words

FIRST_ROWS = LOOKED_AT + 2 * SEEN  # those that guesses rest on, and those shown under the last of them
NOT_CHOSEN = -1  # of a row's number
SAME_SHEET = ":"  # of the people: no sheet may be called so


@dataclass(frozen=True, slots=True)
class HowRead:
    """What somebody chose of how their list is read. Nothing, an empty text or map, a row before all: not chosen."""

    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    header_row: int = NOT_CHOSEN
    people: str = ""  # the sheet with the people, where they have one of their own
    people_row: int = NOT_CHOSEN  # with its headings
    mapping: str = ""  # a known one's name, or by hand
    columns: tuple[str, ...] = ()
    dates: str = ""
    everybody: str = Kinship.WORKER.value
    language: str = Language.KK.value
    circumstances: tuple[str, ...] = ()
    locality: str = ""
    point: str = ""
    kinships: Mapping[str, str] = field(default_factory=dict)  # words of the file, folded, and what they mean
    happened: Mapping[str, str] = field(default_factory=dict)
    localities: Mapping[str, str] = field(default_factory=dict)
    points: Mapping[str, str] = field(default_factory=dict)

    @property
    def told(self) -> Told:
        """What was said of words, by what they are words for."""
        return {
            WordKind.KINSHIP: self.kinships,
            WordKind.HAPPENED: self.happened,
            WordKind.LOCALITY: self.localities,
            WordKind.POINT: self.points,
        }

    def plain(self) -> dict[str, Any]:
        """For sealing. Maps become lists of pairs: their keys are words of the file."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """What `plain` wrote."""
        blank = cls()
        return cls(**{name: _as(getattr(blank, name), value) for name, value in plain.items()})


def _plain(value: Any) -> Any:
    return [[key, value[key]] for key in sorted(value)] if isinstance(value, Mapping) else value


def _as(blank: Any, value: Any) -> Any:
    if isinstance(blank, Mapping):
        return {key: word for key, word in value}  # noqa: C416 - pairs
    return tuple(value) if isinstance(blank, tuple) else value


@dataclass(frozen=True, slots=True)
class Table:
    """A file as a table, with what of its form was chosen or guessed."""

    how: HowRead  # without gaps
    form: TextForm | None  # of a text file
    sheets: tuple[Sheet, ...]
    fitting: tuple[TableMapping, ...]  # known mappings whose columns the table has

    @property
    def is_by_hand(self) -> bool:
        """Whether columns are named one by one."""
        return self.how.mapping == BY_HAND

    @property
    def says(self) -> tuple[bool, bool]:
        """Whether the list says where its families live, and where they collect."""
        if self.is_by_hand:
            return Column.LOCALITY in self.how.columns, Column.POINT in self.how.columns
        named = mapping_named(self.how.mapping).family
        return _is_there(named, "locality", self.sheets), _is_there(named, "point", self.sheets)

    def is_parted_alike(self, how: HowRead) -> bool:
        """Whether a file that is read so has the same cells: a text has others in another encoding or separator."""
        chosen = self.form and TextForm(how.encoding or self.form.encoding, how.separator or self.form.separator)
        return chosen == self.form

    @property
    def sheet(self) -> Sheet:
        """The sheet that is looked at."""
        named = (sheet for sheet in self.sheets if sheet.name == self.how.sheet)
        return next(named, self.sheets[0])

    @property
    def people(self) -> Sheet | None:
        """The sheet with the people, where columns are named one by one and the families have another."""
        named = (sheet for sheet in self.sheets if self.is_by_hand and sheet.name == self.how.people != self.sheet.name)
        return next(named, None)

    @property
    def views(self) -> tuple[View, ...]:
        """The sheet that is looked at, and that of the people."""
        families = View(self.sheet, self.how.header_row)
        return (families, View(self.people, self.how.people_row, PEOPLE_MARK)) if self.people else (families,)

    @property
    def headings(self) -> tuple[str, ...]:
        """What stands above the columns, sheet after sheet."""
        return tuple(heading for view in self.views for heading in view.headings)

    @property
    def letters(self) -> tuple[str, ...]:
        """What the columns are called, sheet after sheet."""
        return tuple(letter for view in self.views for letter in view.letters)

    def heading_of(self, column: str | None) -> str:
        """A column as people find it: by its letter and heading, or by its heading."""
        if not column or not self.is_by_hand:
            return column or ""
        titles = dict(zip(self.letters, self.headings, strict=True))
        return f"{column.removeprefix(PEOPLE_MARK)} {titles.get(column, '')}".strip()


def _is_there(named: Mapping[str, FieldMapping], name: str, sheets: Sequence[Sheet]) -> bool:
    wanted = {folded(column) for column in named[name].columns} if name in named else set()
    return any(wanted & {folded(cell) for cell in sheet.rows[0].cells} for sheet in sheets if sheet.rows)


def look_at(file_name: str, payload: bytes, how: HowRead, *, whole: bool = True) -> Table:
    """The file as a table; what was not chosen is guessed. Raises RuleBroken.

    Of a file that was read before, its first rows are enough to say what its columns are: guesses rest on no others.
    """
    form = text_form(payload)
    guess = form or TextForm()
    chosen = TextForm(how.encoding or guess.encoding, how.separator or guess.separator)
    sheets = read_table(file_name, payload, form=chosen, first=None if whole else FIRST_ROWS)
    if not whole and max(how.header_row, how.people_row) > LOOKED_AT:
        sheets = read_table(file_name, payload, form=chosen)  # its headings may stand anywhere
    fitting = tuple(mapping for mapping in known_mappings() if _fits(mapping, sheets))
    mapping = how.mapping or (fitting[0].name if fitting else BY_HAND)
    if mapping not in {known.name for known in fitting}:
        mapping = BY_HAND
    if form:
        form = TextForm(how.encoding or form.encoding, how.separator or form.separator)
    table = Table(_placed(replace(how, mapping=mapping), sheets), form, sheets, fitting)
    columns = how.columns if len(how.columns) == len(table.headings) else _guessed_columns(table)
    cells = [cell for view in table.views for row in view.sheet.rows[:LOOKED_AT] for cell in row.cells]
    dates = how.dates or guessed_order(cells)
    return replace(table, how=replace(table.how, columns=tuple(str(column) for column in columns), dates=str(dates)))


def _placed(how: HowRead, sheets: Sequence[Sheet]) -> HowRead:
    """The same with its sheets, and the rows their headings stand in."""
    by_name = {sheet.name: sheet for sheet in sheets}
    likely, people = guessed_sheets(sheets)
    if how.mapping != BY_HAND:
        named = mapping_named(how.mapping).families
        sheet = by_name.get(how.sheet or named.sheet or "", likely)
        return replace(how, sheet=sheet.name, people=SAME_SHEET, header_row=_chosen(how.header_row, named.header_row))
    sheet = by_name.get(how.sheet, likely)
    if not how.people:
        how = replace(how, people=people.name if people and people.name != sheet.name else SAME_SHEET)
    theirs = by_name.get(how.people)
    return replace(
        how,
        sheet=sheet.name,
        header_row=_chosen(how.header_row, guessed_header(sheet)),
        people_row=_chosen(how.people_row, guessed_header(theirs)) if theirs else NOT_CHOSEN,
    )


def _chosen(row: int, guessed: int) -> int:
    return guessed if row == NOT_CHOSEN else row


def _guessed_columns(table: Table) -> tuple[Column, ...]:
    return tuple(column for view in table.views for column in guessed_columns(view.headings))


def _fits(mapping: TableMapping, sheets: Sequence[Sheet]) -> bool:
    try:
        families = understood(sheets, mapping.families, mapping)
        members = understood(sheets, mapping.members, mapping) if mapping.members else families
        check_columns(mapping, families, members)
    except RuleBroken:
        return False
    return True


# ---------------------------------------------------------------- reading it


@dataclass(frozen=True, slots=True)
class ListRead:
    """What the list holds, as it is read now."""

    mapping: TableMapping
    families: FamiliesRead
    unknown: Unknown
    remembered: Told  # words that were explained for a list before


Places = Mapping[str, str]
"""Codes of the fund's places by their folded codes and names."""


def nothing_told(_unknown: Unknown) -> Told:
    """What is remembered where nothing is."""
    return {}


def read_list(
    table: Table,
    *,
    localities: Places,
    points: Places,
    today: date,
    remember: Callable[[Unknown], Told] = nothing_told,
) -> ListRead:
    """Read the table as it was chosen; `remember` is asked what unknown words mean. Raises RuleBroken."""
    how = table.how
    places = {WordKind.LOCALITY: localities, WordKind.POINT: points}
    plain = _mapping(table)
    mapping = explained(plain, [places, how.told])
    sheets = tuple(view.lettered() for view in table.views) if table.is_by_hand else table.sheets
    unknown = unknown_words(mapping, sheets, localities=localities, points=points)
    remembered = remember(unknown)
    if any(remembered.values()):
        mapping = explained(plain, [places, remembered, how.told])
    chosen = mapping.at(locality=how.locality or None, point=how.point or None)
    return ListRead(chosen, read_families(sheets, chosen, today), unknown.without(remembered), remembered)


def _mapping(table: Table) -> TableMapping:
    how = table.how
    if not table.is_by_hand:
        return replace(mapping_named(how.mapping), dates=FORMATS[DateOrder(how.dates)])
    return mapping_of(
        [Column(column) for column in how.columns],
        views=table.views,
        dates=DateOrder(how.dates),
        everybody=Kinship(how.everybody),
        language=Language(how.language),
        circumstances=[Circumstance(circumstance) for circumstance in how.circumstances],
    )
