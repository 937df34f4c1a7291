"""The people of a family, a row each."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, StringField
from wtforms.utils import unset_value

from aid.domain.families import KINSHIP_TITLES, LAST_GRADE, Kinship, Member
from aid.domain.words import _
from aid.forms.families.fields import BirthField, OneOf, in_one_line, parse_birth

_KINSHIPS = (Kinship.CHILD, Kinship.WORKER, Kinship.PARTNER, Kinship.PARENT, Kinship.OTHER)  # a new row is a child
_GRADES = [("", "–"), ("0", _("Preparatory")), *((str(grade), str(grade)) for grade in range(1, LAST_GRADE + 1))]


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
        return not _is_filled(self.data)

    @property
    def shows_more(self) -> bool:
        """Whether school and sizes stand open."""
        more = (self.grade, self.school, self.clothes_size, self.shoe_size)
        return self.kinship.data == Kinship.CHILD or any(field.data or field.errors for field in more)

    def member(self) -> Member:
        """The person as a value."""
        return _member(self.data)


class MemberRows(FieldList):  # type: ignore[misc]
    """All people of a family. What was sent is read as it stands, and where nothing is wrong with it, that is all:
    the seven fields of each row are made when somebody looks at them, to show it or to say what is wrong.
    """

    def __init__(self, label: Any = None, **given: Any) -> None:
        super().__init__(FormField(MemberForm), label, **given)

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Take what was sent, or what is to be shown."""
        self._given = formdata, data, extra_filters
        self._rows: list[Any] | None = None
        self._read = _read(self.name, formdata) if formdata else None

    @property
    def entries(self) -> list[Any]:
        """The rows with their fields."""
        if self._rows is None:
            super().process(*self._given)
        return self._rows  # type: ignore[return-value]  # the list has set it

    @entries.setter
    def entries(self, rows: list[Any]) -> None:
        self._rows = rows

    def append_entry(self, data: Any = unset_value) -> Any:
        """One more row, after all that there are."""
        assert self.entries is not None
        return super().append_entry(data)

    @property
    def filled(self) -> list[Any]:
        """Those of the rows in which something stands."""
        return [row for row in self.entries if not row.form.is_empty]

    @property
    def people(self) -> tuple[Member, ...]:
        """Who was typed."""
        return tuple(row.form.member() for row in self.filled) if self._read is None else self._read

    def post_process(self, formdata: Any = None) -> None:
        """Nothing is left to do for rows that were not made."""
        if self._rows is not None:
            super().post_process(formdata)

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Whether all could be read; each field says what is wrong with it."""
        if self._read is not None:
            self.errors: list[Any] = []
            return True
        return bool(super().validate(form, extra_validators))


_CELL = re.compile(r"-(\d+)-(\w+)", re.ASCII)
_EMPTY = {
    "name": "",
    "kinship": Kinship.CHILD.value,
    "born": "",
    "grade": "",
    "school": "",
    "clothes_size": "",
    "shoe_size": "",
}
"""A row as it is offered."""

_KINSHIP_VALUES = frozenset(kinship.value for kinship in _KINSHIPS)
_GRADE_VALUES = frozenset(value for value, _title in _GRADES)


def _read(name: str, sent: "MultiDict[str, str]") -> tuple[Member, ...] | None:
    """Who was sent, row by row; None where a field has to say what is wrong."""
    rows: dict[int, dict[str, Any]] = defaultdict(dict)
    for key, text in sent.items():
        if key.startswith(name) and (cell := _CELL.fullmatch(key, len(name))):
            rows[int(cell[1])][cell[2]] = text
    try:
        read = [_typed(rows[place]) for place in sorted(rows)]
    except ValueError:
        return None
    return tuple(_member(cells) for cells in read if _is_filled(cells))


def _typed(sent: Mapping[str, str]) -> dict[str, Any]:
    """One row's cells. Raises ValueError for what a field would refuse."""
    cells = {**_EMPTY, **sent}
    if cells["kinship"] not in _KINSHIP_VALUES or cells["grade"] not in _GRADE_VALUES:
        raise ValueError(cells)
    return cells | {"born": parse_birth(cells["born"])}


def _is_filled(cells: Mapping[str, Any]) -> bool:
    return any(cells[name] for name in _EMPTY if name != "kinship")


def _member(cells: Mapping[str, Any]) -> Member:
    return Member(
        name=in_one_line(cells["name"]),
        born=cells["born"],
        kinship=Kinship(cells["kinship"]),
        grade=int(cells["grade"]) if cells["grade"] else None,
        school=in_one_line(cells["school"]),
        clothes_size=in_one_line(cells["clothes_size"]),
        shoe_size=in_one_line(cells["shoe_size"]),
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
