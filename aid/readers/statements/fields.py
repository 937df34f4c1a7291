"""The fields of a SWIFT message (MT940, MT942) as banks save them, in blocks or not, in whatever code page."""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aid.domain.words import _
from aid.readers.encodings import CODE_PAGES, MARKS, code_page
from aid.readers.statements.figures import Bounds, Refused

PAGES = ("cp1252", *(page for page in CODE_PAGES if page != "cp1252"), "cp852", "cp850")
SAMPLE = 1024**2  # bytes that the guess rests on

BEGIN, END = "begin", "end"
"""What marks a message's edges, as tags of fields without text."""

_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, 0xFEFF, 0x1A])
_CONTROL_BYTES = bytes(code for code in range(256) if code in _CONTROL)
_FIELD = re.compile(r"\s?:(13D?|2[01]|25P?|28C?|34F?|37|60[FM]?|61|62[FM]?|64|65|86|90[CD]|NS):(.*)")
_TYPE = re.compile(r":?(94[0-9]|950)(?::| 00)?\s*")  # as some banks head their messages
_BLOCK_TYPE = re.compile(r"\{2:[IO]\s*([0-9]{3})")
_BLOCKS = re.compile(r"\{[0-9A-Z]:(?:[^{}]|\{[^{}]*\})*\}")
_END = re.compile(r"-(?:[}å](?:\{5:.*)?|[A-Z]{3})?\s*")


@dataclass(slots=True)
class Field:
    """One field: its tag without colons, and its lines. `line` is where it stands in the file."""

    tag: str
    line: int
    lines: list[str]

    @property
    def text(self) -> str:
        """Its first line, without spaces around it."""
        return self.lines[0].strip() if self.lines else ""


def text_lines(chunks: Iterable[bytes], bounds: Bounds) -> Iterator[tuple[int, str]]:
    """The file's lines with their numbers. A line that is no UTF-8 is read in the code page that fits the file."""
    sample = bytearray()
    page = ""
    for number, row in enumerate(_rows(_sampled(_marked(chunks), sample), bounds), 1):
        row = row.removeprefix(codecs.BOM_UTF8)  # of a file that was put behind another
        try:
            text = row.decode()
        except UnicodeDecodeError:
            page = page or code_page(bytes(sample.translate(None, _CONTROL_BYTES)), PAGES) or "cp1252"
            text = row.decode(page, "replace")
        yield number, text.translate(_CONTROL)


def _sampled(chunks: Iterable[bytes], sample: bytearray) -> Iterator[bytes]:
    """The same, with what a guess may rest on kept aside."""
    for chunk in chunks:
        if len(sample) < SAMPLE:
            sample += chunk
        yield chunk


def _marked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same, as UTF-8 where a mark at the start says that it is UTF-16 or 32."""
    pieces = iter(chunks)
    first = next(pieces, b"")
    encoding = next((encoding for mark, encoding in MARKS if first.startswith(mark)), "utf-8-sig")
    if encoding == "utf-8-sig":
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    yield decoder.decode(first).encode()
    for piece in pieces:
        yield decoder.decode(piece).encode()


def _rows(chunks: Iterable[bytes], bounds: Bounds) -> Iterator[bytes]:
    """Lines, whatever ends them."""
    left = b""
    number = 0
    for chunk in chunks:
        pieces = (left + chunk).replace(b"\r\n", b"\n").split(b"\n")
        left = pieces.pop()
        for piece in pieces:
            number += 1
            yield from piece.rstrip(b"\r").split(b"\r")
        if len(left) > bounds.row:
            raise Refused(_("it has a line of more than %(most)s characters", most=bounds.row), line=number + 1)
    yield from left.rstrip(b"\r").split(b"\r")


def fields_of(lines: Iterable[tuple[int, str]], bounds: Bounds) -> Iterator[Field]:
    """The fields in order, and the edges of messages between them."""
    field: Field | None = None
    for number, line in _mended(lines):
        begun, line = _blocks(line, number)
        found = _FIELD.fullmatch(line)
        edge = begun or (None if found else _edge(line, number, is_within=field is not None))
        if field and (found or edge):
            yield field
            field = None
        if edge:
            yield edge
        if found:
            field = Field(found[1], number, [found[2]])
        elif field:
            if len(field.lines) >= bounds.field:
                raise Refused(_("a field has more than %(most)s lines", most=bounds.field), line=number)
            field.lines.append(line)
    if field:
        yield field


def _blocks(line: str, number: int) -> tuple[Field | None, str]:
    """Where a message begins with blocks, and what stands behind them."""
    if not line.startswith("{"):
        return None, line
    kind = _BLOCK_TYPE.search(line)
    begun = Field(BEGIN, number, [kind[1] if kind else ""]) if kind or "{1:" in line else None
    return begun, _BLOCKS.sub("", line).removeprefix("{4:")


def _edge(line: str, number: int, *, is_within: bool) -> Field | None:
    """Where a message ends; or begins, as banks head one that save it without blocks."""
    if _END.fullmatch(line):
        return Field(END, number, [])
    kind = _TYPE.fullmatch(line) if not is_within or line.startswith(":") else None
    return Field(BEGIN, number, [kind[1]]) if kind else None


def _mended(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Lines, with a colon that was parted from its tag put back."""
    held: int | None = None
    for number, line in lines:
        if line.strip() == ":":
            held = number
            continue
        if held is not None:
            yield held, f":{line}" if re.match(r"[0-9]{2}[A-Z]?:", line) else line
            held = None
            continue
        yield number, line
