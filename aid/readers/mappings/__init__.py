"""How a table's columns become families: TOML files that name columns and say how each is read.

komek.toml beside this file is our own table and shows most of what there is. A field is a column's name, or a table
of `column` or `columns` (joined by a space), `constant`, `values` (words of the file and what they mean), `otherwise`
(for words that are not among them), `default` (for an empty cell) and `generate` (check words only). The constant
"import day" is the day of reading.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from aid.domain.families import Circumstance, Kinship
from aid.domain.languages import Language
from aid.domain.refusals import RuleBroken
from aid.domain.words import _

IMPORT_DAY = "import day"

FAMILY_FIELDS = frozenset(
    "external_id locality point language phone address workplace dismissed_on wages_stopped_on "
    "check_word consented consent_on consent_wording".split()
)
MEMBER_FIELDS = frozenset("name born kinship grade school clothes_size shoe_size".split())


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """How one field is read."""

    columns: tuple[str, ...] = ()
    constant: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)  # by the folded word of the file
    default: str | None = None  # for an empty cell
    otherwise: str | None = None  # for a word that `values` lacks
    generate: bool = False


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """Where rows stand: the sheet (none: the first), its header, and the column that names a row's household."""

    sheet: str | None = None
    header_row: int = 1
    skip_rows_after_header: int = 0
    household: str | None = None  # none: every row is a family


@dataclass(frozen=True, slots=True)
class CountedMapping:
    """A column that counts members without names; `named` says in which rows the named member is among them."""

    column: str
    kinship: Kinship
    named_column: str | None = None
    named_value: str = ""


@dataclass(frozen=True, slots=True)
class CircumstanceMapping:
    """When a family has a circumstance: a cell is one of `values`, or a number above `more_than`, or lists `words`.

    Without columns it holds for every row.
    """

    columns: tuple[str, ...] = ()
    is_: Circumstance | None = None
    values: frozenset[str] = frozenset()
    more_than: int | None = None
    nothing: frozenset[str] = frozenset()  # cells that say no; where there are such, every other one has to say yes
    separator: str | None = None
    words: Mapping[str, Circumstance | None] = field(default_factory=dict)  # nothing: the word tells of no need


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How one kind of table becomes families."""

    name: str
    title: Mapping[Language, str]
    families: SheetMapping
    members: SheetMapping | None  # none: the families' own rows
    family: Mapping[str, FieldMapping]
    member: Mapping[str, FieldMapping]
    counted: tuple[CountedMapping, ...] = ()
    circumstances: tuple[CircumstanceMapping, ...] = ()
    collector_columns: tuple[str, ...] = ()
    collectors_hold_household: bool = False
    dates: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)

    def at(self, *, locality: str | None = None, point: str | None = None) -> "TableMapping":
        """The same, with every family in this locality and at this point, whatever its row says."""
        places = {"locality": locality, "point": point}
        told = {name: FieldMapping(constant=place) for name, place in places.items() if place}
        return replace(self, family=MappingProxyType({**self.family, **told}))


def folded(word: str) -> str:
    """A word of a file, for comparing: no case, no outer or doubled space."""
    return " ".join(word.casefold().split())


def known_mappings() -> tuple[TableMapping, ...]:
    """Those that ship with Komek, our own first."""
    return tuple(mapping_named(name) for name in sorted(_names(), key=lambda name: (name != "komek", name)))


def mapping_named(name: str) -> TableMapping:
    """One that ships with Komek. Raises RuleBroken."""
    file = files(__name__) / f"{name}.toml"
    if not name.isidentifier() or not file.is_file():
        known = ", ".join(_names())
        raise RuleBroken(
            _("There is no mapping “%(name)s”. There are: %(known)s.", name=name[:60], known=known), "mapping"
        )
    return read_mapping(name, file.read_text("utf-8"))


def _names() -> list[str]:
    return sorted(file.name.removesuffix(".toml") for file in files(__name__).iterdir() if file.name.endswith(".toml"))


def read_mapping(name: str, text: str) -> TableMapping:
    """A mapping from its TOML text. Raises RuleBroken."""
    try:
        written = tomllib.loads(text)
        return _mapping(name, _Table(written))
    except (tomllib.TOMLDecodeError, _Unclear, ValueError) as trouble:
        raise RuleBroken(
            _("Mapping “%(name)s” can't be understood: %(reason)s", name=name, reason=str(trouble)[:200]), "mapping"
        )


class _Unclear(Exception):
    """A setting is missing, unknown or of the wrong kind."""


class _Table:
    """A TOML table of which every setting is taken once, so that a misspelt one is noticed."""

    def __init__(self, written: Any, where: str = "") -> None:
        if not isinstance(written, dict):
            raise _Unclear(f"{where} is to be a table")
        self.left, self.where = dict(written), where

    def take(self, name: str, kind: type, default: Any = None) -> Any:
        value = self.left.pop(name, default)
        if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            raise _Unclear(f"{self.where}{name} is to be {kind.__name__}")
        return value

    def table(self, name: str) -> "_Table":
        return _Table(self.left.pop(name, {}), f"{self.where}{name}.")

    def tables(self, name: str) -> list["_Table"]:
        return [_Table(one, f"{name}.") for one in self.take(name, list, [])]

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(str(text) for text in self.take(name, list, []))

    def done(self) -> None:
        if self.left:
            raise _Unclear(f"unknown setting {self.where}{min(self.left)}")


def _mapping(name: str, written: _Table) -> TableMapping:
    collectors = written.table("collectors")
    mapping = TableMapping(
        name=name,
        title={Language(code): str(title) for code, title in written.take("title", dict, {}).items()},
        families=_sheet(written.table("families")),
        members=_sheet(written.table("members")) if "members" in written.left else None,
        family=_fields(written.table("family"), FAMILY_FIELDS),
        member=_fields(written.table("member"), MEMBER_FIELDS),
        counted=tuple(_counted(one) for one in written.tables("counted")),
        circumstances=tuple(_circumstance(one) for one in written.tables("circumstance")),
        collector_columns=collectors.texts("columns"),
        collectors_hold_household=collectors.take("holds", str, "order") == "household",
        dates=written.texts("dates"),
        optional=frozenset(folded(column) for column in written.texts("optional")),
        aliases={folded(alias): str(column) for alias, column in written.take("aliases", dict, {}).items()},
    )
    collectors.done()
    written.done()
    if mapping.members and not (mapping.members.household and mapping.families.household):
        raise _Unclear("two sheets are joined by a household column in both")
    if "name" not in mapping.member or "kinship" not in mapping.member:
        raise _Unclear("member.name and member.kinship are needed")
    return mapping


def _sheet(written: _Table) -> SheetMapping:
    sheet = SheetMapping(
        sheet=written.take("sheet", str),
        header_row=written.take("header_row", int, 1),
        skip_rows_after_header=written.take("skip_rows_after_header", int, 0),
        household=written.take("household", str),
    )
    written.done()
    return sheet


def _fields(written: _Table, known: frozenset[str]) -> Mapping[str, FieldMapping]:
    if unknown := written.left.keys() - known:
        raise _Unclear(f"unknown field {written.where}{min(unknown)}")
    return {name: _field(spec, f"{written.where}{name}.") for name, spec in written.left.items()}


def _field(spec: Any, where: str) -> FieldMapping:
    if isinstance(spec, str):
        return FieldMapping(columns=(spec,))
    written = _Table(spec, where)
    column = written.take("column", str)
    read = FieldMapping(
        columns=((column,) if column else ()) + written.texts("columns"),
        constant=written.take("constant", str),
        values={folded(word): str(value) for word, value in written.take("values", dict, {}).items()},
        default=written.take("default", str),
        otherwise=written.take("otherwise", str),
        generate=written.take("generate", bool, False),
    )
    written.done()
    if not read.columns and read.constant is None and not read.generate:
        raise _Unclear(f"{where}column or {where}constant is needed")
    return read


def _counted(written: _Table) -> CountedMapping:
    named = written.table("named")
    counted = CountedMapping(
        column=written.take("column", str, ""),
        kinship=Kinship(written.take("kinship", str, "other")),
        named_column=named.take("column", str),
        named_value=folded(named.take("value", str, "")),
    )
    named.done()
    written.done()
    return counted


def _circumstance(written: _Table) -> CircumstanceMapping:
    is_ = written.take("is", str)
    circumstance = CircumstanceMapping(
        columns=written.texts("columns"),
        is_=Circumstance(is_) if is_ else None,
        values=frozenset(folded(value) for value in written.texts("values")),
        more_than=written.take("more_than", int),
        separator=written.take("separator", str),
        words={
            **{circumstance.value: circumstance for circumstance in Circumstance},
            **{folded(word): Circumstance(value) for word, value in written.take("words", dict, {}).items()},
        },
    )
    written.done()
    if (circumstance.separator is None) is (circumstance.is_ is None):
        raise _Unclear("a circumstance has `is`, or `separator` and words")
    return circumstance
