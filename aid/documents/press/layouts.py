"""A form that was laid out once: its fixed ink as PDF objects, and the places that are filled in.

It holds nobody's data.

What was laid out is kept on disk under a name that changes with all it was made of: template, words, styles, fonts, and
the libraries. A file that can't be read, or is of another making, is laid out anew.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from zlib import crc32

from aid.documents.press.places import Place, Setting

MAKING = 1
"""Changes with the shape of what is kept."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One PDF object of a form: its dictionary, which names others by their place in the list, and its stream."""

    dictionary: bytes
    stream: bytes | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """Where a square or a picture stands, in points from the form's upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A form: its size in points, its fixed ink (the last of its pieces draws it), and its places by name."""

    width: float
    height: float
    pieces: tuple[Piece, ...]
    places: Mapping[str, Place]
    boxes: Mapping[str, Box]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as PDF objects, the last of which is it, and its size in pixels."""

    width: int
    height: int
    pieces: tuple[Piece, ...]


class Kept:
    """A folder of what was laid out and worked out. Nothing in it is anyone's data; it may be deleted at any time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._layouts: dict[str, Layout] = {}

    def layout(self, name: str, lay_out: Callable[[], Layout]) -> Layout:
        """The form of this name, laid out if it is not yet there."""
        known = self._layouts.get(name)
        if known is None:
            known = self._layouts[name] = self._layout(name, lay_out)
        return known

    def _layout(self, name: str, lay_out: Callable[[], Layout]) -> Layout:
        try:
            return _read(self._path(name).read_bytes())
        except (OSError, ValueError, KeyError, TypeError):  # not there, or not whole
            laid = lay_out()
            self._keep(name, _written(laid))
            return laid

    def worked_out(self, name: str, size: int, work_out: Callable[[], bytes]) -> bytes:
        """What was worked out under this name, of a known size."""
        try:
            known = self._path(name).read_bytes()
        except OSError:
            known = b""
        if len(known) != size:
            known = work_out()
            self._keep(name, known)
        return known

    def _path(self, name: str) -> Path:
        return self._folder / name

    def _keep(self, name: str, content: bytes) -> None:
        """Write it whole or not at all; where nothing can be written, it is laid out anew next time."""
        from tempfile import NamedTemporaryFile  # a third of all that is loaded here, and rarely used

        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self._folder, delete=False) as half:
                half.write(content)
            Path(half.name).replace(self._path(name))
        except OSError:
            return


def name_of(*parts: str, colours: Sequence[str], sources: Sequence[Path]) -> str:
    """The name a form is kept under: readable parts, and a checksum of all that it is made of.

    These are our own files: whoever could make two of one checksum could as well change the form.
    """
    made_of = crc32(f"{MAKING} {parts!r} {colours!r}".encode())
    length = 0
    for source in sources:
        content = source.read_bytes()
        made_of, length = crc32(content, made_of), length + len(content)
    return "-".join([*parts, f"{length:x}", f"{made_of:08x}"])


def _written(layout: Layout) -> bytes:
    plain = {
        "width": layout.width,
        "height": layout.height,
        "pieces": [
            [piece.dictionary.decode("latin-1"), None if piece.stream is None else b64encode(piece.stream).decode()]
            for piece in layout.pieces
        ],
        "places": {
            name: [list(asdict(setting).values()) for setting in place.settings]
            for name, place in layout.places.items()
        },
        "boxes": {name: list(asdict(box).values()) for name, box in layout.boxes.items()},
    }
    return json.dumps(plain).encode()


def _read(kept: bytes) -> Layout:
    plain = json.loads(kept)
    return Layout(
        width=plain["width"],
        height=plain["height"],
        pieces=tuple(
            Piece(dictionary.encode("latin-1"), None if stream is None else b64decode(stream))
            for dictionary, stream in plain["pieces"]
        ),
        places={name: Place(tuple(Setting(*each) for each in place)) for name, place in plain["places"].items()},
        boxes={name: Box(*box) for name, box in plain["boxes"].items()},
    )
