"""A statement's lines: what is explained of them and what is open comes to what the statement says, cent for cent."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from aid.domain.line_ends import EndKind
from aid.domain.statements import StatementFormat
from aid.models.statements import BankStatement
from aid.queries.lines import Place, StatementPage, shown, statement_page
from aid.queries.lines.shown import ShownLine
from aid.services.lines.explaining import ByGift
from tests.make import rows, see
from tests.make.donations import a_donor
from tests.make.fund import FoundedFund
from tests.make.statements import A, a_line, bring, make_ended, make_euro_bank, open_lines

NOTICE = StatementFormat.CAMT_054


def page_of(fund: FoundedFund, statement: BankStatement, after: Place | None = None) -> StatementPage:
    page = see(statement_page, actor=fund.treasurer, file_id=statement.file_id, n=statement.n, after=after)
    assert page is not None
    return page


def every(fund: FoundedFund, statement: BankStatement) -> Sequence[ShownLine]:
    """All its lines, page by page."""
    found: list[ShownLine] = []
    after, more = None, True
    while more:
        page = page_of(fund, statement, after)
        found += page.rows
        after, more = page.after, page.after is not None
    return found


def test_lines_first_shown_known_and_parts_of_sums_come_to_the_statements_sums(
    fund: FoundedFund, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_euro_bank(fund)
    booked = a_line(9_00, reference="B1", other="", account="", text="Collected credits")
    bring(fund.treasurer, A([a_line(50_00), a_line(-20_00, other="", account=""), booked], opening=0))
    listed = [a_line(minor, reference="B1", account="", other=f"No {minor}") for minor in (4_00, 5_00)]
    bring(fund.treasurer, A(listed, format=NOTICE, name="2"))
    again = [a_line(50_00, text="FOR THE FAMILIES"), a_line(7_00, other="Jonas")]
    bring(fund.treasurer, A(again, format=StatementFormat.MT940, version="", name="3"))
    gift, _out, collected, _jonas = open_lines()
    make_ended(fund, gift, ByGift(a_donor(name="Anna"), fund.purposes["school"]), minor=30_00)
    make_ended(fund, collected, ByGift(a_donor(name="Many"), fund.purposes["school"]), minor=6_00)
    monkeypatch.setattr(shown, "PAGE", 1)

    first, notice, later = rows(select(BankStatement).order_by(BankStatement.id))

    for statement in (first, notice, later):
        page, lines = page_of(fund, statement), every(fund, statement)
        assert (page.came.lines, page.went.lines) == (page.statement.came, page.statement.went)
        assert len(lines) == statement.lines
        still = sum(line.still.minor if line.direction == "credit" else -line.still.minor for line in lines)
        assert still == page.came.still.minor - page.went.still.minor
    assert [(line.amount.minor, line.still.minor, line.part) for line in every(fund, notice)] == [
        (4_00, 0, True),
        (5_00, 3_00, True),
    ]
    assert [(line.known, line.ends) for line in every(fund, later)] == [(True, (EndKind.DONATION,)), (False, ())]
    assert page_of(fund, first).came.explained.minor == 36_00
    assert see(statement_page, actor=fund.treasurer, file_id=first.file_id, n=2) is None


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_who_stands_behind_them_is_told_to_treasurers_only(fund: FoundedFund) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A([a_line(50_00)]))
    [statement] = rows(select(BankStatement))
    where = {"file_id": statement.file_id, "n": 1}

    for actor, name in ((fund.treasurer, "Anna Muster"), (fund.auditor, None)):
        page = see(statement_page, actor=actor, **where)
        assert page is not None
        other = page.rows[0].payment.other if page.rows[0].payment else None
        assert (other.name if other else None) == name
