"""What somebody could bring who means us no good, and what is simply no statement."""

import io
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aid.domain.refusals import RuleBroken
from aid.domain.statements import BankLine, Lost, ProblemKind
from aid.readers.statements import BOUNDS, read_statement
from aid.readers.statements.camt import CamtReader
from aid.readers.statements.swift import SwiftReader
from tests.readers.statements.reading import SAMPLES, read

CAMT = (SAMPLES / "camt053.v2.xml").read_bytes()
SWIFT = (SAMPLES / "german.sta").read_bytes()
HEAD, REST = CAMT.split(b"\n", 1)


def refusal_of(payload: bytes, **how: object) -> str:
    with pytest.raises(RuleBroken) as refused:
        read(payload, "statement.xml", **how)
    assert "“statement.xml”" in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("prolog", "says"),
    [
        (b"<!DOCTYPE Document>", "line 2: it declares a document type"),
        (b'<!DOCTYPE Document SYSTEM "http://127.0.0.1/x.dtd">', "document type"),
        (b'<!DOCTYPE Document [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>', "document type"),
        (b'<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "document type"),
        (b'<!DOCTYPE Document [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>', "document type"),
        (b'<!DOCTYPE Document [<!ATTLIST Amt Ccy CDATA "USD">]>', "document type"),
        (b'<?xml-stylesheet href="http://127.0.0.1/x.xsl"?>', "line 2: it asks for a style sheet"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_declares_or_fetches_anything_is_refused(prolog: bytes, says: str, encoding: str) -> None:
    payload = HEAD.replace(b"UTF-8", encoding.encode()) + b"\n" + prolog + REST

    assert says in refusal_of(payload.decode().encode(encoding))


def test_a_document_type_is_found_wherever_the_pieces_of_the_file_part() -> None:
    payload = HEAD + b"\n<!-- " + b"x" * 70_000 + b'<--><!DOCTYPE Document [<!ENTITY a "b">]>' + REST

    assert refusal_of(payload)


def test_a_file_that_includes_others_is_refused() -> None:
    include = b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'

    assert "XInclude" in refusal_of(CAMT.replace(b"<Stmt>", b"<Stmt>" + include))


def test_an_entity_that_nobody_declared_ends_the_reading_where_it_stands() -> None:
    found = read(CAMT.replace(b"Lokalgruppe Nord", b"&xxe;"))

    assert found.problems[0].kind is ProblemKind.BROKEN_OFF
    assert found.lines == []


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"", "is empty"),
        (b" \n\n ", "is empty"),
        (b"\x1f\x8b\x08" + b"\0" * 50, "packed"),
        (b"PK\x03\x04" + b"\0" * 50 + b"camt053.xml", "packed"),
        (b"<html><body>Please log in</body></html>", "not a bank's statement"),
        (b'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"/>', "not a bank's"),
        (b"<Document><BkToCstmrStmt", "line 1: it is not whole XML"),
        (b'<?xml version="1.0" encoding="x-nobody"?><a/>', "encoding"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a table"),
        (b":86:nothing else\n-\n", "line 1: no statement begins here"),
        (b"Dear Sir,\nplease find enclosed\n", "no statement that is known"),
    ],
)
def test_what_is_no_statement_is_refused_with_a_reason(payload: bytes, says: str) -> None:
    assert says in refusal_of(payload)


SMALL = replace(
    BOUNDS,
    file_bytes=200_000,
    lines=3,
    statements=2,
    depth=12,
    plain_bytes=100_000,
    item_bytes=70_000,
    item_elements=2_000,
    row=500,
    balances=4,
)
ENTRY = b'<Ntry><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>'


def camt(inner: bytes) -> bytes:
    return (
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
        b"<GrpHdr><CreDtTm>2026-11-23T00:00:00</CreDtTm></GrpHdr><Stmt>" + inner + b"</Stmt></BkToCstmrStmt></Document>"
    )


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"a;b\n" * 60_000, "larger than 0 MB"),
        (camt(ENTRY * 4), "more than 3 lines"),
        (camt(b"</Stmt><Stmt>" * 3), "more than 2 statements"),
        (camt(b"<Ntry>" + b"<a>" * 50 + b"</a>" * 50 + b"</Ntry>"), "too deep"),
        (camt(b"<Ntry>" + b"<a>" * 25_000 + b"</a>" * 25_000 + b"</Ntry>"), "too deep"),
        (camt(b"<Ntry>" + b"<a/>" * 40_000 + b"</Ntry>"), "larger than any bank's"),
        (camt(b"<Ntry>" + (b"<a>" + b"x" * 700 + b"</a>") * 250 + b"</Ntry>"), "larger than any bank's"),
        (camt(b"<Ntry><a>" + b"x" * 190_000 + b"</a></Ntry>"), "longer than any bank's"),
        (camt(b"<Ntry " + b" ".join(b'a%d="1"' % n for n in range(18_000)) + b"/>"), "more kinds"),
        (camt(b"".join(b"<Foo><a%d/></Foo>" % n for n in range(5_100))), "more kinds"),
        (camt(b"".join(b'<a b%d=""/>' % n for n in range(6_000))), "more kinds"),
        (camt(b'<Bal><Amt Ccy="EUR">1</Amt></Bal>' * 6), "more than 4 balances"),
        (b":20:A\n:25:1\n:60F:C261123EUR1,\n" + b":61:2611231123C1,N062NONREF\n" * 4, "more than 3 lines"),
        (b":20:A\n" * 3, "more than 2 statements"),
        (b":20:A\n:86:" + b"x" * 130_000, "more than 500 characters"),
    ],
)
def test_what_is_too_large_is_refused_before_it_costs_memory(payload: bytes, says: str) -> None:
    assert says in refusal_of(payload, bounds=SMALL)


def test_a_very_long_text_is_cut_and_its_line_stands() -> None:
    payload = camt(ENTRY.replace(b"</Ntry>", b"<AddtlNtryInf>" + b"x" * 50_000 + b"</AddtlNtryInf></Ntry>"))

    found = read(payload)
    assert len(found.lines[0].payment.additional) == BOUNDS.text
    assert ["longer than" in str(each.what) for each in found.problems if each.lost is Lost.FIELD] == [True]


# ---------------------------------------------------------------- in pieces, and in little memory


@pytest.mark.parametrize("name", ["camt053.v2.xml", "camt052.v8.xml", "camt053.cut.xml", "camt053.odd.xml"])
@pytest.mark.parametrize("size", [1, 7, 100, 1_000])
def test_camt_is_read_alike_in_whatever_pieces_it_comes(name: str, size: int) -> None:
    payload = (SAMPLES / name).read_bytes()
    pieces = (payload[at : at + size] for at in range(0, len(payload), size))

    assert list(CamtReader(pieces, BOUNDS)) == list(CamtReader([payload], BOUNDS))


@pytest.mark.parametrize("name", ["german.sta", "polish.mt942", "russian.cp1251.sta", "dutch.swi"])
@pytest.mark.parametrize("size", [1, 7, 100])
def test_swift_is_read_alike_in_whatever_pieces_it_comes(name: str, size: int) -> None:
    payload = (SAMPLES / name).read_bytes()
    pieces = [payload[at : at + size] for at in range(0, len(payload), size)]
    if "cp1251" in name:  # what the guess of its code page rests on has to be there
        pieces = [payload[:200], *(payload[at : at + size] for at in range(200, len(payload), size))]

    assert list(SwiftReader(pieces, BOUNDS)) == list(SwiftReader([payload], BOUNDS))


class Endless(io.RawIOBase):
    """A statement of very many entries that is never in memory as a whole."""

    def __init__(self, entries: int) -> None:
        self.pieces = self._pieces(entries)

    def _pieces(self, entries: int) -> Iterator[bytes]:
        head, tail = camt(b"|").split(b"|")
        yield head
        for number in range(entries):
            yield ENTRY.replace(b">1<", b">%d<" % (number % 90 + 1))
        yield tail

    def read(self, _size: int = -1) -> bytes:
        return next(self.pieces, b"")


def test_memory_does_not_grow_with_the_number_of_lines() -> None:
    def peak(entries: int) -> int:
        tracemalloc.start()
        lines = sum(isinstance(item, BankLine) for item in read_statement(Endless(entries)))  # type: ignore[arg-type]
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert lines == entries
        return most

    small = peak(200)
    assert peak(2_000) < small + 200_000


# ---------------------------------------------------------------- whatever was done to a file, it is read or refused

SEEDS = [path.read_bytes() for path in sorted(SAMPLES.iterdir())]
PIECES = st.sampled_from(
    [b"<", b">", b"&", b"\n", b":61:", b":86:", b"-", b"9" * 30, b"\0", b"?", b"</Ntry>", b";", b"\xff", "٣".encode()]
)


@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 60), PIECES), max_size=5))
@settings(max_examples=150)
def test_a_damaged_file_is_read_as_far_as_it_can_be_or_refused_and_never_fails_otherwise(
    payload: bytes, damages: list[tuple[int, int, bytes]]
) -> None:
    for place, length, piece in damages:
        at = place % (len(payload) + 1)
        payload = payload[:at] + piece + payload[at + length :]

    said = ""
    try:
        found = read(payload, currency="EUR")
    except RuleBroken as refused:
        said = str(refused)
    assert "“file”" in said or len(found.begun) == len(found.ended) > 0
