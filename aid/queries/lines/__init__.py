"""Bank lines as treasurers look at them: what is open, what it may be, what it ended as, and what the books lack."""

from aid.queries.lines.accounts import AccountSums, account_sums
from aid.queries.lines.certain import CertainLines, certain_lines, certain_offer, lines_named
from aid.queries.lines.ends import EndRow, ExplainedPage, explained_page, first_of, numbers_of
from aid.queries.lines.entries import UntiedEntry, UntiedPage, fitting_entries, untied_page
from aid.queries.lines.line import LineOf, LinePage, line_page, lines_of_donation, lines_of_entries, opposite_lines
from aid.queries.lines.offers import Offer, stranger_of
from aid.queries.lines.opened import OpenLine, OpenLines, open_lines
from aid.queries.lines.payments import PAGE as PAYMENTS
from aid.queries.lines.payments import PaymentPage, PaymentRow, payments_of
from aid.queries.lines.rules import RuleRow, rules
from aid.queries.lines.shown import Place, StatementPage, statement_page
from aid.queries.lines.trials import Trial, at_odds, tried

__all__ = [
    "PAYMENTS",
    "AccountSums",
    "CertainLines",
    "EndRow",
    "ExplainedPage",
    "LineOf",
    "LinePage",
    "Offer",
    "OpenLine",
    "OpenLines",
    "PaymentPage",
    "PaymentRow",
    "Place",
    "RuleRow",
    "StatementPage",
    "Trial",
    "UntiedEntry",
    "UntiedPage",
    "account_sums",
    "at_odds",
    "certain_lines",
    "certain_offer",
    "explained_page",
    "first_of",
    "fitting_entries",
    "line_page",
    "lines_named",
    "lines_of_donation",
    "lines_of_entries",
    "numbers_of",
    "open_lines",
    "opposite_lines",
    "payments_of",
    "rules",
    "statement_page",
    "stranger_of",
    "tried",
    "untied_page",
]
