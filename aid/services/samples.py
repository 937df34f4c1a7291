"""Registering families that never were, to practise with until the fund is whole."""

from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.duplicates import certain_terms, terms_of
from aid.domain.families import Family
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.samples import sample_families
from aid.domain.words import _
from aid.models.families import SampleFamily
from aid.services import audit, family_index
from aid.services.families import Registered, enter, fresh_code, home_of, lock_localities
from aid.services.family_index import LocalityIndex
from aid.services.provisional import must_be_provisional
from aid.vault.actor import Actor


def register_sample(session: Session, *, actor: Actor, now: Instant, locality_id: UUID, point_id: UUID) -> Registered:
    """Write down the next made-up family that is not here yet. Raises RuleBroken."""
    actor.must(Permission.REGISTER_FAMILIES, locality=locality_id)
    must_be_provisional(session)
    home = home_of(session, actor=actor, locality_id=locality_id, point_id=point_id)
    lock_localities(session, [locality_id])
    family = _next(session, home.index, now=now)
    code = fresh_code(session)
    entry = enter(session, actor=actor, now=now, home=home, code=code, family=family)
    session.flush()
    sample = SampleFamily(family_id=entry.family.id)
    session.add(sample)
    family_index.add(session, [(home.index, entry.family.id, terms_of(family))])
    audit.say(session, "family.registered", subject=entry.family.id, made=[entry.family, entry.version, sample])
    return Registered(entry.family.id, entry.family.code)


def _next(session: Session, index: LocalityIndex, *, now: Instant) -> Family:
    for family in sample_families(now.today):
        if not family_index.with_any(session, index, certain_terms(family)):
            return family
    raise RuleBroken(_("All sample families are registered here already."))
