"""What-if: a programme tried out on everybody before anything is proposed. Opens facts, changes nothing."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.entitlement import ProgrammeRule, Terms, check_rule, check_terms
from aid.domain.entitlement.figures import Figures, what_if
from aid.domain.money import Money
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.ledger import Available
from aid.models.programmes import Programme
from aid.services.collector import resting_collector
from aid.services.rounds import open_cases, variants_of
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class TriedOut:
    """What would come of a rule and terms today."""

    figures: Figures
    already: int  # families that have it, or are asked for
    available: Money  # of the programme's purpose
    terms: Terms
    rule: ProgrammeRule
    is_as_written: bool  # whether the rule is the programme's own


figures_of = resting_collector()(what_if)
"""What would come of a rule, worked out while somebody waits."""


def try_out(
    session: Session, *, actor: Actor, now: Instant, programme_id: UUID, rule: ProgrammeRule, terms: Terms
) -> TriedOut:
    """Try amounts, budget and priority out on all confirmed families. Facts are opened, so call it by `look`."""
    actor.must(Permission.PROPOSE)
    programme = session.get(Programme, programme_id)
    if programme is None:
        raise RuleBroken(_("This programme does not exist; choose one from the list."), "programme_id")
    check_rule(rule)
    check_terms(terms)
    written = ProgrammeRule.from_plain(programme.rule)
    there_are = variants_of(session, rule)
    opened = open_cases(session, actor=actor, now=now, programme=programme, rule=rule, terms=terms, every_way=True)
    cases = [family.case for family in opened.families]
    available = select(Available.amount_minor).where(
        Available.purpose_id == programme.purpose_id, Available.currency == rule.currency
    )
    return TriedOut(
        figures=figures_of(
            cases,
            written=written.with_variants(there_are),
            rule=rule.with_variants(there_are),
            terms=terms,
            today=now.today,
        ),
        already=opened.already,
        available=Money(session.scalar(available) or 0, rule.currency),
        terms=terms,
        rule=rule,
        is_as_written=written == rule,
    )
