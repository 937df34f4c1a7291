"""First and last lines of more of the shared MT940 and MT942, as they stand in the files."""

from typing import Any

import pytest

from tests.readers.statements.reading import facts, read_shared

EDGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "jejik__postfinance.sta": (
        {
            "booked": "2013-12-09",
            "value": "2013-12-09",
            "amount": "79.70 CHF",
            "swift": "FMSC",
            "order": "01916",
            "name": "JANE DOE EXAMPLESTRASSE 10 1234 XXXX",
            "text": "RECHNUNG XXXXXXXXXXXX",
            "additional": "GIRO AUS ONLINE-SIC 80532 20131209007602198765432000000012",
        },
        {
            "booked": "2013-12-18",
            "value": "2013-12-18",
            "amount": "10.10 CHF",
            "swift": "FMSC",
            "order": "01651",
            "text": "EINZAHLUNGSSCHEIN",
            "additional": "20131216816204000100125000000012",
        },
    ),
    "jejik__rabobank.sta": (
        {
            "booked": "2011-05-27",
            "value": "2011-05-27",
            "amount": "-1213.28 EUR",
            "swift": "N044",
            "name": "W.P. Jansen",
            "account": "0121470966",
            "text": "Terugboeking NIET AKKOORD MET AFSCHRIJVING KOSTEN KINDEROPVANG JUNI 20095731",
        },
        {
            "booked": "2012-08-29",
            "value": "2012-08-29",
            "amount": "-6.20 EUR",
            "swift": "NMSC",
            "name": "NS-Utrecht C. 117 UTRECHT",
            "account": "P000029225",
            "text": "Betaalautomaat 08:22 pasnr. 001",
        },
    ),
    "jejik__triodos.sta": (
        {
            "booked": "2011-01-01",
            "value": "2011-01-01",
            "amount": "-15.70 EUR",
            "gvc": "000",
            "swift": "N000",
            "account": "0390123456",
            "text": "ALGEMENE TUSSENREKENING KOSTEN VAN 01-10-2010 TOT EN MET 31-12-2010",
        },
        {
            "booked": "2011-01-25",
            "value": "2011-01-25",
            "amount": "-700.00 EUR",
            "gvc": "000",
            "swift": "N000",
            "text": "HUUR KANTOOR - FEB 2010",
        },
    ),
    "mBank__mt942.sta": (
        {
            "booked": "2017-01-19",
            "value": "2017-01-19",
            "amount": "0.01 PLN",
            "reference": "MB170119012058",
            "gvc": "911",
            "swift": "NTRF",
            "name": "JAN NOWAK",
            "address": ("UL. NIJAKA 1 M 2 31-234 KRAKOW",),
            "account": "56114010810000267002001001",
            "text": "PRZELEW SRODKOW",
            "additional": "911 TRANSAKCJA COLLECT ID IPH: XX000000000001 911-TRANSAKCJA IPH",
        },
        {
            "booked": "2017-01-19",
            "value": "2017-01-19",
            "amount": "0.01 PLN",
            "reference": "MB170119012121",
            "gvc": "911",
            "swift": "NTRF",
            "name": "JAN NOWAK",
            "address": ("UL. NIJAKA 1 M 2 31-234 KRAKOW",),
            "account": "56114010810000267002001001",
            "text": "PRZELEW SRODKOW",
            "additional": "911 TRANSAKCJA COLLECT ID IPH: XX000000000003 911-TRANSAKCJA IPH",
        },
    ),
    "sberbank__171011_01234945.sta": (
        {
            "booked": "2017-10-11",
            "value": "2017-10-11",
            "amount": "-2402.00 HUF",
            "swift": "S",
            "order": "X",
            "name": "ERGO Versicherung AG Fioktelep",
            "account": "10918001/0000004279070017",
            "text": "526715 A12596785 20170926000100 1366 526715 Tranzakci\ufffds Illet\ufffdk:7.21HUF",
            "additional": "G200000137791678",
        },
        {
            "booked": "2017-10-11",
            "value": "2017-10-11",
            "amount": "-3575.00 HUF",
            "swift": "S",
            "order": "X",
            "name": "ERGO Versicherung AG Fioktelep",
            "account": "10918001/0000004279070017",
            "text": "625006 A14282085 20170926000100 1221 625006 Tranz. Illet\ufffdk: 10.73HUF",
            "additional": "G200011025720127",
        },
    ),
    "self-provided__raiffeisen-cmi.sta": (
        {
            "booked": "2018-04-17",
            "value": "2018-04-17",
            "amount": "2066637.00 HUF",
            "reference": "CAB18D1700041116",
            "swift": "N527",
            "name": "HUNGARY KFT.",
            "account": "109876543210000012345678",
            "text": "UV, napi összevont utánvét, 2018.04 .17, A13947109201804175000000097, X",
            "additional": "Csoportos átutalás jóváírása",
        },
        {
            "booked": "2018-04-17",
            "value": "2018-04-17",
            "amount": "-6000.00 HUF",
            "swift": "N077",
            "text": "OLD18D038146 HUF 1.218.882,00",
            "additional": "Díj, jutalék",
        },
    ),
}


@pytest.mark.parametrize("name", EDGES)
def test_first_and_last_line_of_a_shared_statement_say_what_stands_there(name: str) -> None:
    lines = read_shared(name).lines

    assert (facts(lines[0]), facts(lines[-1])) == EDGES[name]
