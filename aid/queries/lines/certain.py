"""Open lines of which it is certain what they are: by a reference, a rule, or a known account with its last purpose."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.permissions import Permission
from aid.domain.suggestions import Ground, Referred
from aid.models.statements import BankLine
from aid.queries.lines.offers import Offer
from aid.queries.lines.opened import OpenLine, place_of, shown
from aid.vault.actor import Actor

PAGE: Final = 25
LOOKED_AT_ONCE: Final = 100
MOST_LOOKED: Final = 400
CERTAIN: Final = frozenset({Ground.REFERENCE, Ground.RULE, Ground.ACCOUNT})


@dataclass(frozen=True, slots=True)
class CertainLines:
    """Some of them, each with its one offer; `after`: the number of the line from which one looks on."""

    rows: tuple[tuple[OpenLine, Offer], ...]
    after: int | None


def certain_lines(
    session: Session, *, actor: Actor, now: Instant, bank_id: UUID, after: int | None = None
) -> CertainLines:
    """The next certain lines of an account: a page of them, or those among the next some hundred lines."""
    actor.must(Permission.KEEP_ACCOUNTS)
    rows: list[tuple[OpenLine, Offer]] = []
    given: set[UUID] = set()
    last = after
    for _looked in range(MOST_LOOKED // LOOKED_AT_ONCE):
        found = _next(session, bank_id, last)
        for line in shown(session, actor=actor, now=now, lines=found[:LOOKED_AT_ONCE]):
            last = line.number
            offer = certain_offer(line)
            if offer is None or not _once(offer, given):
                continue
            rows.append((line, offer))
            if len(rows) == PAGE:
                return CertainLines(tuple(rows), last)
        if len(found) <= LOOKED_AT_ONCE:
            return CertainLines(tuple(rows), None)
    return CertainLines(tuple(rows), last)


def lines_named(
    session: Session, *, actor: Actor, now: Instant, bank_id: UUID, line_ids: Sequence[UUID]
) -> dict[UUID, OpenLine]:
    """Lines of an account by their ids, with what they may be now."""
    actor.must(Permission.SEE_MONEY)
    wanted = select(BankLine).where(BankLine.bank_id == bank_id, BankLine.id.in_(line_ids))
    found = session.scalars(wanted.order_by(BankLine.number)).all()
    return {line.id: line for line in shown(session, actor=actor, now=now, lines=found)}


def certain_offer(line: OpenLine) -> Offer | None:
    """The one offer of a line that is certain. Somebody new is looked at first, unless they wrote of themselves."""
    offer = line.offer
    if offer is None or offer.ground not in CERTAIN or offer.asks:
        return None
    return None if offer.is_new and not isinstance(offer.proposal, Referred) else offer


def _once(offer: Offer, given: set[UUID]) -> bool:
    """Of gifts under one reference of somebody new, the first makes them known; the others come after that."""
    if not (offer.is_new and isinstance(offer.proposal, Referred)):
        return True
    if offer.proposal.reference_id in given:
        return False
    given.add(offer.proposal.reference_id)
    return True


def _next(session: Session, bank_id: UUID, after: int | None) -> Sequence[BankLine]:
    wanted = select(BankLine).where(BankLine.bank_id == bank_id, BankLine.open_minor > 0)
    order = (BankLine.booked_on, BankLine.number)
    if after is not None and (last := place_of(session, after)):
        wanted = wanted.where(tuple_(*order) > last)
    return session.scalars(wanted.order_by(*order).limit(LOOKED_AT_ONCE + 1)).all()
