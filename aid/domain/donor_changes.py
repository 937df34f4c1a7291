"""Where two readings of a donor differ: two people who changed one at once, or two entries that are one donor."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from aid.domain.donations import DonorDetails
from aid.domain.families.changes import Difference, Whose
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _

FIELD_TITLES: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "kind": _("Who gives"),
        "name": _("Name"),
        "union_id": _("Union it belongs to"),
        "address": _("Postal address"),
        "email": _("E-mail"),
        "language": _("Language of the letter"),
        "thanks": _("How to thank"),
        "own_line": _("How they wish to be named in public"),
    }
)
"""What people write of a donor, in the order it is read. That they are never to be named is asked for by itself."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One field that two entries of a donor say differently."""

    key: str
    title: Message
    kept: Any
    other: Any

    @property
    def suggested(self) -> str:
        """What the kept one says, unless it says nothing."""
        return "kept" if self.kept else "other"


def differences(base: DonorDetails, theirs: DonorDetails, mine: DonorDetails) -> tuple[Difference, ...]:
    """Where two corrections of one donor do not say the same."""
    every = (
        Difference(key, title, getattr(base, key), getattr(theirs, key), getattr(mine, key))
        for key, title in FIELD_TITLES.items()
    )
    return tuple(difference for difference in every if difference.theirs != difference.mine)


def settled(
    base: DonorDetails, theirs: DonorDetails, mine: DonorDetails, *, taken: Mapping[str, Whose]
) -> DonorDetails:
    """One donor of both corrections, each difference settled by whose word is taken. Raises RuleBroken."""
    said: dict[str, Any] = {}
    for difference in differences(base, theirs, mine):
        whose = taken.get(difference.key)
        if whose is None:
            raise RuleBroken(_("Choose for each line what is right."), "taken")
        said[difference.key] = difference.theirs if whose is Whose.THEIRS else difference.mine
    return replace(mine, never_named=theirs.never_named, **said)


def choices(kept: DonorDetails, other: DonorDetails) -> tuple[Choice, ...]:
    """Where two entries of one donor do not say the same."""
    every = (Choice(key, title, getattr(kept, key), getattr(other, key)) for key, title in FIELD_TITLES.items())
    return tuple(choice for choice in every if choice.kept != choice.other)


def united(kept: DonorDetails, other: DonorDetails, *, taken: Mapping[str, str]) -> DonorDetails:
    """One donor of two entries. Where either is never to be named, so is the one. Raises RuleBroken."""
    said: dict[str, Any] = {}
    for choice in choices(kept, other):
        if taken.get(choice.key) not in ("kept", "other"):
            raise RuleBroken(_("Choose for each line what is right."), "taken")
        said[choice.key] = getattr(choice, taken[choice.key])
    one = replace(kept, never_named=kept.never_named or other.never_named, **said)
    return replace(one, own_line=None) if one.never_named else one


def roots_of(pairs: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Who stands for each donor that was merged, where `pairs` says into whom each was."""
    roots = {}
    for donor_id, into in pairs.items():
        root, seen = into, {donor_id}
        while root in pairs and root not in seen:
            seen.add(root)
            root = pairs[root]
        roots[donor_id] = root
    return roots
