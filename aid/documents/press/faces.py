"""Our two weights of type: how wide each word runs, and which shapes a file must carry to show it."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import uharfbuzz as hb

FONTS = Path(__file__).parents[2] / "static" / "fonts"
FEATURES = {"lnum": True, "tnum": True}
"""What paper.css asks of figures: all of one height and width."""
KEPT = 50_000
"""So many words are remembered; then memory begins anew."""


class Unsettable(Exception):
    """A text has a sign that our type does not hold or can't set side by side. It is laid out by itself."""


@dataclass(frozen=True, slots=True)
class Word:
    """Shaped letters: what a PDF's TJ operator shows, and how wide they run in thousandths of the type's size."""

    shown: bytes
    width: int
    glyphs: int


class Face:
    """One weight of our type."""

    def __init__(self, weight: str) -> None:
        self.name = f"KomekSans-{weight}"
        self._face = hb.Face(hb.Blob.from_file_path(str(FONTS / f"NotoSans-{weight}.ttf")))
        self._font = hb.Font(self._face)
        if self._face.upem != 1000:
            raise ValueError("the press counts in thousandths of the type's size, and so must its fonts")

    def advance(self, glyph: int) -> int:
        """How wide a glyph runs by itself."""
        return int(self._font.get_glyph_h_advance(glyph))

    def shaped(self, text: str, language: str, features: Mapping[str, bool]) -> hb.Buffer:
        """The glyphs of a word."""
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.language = language
        hb.shape(self._font, buffer, features)
        return buffer

    def metrics(self) -> tuple[tuple[int, int, int, int], int, int]:
        """Its box, how high it reaches, and how low."""
        box = struct.unpack_from(">4h", bytes(self._face.reference_table("head").data), 36)
        extents = self._font.get_font_extents("ltr")
        return box, extents.ascender, extents.descender

    def subset(self, glyphs: set[int]) -> bytes:
        """A font file with these glyphs alone, under their own numbers."""
        wanted = hb.SubsetInput()
        wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).update(glyphs)
        wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(
            int.from_bytes(tag) for tag in (b"GSUB", b"GPOS", b"GDEF", b"name", b"post", b"OS/2", b"cmap")
        )
        wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
        return bytes(hb.subset(self._face, wanted).blob.data)


@cache
def face(*, bold: bool) -> Face:
    """The regular or the bold weight, read once a process."""
    return Face("Bold" if bold else "Regular")


class Type:
    """One weight in one file: it shapes words, and remembers what the file must carry."""

    def __init__(self, *, bold: bool) -> None:
        self.face = face(bold=bold)
        self.meant: dict[int, str] = {}  # each glyph that was used, and the text it stands for
        self._words: dict[tuple[str, str, bool], Word] = {}
        self._digits: dict[str, Word] = {}
        self.space = self.word(" ", "en").width

    def word(self, text: str, language: str, *, spaced: bool = False) -> Word:
        """A word's glyphs. Raises Unsettable. Letters set apart form no ligature."""
        key = (text, language, spaced)
        known = self._words.get(key)
        if known is None:
            if len(self._words) >= KEPT:
                self._words.clear()
            is_number = text.isascii() and text.isdecimal()
            known = self._number(text) if is_number else self._shaped(text, language, spaced=spaced)
            self._words[key] = known
        return known

    def _number(self, text: str) -> Word:
        """Figures stand side by side just as they are: none is moved nearer to another, nor changed beside it."""
        digits = self._digits or self._alike()
        shown = b"".join([digits[digit].shown[1:-1] for digit in text])
        return Word(b"<%s>" % shown, digits["0"].width * len(text), len(text))

    def _alike(self) -> dict[str, Word]:
        """The ten figures. Asserts that in every pair they are what they are alone, and all of one width."""
        self._digits = {digit: self._shaped(digit, "en", spaced=False) for digit in "0123456789"}
        pairs = "".join(f"{one}{other}" for one in "0123456789" for other in "0123456789")
        together = self._shaped(pairs, "en", spaced=False)
        assert together.shown[1:-1] == b"".join(self._digits[digit].shown[1:-1] for digit in pairs)
        assert together.width == len(pairs) * self._digits["0"].width
        return self._digits

    def _shaped(self, text: str, language: str, *, spaced: bool) -> Word:
        buffer = self.face.shaped(text, language, {**FEATURES, "liga": False, "clig": False} if spaced else FEATURES)
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        starts = [info.cluster for info in infos] + [len(text)]
        shown, run, width = b"<", 0, 0
        for number, (info, position) in enumerate(zip(infos, positions, strict=True)):
            glyph = info.codepoint
            if not glyph or position.y_offset or position.x_offset or starts[number + 1] <= starts[number]:
                raise Unsettable(text)
            self.meant.setdefault(glyph, text[starts[number] : starts[number + 1]])
            shown += b"%04x" % glyph
            width += position.x_advance
            if kern := self.face.advance(glyph) - position.x_advance:
                shown += b">%d<" % kern
            run += 1
        return Word(shown + b">", width, run)
