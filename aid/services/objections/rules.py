"""How soon objections are answered: the fund's own rule, for those that are written down from then on."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.objections import ANSWER_DAYS, check_days
from aid.domain.permissions import Permission
from aid.models.fund import Fund
from aid.models.objections import ObjectionRule
from aid.services import audit
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Objections are answered within so many days from now on."""

    answer_days: int


def set_days(session: Session, *, actor: Actor, now: Instant, answer_days: int) -> RuleSet:
    """Set how soon objections are answered. Those that were written down before keep their day."""
    actor.must(Permission.ANSWER_OBJECTIONS)
    assert actor.person_id is not None, "a person sets a rule"
    check_days(answer_days)
    session.execute(select(Fund.id).with_for_update())  # two at once: one after the other
    newest = _newest(session)
    rule = ObjectionRule(
        version=newest.version + 1 if newest else 1,
        answer_days=answer_days,
        set_by_id=actor.person_id,
        set_at=now.instant,
    )
    session.add(rule)
    audit.say(session, "objection.rule_set", made=[rule])
    return RuleSet(answer_days)


def days_in_force(session: Session) -> int:
    """Within how many days an objection that is written down now is answered."""
    newest = _newest(session)
    return newest.answer_days if newest else ANSWER_DAYS


def _newest(session: Session) -> ObjectionRule | None:
    return session.scalars(select(ObjectionRule).order_by(ObjectionRule.version.desc()).limit(1)).first()
