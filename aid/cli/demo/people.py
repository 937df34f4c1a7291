"""The sample people, with passwords and seeds that are told: a demo is marked at birth, and served on loopback."""

import secrets
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from aid.domain.clock import Instant
from aid.domain.fund import FundPlan
from aid.domain.permissions import Role
from aid.extensions import reading
from aid.models.people import Person
from aid.perform import perform
from aid.queries.actors import actor_of
from aid.services import people
from aid.services.founding import found
from aid.services.people import Invitation, bundle_of
from aid.vault.actor import Actor
from aid.vault.bundles import Argon2Cost, open_bundle

FIRST_COST = Argon2Cost(time=1, memory_kib=8, lanes=1)  # of first passwords, which are gone a moment later


@dataclass(frozen=True, slots=True)
class User:
    """A sample person, as the demo prints them."""

    handle: str
    roles: tuple[Role, ...]
    password: str
    totp_secret: str  # base32, as authenticator apps take it
    private: bytes = field(repr=False)

    def actor(self) -> Actor:
        """This person at work, with what they hold now."""
        reading().rollback()
        person = reading().scalars(select(Person).where(Person.handle == self.handle)).one()
        return actor_of(reading(), person, private=self.private)


def key() -> str:
    """An idempotency key, as a form would bring it."""
    return secrets.token_hex(16)


def found_with_people(plan: FundPlan, *, now: Instant) -> Mapping[str, User]:
    """Found the sample fund and let everybody enrol."""
    invitations = tuple(people.prepare_invitation(person.handle, cost=FIRST_COST) for person in plan.people)
    perform(key(), found, actor=Actor.system(), now=now, plan=plan, demo=True, invitations=invitations)
    return {invitation.handle: _enrol(invitation, now=now) for invitation in invitations}


def _enrol(invitation: Invitation, *, now: Instant) -> User:
    reading().rollback()
    person = reading().scalars(select(Person).where(Person.handle == invitation.handle)).one()
    first = open_bundle(bundle_of(person), invitation.password, person.id)
    actor = actor_of(reading(), person, private=first.hpke)
    password, seed = f"komek-sample-{person.handle}-{secrets.randbelow(9000) + 1000}", secrets.token_bytes(20)
    votes = Role.COMMITTEE_MEMBER in actor.roles
    keys, halves = people.prepare_keys(person_id=person.id, password=password, totp=seed, votes=votes)
    perform(key(), people.enrol, actor=actor, now=now, keys=keys)
    roles = tuple(sorted(actor.roles))
    return User(person.handle, roles, password, b32encode(seed).decode(), halves.hpke)
