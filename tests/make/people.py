"""Colleagues who came after the founding: invited, with keys of their own, admitted."""

from uuid import UUID

from sqlalchemy import select

from aid.domain.custody import ResetReason
from aid.domain.languages import Language
from aid.domain.permissions import Role
from aid.domain.work import Work
from aid.models.people import Person
from aid.services.admissions import admit
from aid.services.invitations import Colleague, invite_colleague
from aid.services.people import enrol, prepare_invitation, prepare_keys, reset_keys
from aid.services.work import change_work
from aid.vault.actor import Actor
from aid.vault.bundles import open_bundle
from tests.make import do, rows
from tests.make.fund import LEAST, FoundedFund, actor_with

NOWHERE = frozenset[UUID]()


def work(*roles: Role, localities: frozenset[UUID] = NOWHERE, points: frozenset[UUID] = NOWHERE) -> Work:
    return Work(frozenset(roles), localities, points)


def invited(fund: FoundedFund, handle: str = "newcomer", of: Work | None = None, *, by: Actor | None = None) -> Actor:
    """Somebody new, as their first password lets them in: a distributor at the club, if nothing else is said."""
    of = of or work(Role.DISTRIBUTOR, points=frozenset({fund.points["club"]}))
    invitation = prepare_invitation(handle, cost=LEAST)
    colleague = Colleague(handle, "Жаңа Қызметкер", Language.KK, of)
    do(invite_colleague, actor=by or fund.administrator, invitation=invitation, colleague=colleague)
    return actor_with(handle, open_bundle(invitation.bundle, invitation.password, invitation.person_id).hpke)


def enrolled(actor: Actor) -> Actor:
    """The same, with keys of their own."""
    assert actor.id is not None
    votes = Role.COMMITTEE_MEMBER in actor.roles
    password = "any words will do"
    keys, halves = prepare_keys(person_id=actor.id, password=password, totp=bytes(20), votes=votes, cost=LEAST)
    do(enrol, actor=actor, keys=keys)
    return actor_with(actor.handle, halves.hpke)


def person(handle: str) -> Person:
    [row] = rows(select(Person).where(Person.handle == handle))
    return row


def give(giver: Actor, handle: str) -> None:
    """`giver` admits somebody whose fingerprint they compared."""
    newcomer = person(handle)
    do(admit, actor=giver, person_id=newcomer.id, public=newcomer.hpke_public)


def reset(fund: FoundedFund, handle: str, *, by: Actor | None = None) -> Actor:
    """Somebody lost their password; as their new first password lets them in."""
    who = person(handle)
    invitation = prepare_invitation(handle, person_id=who.id, cost=LEAST)
    reason = ResetReason.LOST_PASSWORD
    do(reset_keys, actor=by or fund.administrator, person_id=who.id, invitation=invitation, reason=reason)
    return actor_with(handle, open_bundle(invitation.bundle, invitation.password, who.id).hpke)


def make_newcomer(fund: FoundedFund) -> None:
    """Somebody came late, was admitted, got other work, and lost their password."""
    enrolled(invited(fund))
    give(fund.coordinator, "newcomer")
    other = work(Role.DISTRIBUTOR, points=frozenset({fund.points["school-5"]}))
    do(change_work, actor=fund.administrator, person_id=person("newcomer").id, work=other)
    enrolled(reset(fund, "newcomer"))
    give(fund.coordinator, "newcomer")
