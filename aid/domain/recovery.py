"""Recovery shares: how many are enough, and in which countries their papers lie."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from aid.domain.words import Message, _

FEWEST_SHARES, MOST_SHARES = 2, 16
"""SLIP-39 numbers shares up to 16."""
WORDS = 33
"""Words on one share."""
FIRST_ASKED = 5
"""Words are asked back from here on: those before it are alike on all shares of a generation."""
WORDS_ASKED = 2


def why_not_so_many(*, threshold: int, count: int) -> Message | None:
    """Say why so many shares of so many can't be made, or nothing."""
    if FEWEST_SHARES <= threshold <= count <= MOST_SHARES:
        return None
    return _(
        "Recovery takes at least %(fewest)s shares, of at most %(most)s, and not more than there are.",
        fewest=FEWEST_SHARES,
        most=MOST_SHARES,
    )


def country_with_enough(countries: Collection[str], *, threshold: int) -> str | None:
    """A country whose police would find enough shares to open everything, or nothing."""
    by_country = Counter(countries).most_common(1)
    return by_country[0][0] if by_country and by_country[0][1] >= threshold else None


def why_not_these_words(given: Mapping[int, str], share: Sequence[str]) -> Message | None:
    """Say why these words do not show that the holder has the share on paper, or nothing."""
    places = set(given)
    if len(places) != WORDS_ASKED or not places <= set(range(FIRST_ASKED, len(share) + 1)):
        return _("Type back the words that the page asks for.")
    wrong = sorted(place for place, word in given.items() if _plain(word) != share[place - 1])
    if wrong:
        return _("Word %(place)s is another one. Look at your paper and at the page again.", place=wrong[0])
    return None


def _plain(word: str) -> str:
    return word.strip().strip(".,").lower()
