"""A list of families that is brought: the file, how it is read, what its columns and words are, where it belongs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from flask import request
from flask_wtf.file import FileField
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from aid.domain.families import CIRCUMSTANCE_TITLES, KINSHIP_TITLES
from aid.domain.languages import OWN_NAMES
from aid.domain.layouts import COLUMN_TITLES, DATE_ORDER_TITLES, OF_PEOPLE, SEVERAL, Column
from aid.domain.words import Message, _
from aid.formats import named, say
from aid.forms.base import KomekForm
from aid.forms.families.fields import Choices
from aid.queries.imports import PlaceChoice
from aid.readers.columns import BY_HAND
from aid.readers.encodings import KNOWN
from aid.readers.lists import NOT_CHOSEN, SAME_SHEET, HowRead, Table
from aid.readers.mappings import folded
from aid.readers.tables import SEPARATORS

ENCODING_NAMES: Mapping[str, Message] = {
    "utf-8": _("UTF-8 (usual today)"),
    "utf-16-le": _("UTF-16"),
    "utf-16-be": _("UTF-16, the other way round"),
    "cp1251": _("Windows Cyrillic (1251)"),
    "kz1048": _("Windows Kazakh (KZ-1048)"),
    "koi8_r": _("KOI8-R"),
    "cp866": _("DOS Cyrillic (866)"),
    "mac_cyrillic": _("Mac Cyrillic"),
    "cp1252": _("Windows Western (1252)"),
    "cp1250": _("Windows Central European (1250)"),
    "iso8859_2": _("Latin-2"),
}
SAME_AS = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-8"}
SEPARATOR_NAMES: Mapping[str, Message] = {
    ",": _("Comma ,"),
    ";": _("Semicolon ;"),
    "\t": _("Tab"),
    "|": _("Bar |"),
}
DEEPEST_HEADER = 100


class UploadForm(KomekForm):
    """The file."""

    file = FileField(_("List of families"))

    def validate_file(self, field: FileField) -> None:
        """Refuse to go on without one."""
        if not field.data or not field.data.filename:
            raise ValidationError(_("Choose a CSV or XLSX file."))


class TableForm(KomekForm):
    """How the file is read."""

    encoding = SelectField(_("Encoding"), validate_choice=False)
    separator = SelectField(_("Columns are parted by"), validate_choice=False)
    sheet = SelectField(_("Sheet"), validate_choice=False)
    header_row = IntegerField(
        _("Row with the headings"),
        validators=[InputRequired(_("Write the row’s number.")), NumberRange(0, DEEPEST_HEADER)],
    )
    people = SelectField(_("Sheet with the people"), validate_choice=False)
    people_row = IntegerField(
        _("Row with the headings of that sheet"), validators=[Optional(), NumberRange(0, DEEPEST_HEADER)]
    )
    dates = SelectField(_("Order of dates"))
    mapping = RadioField(_("What kind of list is it?"))

    def __init__(self, table: Table) -> None:
        how, form = table.how, table.form
        encoding = SAME_AS.get(form.encoding or "", form.encoding) if form else ""
        separator = form.separator if form else ""
        shown = {name: getattr(how, name) for name in ("sheet", "header_row", "people", "dates", "mapping")}
        shown["people_row"] = how.people_row if table.people else None
        super().__init__(data={**shown, "encoding": encoding, "separator": separator})
        self.encoding.choices = [(code, say(ENCODING_NAMES[code])) for code in KNOWN]
        self.separator.choices = [(sign, say(SEPARATOR_NAMES[sign])) for sign in SEPARATORS]
        filled = [(sheet.name, sheet.name) for sheet in table.sheets if sheet.rows]
        self.sheet.choices = filled
        self.people.choices = [(SAME_SHEET, say(_("The same sheet"))), *filled]
        self.has_people = table.is_by_hand and len(filled) > 1
        self.shown = how
        self.dates.choices = [(order.value, say(title)) for order, title in DATE_ORDER_TITLES.items()]
        titles = [
            (each.name, named({code.value: title for code, title in each.title.items()})) for each in table.fitting
        ]
        self.mapping.choices = [*titles, (BY_HAND, say(_("Another list: I name its columns")))]
        self.is_text = form is not None

    def chosen(self, how: HowRead) -> HowRead:
        """How it is read with what was chosen here. Another sheet or header row has other columns."""
        read = replace(
            how,
            encoding=self._of_text(self.encoding.data),
            separator=self._of_text(self.separator.data),
            sheet=self.sheet.data or how.sheet,
            people=(self.people.data or how.people) if self.has_people else how.people,
            dates=self.dates.data,
            mapping=self.mapping.data,
        )
        read = replace(read, header_row=self._row("sheet", "header_row", read))
        read = replace(read, people_row=self._row("people", "people_row", read))
        return read if _has_same_columns(read, self.shown) else replace(read, columns=())

    def _row(self, sheet: str, row: str, read: HowRead) -> int:
        """The row that was written; another sheet's is guessed."""
        written = self[row].data
        is_same = getattr(read, sheet) == getattr(self.shown, sheet) and read.mapping == self.shown.mapping
        return written if is_same and written is not None else NOT_CHOSEN

    def _of_text(self, chosen: str | None) -> str:
        return (chosen or "") if self.is_text else ""


def _has_same_columns(one: HowRead, other: HowRead) -> bool:
    parts = ("sheet", "header_row", "people", "people_row", "separator", "mapping")
    return all(getattr(one, part) == getattr(other, part) for part in parts)


class ColumnsForm(KomekForm):
    """What each column is, and what holds for all rows."""

    columns = FieldList(SelectField(_("Column")), label=_("Columns"))
    everybody = SelectField(_("Where no column says who a person is"))
    language = SelectField(_("Language of families that do not say it"))
    circumstances = Choices(_("What happened to all of these families"))

    def __init__(self, table: Table) -> None:
        how = table.how
        super().__init__(
            data={
                "columns": how.columns,
                "everybody": how.everybody,
                "language": how.language,
                "circumstances": how.circumstances,
            }
        )
        choices = [(column.value, say(title)) for column, title in COLUMN_TITLES.items()]
        while len(self.columns.entries) < len(table.headings):
            self.columns.append_entry("")
        for place, entry in enumerate(self.columns.entries):
            entry.choices = choices
            entry.label.text = say(_("Column %(number)s", number=place + 1))
        self.parts = _parts(table)
        self.everybody.choices = [(kind.value, say(title)) for kind, title in KINSHIP_TITLES.items()]
        self.language.choices = [(language.value, name) for language, name in OWN_NAMES.items()]
        self.circumstances.choices = [(each.value, say(title)) for each, title in CIRCUMSTANCE_TITLES.items()]

    def validate_columns(self, field: FieldList) -> None:
        """Refuse a table without names, two columns for one thing, and two sheets that nothing joins."""
        chosen = [Column(each) if each in set(Column) else Column.NOTHING for each in field.data]
        if Column.NAME not in chosen:
            raise ValidationError(_("Say which column holds the names."))
        parts = [chosen[part] for part in self.parts]
        joining = {Column.HOUSEHOLD} if len(parts) > 1 else set()
        for column in Column:
            if column not in SEVERAL | joining and chosen.count(column) > 1:
                raise _both(column)
            if column in joining and any(part.count(column) > 1 for part in parts):
                raise _both(column)
        if len(parts) > 1:
            _check_joined(*parts)

    def chosen(self, how: HowRead) -> HowRead:
        """How it is read with these columns."""
        return replace(
            how,
            columns=tuple(self.columns.data),
            everybody=self.everybody.data,
            language=self.language.data,
            circumstances=tuple(self.circumstances.data or ()),
        )


def _parts(table: Table) -> list[slice]:
    """Which of the columns are of which sheet."""
    widths = [len(view.headings) for view in table.views]
    ends = [sum(widths[: number + 1]) for number in range(len(widths))]
    return [slice(end - width, end) for end, width in zip(ends, widths, strict=True)]


def _both(column: Column) -> ValidationError:
    return ValidationError(_("Two columns can’t both be “%(column)s”: leave one out.", column=COLUMN_TITLES[column]))


def _check_joined(families: Sequence[Column], people: Sequence[Column]) -> None:
    """Refuse two sheets without the number that joins them, and what is said of people beside their families."""
    if Column.HOUSEHOLD not in families or Column.HOUSEHOLD not in people:
        raise ValidationError(_("Say on both sheets which column holds the household number: it joins them."))
    for column in families:
        if column in OF_PEOPLE:
            raise ValidationError(
                _(
                    "“%(column)s” is read from the sheet with the people: choose it there, and leave it out here.",
                    column=COLUMN_TITLES[column],
                )
            )


class WordRow(Form):  # type: ignore[misc]
    """A word of the file, and what it means."""

    word = HiddenField()
    meaning = SelectField(_("Meaning"), validate_choice=False)


class WordsForm(KomekForm):
    """What words of the file mean that nobody knows here: two groups of them."""

    first = FieldList(FormField(WordRow))
    second = FieldList(FormField(WordRow))

    def __init__(
        self,
        first: Iterable[tuple[str, str]],
        second: Iterable[tuple[str, str]],
        meanings: tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]],
    ) -> None:
        super().__init__(data={"first": _rows(first), "second": _rows(second)})
        for group, choices in zip((self.first, self.second), meanings, strict=True):
            self._offer(group, choices)

    @staticmethod
    def _offer(group: FieldList, choices: Sequence[tuple[str, str]]) -> None:
        known = {code for code, _title in choices}
        for entry in group.entries:
            entry.form.meaning.choices = [("", "–"), *choices]
            entry.form.meaning.label.text = entry.form.word.data
            if entry.form.meaning.data not in known:
                entry.form.meaning.data = ""

    @staticmethod
    def told(group: FieldList) -> dict[str, str]:
        """Each word that was explained, folded, with its meaning."""
        rows = (entry.form for entry in group.entries)
        return {folded(row.word.data or "")[:120]: row.meaning.data for row in rows if row.meaning.data}


def _rows(words: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"word": word, "meaning": meaning} for word, meaning in words]


class CheckForm(KomekForm):
    """Where the families belong, and that they agreed."""

    locality = SelectField(_("Locality of these families"))
    point = SelectField(_("Point where they collect"))
    consent = BooleanField(_("Each of these families was told what is kept of it, and agreed"))
    remember = BooleanField(_("Remember this for the next list"))

    def __init__(
        self, how: HowRead, *, localities: Iterable[PlaceChoice], points: Iterable[PlaceChoice], says: tuple[bool, bool]
    ) -> None:
        super().__init__(data={"locality": how.locality, "point": how.point, "remember": True})
        blanks = [say(_("As the list says")) if said else say(_("Choose")) for said in says]
        own = [(each.code, named(dict(each.names))) for each in localities if each.own]
        self.locality.choices = [("", blanks[0]), *own]
        self.point.choices = [("", blanks[1]), *((each.code, named(dict(each.names))) for each in points)]

    @property
    def is_to_begin(self) -> bool:
        """Whether the import is to begin, or the list to be looked at again."""
        return request.form.get("step") == "begin"

    def validate_consent(self, field: BooleanField) -> None:
        """Nobody is registered who was not asked."""
        if self.is_to_begin and not field.data:
            raise ValidationError(_("Ask the families first: without their word nobody is written down."))

    def chosen(self, how: HowRead) -> HowRead:
        """How it is read with these places."""
        return replace(how, locality=self.locality.data, point=self.point.data)


class UndoForm(KomekForm):
    """That whoever undoes an import knows what it means."""

    sure = BooleanField(
        _("I know that these families are erased, and that nobody can bring them back from here"),
        validators=[InputRequired(_("Tick that you know it."))],
    )
