"""What of a family two people changed at once: field by field, and whose word is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from aid.domain.families.file import Family
from aid.domain.families.members import Member
from aid.domain.families.parting import same_person
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _

CONTACT_FIELDS = frozenset({"phone", "address", "workplace", "language"})
"""How a family is reached. Nobody vouched for that, so it is corrected without asking anybody to confirm anew."""

CONTACT_OF_MEMBER = frozenset({"school"})

FIELD_TITLES: Mapping[str, Message] = {
    "phone": _("Phone"),
    "address": _("Address"),
    "language": _("Language"),
    "circumstances": _("What happened"),
    "workplace": _("Workplace"),
    "dismissed_on": _("Dismissed on"),
    "wages_stopped_on": _("Wages stopped on"),
    "collectors": _("Who collects"),
    "check_word": _("Check word"),
}
"""The fields that two people may change at once, but for the members, in the order they are read."""


class Whose(StrEnum):
    """Whose word is taken."""

    THEIRS = "theirs"
    MINE = "mine"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of which two people say different things, or which only one of them changed. Nothing: not there."""

    key: str
    title: Message
    before: Any
    theirs: Any
    mine: Any

    @property
    def suggested(self) -> Whose | None:
        """Whoever alone changed it is taken at their word; where both did, somebody has to choose."""
        if self.mine == self.before:
            return Whose.THEIRS
        return Whose.MINE if self.theirs == self.before else None


def is_contact_only(was: Family, is_: Family) -> bool:
    """Whether nothing changed but how the family is reached."""
    return _vouched(was) == _vouched(is_)


def differences(base: Family, theirs: Family, mine: Family) -> tuple[Difference, ...]:
    """Where two corrections of the same family do not say the same."""
    plain = (
        Difference(field, title, getattr(base, field), getattr(theirs, field), getattr(mine, field))
        for field, title in FIELD_TITLES.items()
    )
    people = (
        Difference(f"member-{place}", _("Person %(n)s", n=place + 1), before, other, own)
        for place, (before, other, own) in enumerate(_side_by_side(base, theirs, mine))
    )
    return tuple(difference for difference in (*people, *plain) if difference.theirs != difference.mine)


def merged(base: Family, theirs: Family, mine: Family, *, taken: Mapping[str, Whose]) -> Family:
    """One family of both corrections, each difference settled by whose word is taken. Raises RuleBroken."""
    settled: dict[str, Any] = {}
    for difference in differences(base, theirs, mine):
        whose = taken.get(difference.key)
        if whose is None:
            raise RuleBroken(_("Choose for each line what is right."), "taken")
        settled[difference.key] = difference.theirs if whose is Whose.THEIRS else difference.mine
    people = (
        settled.get(f"member-{place}", own)
        for place, (_before, _other, own) in enumerate(_side_by_side(base, theirs, mine))
    )
    members = tuple(member for member in people if member is not None)
    return replace(mine, members=members, **{field: settled[field] for field in FIELD_TITLES if field in settled})


def _vouched(family: Family) -> dict[str, Any]:
    kept = {field.name: getattr(family, field.name) for field in fields(family) if field.name not in CONTACT_FIELDS}
    without_school: dict[str, Any] = dict.fromkeys(CONTACT_OF_MEMBER)
    return {**kept, "members": tuple(replace(member, **without_school) for member in family.members)}


Row = tuple[Member | None, Member | None, Member | None]


def _side_by_side(base: Family, theirs: Family, mine: Family) -> Iterator[Row]:
    """Each person as they were, as the other wrote them, and as this one did; those who are new come last."""
    of_theirs, of_mine = _matched(base.members, theirs.members), _matched(base.members, mine.members)
    for place, member in enumerate(base.members):
        yield member, of_theirs.get(place), of_mine.get(place)
    new_of_mine = _new(mine.members, of_mine.values())
    for member in _new(theirs.members, of_theirs.values()):
        twin = next((own for own in new_of_mine if own == member or same_person(own, member)), None)
        if twin is not None:
            new_of_mine.remove(twin)
        yield None, member, twin
    for member in new_of_mine:
        yield None, None, member


def _matched(before: tuple[Member, ...], after: tuple[Member, ...]) -> dict[int, Member]:
    """Who is who, by their places before: the same in all, else the same by name, else at the same place."""
    found: dict[int, Member] = {}
    left = dict(enumerate(after))
    rules: tuple[Callable[[Member, Member, bool], bool], ...] = (
        lambda old, new, _here: old == new,
        lambda old, new, _here: same_person(old, new),
        lambda old, new, _here: old.name is not None and old.name == new.name,
        lambda _old, _new, here: here and len(before) == len(after),
    )
    for same in rules:
        for place, old in enumerate(before):
            if place in found:
                continue
            at = next((at for at, new in left.items() if same(old, new, place == at)), None)
            if at is not None:
                found[place] = left.pop(at)
    return found


def _new(after: tuple[Member, ...], matched: Iterable[Member]) -> list[Member]:
    rest = list(after)
    for member in matched:
        rest.remove(member)
    return rest
