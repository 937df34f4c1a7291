"""Drawing whom to ask: by chance that anybody can repeat, and that nobody could choose.

The seed is SHA-256 over the hash that the audit chain ended with at that moment and the survey's id. Numbers are
eight bytes each of SHA-256(seed, block number); one that would favour the first places is thrown away (rejection
sampling), so every place is as likely as any other. Places are taken in the order in which a Fisher-Yates shuffle puts
them: every set of families is as likely as any other, and the first thirty of sixty are a sample as good as thirty
drawn alone.
"""

import hashlib
from collections.abc import Iterator
from uuid import UUID

_WORD = 8
_WORDS = 1 << (8 * _WORD)


def seed_of(head: bytes, survey_id: UUID) -> bytes:
    """What a survey is drawn by: the end of the audit chain before it, and its own id."""
    return hashlib.sha256(b"komek/survey/1" + head + survey_id.bytes).digest()


def drawn(seed: bytes, *, families: int, size: int) -> list[int]:
    """The places of those who are asked, from 0, in the order in which they are asked."""
    assert 0 <= size <= families
    words, moved, places = _words(seed), dict[int, int](), []
    for place in range(size):
        other = place + _below(words, families - place)
        places.append(moved.get(other, other))
        moved[other] = moved.get(place, place)
    return places


def _words(seed: bytes) -> Iterator[int]:
    block = 0
    while True:
        taken = hashlib.sha256(seed + block.to_bytes(8, "big")).digest()
        for start in range(0, len(taken), _WORD):
            yield int.from_bytes(taken[start : start + _WORD], "big")
        block += 1


def _below(words: Iterator[int], bound: int) -> int:
    """A number from 0 up to the bound, each as likely as any other."""
    fair = _WORDS - _WORDS % bound
    return next(word for word in words if word < fair) % bound
