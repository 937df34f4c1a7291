"""Bringing statements in: each line once, however often it is shown, whatever shows it."""

from sqlalchemy import select

from aid.models.statements import BankLine
from tests.make import rows
from tests.make.fund import FoundedFund
from tests.make.statements import A, a_line, bring, make_euro_bank


def test_a_statement_is_brought_in(fund: FoundedFund) -> None:
    make_euro_bank(fund)

    brought = bring(fund.treasurer, A([a_line(50_00), a_line(-3_00)], opening=0))

    assert (brought.new, brought.known) == (2, 0)
    lines = rows(select(BankLine).order_by(BankLine.number))
    assert [(line.number, line.amount_minor, line.open_minor) for line in lines] == [(1, 50_00, 50_00), (2, 3_00, 3_00)]
