"""Files that a page sends: papers and tables, shown by the browser or kept by it, under names that say nobody's."""

from collections.abc import Iterator
from pathlib import PurePath
from types import MappingProxyType
from typing import Final

from flask import Response, stream_with_context

KINDS: Final = MappingProxyType(
    {
        ".pdf": "application/pdf",
        ".csv": "text/csv; charset=utf-8",
        ".txt": "text/plain; charset=utf-8",
        ".journal": "text/plain; charset=utf-8",
        ".json": "application/json",
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
)


def shown_file(content: bytes | str | Iterator[bytes], name: str) -> Response:
    """A file that the browser shows. What is made piece by piece is sent as it is made, and kept nowhere."""
    return _sent(content, name, "inline")


def kept_file(content: bytes | str | Iterator[bytes], name: str) -> Response:
    """A file that the browser keeps."""
    return _sent(content, name, "attachment")


def _sent(content: bytes | str | Iterator[bytes], name: str, how: str) -> Response:
    body = content if isinstance(content, bytes | str) else stream_with_context(content)
    headers = {"Content-Disposition": f'{how}; filename="{name}"'}
    return Response(body, content_type=KINDS[PurePath(name).suffix], headers=headers)
