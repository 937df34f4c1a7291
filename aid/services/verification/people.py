"""Proof that people stand where the chain's acts put them, and work as they were given it.

What was done to somebody is replayed in order: whoever is suspended after they enrolled may not work, and whoever is
reinstated after that may again.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, select, type_coerce
from sqlalchemy.orm import Session

from aid.models.audit import AuditLine
from aid.models.people import Person, PersonLocality, PersonPoint, PersonState, RoleGrant, WorkChange
from aid.services.verification.findings import Finding, named


@dataclass(slots=True)
class _Life:
    """Where a person stands after what was done so far."""

    own: PersonState = PersonState.INVITED  # but for a suspension
    cut_off: bool = False
    sheet: int = 0
    used: int = 0

    def after(self, act: str) -> None:
        """One act more."""
        match act:
            case "person.enrolled":
                self.own = PersonState.ACTIVE
            case "person.suspended" | "person.reinstated":
                self.cut_off = act == "person.suspended"
            case "person.keys_reset":
                self.own, self.sheet, self.used = PersonState.INVITED, 0, 0
            case "person.phone_changed":
                self.sheet, self.used = 0, 0
            case "person.codes_made":
                self.sheet, self.used = self.sheet + 1, 0
            case "person.signed_in_by_paper":
                self.used += 1

    @property
    def state(self) -> PersonState:
        """Whether they may work."""
        return PersonState.SUSPENDED if self.cut_off else self.own


ACTS = (
    "person.enrolled",
    "person.suspended",
    "person.reinstated",
    "person.keys_reset",
    "person.phone_changed",
    "person.codes_made",
    "person.signed_in_by_paper",
)


def prove_people(session: Session) -> Iterator[Finding]:
    """People and their work that stand where nothing put them."""
    yield from _states(session)
    yield from _grants(session)


def _states(session: Session) -> Iterator[Finding]:
    lives: defaultdict[UUID | None, _Life] = defaultdict(_Life)
    lines = select(AuditLine.subject_id, AuditLine.act).where(AuditLine.act.in_(ACTS)).order_by(AuditLine.seq)
    for subject_id, act in session.execute(lines):
        lives[subject_id].after(act)
    state = type_coerce(Person.state, String)  # as it is kept, whether or not it is one that there is
    people = select(Person.id, state, Person.codes_sheet, Person.codes_used).order_by(Person.id)
    for person_id, kept, sheet, used in session.execute(people):
        life = lives[person_id]
        if kept != life.state.value:
            yield Finding("person", str(person_id), "they were not invited, enrolled, suspended or reinstated so")
        if (sheet, used.bit_count()) != (life.sheet, life.used):
            yield Finding("person", str(person_id), "their one-time codes were not made or used so")


def _grants(session: Session) -> Iterator[Finding]:
    """What was given once ended when it was taken last, and not where it was given again."""
    ended: dict[tuple[UUID, Any], datetime | None] = {}
    for change in session.scalars(select(WorkChange).order_by(WorkChange.at, WorkChange.id)):
        what = change.role or change.locality_id or change.point_id
        ended[change.person_id, what] = change.at if change.ends else None
    for grants in (
        select(RoleGrant.person_id, RoleGrant.role, RoleGrant.ended_at),
        select(PersonLocality.person_id, PersonLocality.locality_id, PersonLocality.ended_at),
        select(PersonPoint.person_id, PersonPoint.point_id, PersonPoint.ended_at),
    ):
        table = str(grants.column_descriptions[0]["entity"].__tablename__)
        for person_id, what, ended_at in session.execute(grants):
            if ended_at != ended.get((person_id, what)):
                yield Finding(table, named([person_id, what]), "it did not end, or go on, so")
