"""The sample people, with passwords and seeds that are told: a demo is marked at birth, and served on loopback."""

import secrets
from base64 import b32encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select

from aid.domain.clock import Instant
from aid.domain.fund import FundPlan, PersonPlan
from aid.domain.ids import new_id
from aid.domain.permissions import Role
from aid.domain.recovery import FIRST_ASKED
from aid.extensions import reading
from aid.models.people import Person
from aid.perform import perform
from aid.queries.actors import actor_of
from aid.services import people
from aid.services.founding import found
from aid.services.people import Invitation, TakenSeat, bundle_of
from aid.services.recovery import confirm_share, prepare_secret
from aid.vault.actor import Actor
from aid.vault.bundles import Argon2Cost, PrivateHalves, open_bundle

SEATED = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.COMMITTEE_MEMBER})
"""Who sits together when a fund is founded."""
FIRST_COST = Argon2Cost(time=1, memory_kib=8, lanes=1)  # of first passwords, which are gone a moment later


@dataclass(frozen=True, slots=True)
class User:
    """A sample person, as the demo prints them."""

    handle: str
    roles: tuple[Role, ...]
    password: str
    totp_secret: str  # base32, as authenticator apps take it
    private: bytes = field(repr=False)
    share: str | None = None  # the words of their recovery share, for who holds one

    def actor(self) -> Actor:
        """This person at work, with what they hold now."""
        reading().rollback()
        person = reading().scalars(select(Person).where(Person.handle == self.handle)).one()
        return actor_of(reading(), person, private=self.private)


def key() -> str:
    """An idempotency key, as a form would bring it."""
    return secrets.token_hex(16)


def found_with_people(plan: FundPlan, *, now: Instant) -> Mapping[str, User]:
    """Found the sample fund: who sits there comes with keys of their own, and everybody else is invited and enrols."""
    sitting = [person for person in plan.people if person.roles & SEATED]
    absent = [person for person in plan.people if not person.roles & SEATED]
    seats, seated = zip(*(_take_seat(person) for person in sitting), strict=True)
    invitations = tuple(people.prepare_invitation(person.handle, cost=FIRST_COST) for person in absent)
    secret = prepare_secret(threshold=plan.share_threshold, count=plan.share_count)
    what = {"plan": plan, "demo": True, "seats": seats, "invitations": invitations, "secret": secret}
    perform(key(), found, actor=Actor.system(), now=now, **what)
    users = {user.handle: user for user in (*seated, *(_enrol(invitation, now=now) for invitation in invitations))}
    for number, (holder, words) in enumerate(zip(plan.share_holders, secret.mnemonics, strict=True), start=1):
        _confirm_share(users[holder.handle], number, words.split(), now=now)
        users[holder.handle] = replace(users[holder.handle], share=words)
    return {person.handle: users[person.handle] for person in plan.people}


def _confirm_share(user: User, number: int, words: Sequence[str], *, now: Instant) -> None:
    """A holder types two words of their share back, as from paper."""
    asked = tuple((place, words[place - 1]) for place in (FIRST_ASKED, len(words)))
    perform(key(), confirm_share, actor=user.actor(), now=now, generation=1, number=number, words=asked)


def _take_seat(person: PersonPlan) -> tuple[TakenSeat, User]:
    person_id, password, seed = new_id(), _password(person.handle), secrets.token_bytes(20)
    votes = Role.COMMITTEE_MEMBER in person.roles
    keys, halves = people.prepare_keys(person_id=person_id, password=password, totp=seed, votes=votes)
    return TakenSeat(person.handle, person_id, keys), _user(person.handle, person.roles, password, seed, halves)


def _enrol(invitation: Invitation, *, now: Instant) -> User:
    reading().rollback()
    person = reading().scalars(select(Person).where(Person.handle == invitation.handle)).one()
    first = open_bundle(bundle_of(person), invitation.password, person.id)
    actor = actor_of(reading(), person, private=first.hpke)
    password, seed = _password(person.handle), secrets.token_bytes(20)
    keys, halves = people.prepare_keys(person_id=person.id, password=password, totp=seed, votes=False)
    perform(key(), people.enrol, actor=actor, now=now, keys=keys)
    return _user(person.handle, actor.roles, password, seed, halves)


def _password(handle: str) -> str:
    return f"komek-sample-{handle}-{secrets.randbelow(9000) + 1000}"


def _user(handle: str, roles: Iterable[Role], password: str, seed: bytes, halves: PrivateHalves) -> User:
    return User(handle, tuple(sorted(roles)), password, b32encode(seed).decode(), halves.hpke)
