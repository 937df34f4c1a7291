"""A founded fund whose people have all enrolled, with the secrets that only they would know."""

from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID

import pyotp
from flask import Flask
from sqlalchemy import CompoundSelect, bindparam, literal, select, union_all, update
from sqlalchemy.orm import Session

from aid.domain.fund import FundPlan, LocalityPlan, Names, PersonPlan, PointPlan, PurposePlan
from aid.domain.languages import Language
from aid.domain.permissions import Permission, Role
from aid.extensions import db
from aid.models.fund import Fund, Locality, Point, Purpose
from aid.models.ledger import BankAccount
from aid.models.people import Person, SignIn
from aid.queries.actors import Known, actor_of
from aid.security.sessions import PIN
from aid.services.founding import found
from aid.services.people import Invitation, NewKeys, TakenSeat, enrol, prepare_invitation, prepare_keys
from aid.services.sign_ins import begin
from aid.vault.actor import Actor
from aid.vault.bundles import Argon2Cost, PrivateHalves, open_bundle
from aid.vault.cookies import SignInCookie
from tests.make import do, recovery
from tests.make.backups import RECIPIENT

DIGITS = "704182"
"""The PIN of everybody who hands out."""
LEAST = Argon2Cost(time=1, memory_kib=8, lanes=1)
MEMBERS = ("marat", "saule", "askar", "zhanna", "yerlan")
SEATED = (*MEMBERS, "dina", "erlan")
"""Who sat at the founding, and came with keys of their own; everybody else was invited."""


def names(text: str) -> Names:
    return Names(kk=f"{text} (қаз)", ru=f"{text} (рус)", en=text)


def person(
    handle: str,
    *roles: Role,
    localities: Iterable[str] = (),
    points: Iterable[str] = (),
    alternate: str | None = None,
) -> PersonPlan:
    name = f"{handle.title()} Testova"
    return PersonPlan(handle, name, Language.EN, frozenset(roles), frozenset(localities), frozenset(points), alternate)


PLAN = FundPlan(
    name=names("Solidarity fund"),
    paper_title=names("Help list"),
    currency="KZT",
    languages=(Language.KK, Language.RU, Language.EN),
    time_zone="Asia/Aqtau",
    purposes=tuple(PurposePlan(code, names(code.title())) for code in ("general", "school", "food")),
    localities=tuple(LocalityPlan(code, names(code.title())) for code in ("old-town", "new-town")),
    points=(
        PointPlan("club", names("Club"), "old-town"),
        PointPlan("school-5", names("School 5"), "new-town"),
    ),
    people=(
        person("aigul", Role.REGISTRAR, localities=["old-town"]),
        person("bolat", Role.REGISTRAR, Role.CONFIRMER, localities=["old-town", "new-town"]),
        person("sauran", Role.REGISTRAR, localities=["new-town"]),
        person("gulnar", Role.CONFIRMER, localities=["old-town"]),
        person("dina", Role.COORDINATOR),
        person("timur", Role.TREASURER),
        *(person(handle, Role.COMMITTEE_MEMBER, alternate=f"{handle}-alternate") for handle in MEMBERS),
        person("nurlan", Role.DISTRIBUTOR, points=["club"]),
        person("sanzhar", Role.DISTRIBUTOR, points=["school-5"]),
        person("erlan", Role.ADMINISTRATOR),
        person("olga", Role.AUDITOR),
    ),
    quorum=3,
    notice_hours=24,
    backup_recipients=(RECIPIENT,),
)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What one person has: the first password of their invitation, and then their own."""

    invitation: Invitation = field(repr=False)
    keys: NewKeys = field(repr=False)
    halves: PrivateHalves = field(repr=False)
    password: str


@cache
def secrets_of_everyone() -> dict[str, Secrets]:
    """Made once a worker, and used on both databases."""
    return {plan.handle: _secrets(plan) for plan in PLAN.people}


def _secrets(plan: PersonPlan) -> Secrets:
    invitation = prepare_invitation(plan.handle, cost=LEAST)
    password = f"seven quiet herons of {plan.handle}"
    keys, halves = prepare_keys(
        person_id=invitation.person_id,
        password=password,
        totp=f"{plan.handle:-<20}".encode()[:20],
        votes=Role.COMMITTEE_MEMBER in plan.roles,
        cost=LEAST,
    )
    return Secrets(invitation, keys, halves, password)


def those_who_come() -> dict[str, Any]:
    """Who takes a seat at the founding of PLAN, and who is invited, as `found` takes them."""
    everyone = secrets_of_everyone()
    seats = tuple(TakenSeat(handle, everyone[handle].invitation.person_id, everyone[handle].keys) for handle in SEATED)
    absent = (secrets.invitation for handle, secrets in everyone.items() if handle not in SEATED)
    return {"seats": seats, "invitations": tuple(absent)}


def found_and_enrol() -> None:
    """Found PLAN in the app at hand, let all its people enrol, and make it whole."""
    found_provisional()
    make_it_whole()


def found_provisional() -> None:
    """Found PLAN in the app at hand, and let all its people enrol. Nobody holds a recovery share yet."""
    do(found, actor=Actor.system(), plan=PLAN, demo=False, **those_who_come())
    for secrets in (secrets for handle, secrets in secrets_of_everyone().items() if handle not in SEATED):
        invited = actor_with(secrets.invitation.handle, _first_private(secrets))
        do(enrol, actor=invited, keys=secrets.keys)


def make_it_whole() -> None:
    """A fund is whole once its recovery shares are on paper, and every ring is sealed to them."""
    holders = [actor_of_test(handle) for handle in recovery.HOLDERS]
    recovery.make_shares_confirmed(actor_of_test("dina"), holders)
    recovery.reseal_rest(actor_of_test("timur"))


def actor_of_test(handle: str) -> Actor:
    """A person with the keys they chose at enrolment."""
    return actor_with(handle, secrets_of_everyone()[handle].halves.hpke)


def _first_private(secrets: Secrets) -> bytes:
    invitation = secrets.invitation
    return open_bundle(invitation.bundle, invitation.password, invitation.person_id).hpke


def actor_with(handle: str, private: bytes | None) -> Actor:
    """A person as they are in the database now, holding this private half."""
    with Session(db.engine) as session:
        known = session.execute(_KNOWN, {"known_as": handle}).one()
        return actor_of(session, cast(Known, known), private=private)


_KNOWN = select(Person.id, Person.handle, Person.language).where(Person.handle == bindparam("known_as"))
"""What an actor needs of a row: a whole Person would bring all their work along, and tests ask this all the time."""


def _there() -> CompoundSelect[Any]:
    """The fund's id, and those of its places, purposes and banks by code: each test asks for them, in one question."""
    own = select(literal("fund"), literal(""), Fund.__table__.c.id)
    listed = {"locality": Locality, "point": Point, "purpose": Purpose, "bank": BankAccount}
    kinds = {what: kind.__table__.c for what, kind in listed.items()}
    return union_all(own, *(select(literal(what), kind.code, kind.id) for what, kind in kinds.items()))


_THERE = _there()


class FoundedFund:
    """The fund of a test. Each of its people acts with keys of their own."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.currency = PLAN.currency
        self.quorum = PLAN.quorum
        there: dict[str, dict[str, UUID]] = {"fund": {}, "locality": {}, "point": {}, "purpose": {}, "bank": {}}
        with db.engine.connect() as connection:
            for what, code, id_ in connection.execute(_THERE):
                there[what][code] = id_
        self.id, self.bank = there["fund"][""], there["bank"]["main"]
        self.localities, self.points, self.purposes = there["locality"], there["point"], there["purpose"]

    def actor(self, handle: str) -> Actor:
        """A person as they are now, with their keys."""
        return actor_of_test(handle)

    def private(self, handle: str) -> bytes:
        """Their private half of the HPKE pair."""
        return secrets_of_everyone()[handle].halves.hpke

    def sign_in(self, who: Actor | str) -> SignInCookie:
        """A cookie that is signed in as this person, without asking password and phone."""
        actor = self.actor(who if isinstance(who, str) else who.handle)
        assert actor.id is not None
        with Session(db.engine) as session:
            person = session.get_one(Person, actor.id)
            public, step = person.hpke_public, person.totp_step + 1
        cookie = SignInCookie.new()
        private = cookie.seal_private(self.private(actor.handle))
        do(begin, actor=actor, public=public, step=step, row_id=cookie.row_id, private=private)
        if actor.may(Permission.HAND_OUT):
            self._lay_down_pin(cookie)
        return cookie

    @staticmethod
    def _lay_down_pin(cookie: SignInCookie) -> None:
        """Who hands out has chosen their six digits."""
        with db.engine.execution_options(writes=True).begin() as connection:
            jar = cookie.seal_jar({PIN: DIGITS})
            connection.execute(update(SignIn).where(SignIn.id == cookie.row_id).values(jar=jar))

    def password(self, handle: str) -> str:
        return secrets_of_everyone()[handle].password

    def totp(self, handle: str, *, steps: int = 0) -> str:
        """What their phone shows now, or some 30-second steps later."""
        seed = secrets_of_everyone()[handle].halves.totp
        assert seed is not None
        return pyotp.TOTP(b32encode(seed).decode()).at(datetime.now(UTC) + timedelta(seconds=30 * steps))

    def signing_key(self, member: Actor | str) -> bytes:
        """The private half that a committee member's votes are signed with."""
        handle = member if isinstance(member, str) else member.handle
        signing = secrets_of_everyone()[handle].halves.ed25519
        assert signing is not None, f"{handle} is not on the committee"
        return signing

    @property
    def registrar(self) -> Actor:
        """Registers in old-town."""
        return self.actor("aigul")

    @property
    def registrar2(self) -> Actor:
        """Registers and confirms in both localities."""
        return self.actor("bolat")

    @property
    def registrar_elsewhere(self) -> Actor:
        """Registers in new-town only."""
        return self.actor("sauran")

    @property
    def confirmer(self) -> Actor:
        """Confirms in old-town."""
        return self.actor("gulnar")

    @property
    def coordinator(self) -> Actor:
        return self.actor("dina")

    @property
    def treasurer(self) -> Actor:
        return self.actor("timur")

    @property
    def members(self) -> list[Actor]:
        """The committee: five, of whom three must agree."""
        return [self.actor(handle) for handle in MEMBERS]

    @property
    def distributor(self) -> Actor:
        """Hands out at the club."""
        return self.actor("nurlan")

    @property
    def distributor_elsewhere(self) -> Actor:
        """Hands out at school-5 only."""
        return self.actor("sanzhar")

    @property
    def administrator(self) -> Actor:
        return self.actor("erlan")

    @property
    def auditor(self) -> Actor:
        return self.actor("olga")
