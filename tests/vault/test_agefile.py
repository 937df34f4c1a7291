"""Backups as age files: opened by any of their recipients, by nobody else, and never believed when changed or cut."""

import io
from collections.abc import Iterator

import pyrage
import pytest

from aid.vault.agefile import is_recipient, open_age, recipient_of, seal_age
from aid.vault.failures import NoKey, Tampered
from tests.make.backups import IDENTITY, RECIPIENT, another_key

PIECES = [b"komek " * 5, b"", b"x" * 200_000, b"end"]


def sealed(*recipients: str) -> bytes:
    file = io.BytesIO()
    seal_age(PIECES, file, recipients=recipients or (RECIPIENT,))
    return file.getvalue()


def opened(file: bytes, identity: str = IDENTITY) -> bytes:
    sink = io.BytesIO()
    open_age(io.BytesIO(file), sink, identity=identity)
    return sink.getvalue()


def test_each_recipient_opens_it_alone() -> None:
    other = another_key()
    file = sealed(RECIPIENT, recipient_of(other))

    assert opened(file) == opened(file, other) == b"".join(PIECES)


def test_any_age_program_reads_it() -> None:
    assert pyrage.decrypt(sealed(), [pyrage.x25519.Identity.from_str(IDENTITY)]) == b"".join(PIECES)


def test_somebody_else_does_not() -> None:
    with pytest.raises(NoKey):
        opened(sealed(), another_key())


@pytest.mark.parametrize("cut", [0, 10, 150, 70_000, -1])
def test_a_part_of_it_is_nothing(cut: int) -> None:
    with pytest.raises(Tampered):
        opened(sealed()[:cut])


@pytest.mark.parametrize("place", [210, 100_000, -1])
def test_a_changed_byte_is_found(place: int) -> None:
    file = bytearray(sealed())
    file[place] ^= 1

    with pytest.raises(Tampered):
        opened(bytes(file))


def test_it_is_never_sealed_to_nobody_or_to_nonsense() -> None:
    for recipients in ([], ["age1nonsense"], [IDENTITY]):
        with pytest.raises(ValueError, match=r"nobody|not an age recipient"):
            seal_age(PIECES, io.BytesIO(), recipients=recipients)
    assert is_recipient(RECIPIENT)
    assert not is_recipient(IDENTITY)


def test_what_goes_wrong_on_our_side_is_said_as_it_is() -> None:
    def breaking() -> Iterator[bytes]:
        yield b"x"
        raise LookupError("a row that can't be read")

    with pytest.raises(LookupError, match="a row"):
        seal_age(breaking(), io.BytesIO(), recipients=[RECIPIENT])

    class Full(io.BytesIO):
        def write(self, _piece: object) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        seal_age(PIECES, Full(), recipients=[RECIPIENT])
    with pytest.raises(OSError, match="No space left"):
        open_age(io.BytesIO(sealed()), Full(), identity=IDENTITY)


def test_it_is_a_stream() -> None:
    """What was passed on is not kept: the first of it is out before the last of it is made."""
    file = io.BytesIO()
    out: list[int] = []

    def pieces() -> Iterator[bytes]:
        for _piece in range(40):
            yield b"x" * 50_000
            out.append(file.tell())

    seal_age(pieces(), file, recipients=[RECIPIENT])
    assert out[20] > 800_000
