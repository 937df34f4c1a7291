"""Proof that vouchers add up: for each decision, at each point, and on each day up to now.

The committee's lines against the vouchers that are there; what collected, cancelled and expired ones are worth against
what was handed out and went back; what open ones are worth against what the ledger keeps for them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from aid.domain.reconciliation import Difference, Gap, Tally
from aid.domain.vouchers import CLOSED_STATES, VoucherState
from aid.models.allocations import Decision
from aid.models.vouchers import Voucher
from aid.queries.reconciliation.counted import Place, by_decision, by_place
from aid.queries.reconciliation.days import Where, flows
from aid.queries.reconciliation.lives import lives
from aid.services.verification.findings import Finding


def prove_reconciliation(session: Session) -> Iterator[Finding]:
    """What does not add up, by decision, at which point, and over the days."""
    places = by_place(session)
    for (allocation_id, point_id, _currency), tally in sorted(places.items()):
        yield from _told(tally.differences, f"its vouchers at point {point_id} do not add up", allocation_id)
    for allocation_id, tallies in sorted(by_decision(session, places).items()):
        for tally in tallies:
            of_ledger = [difference for difference in tally.differences if difference.gap is Gap.LEDGER]
            yield from _told(of_ledger, "the ledger says otherwise", allocation_id)
    yield from _days(session, places)
    yield from _order(session)


def _told(differences: Iterable[Difference], what: str, allocation_id: UUID) -> Iterator[Finding]:
    for difference in differences:
        yield Finding("allocation", str(allocation_id), f"{what}: {difference.words}")


def _days(session: Session, places: Mapping[Place, Tally]) -> Iterator[Finding]:
    """What is open after the last day is what is open now."""
    there, minor = Counter[Where](), Counter[Where]()
    for (_allocation, point_id, currency), tally in places.items():
        there[point_id, currency] += tally.open_count
        minor[point_id, currency] += tally.open.minor
    told = flows(session, first=date(1970, 1, 1), last=date(9998, 12, 30))
    newest = told[max(told)] if told else {}
    for where in sorted(there.keys() | newest.keys()):
        flow = newest.get(where)
        says = (flow.open_after, flow.minor_after) if flow else (0, 0)
        if says != (is_ := (there[where], minor[where])):
            text = f"day by day {says[0]} vouchers of {says[1]} {where[1]} are left, but {is_[0]} of {is_[1]} are open"
            yield Finding("point", str(where[0]), text)


def _order(session: Session) -> Iterator[Finding]:
    """Nothing is collected before it is decided, and what is closed was closed on some day."""
    life = lives()
    early = (life.c.state == VoucherState.COLLECTED) & (life.c.last_at < Decision.decided_at)
    closed = life.c.state.in_(CLOSED_STATES) & life.c.closed_on.is_(None)
    found = (
        select(Voucher.id)
        .join(life, life.c.id == Voucher.id)
        .join(Decision, Decision.allocation_id == Voucher.allocation_id)
        .where(or_(early, closed))
        .order_by(Voucher.id)
    )
    for (id_,) in session.execute(found):
        yield Finding("voucher", str(id_), "it was closed on no day, or before it was decided")
