"""Statements of a bank account, in whatever file the bank gives them: camt.052, 053, 054, MT940, MT942, or a table.

`read_statement` is all that others need: it knows the format, and yields what domain/statements.py describes, one after
another, without ever holding more than one entry. A table needs a mapping; `guessed_mapping` proposes one.
"""

import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import PurePath
from typing import BinaryIO

from aid.domain.bank_tables import GuessedMapping, StatementMapping
from aid.domain.statements import StatementItem
from aid.domain.words import _
from aid.readers.sheets import Sheet
from aid.readers.statements.camt import CamtReader
from aid.readers.statements.figures import BOUNDS, Bounds, Refused
from aid.readers.statements.guesses import guess
from aid.readers.statements.swift import SwiftReader
from aid.readers.statements.tables import TableReader
from aid.readers.tables import BOUNDS as TABLE_BOUNDS
from aid.readers.tables import GUESS, TextForm, read_table, text_form

__all__ = ["BOUNDS", "Bounds", "guessed_mapping", "is_table", "read_statement"]

CHUNK = 64 * 1024
PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")
MARKS = b"\xef\xbb\xbf\xff\xfe"  # bytes that tell an encoding, at a file's start
ZIP, WORKBOOK = b"PK\x03\x04", b"[Content_Types].xml"
_SWIFT = re.compile(rb"(?:^|[\r\n\x01])\s?(?:\{[1-4]:|:(?:20|25|28C?|60[FM]|61|62[FM]|86):|:94[0-9]:)")


def read_statement(
    source: BinaryIO | bytes,
    *,
    file_name: str = "",
    mapping: StatementMapping | None = None,
    currency: str = "",
    bounds: Bounds = BOUNDS,
) -> Iterator[StatementItem]:
    """What the bank says, in the order of the file; problems stand among the lines.

    `mapping` says how a table is read; without one it is guessed. `currency` stands for the one that a file does not
    name. Raises RuleBroken, with the file's name, the line and the reason, for what can't be read at all or is hostile:
    that may be after some lines, so whoever keeps them keeps all or nothing.
    """
    name = PurePath(file_name).name[:120] or "?"
    try:
        chunks = _chunks(io.BytesIO(source) if isinstance(source, bytes) else source, bounds)
        first = next(chunks, b"")
        yield from _items(first, chain([first], chunks), name, mapping, currency, bounds)
    except Refused as refused:
        raise refused.as_rule(name) from None


def is_table(first: bytes) -> bool:
    """Whether a file that begins so is neither camt nor MT940, so that it is read by a mapping if at all."""
    return not _is_xml(first) and not _is_swift(first) and not first.startswith(PACKED)


def guessed_mapping(payload: bytes, *, file_name: str = "") -> GuessedMapping:
    """How a table is most likely read, with reasons. Raises RuleBroken for what is no table."""
    return guess(_sheet(payload, file_name, None), text_form(payload))


def _items(
    first: bytes,
    chunks: Iterator[bytes],
    name: str,
    mapping: StatementMapping | None,
    currency: str,
    bounds: Bounds,
) -> Iterator[StatementItem]:
    if not first.strip():
        raise Refused(_("it is empty: choose another file"))
    if first.startswith(PACKED) or (first.startswith(ZIP) and WORKBOOK not in first):
        raise Refused(_("it is packed: unpack it and bring what is inside"))
    if _is_xml(first):
        yield from CamtReader(chunks, bounds)
    elif mapping is None and _is_swift(first):
        yield from SwiftReader(chunks, bounds, currency=currency)
    else:
        yield from _table(_whole(chunks), name, mapping, currency, bounds)


def _table(
    payload: bytes, name: str, mapping: StatementMapping | None, currency: str, bounds: Bounds
) -> Iterator[StatementItem]:
    sheet = _sheet(payload, name, mapping)
    if mapping is None:
        mapping = guess(sheet, None).mapping
        if len(mapping.missing) > 1:
            raise Refused(_("it is no statement that is known here: bring camt, MT940, MT942 or a table"), line=1)
    if currency and not mapping.currency:
        mapping = StatementMapping.from_plain({**mapping.plain(), "currency": currency})
    yield from TableReader(sheet, mapping, bounds)


def _sheet(payload: bytes, name: str, mapping: StatementMapping | None) -> Sheet:
    form = TextForm(mapping.encoding or None, mapping.separator or None) if mapping else GUESS
    sheets = read_table(name, payload, form=form)
    filled = [sheet for sheet in sheets if sheet.rows] or list(sheets)
    named = (sheet for sheet in filled if mapping and sheet.name == mapping.sheet)
    return next(named, filled[0])


def _is_xml(first: bytes) -> bool:
    return first[:200].lstrip(MARKS + b"\0 \t\r\n").startswith(b"<")


def _is_swift(first: bytes) -> bool:
    return _SWIFT.search(first.lstrip(MARKS).replace(b"\0", b"")) is not None


def _whole(chunks: Iterable[bytes]) -> bytes:
    """A table's bytes, and a little more of one that is too large: it is refused with its size."""
    payload = bytearray()
    for chunk in chunks:
        payload += chunk
        if len(payload) > TABLE_BOUNDS.file_bytes:
            break
    return bytes(payload)


def _chunks(stream: BinaryIO, bounds: Bounds) -> Iterator[bytes]:
    """The file piece by piece, and no more of it than is taken."""
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > bounds.file_bytes:
            raise Refused(
                _("it is larger than %(most)s MB: split it into smaller files", most=bounds.file_bytes // 1024**2)
            )
        yield chunk
