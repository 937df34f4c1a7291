import contextlib
import csv
import io
import zipfile
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.refusals import RuleBroken
from aid.readers.tables import BOUNDS, Bounds, TextForm, column_letters, read_table, text_form
from tests.readers.conftest import with_part, workbook

SHEET = "xl/worksheets/sheet1.xml"
SMALL = Bounds(
    file_bytes=100_000, unpacked_bytes=60_000, parts=20, cells=500, text=5_000, rows=50, columns=10, cell=100
)

RUSSIAN = "имя;посёлок;улица\nСерикбаев Нурлан;Тениз;Абая, 12\nЩербакова Юлия;Кендирли;Приморская, 3\n"
KAZAKH = "аты;ауыл;көше\nСерікбаев Нұрлан;Теңіз;Достық, 12\nҒабдуллина Әйгерім;Кендірлі;Бөкенбай, 3\nҚұлбаев;Өмір;Ұлы\n"
SERBIAN = "Ime;Grad;Škola\nNikola Janković;Niš;Prva\nMilica Jakšić;Šabac;Druga\nĐorđe Čabarkapa;Žabalj;Treća\n"
FRENCH = "nom;prénom;ville\nLefèvre;Hélène;Besançon\nBoulêtre;Gaël;Nîmes\n"


def rows_of(payload: bytes, bounds: Bounds = BOUNDS) -> list[tuple[str, ...]]:
    (sheet,) = read_table("families.csv", payload, bounds=bounds)
    return [row.cells for row in sheet.rows]


def refusal_of(payload: bytes, bounds: Bounds = SMALL) -> str:
    with pytest.raises(RuleBroken) as refused:
        read_table("families.csv", payload, bounds=bounds)
    assert "families.csv" in str(refused.value)
    assert refused.value.field == "file"
    return str(refused.value)


# ---------------------------------------------------------------- CSV


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((RUSSIAN, name) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1251")),
        *((RUSSIAN, name) for name in ("koi8_r", "mac_cyrillic", "cp866")),
        *((KAZAKH, name) for name in ("utf-8", "utf-16", "utf-16-le", "kz1048")),
        *((SERBIAN, name) for name in ("utf-8", "cp1250", "iso8859_2")),
        *((FRENCH, name) for name in ("utf-8", "cp1252", "latin_1")),
    ],
)
def test_a_table_is_read_whatever_encoding_it_was_saved_in(text: str, encoding: str) -> None:
    assert rows_of(text.encode(encoding)) == [tuple(line.split(";")) for line in text.splitlines()]


cells = st.text(alphabet="абвгқңөұіABC12 ,;|\t\"'\n=", max_size=12).map(str.strip)
tables = st.integers(2, 5).flatmap(
    lambda width: st.lists(
        st.lists(cells, min_size=width, max_size=width).filter(any).map(tuple), min_size=1, max_size=6
    )
)


@given(
    tables, st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.sampled_from(["\n", "\r\n"])
)
def test_a_quoted_table_comes_back_cell_by_cell(
    table: list[tuple[str, ...]], separator: str, encoding: str, end: str
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator=end).writerows(table)

    assert rows_of(text.getvalue().encode(encoding)) == table


@pytest.mark.parametrize("separator", list(",;\t|"))
def test_the_separator_is_found_even_when_cells_hold_others(separator: str) -> None:
    lines = [("name", "address", "phone"), ("Нұрлан", "Достық 12", "8 701"), ("Айгүл", "Абай 3", "8 702")]
    payload = "\n".join(separator.join(line) for line in lines).encode()

    assert rows_of(payload) == lines
    assert rows_of(b"sep=;\na;b,c\n")[1:] == [("a", "b,c")]


def test_a_line_break_inside_quotes_stays_in_its_cell_and_rows_keep_their_numbers() -> None:
    (sheet,) = read_table("t.csv", b'name,address\n"A","first\nsecond"\n\nB,third\n')

    assert [(row.number, row.cells) for row in sheet.rows] == [
        (1, ("name", "address")),
        (2, ("A", "first\nsecond")),
        (4, ("B", "third")),
    ]


def test_what_looks_like_a_formula_stays_text() -> None:
    assert rows_of(b"name,phone\n=1+1,+7701\n@SUM(A1),-5\n")[1:] == [("=1+1", "+7701"), ("@SUM(A1)", "-5")]


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"  \n", "empty"),
        (b"a,b\n" * 60, "more than 50 rows"),
        (b"a,b\n" + b"," * 10 + b"\n", "row 2 has more than 10 columns"),
        (b"a,b\nx," + b"y" * 101 + b"\n", "row 2, column B"),
        (b"a" * 100_001, "larger than"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0", "not a table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 64, "without a password"),
        (b'a,b\n"' + b"y" * 140_000, "quotation mark"),
    ],
)
def test_what_is_no_table_or_too_large_is_refused_by_row_and_column(payload: bytes, says: str) -> None:
    bounds = SMALL if len(payload) < 130_000 else Bounds()

    assert says in refusal_of(payload, bounds)


def test_columns_are_named_as_spreadsheets_do() -> None:
    assert [column_letters(number) for number in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


# ---------------------------------------------------------------- XLSX


def test_a_workbook_is_read_as_people_would_type_it() -> None:
    payload = workbook([["id", "born", "sum", "yes"], [1092128444, date(2015, 9, 1), 12.5, True]])

    assert rows_of(payload) == [("id", "born", "sum", "yes"), ("1092128444", "2015-09-01", "12.5", "TRUE")]
    assert rows_of(workbook([["day"], [datetime(2015, 9, 1, 10, 30)]]))[1] == ("2015-09-01T10:30:00",)  # noqa: DTZ001


def test_rows_of_a_workbook_keep_their_numbers_past_empty_ones() -> None:
    (sheet,) = read_table("t.xlsx", workbook([[], ["name"], [], ["Нұрлан"]]))

    assert [(row.number, row.cells) for row in sheet.rows] == [(2, ("name",)), (4, ("Нұрлан",))]


def sheet_xml(inner: str) -> bytes:
    return (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{inner}</sheetData></worksheet>"
    ).encode()


@pytest.mark.parametrize(
    ("inner", "says"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>', "50 rows"),
        ('<row r="1"><c r="XFD1"><v>1</v></c></row>', "10 columns"),
        ('<row r="1"><c r="A1048576"><v>1</v></c></row>', "50 rows"),
        ('<row r="9"><c r="?"><v>1</v></c></row>', "damaged"),
        ("<row><c><v>1</v></c>", "damaged"),
        ("<row>" + "<c><v>1</v></c>" * 11 + "</row>", "10 columns"),
        ('<row r="1"><c r="A1" t="inlineStr"><is><t>' + "x" * 101 + "</t></is></c></row>", "column A"),
        ("<row/>" * 20 + "<row><c/></row>" * 501, "unpacks to more"),
    ],
)
def test_a_workbook_that_reaches_too_far_is_refused_before_it_is_laid_out(inner: str, says: str) -> None:
    payload = with_part(workbook([["a"]]), SHEET, sheet_xml(inner))

    assert says in refusal_of(payload)


def test_empty_styled_cells_far_out_take_no_place() -> None:
    payload = with_part(
        workbook([["a"]]), SHEET, sheet_xml('<row r="1"><c r="A1"><v>7</v></c><c r="XFD1" s="1"/></row>')
    )

    assert rows_of(payload, bounds=SMALL) == [("7",)]


def test_a_zip_bomb_is_refused() -> None:
    payload = with_part(workbook([["a"]]), SHEET, b"<x>" + b" " * 200_000 + b"</x>")

    assert len(payload) < 20_000
    assert "unpacks to more" in refusal_of(payload)


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    payload = bytearray(with_part(workbook([["a"]]), SHEET, b"<x>" + b" " * 200_000 + b"</x>"))
    honest = (200_007).to_bytes(4, "little")
    assert payload.count(honest) == 2
    lying = bytes(payload).replace(honest, (100).to_bytes(4, "little"))

    assert "damaged" in refusal_of(lying)


def test_one_text_shared_by_many_cells_counts_each_time() -> None:
    strings = b"<sst><si><t>" + b"y" * 90 + b"</t></si></sst>"
    cells = "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c><c r="B{n}" t="s"><v>0</v></c></row>' for n in range(1, 41)
    )
    payload = with_part(with_part(workbook([["a"]]), SHEET, sheet_xml(cells)), "xl/sharedStrings.xml", strings)

    assert "unpacks to more" in refusal_of(payload)


def test_a_document_type_and_its_entities_are_refused() -> None:
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet><sheetData/></worksheet>'

    assert "damaged" in refusal_of(with_part(workbook([["a"]]), SHEET, evil))


def test_other_zips_and_broken_ones_are_refused() -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as packed:
        packed.writestr("content.xml", "<office/>")

    assert "not an Excel workbook" in refusal_of(whole.getvalue())
    assert "damaged" in refusal_of(workbook([["a"]])[:-100])


def test_too_many_parts_are_refused() -> None:
    whole = io.BytesIO(workbook([["a"]]))
    with zipfile.ZipFile(whole, "a") as packed:
        for number in range(20):
            packed.writestr(f"media/{number}.png", b"")

    assert "unpacks to more" in refusal_of(whole.getvalue())


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(payload: bytes) -> None:
    with contextlib.suppress(RuleBroken):  # and nothing else
        read_table("families.csv", payload, bounds=SMALL)


@given(st.integers(0, 5000), st.integers(0, 255))
def test_a_damaged_workbook_is_read_or_refused(place: int, value: int) -> None:
    payload = bytearray(BOOK)
    payload[place % len(payload)] = value
    with contextlib.suppress(RuleBroken):
        read_table("families.xlsx", bytes(payload), bounds=SMALL)


BOOK = workbook([["name", "born"], ["Нұрлан", date(1984, 3, 2)]])


# ---------------------------------------------------------------- a form that was told, and rows without end


def test_the_form_that_is_told_is_taken_instead_of_the_guess() -> None:
    payload = b"a;b;c,d\n1;2;3,4\n"

    (guessed,) = read_table("a.csv", payload)
    (told,) = read_table("a.csv", payload, form=TextForm("utf-8", ","))

    assert guessed.rows[0].cells == ("a", "b", "c,d")
    assert told.rows[0].cells == ("a;b;c", "d")
    assert text_form(payload) == TextForm("utf-8", ";")
    assert text_form(workbook([["a"]])) is None


def test_a_row_of_a_million_signs_is_refused_by_its_number() -> None:
    assert "row 2 is too long" in refusal_of(b"a;b\n" + b'"' + b"x;\n" * 300, replace(SMALL, record=500))


def test_too_many_cells_are_refused() -> None:
    payload = b"1;2;3;4;5;6;7;8;9;10\n" * 50

    assert "more than 499 cells" in refusal_of(payload, replace(SMALL, cells=499))
    assert len(rows_of(payload, replace(SMALL, cells=500))) == 50


def test_xml_within_xml_without_end_is_refused() -> None:
    deep = b"<worksheet>" + b"<a>" * 200 + b"</a>" * 200 + b"</worksheet>"

    assert "damaged" in refusal_of(with_part(workbook([["a"]]), SHEET, deep), BOUNDS)
