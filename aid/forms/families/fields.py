"""Fields of a family that there are nowhere else: a birth date as people write it, one of many choices."""

import re
import unicodedata
from datetime import date
from functools import cached_property
from typing import Any

from wtforms import DateField, Field, SelectField, SelectMultipleField, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from aid.domain.families import BirthDate
from aid.domain.phones import normal_phone
from aid.domain.words import _

_WHOLE_DATES = (
    re.compile(r"(?P<day>\d{1,2})[ ./-]+(?P<month>\d{1,2})[ ./-]+(?P<year>\d{4})"),
    re.compile(r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})[ ./-]+(?P<month>\d{1,2})[ ./-]+(?P<day>\d{1,2})"),
)


def parse_birth(text: str) -> BirthDate | None:
    """A birth date as people write it: 1.9.2015, 01092015, 2015-09-01, or only 2015. Raises ValueError."""
    typed = unicodedata.normalize("NFKC", text).strip(" .")
    if not typed:
        return None
    if re.fullmatch(r"\d{4}", typed):
        return BirthDate(int(typed))
    for pattern in _WHOLE_DATES:
        if found := pattern.fullmatch(typed):
            return BirthDate(int(found["year"]), int(found["month"]), int(found["day"]))
    raise ValueError(typed)


class BirthField(StringField):  # type: ignore[misc]
    """A birth date, or only its year. What was typed stays, even if it can't be one."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        self.data = None
        try:
            self.data = parse_birth(valuelist[0]) if valuelist else None
        except ValueError:
            raise ValueError(_("Write day, month and year, such as 01.09.2015, or only the year.")) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        exact = self.data.exact if self.data else None
        return f"{exact:%d.%m.%Y}" if exact else str(self.data.year) if self.data else ""


class DayField(DateField):  # type: ignore[misc]
    """A day, as browsers send it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it as it always comes; anything else is looked at as WTForms does."""
        try:
            self.data = date.fromisoformat(valuelist[0])
        except (IndexError, ValueError):
            super().process_formdata(valuelist)


class PhoneField(StringField):  # type: ignore[misc]
    """A phone number as people write it."""

    @cached_property
    def number(self) -> str:
        """The same in its one form; empty where no digit was typed."""
        return normal_phone(self.data or "")


class OneOf(SelectField):  # type: ignore[misc]
    """One choice. What was sent is looked up among the values: nothing is made of each that could have been sent."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what there is not."""
        if not self.process_errors and all(value != self.data for value, _label in self.choices):
            raise ValidationError(self.gettext("Not a valid choice."))


class Choices(SelectMultipleField):  # type: ignore[misc]
    """Any number of choices, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def one_line(field: Field) -> str | None:
    """What was typed on one line, or nothing."""
    return in_one_line(field.data)


def in_one_line(text: str | None) -> str | None:
    """The same of a text."""
    return " ".join((text or "").split()) or None
