"""The scan for planted words finds them: else it would prove nothing by finding none."""

import gzip
import zipfile
import zlib
from base64 import b64encode, urlsafe_b64encode
from io import BytesIO
from pathlib import Path

import pytest

from tests.make.scanner import Scanner, files_under, spellings, unpacked

WORD = "Ғайникамал"
ELSEWHERE = ("Нұрлан", "+7 (707) 915-38-46", "a word that is nowhere")


@pytest.mark.parametrize(("name", "raw"), spellings(WORD).items(), ids=list(spellings(WORD)))
def test_a_planted_word_is_found_in_every_spelling(name: str, raw: bytes) -> None:
    [*found] = Scanner(WORD, *ELSEWHERE).scan([("here", b"before\0" + raw + b"\xffafter")])

    assert raw in {spellings(WORD)[find.spelling] for find in found}
    assert {(find.where, find.word) for find in found} == {("here", WORD)}


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@pytest.mark.parametrize("before", range(7))
def test_it_is_found_wherever_it_stands_in_base64(encode, before: int) -> None:
    armoured = encode(b"x" * before + WORD.encode() + b"and so on")

    assert Scanner(WORD).scan([("here", armoured)])


@pytest.mark.parametrize("typed", ["+7 (707) 915-38-46", "+77079153846", "8 707 915 38 46"])
def test_a_phone_is_found_by_its_digits(typed: str) -> None:
    assert Scanner(typed).scan([("here", b"tel:" + "".join(filter(str.isdigit, typed)).encode())])


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "zlib"])
def test_it_is_found_in_what_is_packed(pack) -> None:
    heap = b"something before" + pack(b"a long text, " * 20 + WORD.encode()) + b"something after"

    [find] = Scanner(WORD).scan([("here", heap)])

    assert find.where == "here, unpacked at 16"


def test_it_is_found_in_a_workbook() -> None:
    workbook = BytesIO()
    with zipfile.ZipFile(workbook, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/sharedStrings.xml", f"<sst>{WORD * 40}</sst>")

    assert Scanner(WORD).scan([("here", workbook.getvalue())])


def test_it_is_found_in_a_file_and_in_its_name(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "tmp3x").write_bytes(b"\0" * 5000 + WORD.encode("kz1048"))
    (tmp_path / f"{WORD}.csv").touch()

    found = Scanner(WORD).scan(files_under(tmp_path))

    assert {find.where.removeprefix(str(tmp_path)) for find in found} == {
        "/deep/tmp3x",
        f"the name of {tmp_path}/{WORD}.csv",
    }


def test_what_was_written_before_the_scan_began_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "old").write_text(WORD)

    assert Scanner(WORD).scan(files_under(tmp_path, since=(tmp_path / "old").stat().st_mtime + 1)) == []


def test_other_words_are_not_found() -> None:
    assert Scanner(*ELSEWHERE).scan([("here", WORD.encode() * 9)]) == []


def test_a_damaged_packing_stops_nothing() -> None:
    heap = b"\x1f\x8b\x08\x78\x9cPK\x03\x04...." + b"\x08\x00" + WORD.encode()

    assert [where for where, _raw in unpacked("here", heap)][:1] == ["here"]
    assert Scanner(WORD).scan([("here", heap)])
