"""Families out of a table's sheets, by a mapping; every row that can't be read, with its number, column and why."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from aid.domain.check_words import new_check_word
from aid.domain.families import (
    MOST_MEMBERS,
    Circumstance,
    Consent,
    Family,
    Kinship,
    Member,
    check_family,
)
from aid.domain.languages import Language
from aid.domain.phones import normal_phone
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.readers.cells import (
    BadRow,
    Line,
    Unreadable,
    born_of,
    day_of,
    field_text,
    grade_of,
    joined,
    number_of,
    unreadable_cell,
    word_of,
)
from aid.readers.circumstances import told_by
from aid.readers.households import Household, check_columns, collectors_named, households_of, understood
from aid.readers.mappings import IMPORT_DAY, CountedMapping, FieldMapping, TableMapping, folded
from aid.readers.sheets import Sheet

MEMBER_FIELD = re.compile(r"members-(\d+)(?:-(\w+))?")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """A family that was read; `number` is its first row's. No locality or point: whoever imports says which."""

    number: int
    external_id: str | None
    locality: str | None
    point: str | None
    family: Family
    lines: tuple[Line, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class FamiliesRead:
    """What a table held. `left_out` counts the families that bad rows kept out; a row may belong to none.

    `left` are those families' lines, good ones too.
    """

    good: tuple[FamilyRow, ...]
    bad: tuple[BadRow, ...]
    left_out: int
    left: tuple[Line, ...] = field(default=(), repr=False, compare=False)


def read_families(sheets: Sequence[Sheet], mapping: TableMapping, today: date) -> FamiliesRead:
    """Read every family that is whole; name every row that keeps one out. A table of another shape is refused."""
    families = understood(sheets, mapping.families, mapping)
    members = understood(sheets, mapping.members, mapping) if mapping.members else families
    check_columns(mapping, families, members)

    bad: list[BadRow] = []
    households = households_of(mapping, families, members, bad)
    collectors = collectors_named(mapping, members)
    good: list[FamilyRow] = []
    left_out = 0
    left: list[Line] = []
    for household in households:
        reading = _Reading(mapping, household, today, bad, collectors.get(household.key, ()))
        if family := reading.family_row():
            good.append(family)
        else:
            left_out += 1
            left += household.lines
    in_order = sorted(bad, key=lambda row: (row.sheet, row.number))
    return FamiliesRead(tuple(good), tuple(in_order), left_out, tuple(left))


class _Reading:
    """Reads one household, and puts what it can't read among the bad rows."""

    def __init__(
        self,
        mapping: TableMapping,
        household: Household,
        today: date,
        bad: list[BadRow],
        named_collectors: tuple[str, ...],
    ) -> None:
        self.mapping, self.household, self.today = mapping, household, today
        self.bad, self.named_collectors = bad, named_collectors
        self.failed = False

    def family_row(self) -> FamilyRow | None:
        """The family, or nothing where any of its rows is bad."""
        members = tuple(member for line in self.household.members if (member := self._try(self._member, line)))
        counted = self._try(self._counted, self.household.own[0]) or ()
        family = self._try(self._family, members + counted)
        place = self._try(self._places)
        if self.failed or family is None or place is None:
            return None
        try:
            check_family(family, self.today)
        except RuleBroken as broken:
            self.bad.append(self._blamed(broken))
            return None
        return FamilyRow(self.household.own[0].number, *place, family, self.household.lines)

    def _try(self, read: Callable[..., T], *what: object) -> T | None:
        try:
            return read(*what)
        except Unreadable as trouble:
            self.bad.append(trouble.row)
            self.failed = True
            return None

    def _blamed(self, broken: RuleBroken) -> BadRow:
        """The row and column of the field that a rule refuses."""
        line, fields, name = self.household.own[0], self.mapping.family, broken.field or ""
        if found := MEMBER_FIELD.fullmatch(name):
            place = int(found[1])
            line = self.household.members[place] if place < len(self.household.members) else line
            fields, name = self.mapping.member, found[2] or ""
        columns = fields[name].columns if name in fields else ()
        return BadRow(line.table.name, line.number, columns[0] if columns else None, broken.message)

    def _places(self) -> tuple[str | None, str | None, str | None]:
        return self._text("external_id"), self._text("locality"), self._text("point")

    def _family(self, members: tuple[Member, ...]) -> Family:
        self._check_consent()
        consent_on = self._day("consent_on") or self.today
        return Family(
            members=members,
            phone=self._phone(),
            address=self._text("address"),
            circumstances=frozenset(self._circumstances()),
            workplace=self._text("workplace"),
            dismissed_on=self._day("dismissed_on"),
            wages_stopped_on=self._day("wages_stopped_on"),
            language=self._language(),
            collectors=self._collectors(members),
            check_word=self._text("check_word") or self._generated_check_word(),
            consent=Consent(consent_on, self._wording()),
        )

    # -- family fields

    def _found(self, name: str) -> tuple[Line, str]:
        """The line that fills a family field and its text; two lines of the family that differ are refused."""
        first = self.household.own[0]
        field = self.mapping.family.get(name, FieldMapping(constant=""))
        if field.constant is not None:
            return first, field.constant
        filled = [(line, text) for line in self.household.lines if (text := field_text(line, field))]
        if not filled:
            return first, field.default or ""
        line, text = filled[0]
        for other, differing in filled[1:]:
            if differing != text and other.table is first.table:
                reason = _("This differs from row %(row)s of the same household: make them equal.", row=line.number)
                raise Unreadable(other, field.columns[0], reason)
        return line, text

    def _text(self, name: str) -> str | None:
        return self._found(name)[1] or None

    def _day(self, name: str) -> date | None:
        line, text = self._found(name)
        if text == IMPORT_DAY:
            return self.today
        return day_of(line, self._column(name), text, self.mapping.dates) if text else None

    def _language(self) -> Language:
        line, text = self._found("language")
        return word_of(line, self._column("language"), text or Language.KK.value, Language)

    def _phone(self) -> str | None:
        line, text = self._found("phone")
        phone = normal_phone(text)
        if text and not phone:
            raise unreadable_cell(line, self._column("phone"), text, _("a phone number, or nothing"))
        return phone or None

    def _wording(self) -> int:
        line, text = self._found("consent_wording")
        return number_of(line, self._column("consent_wording"), text or "1")

    def _check_consent(self) -> None:
        if "consented" not in self.mapping.family:
            return
        line, text = self._found("consented")
        if text != "yes":
            reason = _("This row does not say that the family agreed to be registered: ask it first.")
            raise Unreadable(line, self._column("consented"), reason)

    def _generated_check_word(self) -> str:
        field = self.mapping.family.get("check_word")
        return new_check_word() if field and field.generate else ""

    def _column(self, name: str) -> str | None:
        field = self.mapping.family.get(name)
        return field.columns[0] if field and field.columns else None

    # -- members

    def _member(self, line: Line) -> Member:
        fields = self.mapping.member

        def text(name: str) -> str:
            field = fields.get(name, FieldMapping())
            return field.constant or field_text(line, field) or field.default or ""

        def column(name: str) -> str | None:
            return next(iter(fields.get(name, FieldMapping()).columns), None)

        if not text("kinship"):
            raise Unreadable(line, column("kinship"), _("This row does not say who the person is in the family."))
        return Member(
            name=text("name") or None,
            born=born_of(line, column("born"), text("born"), self.mapping.dates),
            kinship=word_of(line, column("kinship"), text("kinship"), Kinship),
            grade=grade_of(line, column("grade"), text("grade")),
            school=text("school") or None,
            clothes_size=text("clothes_size") or None,
            shoe_size=text("shoe_size") or None,
        )

    def _counted(self, line: Line) -> tuple[Member, ...]:
        """Members of whom only the number is known, without the one who is named."""
        return tuple(
            Member(None, None, counted.kinship)
            for counted in self.mapping.counted
            for _nth in range(self._how_many(line, counted))
        )

    def _how_many(self, line: Line, counted: CountedMapping) -> int:
        number = min(number_of(line, counted.column, line.cell(counted.column) or "0"), MOST_MEMBERS + 1)
        named = counted.named_column and folded(line.cell(counted.named_column)) == counted.named_value
        return max(number - bool(named), 0)

    def _collectors(self, members: tuple[Member, ...]) -> tuple[str, ...]:
        """Those the table names; else the first grown-up with a name."""
        named = self.named_collectors or self._collectors_in_order()
        if named:
            return named
        people = [member for member in members if member.name]
        people.sort(key=lambda member: member.is_child(self.today))
        return tuple(member.name for member in people[:1] if member.name)

    def _collectors_in_order(self) -> tuple[str, ...]:
        if self.mapping.collectors_hold_household:
            return ()
        name = self.mapping.member["name"].columns
        found = [
            (number_of(line, column, text), joined(line, name))
            for column in self.mapping.collector_columns
            for line in self.household.members
            if (text := line.cell(column))
        ]
        return tuple(person for _order, person in sorted(found) if person)

    def _circumstances(self) -> Iterator[Circumstance]:
        for rule in self.mapping.circumstances:
            if rule.is_ and not rule.columns:
                yield rule.is_
            for line in self.household.lines:
                for column in rule.columns:
                    yield from told_by(rule, line, column)
