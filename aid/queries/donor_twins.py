"""Donors who may be one: found by the same account, e-mail address or name, and nobody has said that they are two."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import and_, exists, select, tuple_
from sqlalchemy.orm import Session, aliased

from aid.domain.bank_lines import KnownBy
from aid.domain.permissions import Permission
from aid.domain.words import Message, _
from aid.models.donors import DonorDistinct
from aid.models.statements import DonorToken
from aid.queries.donors import DonorRow, rows_of
from aid.vault.actor import Actor

PAGE = 20
REASONS: Final[dict[KnownBy, Message]] = {
    KnownBy.ACCOUNT: _("Gifts came from the same account"),
    KnownBy.EMAIL: _("The same e-mail address"),
    KnownBy.NAME: _("The same name, however it is spelled"),
}
"""Why two are suggested, the weightiest first."""


@dataclass(frozen=True, slots=True)
class Twins:
    """Two donors who may be one, and why."""

    one: DonorRow
    other: DonorRow
    reasons: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class TwinList:
    """A page of them; `after` is the pair that the next one begins after."""

    rows: tuple[Twins, ...]
    after: tuple[UUID, UUID] | None


def twins(session: Session, *, actor: Actor, after: tuple[UUID, UUID] | None = None, size: int = PAGE) -> TwinList:
    """A page of pairs, of each pair whoever was entered first first."""
    actor.must(Permission.SEE_DONORS)
    one, other = aliased(DonorToken), aliased(DonorToken)
    pair = (one.donor_id, other.donor_id)
    same = and_(one.known_by == other.known_by, one.token == other.token, one.donor_id < other.donor_id)
    told_apart = exists().where(DonorDistinct.one_id == one.donor_id, DonorDistinct.other_id == other.donor_id)
    wanted = (
        select(*pair).join(other, same).where(one.known_by.in_(list(REASONS)), ~told_apart).distinct().order_by(*pair)
    )
    if after is not None:
        wanted = wanted.where(tuple_(*pair) > after)
    found = [(first, second) for first, second in session.execute(wanted.limit(size + 1))]
    shown = found[:size]
    why = defaultdict(set)
    said = select(*pair, one.known_by).join(other, same).where(tuple_(*pair).in_(shown))
    for first, second, known_by in session.execute(said) if shown else ():
        why[first, second].add(known_by)
    rows = rows_of(session, actor=actor, donor_ids=[donor_id for both in shown for donor_id in both])
    return TwinList(
        tuple(
            Twins(
                rows[first],
                rows[second],
                tuple(words for known_by, words in REASONS.items() if known_by in why[first, second]),
            )
            for first, second in shown
            if first in rows and second in rows
        ),
        shown[-1] if len(found) > size else None,
    )
