"""Messages of support: what of a donor's words may be shown to families, and by whom it is said to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Self

from aid.domain.donations import DonorDetails, DonorKind
from aid.domain.names.folding import fold
from aid.domain.refusals import RuleBroken
from aid.domain.words import _

LONGEST_WORDS: Final = 600
SHORTEST_WORDS: Final = 2
SHORTEST_NAMING: Final = 3  # letters: shorter parts of a name are also words of a message

WRITTEN_IN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "da": "Dansk",
        "de": "Deutsch",
        "es": "Español",
        "fi": "Suomi",
        "fr": "Français",
        "it": "Italiano",
        "ky": "Кыргызча",
        "nl": "Nederlands",
        "no": "Norsk",
        "pl": "Polski",
        "sv": "Svenska",
        "tr": "Türkçe",
        "uk": "Українська",
    }
)
"""Languages that donors write in besides Komek's own, each by what it calls itself."""


@dataclass(frozen=True, slots=True)
class Support:
    """A message as it is sealed until somebody has looked at it. `signature`: the donor's own line; none: a friend."""

    words: str = field(repr=False)
    signature: str | None = field(default=None, repr=False)

    def plain(self) -> dict[str, Any]:
        """The message as a sealed record holds it."""
        return {"words": self.words, "signature": self.signature}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """The message that `plain` wrote."""
        return cls(plain["words"], plain["signature"])


def check_words(words: str) -> None:
    """Raise RuleBroken, beside its field, unless this can be a message."""
    if len(words) < SHORTEST_WORDS:
        raise RuleBroken(_("Write what the donor says."), field="words")
    if len(words) > LONGEST_WORDS:
        raise RuleBroken(_("This has more than %(longest)s letters; shorten it.", longest=LONGEST_WORDS), field="words")


def refuse_names(words: str, donor: DonorDetails, *, looked: bool = False) -> None:
    """Raise RuleBroken where a message seems to name its giver, however it is spelled.

    `looked`: somebody says that it only looks so. That does not count for a donor who is never to be named.
    """
    said = fold(words).split()
    whole = [fold(part) for part in (donor.name, donor.email, *donor.address) if part]
    parts = fold(donor.name or "").split() if donor.kind is DonorKind.PERSON else []
    names = {part for part in parts if len(part) >= SHORTEST_NAMING} & set(said)
    named = names or any(f" {each} " in f" {' '.join(said)} " for each in whole if len(each) >= SHORTEST_NAMING)
    if named and (donor.never_named or not looked):
        raise RuleBroken(_("The donor seems to be named in it. Cut that out: families see words, not names."), "words")


def signature_of(donor: DonorDetails | None) -> str | None:
    """The line that a donor wishes to be named by; nothing where they did not wish it."""
    return None if donor is None or donor.never_named else donor.own_line
