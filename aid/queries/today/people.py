"""Colleagues who wait for something: for their keys, or who have not come yet."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.words import _, n_
from aid.models.people import Person, PersonState
from aid.queries.keys import waiting_for_keys
from aid.queries.today.waiting import Waiting, oldest
from aid.vault.actor import Actor


def to_enrol(session: Session, _actor: Actor, _now: Instant) -> Waiting:
    """People who were invited and have not signed in."""
    found = oldest(session, select(Person.joined_at).where(Person.state == PersonState.INVITED))
    title = n_("person has not signed in yet", "people have not signed in yet", found.count)
    return Waiting("people.index", found.count, title, None, found.since, patience=7)


def to_admit(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Colleagues to whom this person can give keys."""
    count = sum(bool(waits.mine) for waits in waiting_for_keys(session, actor=actor))
    title = n_("colleague waits for keys from you", "colleagues wait for keys from you", count)
    return Waiting("work.waiting", count, title, _("Compare the fingerprint by voice, then give them."))
