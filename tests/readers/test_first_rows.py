"""The first rows of a list say of its columns what the whole list says: nobody waits for the other 50,000 rows."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from aid.readers.columns import BY_HAND
from aid.readers.lists import FIRST_ROWS, HowRead, look_at
from tests.readers.conftest import workbook

HEADINGS = ["Отбасы", "Аты-жөні", "Кім болады", "Туған күні"]
PERSON = ["1", "Серікбаев Нұрлан", "жұмысшы", "13.05.1985"]
Rows = list[list[str]]
ROWS: dict[str, Rows] = {
    "plain": [HEADINGS, *[PERSON] * 900],
    "short": [HEADINGS, *[PERSON] * 3],
    "headings late": [[]] * 150 + [["Тізім"], HEADINGS, *[PERSON] * 900],
    "all late": [[]] * 700 + [HEADINGS, *[PERSON] * 900],
    "wider below": [HEADINGS, *[PERSON] * 600, [*PERSON, "a", "b"]],
    "wide soon": [HEADINGS, *[PERSON] * 20, [*PERSON, "a"], *[PERSON] * 600],
}


def as_text(rows: Rows) -> bytes:
    return "\n".join(";".join(row) for row in rows).encode()


def as_workbook(rows: Rows) -> bytes:
    return workbook(rows)


@pytest.mark.parametrize("shape", ROWS)
@pytest.mark.parametrize("written", [as_text, as_workbook])
@pytest.mark.parametrize("header_row", [-1, 0, 152, 400])
def test_the_first_rows_say_of_the_columns_what_the_whole_list_says(
    shape: str, written: Callable[[Rows], bytes], header_row: int
) -> None:
    payload, how = written(ROWS[shape]), HowRead(header_row=header_row)

    whole = look_at("list", payload, how)
    first = look_at("list", payload, how, whole=False)

    assert first.how == whole.how
    assert (first.headings, first.letters, first.form) == (whole.headings, whole.letters, whole.form)
    assert [view.first_rows for view in first.views] == [view.first_rows for view in whole.views]


@pytest.mark.parametrize("written", [as_text, as_workbook])
def test_no_more_than_the_first_rows_are_read(written: Callable[[Rows], bytes]) -> None:
    first = look_at("list", written(ROWS["plain"]), HowRead(), whole=False)

    assert len(first.sheet.rows) <= 2 * FIRST_ROWS


def test_a_text_is_read_anew_when_other_signs_part_it() -> None:
    seen = look_at("list", as_text(ROWS["short"]), HowRead())

    assert seen.is_parted_alike(replace(seen.how, columns=("name",), mapping=BY_HAND))
    assert not seen.is_parted_alike(replace(seen.how, separator=","))
    assert not seen.is_parted_alike(replace(seen.how, encoding="windows-1251"))
