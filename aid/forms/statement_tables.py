"""How a bank's table is read: what each column is, and what no column says."""

from collections.abc import Iterable
from dataclasses import replace

from wtforms import BooleanField, FieldList, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from aid.domain.bank_tables import BANK_COLUMN_TITLES, SEVERAL, BankColumn, StatementMapping
from aid.domain.layouts import DATE_ORDER_TITLES, DateOrder
from aid.domain.words import Message, _
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.imports import DEEPEST_HEADER, ENCODING_NAMES, SAME_AS, SEPARATOR_NAMES
from aid.readers.encodings import KNOWN
from aid.readers.statements.views import HowTold, TableSeen
from aid.readers.tables import SEPARATORS

POINT_NAMES: dict[str, Message] = {".": _("Point: 1234.50"), ",": _("Comma: 1234,50")}


class TableForm(KomekForm):
    """What each column of a table is, and how its cells are written."""

    columns = FieldList(SelectField(_("Column")), label=_("Columns"))
    encoding = SelectField(_("Encoding"), validate_choice=False)
    separator = SelectField(_("Columns are parted by"), validate_choice=False)
    sheet = SelectField(_("Sheet"), validate_choice=False)
    header_row = IntegerField(
        _("Row with the headings"),
        validators=[InputRequired(_("Write the row’s number.")), NumberRange(0, DEEPEST_HEADER)],
    )
    dates = SelectField(_("Order of dates"))
    point = SelectField(_("Decimal sign"))
    currency = SelectField(_("Currency, where no column says it"))
    is_turned = BooleanField(_("What went out is written without a minus, as on a card’s bill"))

    def __init__(self, seen: TableSeen, *, currencies: Iterable[str]) -> None:
        mapping, form = seen.mapping, seen.form
        shown = {name: getattr(mapping, name) for name in ("header_row", "dates", "point", "currency", "is_turned")}
        shown["encoding"] = SAME_AS.get(form.encoding or "", form.encoding) if form else ""
        shown["separator"] = form.separator if form else ""
        shown["sheet"] = mapping.sheet
        super().__init__(data={**shown, "columns": [column.value for column in mapping.columns]})
        self.shown = mapping
        self.is_text, self.has_sheets = form is not None, len(seen.sheets) > 1
        self.encoding.choices = [(code, say(ENCODING_NAMES[code])) for code in KNOWN]
        self.separator.choices = [(sign, say(SEPARATOR_NAMES[sign])) for sign in SEPARATORS]
        self.sheet.choices = [(name, name) for name in seen.sheets]
        self.dates.choices = [(order.value, say(title)) for order, title in DATE_ORDER_TITLES.items()]
        self.point.choices = [(sign, say(title)) for sign, title in POINT_NAMES.items()]
        own = dict.fromkeys([mapping.currency, *currencies])
        self.currency.choices = [("", "–"), *((code, code) for code in own if code)]
        self._offer(len(mapping.columns))

    def _offer(self, width: int) -> None:
        choices = [(column.value, say(title)) for column, title in BANK_COLUMN_TITLES.items()]
        while len(self.columns.entries) < width:
            self.columns.append_entry("")
        for place, entry in enumerate(self.columns.entries):
            entry.choices = choices
            entry.label.text = say(_("Column %(number)s", number=place + 1))

    def validate_columns(self, field: FieldList) -> None:
        """Refuse two columns for one thing."""
        chosen = [BankColumn(each) if each in set(BankColumn) else BankColumn.NOTHING for each in field.data]
        for column in BankColumn:
            if column not in SEVERAL and chosen.count(column) > 1:
                title = BANK_COLUMN_TITLES[column]
                raise ValidationError(_("Two columns can’t both be “%(column)s”: leave one out.", column=title))

    @property
    def told(self) -> HowTold:
        """What was said of the table's form."""
        text = (self.encoding.data or "", self.separator.data or "") if self.is_text else ("", "")
        return HowTold(*text, self.sheet.data or self.shown.sheet, self.header_row.data)

    def is_cut_anew(self, seen: TableSeen) -> bool:
        """Whether the table has other columns now: another sheet, row of headings or separator was chosen."""
        told, form = self.told, seen.form
        parted = form is not None and told.separator != form.separator
        return parted or (told.sheet, told.header_row) != (seen.mapping.sheet, seen.mapping.header_row)

    def chosen(self) -> StatementMapping:
        """How it is read with what was chosen here."""
        told = self.told
        return replace(
            self.shown,
            columns=tuple(BankColumn(each) for each in self.columns.data),
            header_row=told.header_row or 0,
            dates=DateOrder(self.dates.data),
            point=self.point.data,
            currency=self.currency.data or "",
            is_turned=bool(self.is_turned.data),
            encoding=told.encoding,
            separator=told.separator,
            sheet=told.sheet,
        )
