"""Make sealed values of like size look alike: what is stored has one of a few lengths.

Layout: CBOR byte-string head with the content's length (RFC 8949 section 3) ‖ content ‖ zero bytes; 64·2ⁿ bytes in all,
with the least n that fits, at most 1 MiB. There is one way to pad, and `unpad` insists on it.
"""

from typing import Final

from aid.vault.cbor import head_of_bytes

SHORTEST: Final = 64
LONGEST: Final = 1 << 20


def pad(content: bytes) -> bytes:
    """Fill up with zeros to 64·2ⁿ bytes. ValueError if the content is longer than we seal."""
    headed = head_of_bytes(len(content)) + content
    length = _padded_length(len(headed))
    if length > LONGEST:
        raise ValueError(f"more than {LONGEST} bytes to seal")
    return headed.ljust(length, b"\0")


def unpad(padded: bytes) -> bytes:
    """Give back what was padded. ValueError for anything `pad` did not write."""
    start, length = _read_head(padded)
    content = padded[start : start + length]
    if len(padded) > LONGEST or pad(content) != padded:
        raise ValueError("not padded by us")
    return content


def _padded_length(length: int) -> int:
    return max(SHORTEST, 1 << (length - 1).bit_length())


def _read_head(padded: bytes) -> tuple[int, int]:
    """Where the content starts and how long it says it is."""
    follow = {0x58: 1, 0x59: 2, 0x5A: 4}.get(padded[0], 0) if padded else 0
    if follow:
        return 1 + follow, int.from_bytes(padded[1 : 1 + follow])
    return 1, padded[0] - 0x40 if padded and 0x40 <= padded[0] < 0x58 else 0
