"""Backups as age files: sealed to people's keys, so that the server that writes one can't read it.

Sealing and opening are streams: nothing is kept that was already passed on, and nothing touches a disk in the clear.
What is opened may only be believed when `open_age` has come back: a file that was changed or cut is known at the place
where it was, and one that was cut at the end of a block only at its end.

Errors: NoKey when the identity is none of the file's recipients; Tampered when the file was changed, cut, or is no age
file; ValueError for text that is no recipient or identity. What the source or the sink raise goes through.
"""

import io
from collections.abc import Iterable, Sequence
from typing import IO, Protocol

import pyrage

from aid.vault.failures import NoKey, Tampered

_NONE_FITS = "No matching keys found"


class Sink(Protocol):
    """Whatever takes bytes: a file, or who reads them at once."""

    def write(self, piece: bytes, /) -> object:
        """Take the next piece."""


def is_recipient(text: str) -> bool:
    """Whether this is an age public key."""
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


def recipient_of(identity: str) -> str:
    """The public key of an age identity. Raises ValueError."""
    return str(_identity(identity).to_public())


def seal_age(pieces: Iterable[bytes], into: Sink, *, recipients: Sequence[str]) -> None:
    """Seal a stream to every one of these recipients; any of them opens it alone."""
    if not recipients:
        raise ValueError("nobody to seal to")
    source = _Pulled(iter(pieces))
    passed_on = _Pushed(into)
    try:
        keys = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    except pyrage.RecipientError:
        raise ValueError("not an age recipient") from None
    try:
        pyrage.encrypt_io(source, passed_on, keys)
    except (OSError, pyrage.EncryptError):  # it hides what went wrong on our side of it
        raise (source.failure or passed_on.failure or OSError("the stream could not be sealed")) from None


def open_age(sealed: IO[bytes], sink: Sink, *, identity: str) -> None:
    """Open a sealed stream and pass it on as it comes. Raises NoKey and Tampered."""
    key, passed_on = _identity(identity), _Pushed(sink)
    try:
        pyrage.decrypt_io(sealed, passed_on, [key])
    except pyrage.DecryptError as failure:
        if str(failure) == _NONE_FITS:
            raise NoKey("not sealed to this identity") from None
        raise Tampered("not an age file, or its head was changed") from None
    except OSError as failure:
        if passed_on.failure or failure.errno is not None:
            raise
        raise Tampered("changed or cut") from None


def _identity(text: str) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(text.strip())
    except pyrage.IdentityError:
        raise ValueError("not an age identity") from None


class _Pulled(io.RawIOBase):
    """Pieces of any size, read as so many bytes as are asked for."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = iter(pieces)
        self.left = memoryview(b"")
        self.failure: BaseException | None = None

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most so many; none at the end."""
        try:
            while not self.left:
                self.left = memoryview(next(self.pieces))
        except StopIteration:
            return b""
        except BaseException as failure:
            self.failure = failure
            raise
        size = len(self.left) if size < 0 else size
        taken, self.left = self.left[:size], self.left[size:]
        return bytes(taken)


class _Pushed(io.RawIOBase):
    """A sink whose own failure is remembered."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.failure: BaseException | None = None

    def write(self, piece: bytes, /) -> int:  # type: ignore[override]
        """Pass it on."""
        try:
            self.sink.write(piece)
        except BaseException as failure:
            self.failure = failure
            raise
        return len(piece)


__all__ = ["Sink", "is_recipient", "open_age", "recipient_of", "seal_age"]
