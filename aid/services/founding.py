"""Founding: the fund, its money's purposes, its places, its rings and its people, in one act."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.entries import AccountKind, AccountRef
from aid.domain.fund import FundPlan, Names, PersonPlan, check_plan
from aid.domain.ids import new_id
from aid.domain.languages import Language
from aid.domain.money import digits_of
from aid.domain.permissions import Permission, RingKind, Role, Scope, rings_of
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.fund import CommitteePolicy, Fund, Locality, Point, Purpose
from aid.models.ledger import Account, Available, Currency
from aid.services import audit, people, rings
from aid.services.ledger import open_account
from aid.services.people import Invitation
from aid.vault.actor import Actor
from aid.vault.bundles import DEFAULT_COST, Argon2Cost
from aid.vault.records import RingTarget
from aid.vault.rings import RingKeys

OFFICES = (RingKind.NEEDS, RingKind.MATCHING, RingKind.DONORS, RingKind.STAFF)
OF_A_PURPOSE = (AccountKind.AVAILABLE, AccountKind.RESERVED, AccountKind.SPENT, AccountKind.GIVEN)


@dataclass(frozen=True, slots=True)
class Founded:
    """The fund is there, and all its people are invited."""

    fund_id: UUID


@dataclass(slots=True)
class _Ground:
    """What founding has made so far: rows for the audit chain, places by code, keys by ring."""

    made: list[Permanent] = field(default_factory=list)
    localities: dict[str, Locality] = field(default_factory=dict)
    points: dict[str, Point] = field(default_factory=dict)
    keys: dict[tuple[RingKind, str], RingKeys] = field(default_factory=dict, repr=False)  # by kind and place's code


def prepare_invitations(plan: FundPlan, *, cost: Argon2Cost = DEFAULT_COST) -> tuple[Invitation, ...]:
    """Everybody's first keys and password. Slow (a third of a second a person): before founding, not in it."""
    check_plan(plan)
    return tuple(people.prepare_invitation(person.handle, cost=cost) for person in plan.people)


def found(
    session: Session, *, actor: Actor, now: Instant, plan: FundPlan, demo: bool, invitations: tuple[Invitation, ...]
) -> Founded:
    """Found the fund of this database, once. Raises RuleBroken."""
    actor.must(Permission.MANAGE_PEOPLE)
    check_plan(plan)
    if session.scalar(select(Fund.id)) is not None:
        raise RuleBroken(_("This data folder holds a fund already. Found another one in a folder of its own."))
    ground = _Ground()
    fund = _fund(session, ground, plan=plan, demo=demo, now=now)
    _places(session, ground, plan=plan, now=now)
    _money(session, ground, plan=plan)
    audit.say(session, "fund.founded", subject=fund.id, made=ground.made)
    invited = {invitation.handle: invitation for invitation in invitations}
    for person in plan.people:
        _person(session, ground, person=person, invitation=invited[person.handle], now=now)
    return Founded(fund.id)


def _fund(session: Session, ground: _Ground, *, plan: FundPlan, demo: bool, now: Instant) -> Fund:
    _keep(session, ground, [Currency(code=plan.currency, digits=digits_of(plan.currency))])
    fund = Fund(
        sole=1,
        id=new_id(),
        names=_said(plan.name, plan.languages),
        paper_titles=_said(plan.paper_title, plan.languages),
        currency=plan.currency,
        languages=[language.value for language in plan.languages],
        time_zone=plan.time_zone,
        demo=demo,
        founded_at=now.instant,
    )
    policy = CommitteePolicy(version=1, quorum=plan.quorum, notice_hours=plan.notice_hours, set_at=now.instant)
    _keep(session, ground, [fund, policy])
    return fund


def _places(session: Session, ground: _Ground, *, plan: FundPlan, now: Instant) -> None:
    """Localities and points, each with its ring; and the rings of the offices."""
    for kind in OFFICES:
        _ring(session, ground, kind=kind, code="", now=now)
    for locality in plan.localities:
        ring_id = _ring(session, ground, kind=RingKind.LOCALITY, code=locality.code, now=now)
        names = _said(locality.names, plan.languages)
        ground.localities[locality.code] = Locality(id=new_id(), code=locality.code, names=names, ring_id=ring_id)
    _keep(session, ground, ground.localities.values())
    for point in plan.points:
        ground.points[point.code] = Point(
            id=new_id(),
            code=point.code,
            names=_said(point.names, plan.languages),
            locality_id=ground.localities[point.locality].id,
            ring_id=_ring(session, ground, kind=RingKind.POINT, code=point.code, now=now),
        )
    _keep(session, ground, ground.points.values())


def _ring(session: Session, ground: _Ground, *, kind: RingKind, code: str, now: Instant) -> UUID:
    ring = rings.make(session, kind=kind, now=now)
    ground.made += [ring.ring, ring.epoch]
    ground.keys[kind, code] = ring.keys
    return ring.ring.id


def _money(session: Session, ground: _Ground, *, plan: FundPlan) -> None:
    """Purposes and every account there will be in the fund's currency, all empty."""
    purposes = [
        Purpose(id=new_id(), code=purpose.code, names=_said(purpose.names, plan.languages)) for purpose in plan.purposes
    ]
    _keep(session, ground, purposes)
    _keep(session, ground, _accounts(plan.currency, purposes, ground.points))
    session.add_all(Available(purpose_id=purpose.id, currency=plan.currency, amount_minor=0) for purpose in purposes)
    session.flush()


def _accounts(currency: str, purposes: Iterable[Purpose], points: Mapping[str, Point]) -> list[Account]:
    refs = [
        AccountRef(AccountKind.BANK, None, None, currency),
        *(AccountRef(kind, purpose.id, None, currency) for purpose in purposes for kind in OF_A_PURPOSE),
        *(AccountRef(AccountKind.CASH, None, point.id, currency) for point in points.values()),
    ]
    return [open_account(ref) for ref in refs]


def _person(session: Session, ground: _Ground, *, person: PersonPlan, invitation: Invitation, now: Instant) -> None:
    staff = ground.keys[RingKind.STAFF, ""]
    invited = people.invite(
        session,
        now=now,
        invitation=invitation,
        name=person.name,
        language=person.language,
        roles=person.roles,
        localities=[ground.localities[code].id for code in person.localities],
        points=[ground.points[code].id for code in person.points],
        keys=_keys_for(person, ground.keys),
        staff=RingTarget(staff.ref, staff.public),
    )
    audit.say(session, "person.invited", subject=invited.person.id, made=invited.made)


def _keys_for(person: PersonPlan, keys: Mapping[tuple[RingKind, str], RingKeys]) -> list[RingKeys]:
    """The rings a person's roles admit to: of their own places, or all of the kind."""
    own = {RingKind.LOCALITY: person.localities, RingKind.POINT: person.points}
    grounds = frozenset[tuple[RingKind, Scope]]().union(*(_grounds_of(role) for role in person.roles))
    return [
        ring
        for (kind, code), ring in keys.items()
        if (kind, Scope.ALL) in grounds or ((kind, Scope.OWN) in grounds and code in own[kind])
    ]


def _grounds_of(role: Role) -> frozenset[tuple[RingKind, Scope]]:
    return frozenset((ground.kind, ground.scope) for ground in rings_of(role))


def _said(names: Names, languages: Iterable[Language]) -> dict[str, str]:
    """A text in each of the fund's languages; the rule that all are there has been asked already."""
    return {language.value: (names.given(language) or "").strip() for language in languages}


def _keep(session: Session, ground: _Ground, rows: Iterable[Permanent]) -> None:
    kept = list(rows)
    session.add_all(kept)
    session.flush()  # what follows refers to these by key, without the ORM knowing
    ground.made += kept
