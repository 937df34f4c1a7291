"""Bech32 (BIP-173), as age writes its keys: a name, "1", the bytes in letters that are hard to confuse, a checksum."""

from collections.abc import Iterable, Iterator

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM = 6


def bech32(name: str, content: bytes) -> str:
    """Write bytes under a name, in small letters."""
    values = [*_in_fives(content)]
    expanded = [ord(letter) >> 5 for letter in name] + [0] + [ord(letter) & 31 for letter in name]
    rest = _polymod([*expanded, *values, *[0] * _CHECKSUM]) ^ 1
    checksum = [(rest >> 5 * (_CHECKSUM - 1 - place)) & 31 for place in range(_CHECKSUM)]
    return f"{name}1" + "".join(_LETTERS[value] for value in values + checksum)


def _in_fives(content: bytes) -> Iterator[int]:
    """The bits in groups of five, the last filled with zeros."""
    bits = "".join(f"{byte:08b}" for byte in content)
    for start in range(0, len(bits), 5):
        yield int(bits[start : start + 5].ljust(5, "0"), 2)


def _polymod(values: Iterable[int]) -> int:
    rest = 1
    for value in values:
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ value
        for place, term in enumerate(_GENERATOR):
            rest ^= term if (top >> place) & 1 else 0
    return rest
