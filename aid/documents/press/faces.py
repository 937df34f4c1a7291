"""Our two weights of type: how wide each word runs, and which shapes a file must carry to show it."""

import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import uharfbuzz as hb

FONTS = Path(__file__).parents[2] / "static" / "fonts"
FEATURES = {"lnum": True, "tnum": True}
"""What paper.css asks of figures: all of one height and width."""
ESCAPED = {byte: b"\\" + sign for byte, sign in ((0x28, b"("), (0x29, b")"), (0x5C, b"\\"), (0x0D, b"r"))}
"""The bytes that mean something else inside a PDF's string."""
KEPT = 50_000
"""So many words are remembered; then memory begins anew."""


class Unsettable(Exception):
    """A text has a sign that our type does not hold or can't set side by side. It is laid out by itself."""


_Key = tuple[str, str, bool, bool, bool]
"""A word, its language, whether its letters are set apart, and whether a space stands before it and after it."""


class Word(NamedTuple):
    """Shaped letters: what a PDF's TJ operator shows, and how wide they run in thousandths of the type's size."""

    lead: bytes  # the space before it, if one stands there
    shown: bytes
    width: int  # with the space before it
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
        self._words: dict[_Key, Word] = {}
        self._figures: dict[str, bytes] = {}
        self._space, self._wide = Word(b"", b"", 0, 0), 0  # a space before figures, and how wide one of them runs

    def words(self, line: str, language: str, *, spaced: bool) -> list[Word]:
        """The words of a line, each shaped beside the spaces around it. Raises Unsettable.

        Letters that are set apart (`spaced`) form no ligatures.
        """
        pieces = [piece for piece in line.split(" ") if piece]
        last, known = len(pieces) - 1, self._words
        return [
            known.get(key := (piece, language, spaced, number > 0, number < last)) or self._word(key)
            for number, piece in enumerate(pieces)
        ]

    def _word(self, key: _Key) -> Word:
        if len(self._words) >= KEPT:
            self._words.clear()
        text = key[0]
        word = self._number(text, before=key[3]) if text.isascii() and text.isdecimal() else self._shaped(key)
        self._words[key] = word
        return word

    def _number(self, text: str, *, before: bool) -> Word:
        """Figures stand side by side, and beside spaces, just as they are alone."""
        figures = self._figures or self._alike()
        shown = b"(%s)" % b"".join([figures[each] for each in text])
        if before:
            return Word(self._space.lead, shown, self._space.width + self._wide * len(text), len(text) + 1)
        return Word(b"", shown, self._wide * len(text), len(text))

    def _alike(self) -> dict[str, bytes]:
        """The ten figures. Asserts that between two spaces each pair of them is what it is alone."""
        ten = "0123456789"
        self._wide = self._shaped(("0", "en", False, False, False)).width
        first = self._shaped(("0", "en", False, True, False))
        self._space = Word(first.lead, b"", first.width - self._wide, 1)
        self._figures = {figure: self._shaped((figure, "en", False, False, False)).shown[1:-1] for figure in ten}
        for pair in (one + other for one in ten for other in ten):
            assert self._shaped((pair, "en", False, True, True)) == self._number(pair, before=True)
        return self._figures

    def _shaped(self, key: _Key) -> Word:
        text, language, spaced, before, after = key
        within = " " * before + text + " " * after
        buffer = self.face.shaped(within, language, {**FEATURES, "liga": False, "clig": False} if spaced else FEATURES)
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        starts = [info.cluster for info in infos] + [len(within)]
        shown, width = [], 0
        for number, (info, position) in enumerate(zip(infos, positions, strict=True)):
            glyph = info.codepoint
            if not glyph or position.y_offset or position.x_offset or starts[number + 1] <= starts[number]:
                raise Unsettable(text)
            self.meant.setdefault(glyph, within[starts[number] : starts[number + 1]])
            kern = self.face.advance(glyph) - position.x_advance
            code = b"".join([ESCAPED.get(byte) or bytes((byte,)) for byte in glyph.to_bytes(2)])
            shown.append(b"(%s)%d" % (code, kern) if kern else b"(%s)" % code)
            width += position.x_advance
        if after:
            shown.pop()
            width -= positions[-1].x_advance
        lead = shown.pop(0) if before else b""
        return Word(lead, b"".join(shown).replace(b")(", b""), width, len(shown) + before)
