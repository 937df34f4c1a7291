"""Whom a change of the committee can be about: those who have keys, and those who have a seat."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.domain.membership import ChangeKind
from aid.domain.permissions import Permission, Role
from aid.domain.words import Message, _
from aid.models.people import Person, PersonState, VotingKey
from aid.services.certificates import newest
from aid.services.seat_holders import newest_key
from aid.vault.actor import Actor
from aid.vault.certificates import Committee
from aid.vault.signatures import fingerprint_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody to choose: who comes, and whose seat it is."""

    subject_id: UUID | None
    leaves_id: UUID | None
    handle: str
    absent: str | None = None
    fingerprint: str | None = None

    @property
    def label(self) -> Message | str:
        """How the form names the choice."""
        if self.absent is None:
            return self.handle
        return _("%(absent)s, with %(handle)s as alternate", absent=self.absent, handle=self.handle)

    @property
    def value(self) -> str:
        """What the form sends."""
        return str(self.leaves_id or self.subject_id)


def candidates(session: Session, *, actor: Actor, kind: ChangeKind) -> tuple[Candidate, ...]:
    """Who can be chosen for this change of the newest committee, by handle."""
    actor.must(Permission.CHANGE_COMMITTEE)
    committee = newest(session).committee
    match kind:
        case ChangeKind.ADMIT:
            found = [_with_key(session, person) for person in _with_keys(session, committee)]
        case ChangeKind.NEW_KEY:
            found = _new_keys(session, committee)
        case ChangeKind.LEAVE:
            found = [Candidate(None, member.person_id, member.handle) for member in committee.members]
        case ChangeKind.ALTERNATE:
            found = _alternates(session, committee)
        case ChangeKind.NAME_ALTERNATE | ChangeKind.RULES:
            found = []
    return tuple(sorted(found, key=lambda candidate: candidate.absent or candidate.handle))


def _with_keys(session: Session, committee: Committee) -> list[Person]:
    """Who is at work, has a voting key and no other role, and no seat yet."""
    voting = exists().where(VotingKey.person_id == Person.id)
    people = session.scalars(select(Person).where(Person.state == PersonState.ACTIVE, voting))
    return [
        person
        for person in people
        if person.id not in committee.by_id and {grant.role for grant in person.grants} <= {Role.COMMITTEE_MEMBER}
    ]


def _with_key(session: Session, person: Person) -> Candidate:
    key = newest_key(session, person.id)
    return Candidate(person.id, None, person.handle, fingerprint=fingerprint_of(key.public) if key else None)


def _new_keys(session: Session, committee: Committee) -> list[Candidate]:
    """Members who made another key than the one that is certified."""
    found = []
    for member in committee.members:
        key, person = newest_key(session, member.person_id), session.get_one(Person, member.person_id)
        if key is not None and key.public != member.public and person.state is PersonState.ACTIVE:
            found.append(Candidate(person.id, None, person.handle, fingerprint=fingerprint_of(key.public)))
    return found


def _alternates(session: Session, committee: Committee) -> list[Candidate]:
    """Members whose alternate has keys by now."""
    ready = {person.handle: _with_key(session, person) for person in _with_keys(session, committee)}
    return [
        Candidate(other.subject_id, member.person_id, other.handle, member.handle, other.fingerprint)
        for member in committee.members
        if member.alternate and (other := ready.get(member.alternate))
    ]
