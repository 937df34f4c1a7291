"""Bank lines as treasurers look at them: what is open, what it may be, what it ended as, and what the books lack."""

from aid.queries.lines.accounts import AccountSums, account_sums
from aid.queries.lines.entries import UntiedEntry, untied_entries
from aid.queries.lines.line import EndRow, LinePage, line_page, opposite_lines
from aid.queries.lines.opened import Offer, OpenLine, OpenLines, open_lines, stranger_of
from aid.queries.lines.rules import RuleRow, rules

__all__ = [
    "AccountSums",
    "EndRow",
    "LinePage",
    "Offer",
    "OpenLine",
    "OpenLines",
    "RuleRow",
    "UntiedEntry",
    "account_sums",
    "line_page",
    "open_lines",
    "opposite_lines",
    "rules",
    "stranger_of",
    "untied_entries",
]
