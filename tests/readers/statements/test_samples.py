"""Our own statements, one of each format and dialect: made-up people, accounts from documentation."""

import pytest

from aid.domain.payments import Direction
from aid.domain.statements import BankLine, LineStatus, Lost, ProblemKind, StatementFormat
from tests.readers.statements.reading import SAMPLES, Read, facts, read, read_sample


def problems_of(read: Read) -> list[tuple[ProblemKind, int, Lost]]:
    return [(each.kind, each.place.entry or each.place.statement, each.lost) for each in read.problems]


@pytest.mark.parametrize(
    ("name", "format_", "account", "came", "went"),
    [
        ("german.sta", StatementFormat.MT940, "37040044/0532013000", {"EUR": 11234}, {"EUR": 250}),
        ("dutch.swi", StatementFormat.MT940, "NL91ABNA0417164300", {"EUR": 3000}, {}),
        ("swiss.sta", StatementFormat.MT940, "CH9300762011623852957", {"CHF": 15940}, {}),
        ("polish.mt942", StatementFormat.MT942, "PL61109010140000071219812874", {"PLN": 10000}, {}),
        ("citi.txt", StatementFormat.MT940, "0123456789", {"USD": 2000}, {}),
        ("hungarian.cp852.sta", StatementFormat.MT940, "UBRTHUHB/123456789150ABCDEF002", {"HUF": 50000}, {}),
        ("russian.cp1251.sta", StatementFormat.MT940, "40817810099910004312", {"RUB": 150000}, {}),
        ("unswift.sta", StatementFormat.MT940, "1966315302010001", {"HUF": 25000}, {}),
        ("camt053.v2.xml", StatementFormat.CAMT_053, "DE89370400440532013000", {"EUR": 14000}, {"EUR": 1230}),
        ("english.csv", StatementFormat.CSV, "GB82WEST12345698765432", {"GBP": 2500}, {"GBP": 120}),
        ("dutch.csv", StatementFormat.CSV, "NL91ABNA0417164300", {"EUR": 2500}, {"EUR": 165}),
    ],
)
def test_a_whole_statement_is_read_without_a_problem(
    name: str, format_: StatementFormat, account: str, came: dict[str, int], went: dict[str, int]
) -> None:
    read = read_sample(name)

    assert read.problems == []
    assert {(each.format, each.account) for each in read.begun} == {(format_, account)}
    assert (read.total(Direction.CREDIT), read.total(Direction.DEBIT)) == (came, went)


def first(name: str, place: int = 0) -> BankLine:
    return read_sample(name).lines[place]


@pytest.mark.parametrize(
    ("name", "place", "said"),
    [
        (
            "german.sta",
            0,
            {
                "name": "Muster, Erika und Max Mustermann",
                "account": "DE89370400440532013000",
                "bank": "COBADEFFXXX",
                "text": "4711008152 Fuer die Kinder der Streikenden",
                "end_to_end": "SPENDE-17",
            },
        ),
        ("german.sta", 1, {"text": "Spende mit Dank", "name": "Beispiel, Karl"}),
        ("german.sta", 2, {"mandate": "M-77", "returned": "903", "reference": "BK-1", "text": "Rueckgabe"}),
        (
            "dutch.swi",
            0,
            {
                "name": "JAN JANSEN",
                "account": "NL20INGB0001234567",
                "bank": "INGBNL2A",
                "text": "Voor de gezinnen 4711008152",
                "reference": "26327000000001",
            },
        ),
        (
            "dutch.swi",
            1,
            {"name": "P. PIETERSEN", "references": ("RF18539007547034",), "end_to_end": "E2E-5"},
        ),
        ("swiss.sta", 0, {"name": "ERIKA MUSTER BEISPIELWEG 1 3000 BERN", "text": "FUER DIE SCHULSACHEN"}),
        (
            "polish.mt942",
            0,
            {"name": "JAN PRZYKLADOWY", "address": ("UL. NIJAKA 1 00-001 WARSZAWA",), "text": "DAR DLA RODZIN"},
        ),
        ("polish.mt942", 1, {"status": "pending"}),
        ("citi.txt", 0, {"name": "EXAMPLE UNION LOCAL 1", "text": "FOR THE FAMILIES 4711008152", "reference": "C-1"}),
        ("citi.txt", 1, {"status": "information"}),
        (
            "hungarian.cp852.sta",
            0,
            {
                "name": "PÉLDA ÖSSZEFOGÁS EGYESÜLET",
                "account": "109876543210000012345678",
                "text": "A gyerekek tanszereire",
            },
        ),
        ("russian.cp1251.sta", 0, {"text": "Перевод от Иванова И. И. Помощь семьям бастующих"}),
        (
            "unswift.sta",
            0,
            {"name": "Example Trade Union", "account": "10918001/0000004279070017", "text": "Help for the families"},
        ),
        (
            "camt053.v2.xml",
            0,
            {
                "name": "Erika Muster",
                "account": "GB82WEST12345698765432",
                "country": "AT",
                "address": ("Beispielweg 1",),
                "bank": "WESTGB22",
                "ultimate": "Lokalgruppe Nord",
                "text": "4711008152 for the school bags",
                "gvc": "166",
            },
        ),
        ("camt053.v2.xml", 3, {"name": "Wrong Payer", "returned": "AC04", "reversal": True, "amount": "-10.00 EUR"}),
        ("camt053.v2.xml", 4, {"references": ("RF18539007547034",), "charges": ["2.00 EUR"]}),
        ("camt052.v8.xml", 0, {"name": "Jürgen Muster", "booked": "2026-11-23", "reference": "R-1"}),
        ("camt052.v8.xml", 1, {"status": "pending"}),
        ("german.csv", 0, {"name": "Erika Muster", "amount": "1050.00 EUR", "text": "4711008152 Spende"}),
        ("german.csv", 3, {"status": "pending"}),
        ("dutch.csv", 1, {"amount": "-1.65 EUR", "name": "Bank", "text": "Kosten"}),
        ("english.csv", 0, {"booked": "2026-11-24", "amount": "-1.20 GBP"}),
    ],
)
def test_a_line_says_who_gave_and_with_which_words(name: str, place: int, said: dict[str, object]) -> None:
    found = facts(first(name, place))

    assert {key: found.get(key) for key in said} == said


def test_a_foreign_gift_keeps_what_was_sent_what_came_and_what_was_taken() -> None:
    line = first("camt053.v2.xml", 4)

    assert str(line.money) == "40.00 EUR"
    assert line.payment.foreign
    assert (str(line.payment.foreign.instructed), line.payment.foreign.rate) == ("50.00 USD", "0.84")
    (charge,) = line.payment.charges
    assert (str(charge.money), charge.bearer) == ("2.00 EUR", "SHAR")


def test_payments_that_do_not_add_up_to_their_batch_are_told_once() -> None:
    read = read_sample("camt054.v4.xml")

    assert [(each.kind, str(each.difference)) for each in read.problems] == [(ProblemKind.TOTAL, "-1.00 CHF")]
    (line,) = read.lines
    assert line.details[0].references == ("210000000003139471430009017",)
    assert line.details[0].charges[0].is_included is True


def test_a_broken_statement_loses_nothing_that_can_be_read_and_says_what_could_not() -> None:
    read = read_sample("broken.sta")

    assert [(line.place.entry, line.minor, str(line.booked_on)) for line in read.lines] == [
        (1, 1000, "2026-11-23"),
        (4, 500, "2026-11-23"),
        (5, 100, "2026-11-23"),
    ]
    assert problems_of(read) == [
        (ProblemKind.UNREADABLE, 1, Lost.FIELD),
        (ProblemKind.TOO_FINE, 2, Lost.LINE),
        (ProblemKind.UNREADABLE, 3, Lost.LINE),
        (ProblemKind.UNREADABLE, 4, Lost.FIELD),
        (ProblemKind.BALANCE, 1, Lost.NOTHING),
    ]
    assert "“10,005” has too many digits: EUR has 2" in str(read.problems[1].what)
    assert str(read.problems[1].place.words) == "line 7, entry 2"
    assert str(read.problems[-1].difference) == "10.01 EUR"


def test_odd_entries_are_read_as_far_as_they_can_be() -> None:
    read = read_sample("camt053.odd.xml")

    assert [(line.place.entry, line.signed, line.currency, line.status) for line in read.lines] == [
        (2, 105, "EUR", LineStatus.BOOKED),
        (7, 400, "EUR", LineStatus.BOOKED),
        (8, -500, "EUR", LineStatus.BOOKED),
        (9, -100, "JPY", LineStatus.INFORMATION),
        (10, 1234, "KWD", LineStatus.BOOKED),
    ]
    assert problems_of(read) == [
        (ProblemKind.TOO_FINE, 1, Lost.LINE),
        (ProblemKind.NO_CURRENCY, 3, Lost.LINE),
        (ProblemKind.UNREADABLE, 4, Lost.LINE),
        (ProblemKind.UNREADABLE, 5, Lost.LINE),
        (ProblemKind.NO_DAY, 6, Lost.LINE),
        (ProblemKind.UNREADABLE, 7, Lost.FIELD),
        (ProblemKind.ODD, 8, Lost.NOTHING),
    ]


def test_a_file_that_breaks_off_gives_what_stood_before_and_says_where() -> None:
    read = read_sample("camt053.cut.xml")

    assert [line.signed for line in read.lines] == [5000, 5000, -230]
    broken = read.problems[0]
    assert (broken.kind, broken.lost, broken.place.line) == (ProblemKind.BROKEN_OFF, Lost.REST, 20)
    assert {each.kind for each in read.problems[1:]} == {ProblemKind.BALANCE, ProblemKind.TOTAL}
    assert len(read.ended) == 1


def test_equal_gifts_on_two_pages_stay_two_parts_of_one_day() -> None:
    read = read_sample("swiss.sta")

    one, other = (dict(end.parts)[read.lines[0].booked_on] for end in read.ended)
    assert (one.closing, other.opening, other.closing) == (7970, 7970, 15940)
    assert read.lines[0].identity == read.lines[1].identity


def test_a_hyphen_alone_in_a_text_does_not_end_its_statement() -> None:
    lines = (SAMPLES / "german.sta").read_bytes().replace(b"der Streikenden?30", b"der\n-\nStreikenden?30", 1)

    found = read(lines)

    assert [line.signed for line in found.lines] == [5000, 5000, 1234, -250]
    assert (len(found.begun), found.problems) == (1, [])


def test_a_batch_whose_one_detail_stands_for_all_is_no_problem() -> None:
    whole = (SAMPLES / "camt053.v2.xml").read_bytes()
    begin = whole.index(b'<TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">20.00')
    end = whole.index(b"</NtryDtls>", begin)

    found = read(whole[:begin] + b"<TxDtls><Refs><MsgId>M</MsgId></Refs></TxDtls>" + whole[end:])

    assert (found.lines[1].batch, found.lines[1].details, found.problems) == (2, (), [])


def test_a_large_batch_gives_each_payment_what_stands_in_it_and_not_in_its_neighbours() -> None:
    details = "".join(
        f'<TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">{n}.00</Amt></TxAmt></AmtDtls><RltdPties><Dbtr><Nm>N{n}</Nm></Dbtr>'
        f"</RltdPties>{f'<RmtInf><Ustrd>T{n}</Ustrd></RmtInf>' if n % 3 else ''}</TxDtls>"
        for n in range(1, 101)
    )
    whole = (SAMPLES / "camt053.v2.xml").read_text()
    begin, end = whole.index("<Ntry>"), whole.index("</Stmt>")
    entry = f'<Ntry><Amt Ccy="EUR">5050</Amt><CdtDbtInd>CRDT</CdtDbtInd><NtryDtls>{details}</NtryDtls></Ntry>'

    (line,) = read((whole[:begin] + entry + whole[end:]).encode()).lines

    told = [(each.minor, each.other.name if each.other else "", each.text) for each in line.details]
    assert told == [(n * 100, f"N{n}", f"T{n}" if n % 3 else "") for n in range(1, 101)]
