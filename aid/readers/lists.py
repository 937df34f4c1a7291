"""A list of families as somebody brings it through the page: how it is to be read, and what was read of it.

`HowRead` is all that was chosen on the pages; what was left open is guessed anew from the file each time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Self

from aid.domain.families import Circumstance, Kinship
from aid.domain.languages import Language
from aid.domain.layouts import Column, DateOrder, guessed_columns
from aid.domain.refusals import RuleBroken
from aid.readers.cells import Line
from aid.readers.columns import BY_HAND, FORMATS, KINSHIP_WORDS, guessed_order, mapping_of, with_letters
from aid.readers.families import FamiliesRead, read_families
from aid.readers.households import check_columns, understood
from aid.readers.mappings import (
    CircumstanceMapping,
    FieldMapping,
    TableMapping,
    folded,
    known_mappings,
    mapping_named,
)
from aid.readers.sheets import Row, Sheet
from aid.readers.tables import TextForm, column_letters, read_table, text_form

SEEN = 10  # rows that are shown
LOOKED_AT = 200  # rows that a guess rests on


@dataclass(frozen=True, slots=True)
class HowRead:
    """What somebody chose of how their list is read. Nothing, an empty text or an empty map: not chosen."""

    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    header_row: int = 1
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

    @property
    def sheet(self) -> Sheet:
        """The sheet that is looked at."""
        named = (sheet for sheet in self.sheets if sheet.name == self.how.sheet)
        return next(named, self.sheets[0])

    @property
    def headings(self) -> tuple[str, ...]:
        """What stands in the header row, in the width of the whole sheet."""
        header = next((row.cells for row in self.sheet.rows if row.number == self.how.header_row), ())
        widest = max((len(row.cells) for row in self.sheet.rows), default=0)
        return (*header, *[""] * (widest - len(header)))

    @property
    def first_rows(self) -> tuple[Row, ...]:
        """The first rows under the header, as they stand."""
        return tuple(row for row in self.sheet.rows if row.number > self.how.header_row)[:SEEN]

    def heading_of(self, column: str | None) -> str:
        """A column as people find it: by its letter and heading, or by its heading."""
        if not column or not self.is_by_hand:
            return column or ""
        titles = {column_letters(at): title for at, title in enumerate(self.headings)}
        return f"{column} {titles.get(column, '')}".strip()


def _is_there(named: Mapping[str, FieldMapping], name: str, sheets: Sequence[Sheet]) -> bool:
    wanted = {folded(column) for column in named[name].columns} if name in named else set()
    return any(wanted & {folded(cell) for cell in sheet.rows[0].cells} for sheet in sheets if sheet.rows)


def look_at(file_name: str, payload: bytes, how: HowRead) -> Table:
    """The file as a table; what was not chosen is guessed. Raises RuleBroken."""
    form = text_form(payload)
    chosen = TextForm(how.encoding or None, how.separator or None)
    sheets = read_table(file_name, payload, form=chosen)
    filled = tuple(sheet for sheet in sheets if sheet.rows)
    fitting = tuple(mapping for mapping in known_mappings() if _fits(mapping, sheets))
    first = filled[0].name if filled else ""
    mapping = how.mapping or (fitting[0].name if fitting else BY_HAND)
    if mapping != BY_HAND and mapping not in {known.name for known in fitting}:
        mapping = BY_HAND
    sheet = how.sheet if how.sheet in {each.name for each in sheets} else first
    if mapping != BY_HAND and not how.sheet:
        sheet = mapping_named(mapping).families.sheet or first
    if form:
        form = TextForm(how.encoding or form.encoding, how.separator or form.separator)
    known = replace(how, mapping=mapping, sheet=sheet)
    table = Table(known, form, sheets, fitting)
    columns = how.columns if len(how.columns) == len(table.headings) else guessed_columns(table.headings)
    dates = how.dates or guessed_order([cell for row in table.sheet.rows[:LOOKED_AT] for cell in row.cells])
    return replace(table, how=replace(known, columns=tuple(str(column) for column in columns), dates=str(dates)))


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
class Unknown:
    """Words of the file that nobody has explained yet, by what they are words for."""

    kinships: tuple[str, ...]
    happened: tuple[str, ...]
    localities: tuple[str, ...]
    points: tuple[str, ...]

    @property
    def words(self) -> bool:
        """Whether whoever brings the list can explain something."""
        return bool(self.kinships or self.happened)

    @property
    def places(self) -> bool:
        """Whether a coordinator can explain something."""
        return bool(self.localities or self.points)


MOST_WORDS = 40  # of a column; one with more unknown words holds something else


@dataclass(frozen=True, slots=True)
class ListRead:
    """What the list holds, as it is read now."""

    mapping: TableMapping
    families: FamiliesRead
    unknown: Unknown


Places = Mapping[str, str]
"""Codes of the fund's places by their folded codes and names."""


def read_list(table: Table, *, localities: Places, points: Places, today: date) -> ListRead:
    """Read the table as it was chosen. Raises RuleBroken for one that can't be read so."""
    how = table.how
    mapping = _with_words(_mapping(table), how, localities=localities, points=points)
    sheets = table.sheets
    if table.is_by_hand:
        sheets = (with_letters(table.sheet, how.header_row),)
    unknown = _unknown(mapping, sheets, localities=localities, points=points)
    chosen = mapping.at(locality=how.locality or None, point=how.point or None)
    return ListRead(chosen, read_families(sheets, chosen, today), unknown)


def _mapping(table: Table) -> TableMapping:
    how = table.how
    if not table.is_by_hand:
        return replace(mapping_named(how.mapping), dates=FORMATS[DateOrder(how.dates)])
    return mapping_of(
        [Column(column) for column in how.columns],
        sheet=how.sheet,
        header_row=how.header_row,
        dates=DateOrder(how.dates),
        everybody=Kinship(how.everybody),
        language=Language(how.language),
        circumstances=[Circumstance(circumstance) for circumstance in how.circumstances],
    )


def _with_words(mapping: TableMapping, how: HowRead, *, localities: Places, points: Places) -> TableMapping:
    """The mapping with the words that were explained, and with the fund's places by name."""
    kinship = mapping.member["kinship"]
    words = {word: kind.value for word, kind in KINSHIP_WORDS.items()}
    member = {**mapping.member, "kinship": replace(kinship, values={**words, **kinship.values, **how.kinships})}
    family = dict(mapping.family)
    for name, known, told in (("locality", localities, how.localities), ("point", points, how.points)):
        if name in family:
            family[name] = replace(family[name], values={**known, **family[name].values, **told})
    happened = {word: Circumstance(code) for word, code in how.happened.items()}
    circumstances = tuple(
        replace(each, words={**each.words, **happened}) if each.separator else each for each in mapping.circumstances
    )
    return replace(mapping, family=family, member=member, circumstances=circumstances)


def _unknown(mapping: TableMapping, sheets: Sequence[Sheet], *, localities: Places, points: Places) -> Unknown:
    families = understood(sheets, mapping.families, mapping)
    members = understood(sheets, mapping.members, mapping) if mapping.members else families
    own = [Line(families, row.number, row.cells) for row in families.rows]
    theirs = [Line(members, row.number, row.cells) for row in members.rows]
    kinship = mapping.member["kinship"]
    known = {*kinship.values, *(kind.value for kind in Kinship)}
    return Unknown(
        kinships=() if kinship.otherwise else _strange(theirs, kinship, known),
        happened=_distinct(_parts(own, mapping.circumstances)),
        localities=_strange(own, mapping.family.get("locality"), {*localities, *_told(mapping, "locality")}),
        points=_strange(own, mapping.family.get("point"), {*points, *_told(mapping, "point")}),
    )


def _told(mapping: TableMapping, name: str) -> Mapping[str, str]:
    return mapping.family[name].values if name in mapping.family else {}


def _strange(lines: Sequence[Line], where: FieldMapping | None, known: set[str]) -> tuple[str, ...]:
    if where is None or not where.columns:
        return ()
    texts = (" ".join(filter(None, (line.cell(column) for column in where.columns))) for line in lines)
    return _distinct(text for text in texts if text and folded(text) not in known)


def _parts(lines: Sequence[Line], rules: Sequence[CircumstanceMapping]) -> Iterator[str]:
    for rule in rules:
        for line in lines if rule.separator else ():
            for column in rule.columns:
                for part in line.cell(column).split(rule.separator):
                    if part.strip() and folded(part) not in rule.words:
                        yield part.strip()


def _distinct(words: Iterator[str] | Sequence[str], most: int = MOST_WORDS) -> tuple[str, ...]:
    """Each word once, in the order of the file; nothing where there are too many to be words for a few things."""
    found: dict[str, str] = {}
    for word in words:
        found.setdefault(folded(word), word[:120])
        if len(found) > most:
            return ()
    return tuple(found.values())
