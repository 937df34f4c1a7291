"""QR codes of digits, as fast as they can be made: with one mask for all, a code is linear in the bits of its text.

The smallest symbol (21 modules a side) holds up to 17 digits with a quarter of it to lose. In it every bit of the text
turns over a fixed set of modules (ISO/IEC 18004: Reed-Solomon codes are linear, and a mask is added), so a code is the
sum of a few such sets. Any of the eight masks is a right one; the symbol itself says which. segno draws the symbols
that the sets are worked out from, and the tests compare each with segno's own.
"""

MODULES = 21
ROW = 3
"""Bytes of a row: its modules from the highest bit on, and three bits that mean nothing."""
SIZE = ROW * MODULES
MASK = 6
"""Which of the eight masks: over random codes of 16 digits it has the least penalty by the standard's rules, 1,061;
the best of the eight for each code has 1,000."""
GROUP, BITS = 3, {3: 10, 2: 7, 1: 4}
"""QR codes take digits three by three, ten bits for three, seven for two, four for one."""


def worked_out(digits: int) -> bytes:
    """The symbol of noughts, and what each bit of such a text turns over, in order. Takes a tenth of a second."""
    if not 0 < digits <= 17:
        raise ValueError("the smallest square holds at most 17 digits")
    plain = _drawn("0" * digits)
    turned = [
        _drawn("0" * start + f"{1 << bit:0{size}}" + "0" * (digits - start - size)) ^ plain
        for start, size in _groups(digits)
        for bit in range(BITS[size])
    ]
    return b"".join(symbol.to_bytes(SIZE) for symbol in (plain, *turned))


class Squares:
    """The codes of texts of one length, from what was worked out once."""

    def __init__(self, digits: int, known: bytes) -> None:
        symbols = [int.from_bytes(known[start : start + SIZE]) for start in range(0, len(known), SIZE)]
        self._plain, turned = symbols[0], iter(symbols[1:])
        self._groups = [
            (start, start + size, [next(turned) for _ in range(BITS[size])]) for start, size in _groups(digits)
        ]
        self._parts: dict[tuple[int, str], int] = {}

    def of(self, digits: str) -> bytes:
        """The modules row by row, 1 is dark."""
        modules = self._plain
        for start, end, turned in self._groups:
            key = (start, digits[start:end])
            part = self._parts.get(key)
            if part is None:
                part = self._parts[key] = _turned(int(key[1]), turned)
            modules ^= part
        return modules.to_bytes(SIZE)


def _groups(digits: int) -> list[tuple[int, int]]:
    """Where each group of digits starts, and how many it has."""
    return [(start, min(GROUP, digits - start)) for start in range(0, digits, GROUP)]


def _turned(value: int, turned: list[int]) -> int:
    """What a group's number turns over."""
    modules = 0
    for bit, symbol in enumerate(turned):
        if value >> bit & 1:
            modules ^= symbol
    return modules


def _drawn(digits: str) -> int:
    import segno  # only who works them out needs it

    rows = segno.make(digits, version=1, error="h", mode="numeric", mask=MASK, boost_error=False).matrix
    bits = "".join("".join("1" if module else "0" for module in row) + "0" * (8 * ROW - MODULES) for row in rows)
    return int(bits, 2)
