"""Proving that the fund's books are what was done: everything is replayed, and what does not hold is named.

Works without any key, on a snapshot, in memory that does not grow with the fund. What each proof proves:

chain    no audit line was changed, added, removed or moved, and the chain still holds the line that was written down
rows     every permanent row is carried by the chain once, as it was made; none was changed, added or removed
money    each entry is whole and has its cause, and available money is what its transfers say
states   what may change (states, versions, counters) follows from what may not
lines    each allocation's lines are those of its content root, and vouchers are those of carried lines
programmes  each round was computed by its programme's rule within its budget, and who fell out of it is who was signed
certificates  each committee was signed by the one before it, from the founding act on
papers   papers that ended are worth nothing, vouchers went where they are by moves, and piles were counted once
reconciliation  vouchers add up for each decision, at each point, over the days, and with the ledger
late     what was handed out by a paper list is a collection or a conflict that was decided, each line once
days     each family comes once on a planned day, in a slot that has room for it, at its point, and on one day alone
day_counts  what points had was what two counted, with a reason for each difference, which is booked once
surveys  whom the lot fell on is drawn again, and nobody asked a family in whose aid they had a part
stock    each point's stock is the sum of its moves, each with its delivery, collection, count or act
shops    each shop is owed what was collected there less what was paid: each collection once, on two people's word
spending payments, deliveries and cash for points rest on decisions, and grants on their rules
stops    emergency stops were pressed, confirmed and lifted by rule, and nothing was decided or printed in spite of them
recovery shares and recovery keys stand as they were confirmed and lost
votes    every vote was signed by its member over that content, and every decision had its quorum
meetings minutes say what was signed and said, nothing of a meeting came after them, and what was held out stayed out
sealed   each family's sealed records are those of its present version
imports  each family of a list was written down by who brought it, and imports were undone wholly or not at all
giving   the page for donors offers what two people agreed to, and gifts under references rest on some
thanks   every donation is thanked or waits for it, and no message of thanks left twice
donors   each donor is in the version that their changes lead to, and points to whoever stands for them
support  what families see of donors’ words is what a coordinator released
objections are answered by the day and by the people that the fund's rules name, and passed on once
second_words  nobody alone booked more of a bank's money than the fund lets one person book
line_ends what bank lines ended as rests on the books, or on another line, and on nothing twice
statements  bank lines are those of their statements, each once; lines = explained + open for every account
figures  released figures are what the books said, late enough, and of nobody or of ten people at least
erased   who left the fund holds none of its money, and of who was erased nothing sealed is left
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from sqlalchemy.orm import Session

from aid.domain.refusals import RuleBroken
from aid.services.verification.certificates import prove_certificates
from aid.services.verification.chain import Anchor, head_of, prove_anchor, prove_chain
from aid.services.verification.day_counts import prove_day_counts
from aid.services.verification.days import prove_days
from aid.services.verification.donors import prove_donors
from aid.services.verification.erasures import prove_erasures
from aid.services.verification.figures import prove_figures
from aid.services.verification.findings import Finding
from aid.services.verification.giving import prove_giving
from aid.services.verification.imports import prove_imports
from aid.services.verification.late import prove_late
from aid.services.verification.line_ends import prove_line_ends
from aid.services.verification.lines import prove_lines
from aid.services.verification.meetings import prove_meetings
from aid.services.verification.money import prove_money
from aid.services.verification.objections import prove_objections
from aid.services.verification.papers import prove_papers
from aid.services.verification.programmes import prove_programmes
from aid.services.verification.reading import NOT_A_VALUE
from aid.services.verification.reconciliation import prove_reconciliation
from aid.services.verification.recovery import prove_recovery
from aid.services.verification.rows import prove_rows
from aid.services.verification.sealed import prove_sealed
from aid.services.verification.second_words import prove_second_words
from aid.services.verification.shops import prove_shops
from aid.services.verification.spending import prove_spending
from aid.services.verification.statements import prove_statements
from aid.services.verification.states import prove_states
from aid.services.verification.stock import prove_stock
from aid.services.verification.stops import prove_stops
from aid.services.verification.support import prove_support
from aid.services.verification.surveys import prove_surveys
from aid.services.verification.thanks import prove_thanks
from aid.services.verification.votes import prove_votes

UNTHINKABLE = (*NOT_A_VALUE, AssertionError, RuleBroken)
"""What reading and counting raise over rows that no service could have written."""

Proof = Callable[[Session], Iterator[Finding]]

PROOFS: Mapping[str, Proof] = MappingProxyType(
    {
        "chain": prove_chain,
        "rows": prove_rows,
        "money": prove_money,
        "states": prove_states,
        "lines": prove_lines,
        "programmes": prove_programmes,
        "papers": prove_papers,
        "late": prove_late,
        "days": prove_days,
        "day_counts": prove_day_counts,
        "reconciliation": prove_reconciliation,
        "surveys": prove_surveys,
        "stock": prove_stock,
        "shops": prove_shops,
        "spending": prove_spending,
        "certificates": prove_certificates,
        "stops": prove_stops,
        "recovery": prove_recovery,
        "votes": prove_votes,
        "meetings": prove_meetings,
        "sealed": prove_sealed,
        "imports": prove_imports,
        "statements": prove_statements,
        "erased": prove_erasures,
        "objections": prove_objections,
        "thanks": prove_thanks,
        "donors": prove_donors,
        "support": prove_support,
        "giving": prove_giving,
        "line_ends": prove_line_ends,
        "figures": prove_figures,
        "second_words": prove_second_words,
    }
)


def verify(session: Session) -> Iterator[Finding]:
    """Everything that does not hold; nothing, where the books are what was done."""
    for name in PROOFS:
        yield from replay(session, name)


def replay(session: Session, name: str) -> Iterator[Finding]:
    """What one proof finds. One that meets a value that can't be has found something, and says how far it came."""
    try:
        yield from PROOFS[name](session)
    except UNTHINKABLE as failure:
        yield Finding(name, "", f"this proof could not be finished: {type(failure).__name__}. `rows` names the row")


__all__ = ["PROOFS", "Anchor", "Finding", "head_of", "prove_anchor", "replay", "verify"]
