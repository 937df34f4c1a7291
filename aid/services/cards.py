"""Cards with a family's code: no name stands on them, and that they were printed is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import FamilyState
from aid.domain.ids import new_id
from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _, n_
from aid.models.base import in_language
from aid.models.families import Family
from aid.models.fund import Fund
from aid.models.households import FamilyCard
from aid.services import audit
from aid.vault.actor import Actor

MOST = 200


@dataclass(frozen=True, slots=True)
class PrintedCards:
    """What stands on the cards, in the order of their codes: a neutral title in the family's language, and the code."""

    cards: tuple[tuple[str, Language, str], ...]  # code, language, title
    demo: bool


def print_cards(session: Session, *, actor: Actor, now: Instant, codes: Sequence[str]) -> PrintedCards:
    """Note that these families' cards are printed, and say what stands on them."""
    actor.must(Permission.REGISTER_FAMILIES)
    if not codes:
        raise RuleBroken(_("Choose at least one family."), "families")
    if len(codes) > MOST:
        raise RuleBroken(n_("Print at most %(num)s card at once.", "Print at most %(num)s cards at once.", MOST))
    found = session.scalars(select(Family).where(Family.code.in_(codes)).order_by(Family.code)).all()
    if len(found) != len(set(codes)):
        raise RuleBroken(_("One of these families is not there."), "families")
    for family in found:
        actor.must(Permission.REGISTER_FAMILIES, locality=family.locality_id)
        if family.state is FamilyState.WITHDRAWN:
            raise RuleBroken(_("A family that left the fund gets no card."), "families")
    rows = [FamilyCard(id=new_id(), family_id=family.id, by_id=_by(actor), at=now.instant) for family in found]
    session.add_all(rows)
    audit.say(session, "cards.printed", subject=found[0].id if len(found) == 1 else None, made=rows)
    fund = session.scalars(select(Fund)).one()
    cards = tuple((row.code, row.language, in_language(fund.paper_titles, row.language)) for row in found)
    return PrintedCards(cards, fund.demo)


def _by(actor: Actor) -> UUID:
    assert actor.person_id is not None, "a person prints"
    return actor.person_id
