"""An XLSX workbook, measured before calamine sees it, and handed to it as nothing but what was measured.

A workbook is a zip of XML. Each part that matters is unpacked under a bound (headers may lie), its XML is walked once
to count cells, the furthest row and column (calamine lays out the whole rectangle) and the text that cells share, and
then packed anew: so nothing is parsed that was not counted.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

from aid.domain.words import Message, _
from aid.readers.sheets import Bounds

PARTS_READ = re.compile(
    r"\[content_types\]\.xml|_rels/\.rels"
    r"|xl/(_rels/workbook\.xml\.rels|workbook\.xml|styles\.xml|sharedstrings\.xml|worksheets/[^/]+\.xml)",
    re.IGNORECASE,
)
CELL = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
CHUNK = 1024**2
ENCRYPTED = 0x1


class NotReadable(Exception):
    """The workbook is broken or too large; the message says which."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


def read(payload: bytes, bounds: Bounds, *, first: int | None = None) -> tuple[tuple[str, Iterable[list[str]]], ...]:
    """Each sheet's name and its records of text. Raises NotReadable.

    With `first`, at least so many records that hold something, of a workbook that was read as a whole before: then it
    is known how large it is.
    """
    parts = _unpacked(payload, bounds)
    if not any(name.lower() == "xl/workbook.xml" for name in parts):
        raise NotReadable(_("it is not an Excel workbook: save it as XLSX or CSV."))
    if first is None:
        _measure(parts, bounds)
    try:
        workbook = CalamineWorkbook.from_filelike(_packed(parts))
        return tuple((name, _records(workbook, name, first)) for name in workbook.sheet_names)
    except (CalamineError, ValueError, OSError):
        raise _broken()


def _unpacked(payload: bytes, bounds: Bounds) -> dict[str, bytes]:
    """The parts that hold the table, none of them larger than what is left of the bound."""
    parts: dict[str, bytes] = {}
    left = bounds.unpacked_bytes
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as packed:
            if len(packed.infolist()) > bounds.parts:
                raise _too_large()
            for part in packed.infolist():
                if not PARTS_READ.fullmatch(part.filename):
                    continue
                if part.flag_bits & ENCRYPTED:
                    raise NotReadable(_("it is protected with a password: save it without one."))
                if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise _broken()
                parts[part.filename] = _unpacked_part(packed, part, left)
                left -= len(parts[part.filename])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise _broken()
    return parts


def _unpacked_part(packed: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> bytes:
    unpacked = bytearray()
    with packed.open(part) as stream:
        while chunk := stream.read(CHUNK):
            unpacked += chunk
            if len(unpacked) > most:
                raise _too_large()
    return bytes(unpacked)


def _packed(parts: dict[str, bytes]) -> io.BytesIO:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    whole.seek(0)
    return whole


def _measure(parts: dict[str, bytes], bounds: Bounds) -> None:
    """Walk every part, shared texts first, since cells point at them."""
    measure = _Measure(bounds)
    for name in sorted(parts, key=lambda name: "sharedstrings" not in name.lower()):
        try:
            measure.walk(parts[name])
        except (expat.ExpatError, ValueError):
            raise _broken()


class _Measure:
    """Counts cells, how far they reach and how much text they hold, over all parts."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.cells = self.text = 0
        self.shared: list[int] = []  # the length of each shared text

    def walk(self, xml: bytes) -> None:
        self.row = self.column = self.depth = 0
        self.in_cell = self.in_shared = self.points = False
        self.length, self.value = 0, ""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        parser.Parse(xml, True)

    def _doctype(self, *_declared: object) -> None:
        raise _broken()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > self.bounds.depth:
            raise _broken()
        match name.rpartition(":")[2]:
            case "row":
                self.row, self.column = int(attributes.get("r", self.row + 1)), 0
            case "c":
                self._start_cell(attributes)
            case "si":
                self.in_shared, self.length = True, 0
            case "v" | "is" | "f" if self.in_cell:  # an empty cell with only a style takes no place
                self._reach()
            case "t" if self.in_cell:
                self._reach()

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.column += 1
        if place := attributes.get("r"):
            found = CELL.fullmatch(place)
            if not found:
                raise ValueError(place)
            self.row, self.column = int(found[2]), _column_number(found[1])
        self.in_cell, self.points = True, attributes.get("t") == "s"
        self.length, self.value = 0, ""

    def _reach(self) -> None:
        if self.row > self.bounds.rows:
            raise NotReadable(_("it has more than %(most)s rows: split it.", most=self.bounds.rows))
        if self.column > self.bounds.columns:
            raise NotReadable(
                _(
                    "row %(row)s has more than %(most)s columns: keep only those that are needed.",
                    row=self.row,
                    most=self.bounds.columns,
                )
            )

    def _characters(self, text: str) -> None:
        if self.in_cell or self.in_shared:
            self.length += len(text)
            if self.points:
                self.value = (self.value + text)[:12]

    def _end(self, name: str) -> None:
        self.depth -= 1
        match name.rpartition(":")[2]:
            case "c":
                self._end_cell()
            case "si":
                self.shared.append(self.length)
                self.in_shared = False

    def _end_cell(self) -> None:
        self.in_cell = False
        self.cells += 1
        self.text += self.length
        if self.points and (place := self.value.strip()).isdecimal() and int(place) < len(self.shared):
            self.text += self.shared[int(place)]
        if self.cells > self.bounds.cells or self.text > self.bounds.text:
            raise _too_large()


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _records(workbook: CalamineWorkbook, name: str, first: int | None) -> list[list[str]]:
    sheet = workbook.get_sheet_by_name(name)
    if first is not None:
        rows = sheet.to_python(skip_empty_area=False, nrows=2 * first)
        if sum(any(cell != "" for cell in row) for row in rows) >= first:
            return [_without_tail([_as_text(cell) for cell in row]) for row in rows]
    rows = sheet.to_python(skip_empty_area=False)
    return [_without_tail([_as_text(cell) for cell in row]) for row in rows]


def _without_tail(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _as_text(cell: Any) -> str:
    """A cell as people would type it: 1092128444 and not 1092128444.0, dates as 2015-09-01."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
    return str(cell)


def _broken() -> NotReadable:
    return NotReadable(_("it is damaged or not an Excel workbook: open it, save it as XLSX again and bring that."))


def _too_large() -> NotReadable:
    return NotReadable(
        _("it unpacks to more than can be read safely: split it, and leave out pictures and empty sheets.")
    )
