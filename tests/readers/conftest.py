"""Tables to read: real ones where they lie beside the repository, and made ones with what must be refused."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "households"


@pytest.fixture
def household_table() -> Callable[[str], bytes]:
    """A real table by its name; the test is skipped where the folder is absent."""

    def table(name: str) -> bytes:
        if not (SHARED / name).exists():
            pytest.skip("the shared tables are not here")
        return (SHARED / name).read_bytes()

    return table


def workbook(rows: list[list[Any]], *, name: str = "Sheet1", **more: list[list[Any]]) -> bytes:
    """An XLSX workbook of one sheet, or more."""
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole, {"in_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        for title, written in {name: rows, **more}.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(written):
                sheet.write_row(number, 0, row)
    return whole.getvalue()


def with_part(payload: bytes, part: str, content: bytes) -> bytes:
    """The same workbook with one part replaced or added."""
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as old, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, content)
    return whole.getvalue()
