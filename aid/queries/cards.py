"""Families that have no card yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.domain.families import FamilyState
from aid.domain.permissions import Permission
from aid.models.families import Family
from aid.models.fund import Locality
from aid.models.households import FamilyCard
from aid.vault.actor import Actor

PAGE = 50  # five sheets


@dataclass(frozen=True, slots=True)
class Cardless:
    """A family for which no card was printed."""

    id: UUID
    code: str
    locality: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CardlessPage:
    """Those who were registered first; `after` goes on with the rest."""

    families: tuple[Cardless, ...]
    after: UUID | None


def without_card(session: Session, *, actor: Actor, after: UUID | None = None) -> CardlessPage:
    """The families of the actor's localities without a card."""
    actor.must(Permission.REGISTER_FAMILIES)
    printed = exists().where(FamilyCard.family_id == Family.id)
    rows = (
        select(Family.id, Family.code, Locality.names)
        .join(Locality, Locality.id == Family.locality_id)
        .where(Family.locality_id.in_(actor.localities), Family.state != FamilyState.WITHDRAWN, ~printed)
        .order_by(Family.id)
        .limit(PAGE + 1)
    )
    if after:
        rows = rows.where(Family.id > after)
    found = [Cardless(*row) for row in session.execute(rows)]
    return CardlessPage(tuple(found[:PAGE]), found[PAGE - 1].id if len(found) > PAGE else None)
