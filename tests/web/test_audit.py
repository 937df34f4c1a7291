"""The audit trail, as the auditor reads it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from aid.domain.languages import Language
from aid.domain.refusals import NotAllowed
from aid.models.audit import AuditHead
from aid.models.records import RecordKind
from aid.queries.acts import ACTS
from aid.queries.audit import audit_page, in_groups
from aid.services.people import speak
from tests.conftest import BrowserOf
from tests.make import do, rows, see
from tests.make.browser import Browser
from tests.make.donations import make_donation
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.lived import whole

__all__ = ["whole"]

SERVICES = Path(__file__).parents[2] / "aid" / "services"


def acts_said() -> Iterator[str]:
    """Every act that a service writes down, from its source."""
    for file in SERVICES.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say":
                yield from _texts(node.args[1])
            if isinstance(node, ast.keyword) and node.arg == "act_code":  # said by a function that several share
                yield from _texts(node.value)


def _texts(said: ast.expr) -> Iterator[str]:
    if isinstance(said, ast.JoinedStr):  # a sighting: f"{what.value}.opened"
        yield from (f"{kind.value}.opened" for kind in RecordKind)
        return
    for node in ast.walk(said.body if isinstance(said, ast.IfExp) else said):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
    if isinstance(said, ast.IfExp):
        yield from _texts(said.orelse)


def test_every_act_that_a_service_writes_down_has_a_sentence() -> None:
    assert set(acts_said()) - set(ACTS) == set()


def test_no_sentence_is_about_an_act_that_nobody_does() -> None:
    assert set(ACTS) - set(acts_said()) == set()


def test_the_auditor_reads_who_did_what_with_what(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund)
    make_donation(fund)

    page = browser_of(fund.auditor).get("/audit/")

    assert page.heading == "Audit trail"
    code = f"{family.code[:3]} {family.code[3:6]} {family.code[6:]}"
    assert "aigul Registered a family Family " + code in page.text
    assert "bolat Confirmed a family Family " + code in page.text
    assert "timur Booked a donation Donation 1" in page.text


def test_the_end_of_the_chain_is_there_to_be_written_down(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of(fund.auditor).get("/audit/")

    [head] = rows(select(AuditHead))  # signing in for a test writes no line
    assert f"The chain ends with line {head.seq}" in page.text
    assert " ".join(in_groups(head.hash)) in page.text


def test_the_trail_is_read_page_by_page_to_its_first_line(whole: Flask) -> None:
    auditor = FoundedFund(whole).auditor
    seen: list[int] = []
    before: int | None = None
    while True:
        page = see(audit_page, actor=auditor, before=before, size=7)
        seen += [line.seq for line in page.lines]
        before = page.next_before
        if before is None:
            break

    assert seen == list(range(page.head_seq, 0, -1))


NEED_NO_SUBJECT = {
    "Chose how figures for donors are published",
    "Said how files of the bank are read, or of which account they are",
    "Set what one person may book alone",
    "Refused a collection",
    "Made recovery shares",
    "Pressed the emergency stop",
    "Signed a word on the emergency stop",
    "Confirmed the emergency stop",
    "Lifted the emergency stop",
    "Opened the locked fund with another person",
    "Closed a month of the books",
    "Set how soon objections are answered",
    "Wrote the rules for grants",
    "Printed cards of families",
    "Had messages of thanks sent",  # what became of each is said of its donation
    "Began to bring in statements of the bank",  # which ones stands on their page
    "Brought in lines of a statement",
    "Brought in statements of the bank",
    "Taught how lines of the bank are explained",  # what a rule says is sealed
    "Ended a rule for lines of the bank",
    "Set how vouchers and cards look",
}
"""Acts whose sentence says it all: there is but one of what they are done to."""


def test_older_lines_are_one_button_away(whole: Flask) -> None:
    fund = FoundedFund(whole)
    browser = Browser(whole, cookie=fund.sign_in(fund.auditor))
    page = browser.get("/audit/")
    while older := [link for link in page.links if "before=" in link]:
        page = browser.get(older[0])

    assert "Founded the fund" in page.text
    assert "The system" in page.text


def test_everything_that_happened_has_a_sentence_and_a_subject(whole: Flask) -> None:
    page = see(audit_page, actor=FoundedFund(whole).auditor, size=10_000)

    unsaid = {line.act for line in page.lines if isinstance(line.act, str)}
    assert unsaid == set()
    assert {str(line.act) for line in page.lines if not line.subject} <= NEED_NO_SUBJECT


@pytest.mark.parametrize("language", [Language.KK, Language.RU])
def test_the_trail_speaks_the_readers_language(fund: FoundedFund, browser_of: BrowserOf, language: Language) -> None:
    do(speak, actor=fund.auditor, language=language)

    page = browser_of(fund.auditor).get("/audit/")

    assert page.tree.get("lang") == language


def test_only_who_may_read_the_trail_reads_it(fund: FoundedFund, browser_of: BrowserOf) -> None:
    for handle in ("aigul", "timur", "nurlan"):
        assert browser_of(handle).get("/audit/").status == 403
    with pytest.raises(NotAllowed):
        see(audit_page, actor=fund.treasurer)


def test_a_page_that_is_no_number_is_the_first_page(fund: FoundedFund, browser_of: BrowserOf) -> None:
    assert "The chain ends" in browser_of(fund.auditor).get("/audit/?before=x").text
