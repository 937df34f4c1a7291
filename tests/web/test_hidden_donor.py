"""A donor who is never to be named stands in no export, paper, table, log or file. Pages: see test_pages.

What people and programs are told over the network, and what a server leaves behind, is looked through in test_markers.
"""

import pytest
from flask import Flask
from sqlalchemy import select

from aid.models.allocations import Decision
from aid.models.donations import Donation, Thanks
from aid.models.meetings import Meeting
from aid.models.objections import Objection
from aid.models.thanks import ThanksMail
from tests.documents.reading import Printed
from tests.make import rows
from tests.make.browser import Browser
from tests.make.fund import FoundedFund
from tests.make.hidden import DAY, HIDDEN, named_in
from tests.make.lived import whole as whole
from tests.make.pages.visits import first
from tests.make.scanner import Scanner, files_under
from tests.web.test_markers import every_row

pytestmark = pytest.mark.parametrize("whole", ["sqlite"], indirect=True)


def papers(fund: FoundedFund) -> list[tuple[str, str]]:
    """Who takes out what: every paper, table and export that rests on gifts or is shown to anybody."""
    decided, meeting, objection = first(Decision.allocation_id), first(Meeting.id), first(Objection.id)
    year = "first=2026-01-01&last=2026-12-31"
    return [
        ("olga", "/ledger/journal"),
        ("timur", "/ledger/journal"),
        ("timur", f"/ledger/statement.pdf?{year}"),
        ("olga", f"/ledger/statement.pdf?{year}"),
        ("saule", f"/committee/{decided}/record.pdf"),
        ("dina", f"/meetings/{meeting}/minutes.pdf"),
        ("nurlan", "/support/sheet.pdf?language=kk"),
        ("dina", f"/objections/{objection}/answer.pdf"),
        *(("olga", f"/figures/1.{kind}") for kind in ("pdf", "csv", "json")),
    ]


def test_no_paper_and_no_export_names_them(whole: Flask) -> None:
    fund = FoundedFund(whole)
    browsers = {
        handle: Browser(whole, cookie=fund.sign_in(handle)) for handle in ("olga", "timur", "saule", "dina", "nurlan")
    }
    taken, told = [], []
    for handle, path in papers(fund):
        answer = browsers[handle]._ask(path, method="GET")
        if answer.status_code == 200:
            taken.append(path)
            raw = answer.get_data()
            told += [(path, raw), (f"the words of {path}", words_of(raw))]
    given = rows(select(Donation.id).join(Thanks, Thanks.donation_id == Donation.id).where(Donation.received_on == DAY))
    letter = browsers["timur"].press(f"/donations/{given[0]}", "Print the letter again").content
    told += [("their own letter", letter), ("the words of their letter", words_of(letter))]

    assert len(taken) >= 5, taken
    assert named_in(told) == []
    other = browsers["timur"].press(f"/donations/{first(ThanksMail.donation_id)}", "Print the letter again").content
    assert Scanner("Solheim").scan([("another's letter", words_of(other))]), "what finds nothing finds another's name"


def words_of(raw: bytes) -> bytes:
    """What stands on a paper, as it is read; or what else it is."""
    return Printed(raw).text().encode() if raw.startswith(b"%PDF") else raw


def test_no_table_and_no_file_holds_them_in_the_clear(whole: Flask) -> None:
    heaps = [*every_row(whole), *files_under(whole.config["KOMEK"].data)]

    assert named_in(heaps) == []
    assert named_in([("a leak", f"to {HIDDEN['email'].upper()} and {HIDDEN['name'].lower()}".encode())]) != []
    assert {where for where, _raw in heaps} > {"table job", "table audit_line", "table record", "table performed"}
