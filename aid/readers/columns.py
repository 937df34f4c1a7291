"""A table whose columns somebody named one by one: the mapping that follows from it.

A household's number joins its rows, and is no id: the next list counts from 1 again.

Columns go by their letters, as spreadsheets show them, since headings may be missing or stand twice. Those of a second
sheet, where the people stand, have a mark before them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from aid.domain.families import Circumstance, Kinship
from aid.domain.languages import Language
from aid.domain.layouts import NO_WORDS, YES_OR_NO, YES_WORDS, Column, DateOrder
from aid.readers.mappings import (
    IMPORT_DAY,
    CircumstanceMapping,
    CountedMapping,
    FieldMapping,
    SheetMapping,
    TableMapping,
    mapping_named,
)
from aid.readers.sheets import Row, Sheet
from aid.readers.tables import column_letters

BY_HAND = "by hand"
SEEN = 10  # rows that are shown
LOOKED_AT = 200  # rows that a guess, and a table's width, rest on
PEOPLE_MARK = "2."  # before the letters of the sheet with the people

FORMATS: Mapping[DateOrder, tuple[str, ...]] = MappingProxyType(
    {
        DateOrder.DAY_FIRST: ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d %m %Y"),
        DateOrder.MONTH_FIRST: ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m %d %Y"),
        DateOrder.YEAR_FIRST: ("%Y.%m.%d", "%Y/%m/%d", "%Y %m %d"),
    }
)
"""How each order is written; 2015-12-31 is read in all of them."""

_DATE = re.compile(r"(\d{1,4})[./ -](\d{1,2})[./ -](\d{1,4})")

KINSHIP_WORDS: Mapping[str, Kinship] = MappingProxyType(
    {
        word: kinship
        for kinship, words in {
            Kinship.WORKER: "worker|head|head of household|self|глава|глава семьи|работник|рабочий|заявитель|өзі|"
            "отбасы басы|жұмысшы|қызметкер|отағасы",
            Kinship.PARTNER: "partner|wife|husband|spouse|жена|муж|супруг|супруга|әйелі|күйеуі|жұбайы|зайыбы",
            Kinship.CHILD: "child|son|daughter|сын|дочь|ребёнок|ребенок|баласы|бала|ұлы|қызы|ұл|қыз",
            Kinship.PARENT: "parent|mother|father|мать|отец|мама|папа|родитель|анасы|әкесі|ата-ана|шешесі",
            Kinship.OTHER: "other|grandmother|grandfather|brother|sister|бабушка|дедушка|брат|сестра|другое|внук|"
            "внучка|әжесі|атасы|ағасы|інісі|әпкесі|қарындасы|сіңлісі|немересі|басқа",
        }.items()
        for word in words.split("|")
    }
)
"""Who people say somebody is, in the languages of our lists."""


@dataclass(frozen=True, slots=True)
class View:
    """A sheet as its columns are named: from which row on, and by which letters."""

    sheet: Sheet
    header_row: int  # 0 where there is none
    mark: str = ""  # before each letter

    @property
    def headings(self) -> tuple[str, ...]:
        """What stands in the header row, in the width of the sheet's first rows."""
        header = next((row.cells for row in self.sheet.rows if row.number == self.header_row), ())
        widest = max((len(row.cells) for row in self.sheet.rows[:LOOKED_AT]), default=0)
        return (*header, *[""] * (widest - len(header)))

    @property
    def letters(self) -> tuple[str, ...]:
        """Each column's letters, marked."""
        return tuple(self.mark + column_letters(place) for place in range(len(self.headings)))

    @property
    def first_rows(self) -> tuple[Row, ...]:
        """The first rows under the header, as they stand."""
        return tuple(islice((row for row in self.sheet.rows if row.number > self.header_row), SEEN))

    def lettered(self) -> Sheet:
        """The sheet with its columns headed by their letters; what stands above the header is left out."""
        body = (row for row in self.sheet.rows if row.number > self.header_row)
        return Sheet(self.sheet.name, (Row(self.header_row, self.letters), *body))


def guessed_order(cells: Sequence[str]) -> DateOrder:
    """The order of day, month and year that fits these cells: those that are no dates say nothing."""
    dates = [tuple(map(int, found.groups())) for cell in cells if (found := _DATE.fullmatch(cell))]
    if any(first > 31 for first, _second, _third in dates):
        return DateOrder.YEAR_FIRST
    if any(second > 12 for _first, second, _third in dates) and not any(first > 12 for first, *_rest in dates):
        return DateOrder.MONTH_FIRST
    return DateOrder.DAY_FIRST


def mapping_of(
    columns: Sequence[Column],
    *,
    views: Sequence[View],
    dates: DateOrder,
    everybody: Kinship,
    language: Language,
    circumstances: Sequence[Circumstance],
) -> TableMapping:
    """How such a table becomes families. `everybody` is who a person is where no column says it.

    `columns` are those of one sheet, or of the families' sheet and then of their people's.
    """
    letters = [letter for view in views for letter in view.letters]
    named = list(zip(letters, columns, strict=True))
    places = {column: [letter for letter, each in named if each is column] for column in Column}
    families, *people = (_sheet_of(view, places[Column.HOUSEHOLD]) for view in views)
    return TableMapping(
        name=BY_HAND,
        title={},
        families=families,
        members=people[0] if people else None,
        family=_family(places, language),
        member=_member(places, everybody),
        counted=tuple(
            CountedMapping(letter, kinship)
            for column, kinship in ((Column.CHILDREN, Kinship.CHILD), (Column.OTHERS, Kinship.OTHER))
            for letter in places[column]
        ),
        circumstances=_circumstances(places, circumstances),
        collector_columns=tuple(places[Column.COLLECTOR]),
        dates=FORMATS[dates],
    )


def _sheet_of(view: View, households: Sequence[str]) -> SheetMapping:
    own = {*view.letters}
    household = next((letter for letter in households if letter in own), None)
    return SheetMapping(sheet=view.sheet.name or None, header_row=view.header_row, household=household)


def _family(places: Mapping[Column, list[str]], language: Language) -> dict[str, FieldMapping]:
    fields = {
        name: FieldMapping(columns=tuple(places[column]))
        for name, column in (
            ("locality", Column.LOCALITY),
            ("point", Column.POINT),
            ("phone", Column.PHONE),
            ("address", Column.ADDRESS),
            ("workplace", Column.WORKPLACE),
            ("dismissed_on", Column.DISMISSED_ON),
            ("wages_stopped_on", Column.WAGES_STOPPED_ON),
        )
        if places[column]
    }
    ours = mapping_named("komek").family["language"].values
    return fields | {
        "language": FieldMapping(columns=tuple(places[Column.LANGUAGE]), values=ours, default=language.value),
        "check_word": FieldMapping(columns=tuple(places[Column.CHECK_WORD]), generate=True),
        "consent_on": FieldMapping(columns=tuple(places[Column.CONSENT_ON]), default=IMPORT_DAY),
        "consent_wording": FieldMapping(constant="1"),
    }


def _member(places: Mapping[Column, list[str]], everybody: Kinship) -> dict[str, FieldMapping]:
    fields = {
        column.value: FieldMapping(columns=tuple(places[column]))
        for column in (
            Column.NAME,
            Column.BORN,
            Column.GRADE,
            Column.SCHOOL,
            Column.CLOTHES_SIZE,
            Column.SHOE_SIZE,
        )
        if places[column]
    }
    said = tuple(places[Column.KINSHIP])
    kinship = FieldMapping(columns=said) if said else FieldMapping(constant=everybody.value)
    return {"name": FieldMapping()} | fields | {"kinship": kinship}


def _circumstances(
    places: Mapping[Column, list[str]], everywhere: Sequence[Circumstance]
) -> tuple[CircumstanceMapping, ...]:
    told = tuple(CircumstanceMapping(is_=circumstance) for circumstance in everywhere)
    told += tuple(
        CircumstanceMapping(columns=tuple(places[column]), is_=circumstance, values=YES_WORDS, nothing=NO_WORDS)
        for column, circumstance in YES_OR_NO.items()
        if places[column]
    )
    columns = tuple(places[Column.CIRCUMSTANCES])
    if not columns:
        return told
    ours = mapping_named("komek").circumstances[0]
    return (*told, CircumstanceMapping(columns=columns, separator=",", words=ours.words))
