"""A PDF file written as it comes into being: nothing of it stays in memory but where each object begins.

ISO 32000-1, sections 7.5 (file structure), 9.7 (composite fonts) and 14.7 (structure).
"""

import re
import zlib
from array import array
from collections.abc import Callable, Iterator, Sequence

from aid.documents.press.faces import Type
from aid.documents.press.layouts import Piece

REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
QUICK = 1
"""How hard pages are pressed together: the least takes half the time of the usual, and a fifth more room."""


class Paper:
    """An open PDF. Everything it writes goes to `write` at once."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._written = 0
        self._offsets = array("Q", [0])  # by object number; none has number 0
        self._put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def number(self) -> int:
        """A number for an object that is written later."""
        self._offsets.append(0)
        return len(self._offsets) - 1

    def add(self, dictionary: bytes, stream: bytes | None = None, *, number: int | None = None) -> int:
        """Write an object, a stream with its whole dictionary; its number."""
        number = number or self.number()
        self._offsets[number] = self._written
        if stream is None:
            self._put(b"%d 0 obj\n%s\nendobj\n" % (number, dictionary))
        else:
            self._put(b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (number, dictionary, stream))
        return number

    def stream(self, content: bytes, entries: bytes = b"", *, number: int | None = None) -> int:
        """Write a stream, pressed together; its number."""
        pressed = zlib.compress(content, QUICK)
        return self.add(b"<<%s/Filter/FlateDecode/Length %d>>" % (entries, len(pressed)), pressed, number=number)

    def pieces(self, pieces: Sequence[Piece]) -> int:
        """Write what was laid out elsewhere, under numbers of this file; the number of the last."""
        numbers = [self.number() for _piece in pieces]
        for piece, number in zip(pieces, numbers, strict=True):
            renamed = REFERENCE.sub(lambda ref: b"%d 0 R" % numbers[int(ref[1])], piece.dictionary)
            self.add(renamed, piece.stream, number=number)
        return numbers[-1]

    def end(self, *, catalog: int, info: int) -> None:
        """Write where everything is. Nothing can be added any more."""
        count, begins = len(self._offsets), self._written
        self._put(b"xref\n0 %d\n0000000000 65535 f \n" % count)
        for first in range(1, count, 1_000):
            self._put(b"".join(b"%010d 00000 n \n" % offset for offset in self._offsets[first : first + 1_000]))
        trailer = b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        self._put(trailer % (count, catalog, info, begins))

    def _put(self, content: bytes) -> None:
        self._write(content)
        self._written += len(content)


def embed(paper: Paper, type_: Type, *, number: int) -> None:
    """Write the type that was used, once: the shapes of its used glyphs, how wide they run, and what they mean."""
    name = b"/KOMEKA+" + type_.face.name.encode()
    glyphs = sorted(type_.meant)
    file = type_.face.subset(set(glyphs))
    box, ascent, descent = type_.face.metrics()
    program = paper.stream(file, b"/Length1 %d" % len(file))
    descriptor = paper.add(
        b"<</Type/FontDescriptor/FontName%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d"
        b"/CapHeight 714/StemV 80/FontFile2 %d 0 R>>" % (name, *box, ascent, descent, program)
    )
    widths = b"".join(b"%d[%d]" % (glyph, type_.face.advance(glyph)) for glyph in glyphs)
    descendant = paper.add(
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont%s"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/CIDToGIDMap/Identity/W[%s]/FontDescriptor %d 0 R>>" % (name, widths, descriptor)
    )
    meaning = paper.stream(b"".join(_meaning(type_, glyphs)))
    paper.add(
        b"<</Type/Font/Subtype/Type0/BaseFont%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
        % (name, descendant, meaning),
        number=number,
    )


def _meaning(type_: Type, glyphs: Sequence[int]) -> Iterator[bytes]:
    """The CMap by which copied and searched text is found: a ligature means all its letters."""
    yield (
        b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CMapType 2 def/CMapName/Komek def\n"
        b"1 begincodespacerange<0000><ffff>endcodespacerange\n"
    )
    for first in range(0, len(glyphs), 100):
        hundred = glyphs[first : first + 100]
        yield b"%d beginbfchar\n" % len(hundred)
        for glyph in hundred:
            yield b"<%04x><%s>\n" % (glyph, type_.meant[glyph].encode("utf-16-be").hex().encode())
        yield b"endbfchar\n"
    yield b"endcmap CMapName currentdict/CMap defineresource pop end end"
