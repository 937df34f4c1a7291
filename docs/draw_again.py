"""Draw a survey's families again, with nothing but Python: `python3 draw_again.py draw.txt`.

The file is the one that the survey's page offers. It holds the survey's id, the hash that the audit chain ended with
before it, and the families that could be drawn, each by the id of a collection, with its place among the drawn. Compare
the hash with the audit trail: it is that of the line before the one that says that the survey was drawn.
"""

import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from uuid import UUID


def numbers(seed: bytes) -> Iterator[int]:
    """Eight bytes each of SHA-256(seed, block number)."""
    block = 0
    while True:
        taken = sha256(seed + block.to_bytes(8, "big")).digest()
        yield from (int.from_bytes(taken[start : start + 8], "big") for start in range(0, 32, 8))
        block += 1


def drawn(seed: bytes, ids: list[str], size: int) -> list[str]:
    """A Fisher-Yates shuffle that ends after so many; numbers that would favour the first places are thrown away."""
    left, taken = list(ids), numbers(seed)
    for place in range(size):
        bound = len(left) - place
        fair = 2**64 - 2**64 % bound
        other = place + next(number for number in taken if number < fair) % bound
        left[place], left[other] = left[other], left[place]
    return left[:size]


def main(path: str) -> int:
    """Read the file, draw, and say whether it is the same."""
    mark, survey, head, size, *lines = Path(path).read_text(encoding="utf-8").splitlines()
    if mark != "komek/survey/1":
        print("This is no file of a survey.")
        return 2
    seed = sha256(mark.encode() + bytes.fromhex(head.split()[1]) + UUID(survey.split()[1]).bytes).digest()
    places = dict(line.split() for line in lines)
    ids = sorted(places, key=lambda id_: UUID(id_).bytes)
    told = sorted((id_ for id_ in ids if places[id_] != "-"), key=lambda id_: int(places[id_]))
    if drawn(seed, ids, int(size.split()[1])) != told:
        print("Drawn again, it falls on others.")
        return 1
    print(f"Drawn again, it falls on the same {len(told)} of {len(ids)} families, in the same order.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
