"""Fields of a family that there are nowhere else: a birth date as people write it, and one person of it."""

import re
import unicodedata
from typing import Any

from wtforms import Field, Form, SelectField, SelectMultipleField, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from aid.domain.families import KINSHIP_TITLES, LAST_GRADE, BirthDate, Kinship, Member
from aid.domain.words import _

_KINSHIPS = (Kinship.CHILD, Kinship.WORKER, Kinship.PARTNER, Kinship.PARENT, Kinship.OTHER)  # a new row is a child
_GRADES = [("", "–"), ("0", _("Preparatory")), *((str(grade), str(grade)) for grade in range(1, LAST_GRADE + 1))]
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
    return " ".join((field.data or "").split()) or None


class MemberForm(Form):  # type: ignore[misc]
    """One person of the family."""

    name = StringField(_("Name"))
    kinship = OneOf(
        _("Kinship"),
        choices=[(kinship.value, KINSHIP_TITLES[kinship]) for kinship in _KINSHIPS],
        default=Kinship.CHILD.value,
    )
    born = BirthField(_("Born"))
    grade = OneOf(_("Grade"), choices=_GRADES, default="")
    school = StringField(_("School"))
    clothes_size = StringField(_("Clothes size"))
    shoe_size = StringField(_("Shoe size"))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed: a row that was offered and not needed."""
        return not any(field.data for field in self if field.short_name != "kinship")

    @property
    def shows_more(self) -> bool:
        """Whether school and sizes stand open."""
        more = (self.grade, self.school, self.clothes_size, self.shoe_size)
        return self.kinship.data == Kinship.CHILD or any(field.data or field.errors for field in more)

    def member(self) -> Member:
        """The person as a value."""
        return Member(
            name=one_line(self.name),
            born=self.born.data,
            kinship=Kinship(self.kinship.data),
            grade=int(self.grade.data) if self.grade.data else None,
            school=one_line(self.school),
            clothes_size=one_line(self.clothes_size),
            shoe_size=one_line(self.shoe_size),
        )


def typed_member(member: Member) -> dict[str, Any]:
    """A person as the form shows them."""
    return {
        "name": member.name,
        "kinship": member.kinship.value,
        "born": member.born,
        "grade": "" if member.grade is None else str(member.grade),
        "school": member.school,
        "clothes_size": member.clothes_size,
        "shoe_size": member.shoe_size,
    }
