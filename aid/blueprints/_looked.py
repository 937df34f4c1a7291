"""What a list comes to as it is read now: small enough to be kept with it, so that no page reads 50,000 rows twice.

It is sealed with the list, and holds as long as what it rests on: how the list is read, the fund's places, what is
remembered of lists before, and the day.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Self

from aid.blueprints import _brought
from aid.blueprints._brought import Checked, Upload
from aid.domain.families import Family, plain
from aid.domain.layouts import COLUMN_TITLES, Column, WordKind, why_not_remember
from aid.domain.outcomes import value_from_plain, value_plain
from aid.domain.words import Message, _
from aid.extensions import now, reading
from aid.models.imports import PartKind
from aid.queries import imports
from aid.readers.lists import HowRead, Table
from aid.readers.words import Told
from aid.security import current_actor
from aid.services.imports.lists import OpenList
from aid.services.imports.parts import BadBack, bad_of, bad_plain
from aid.vault.cbor import canonical

FIRST = 10  # families that are shown
SHOWN = 100  # reasons on a page: the rest is in the file that is given back


@dataclass(frozen=True, slots=True)
class First:
    """One of the first families, and where the list says that it belongs."""

    row: int
    places: tuple[str | None, str | None]
    family: Family = field(repr=False)


@dataclass(frozen=True, slots=True)
class Looked:
    """What would become of a list, its first families, and what is wrong with it."""

    how: HowRead = field(repr=False)  # without gaps
    is_by_hand: bool
    says: tuple[bool, bool]  # whether it says where its families live, and where they collect
    coming: int
    people: int
    left_out: int
    ready: int  # whose place is known
    needs_place: bool
    unknown: Mapping[WordKind, tuple[str, ...]] = field(repr=False)
    remembered: Told = field(repr=False)
    read_as: tuple[tuple[str, Message | None], ...] = field(repr=False)
    forgets: Message | None  # why its columns are not remembered
    first: tuple[First, ...] = field(repr=False)
    reasons: tuple[BadBack, ...] = field(repr=False)
    hidden: int  # reasons that are not shown

    @classmethod
    def of(cls, seen: Table, checked: Checked) -> Self:
        """What was read just now."""
        return cls(
            how=seen.how,
            is_by_hand=seen.is_by_hand,
            says=seen.says,
            coming=len(checked.coming),
            people=checked.people,
            left_out=checked.left_out,
            ready=len(checked.households),
            needs_place=checked.needs_place,
            unknown=checked.read.unknown.of,
            remembered=checked.read.remembered,
            read_as=tuple(_read_as(seen, checked)),
            forgets=why_not_remember(seen.headings) if seen.is_by_hand else None,
            first=tuple(_first(checked)),
            reasons=checked.reasons[:SHOWN],
            hidden=max(len(checked.reasons) - SHOWN, 0),
        )

    def plain(self) -> dict[str, Any]:
        """For sealing."""
        kept = {name: getattr(self, name) for name in _AS_IT_IS}
        return kept | {
            "how": self.how.plain(),
            "says": list(self.says),
            "unknown": [[kind.value, list(words)] for kind, words in self.unknown.items()],
            "remembered": [[kind.value, list(map(list, words.items()))] for kind, words in self.remembered.items()],
            "read_as": [[heading, value_plain(title)] for heading, title in self.read_as],
            "forgets": value_plain(self.forgets),
            "first": [[each.row, list(each.places), plain(each.family)] for each in self.first],
            "reasons": [bad_plain(each) for each in self.reasons],
        }

    @classmethod
    def from_plain(cls, kept: Mapping[str, Any]) -> Self:
        """What `plain` wrote."""
        return cls(
            **{name: kept[name] for name in _AS_IT_IS},
            how=HowRead.from_plain(kept["how"]),
            says=(kept["says"][0], kept["says"][1]),
            unknown={WordKind(kind): tuple(words) for kind, words in kept["unknown"]},
            remembered={WordKind(kind): {word: code for word, code in words} for kind, words in kept["remembered"]},  # noqa: C416 - pairs
            read_as=tuple((heading, value_from_plain(title)) for heading, title in kept["read_as"]),
            forgets=value_from_plain(kept["forgets"]),
            first=tuple(First(row, tuple(places), Family.from_plain(each)) for row, places, each in kept["first"]),
            reasons=tuple(bad_of(each) for each in kept["reasons"]),
        )


_AS_IT_IS = ("is_by_hand", "coming", "people", "left_out", "ready", "needs_place", "hidden")


def looked_at(brought: OpenList) -> tuple[HowRead, Looked]:
    """How a list is read as it was chosen, and what it comes to: as it is kept, or read now."""
    how = _brought.how_of(brought)
    kept = brought.value(reading(), PartKind.SEEN)
    if kept is not None and kept["mark"] == _mark(how):
        return how, Looked.from_plain(kept["looked"])
    return how, _look(_brought.opened(brought))


def to_keep(upload: Upload) -> dict[str, Any]:
    """What is sealed with a list that is read like this from now on. Raises RuleBroken."""
    return {"mark": _mark(upload.how), "looked": _look(upload).plain()}


def _look(upload: Upload) -> Looked:
    seen = _brought.table_of(upload)
    return Looked.of(seen, _brought.check(seen))


def _mark(how: HowRead) -> str:
    """What a reading rests on besides the file, as one hash."""
    actor = current_actor()
    localities = [[each.code, dict(each.names), each.own] for each in imports.localities(reading(), actor=actor)]
    points = [[each.code, dict(each.names)] for each in imports.points(reading(), actor=actor)]
    known = str(imports.newest_layout(reading()) or "")
    today = now().today.isoformat()
    return hashlib.sha256(canonical([how.plain(), localities, points, known, today])).hexdigest()


def _first(checked: Checked) -> Iterator[First]:
    coming = {id(family) for family in checked.coming}
    rows = (row for row in checked.read.families.good if id(row.family) in coming)
    for row in islice(rows, FIRST):
        yield First(row.number, (row.locality, row.point), row.family)


def _read_as(seen: Table, checked: Checked) -> Iterator[tuple[str, Message | None]]:
    """Each column that is read, and what it becomes; where somebody named them, those that are left out too."""
    if seen.is_by_hand:
        for letter, column in zip(seen.letters, seen.how.columns, strict=True):
            if heading := seen.heading_of(letter):
                yield heading, COLUMN_TITLES[Column(column)]
        return
    fields = {**checked.read.mapping.family, **checked.read.mapping.member}
    for name, each in fields.items():
        title = COLUMN_TITLES.get(Column(name)) if name in set(Column) else None
        if each.columns:
            title = title or (_("Household number") if name == "external_id" else _("That the family agreed"))
            yield ", ".join(each.columns), title
