"""Founding: the fund, its money's purposes, its places, its rings and its people, in one act."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.founding import check_plan
from aid.domain.fund import FundPlan, Names, PersonPlan
from aid.domain.ids import new_id
from aid.domain.languages import Language
from aid.domain.money import digits_of
from aid.domain.permissions import Permission, Role
from aid.domain.points import PointKind
from aid.domain.refusals import RuleBroken
from aid.domain.rings import RingKind, Scope, rings_of
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.fund import CommitteePolicy, Fund, Locality, Point, Purpose
from aid.models.ledger import Currency
from aid.services import audit, banks, people, recovery, rings
from aid.services.founding_act import act_of, rows_of
from aid.services.people import Invitation, TakenSeat
from aid.services.recovery import NewSecret, ShareHolder
from aid.vault import hpke
from aid.vault.actor import Actor
from aid.vault.bundles import DEFAULT_COST, Argon2Cost
from aid.vault.keyring import Keyring
from aid.vault.records import RingTarget
from aid.vault.rings import RingKeys, seal_ring

OFFICES = (RingKind.NEEDS, RingKind.MATCHING, RingKind.DONORS, RingKind.STAFF)


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
    keeper: str = ""  # who holds the donors' ring while there is no treasurer


def prepare_invitations(
    plan: FundPlan, *, seated: Collection[str] = (), cost: Argon2Cost = DEFAULT_COST
) -> tuple[Invitation, ...]:
    """First keys and a password for whoever has no seat. Slow (a third of a second a person): before founding."""
    check_plan(plan)
    absent = (person.handle for person in plan.people if person.handle not in seated)
    return tuple(people.prepare_invitation(handle, cost=cost) for handle in absent)


def found(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    plan: FundPlan,
    demo: bool,
    seats: tuple[TakenSeat, ...],
    invitations: tuple[Invitation, ...] = (),
    secret: NewSecret | None = None,
) -> Founded:
    """Found the fund of this database, once. The audit chain begins with the hash of its founding act.

    The committee, and whoever else sits there, come with keys of their own; all others are invited. `secret` is the
    recovery key of a plan that names the holders of its shares. Raises RuleBroken.
    """
    actor.must(Permission.MANAGE_PEOPLE)
    check_plan(plan)
    if session.scalar(select(Fund.id)) is not None:
        raise RuleBroken(_("This data folder holds a fund already. Found another one in a folder of its own."))
    taken = {seat.handle: seat for seat in seats}
    _refuse_empty_seats(plan, taken)
    ground = _Ground(keeper="" if plan.holders(Role.TREASURER) else plan.holders(Role.COORDINATOR)[0].handle)
    fund = _fund(session, ground, plan=plan, demo=demo, now=now)
    _places(session, ground, plan=plan, now=now)
    _money(session, ground, plan=plan, now=now)
    act, beside = rows_of(act_of(fund, plan, taken, now=now), now=now)
    _keep(session, ground, [act, *beside])
    audit.begin_with(session, act.hash)
    audit.say(session, "fund.founded", subject=fund.id, made=ground.made)
    invited = {invitation.handle: invitation for invitation in invitations}
    for person in plan.people:
        _person(session, ground, person=person, who=taken.get(person.handle) or invited[person.handle], now=now)
    if secret is not None:
        _share(session, ground, plan=plan, seats=taken, secret=secret, now=now)
    return Founded(fund.id)


def _refuse_empty_seats(plan: FundPlan, taken: Mapping[str, TakenSeat]) -> None:
    """Nobody else makes a member's voting key."""
    for member in plan.holders(Role.COMMITTEE_MEMBER):
        if member.handle not in taken or taken[member.handle].keys.voting_public is None:
            raise RuleBroken(
                _("%(handle)s has not taken their seat yet; every committee member does.", handle=member.handle)
            )


def _share(
    session: Session,
    ground: _Ground,
    *,
    plan: FundPlan,
    seats: Mapping[str, TakenSeat],
    secret: NewSecret,
    now: Instant,
) -> None:
    """Make the first recovery shares, with the keys of every ring that was made just now. Raises RuleBroken."""
    for holder in plan.share_holders:
        if holder.handle not in seats:
            raise RuleBroken(
                _("%(handle)s holds a recovery share, and so has to take a seat first.", handle=holder.handle)
            )
    holders = tuple(ShareHolder(seats[holder.handle].person_id, holder.country) for holder in plan.share_holders)
    recovery.make_shares(
        session,
        actor=_founder(ground.keys.values()),
        now=now,
        secret=secret,
        holders=holders,
        despite_country=plan.despite_country,
    )


def _founder(keys: Iterable[RingKeys]) -> Actor:
    """The fund's own hand, holding every ring for as long as it takes to found."""
    nobody, pair = new_id(), hpke.new_pair()
    sealed = {ring.ref: seal_ring(ring, pair.public, nobody) for ring in keys}
    system = Actor.system()
    may = system.permissions | {Permission.MAKE_SHARES}
    return replace(system, permissions=may, keyring=Keyring(nobody, pair.private, sealed))


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
            kind=PointKind.TABLE,
        )
    _keep(session, ground, ground.points.values())


def _ring(session: Session, ground: _Ground, *, kind: RingKind, code: str, now: Instant) -> UUID:
    ring = rings.make(session, kind=kind, now=now)
    ground.made += [ring.ring, ring.epoch]
    ground.keys[kind, code] = ring.keys
    return ring.ring.id


def _money(session: Session, ground: _Ground, *, plan: FundPlan, now: Instant) -> None:
    """Purposes, every account there will be in the fund's currency, all empty, and the fund's first bank account."""
    purposes = [
        Purpose(id=new_id(), code=purpose.code, names=_said(purpose.names, plan.languages)) for purpose in plan.purposes
    ]
    _keep(session, ground, purposes)
    ground.made += banks.open_books(session, currency=plan.currency)
    first = banks.FIRST
    ground.made += banks.add_bank_account(
        session, banks.NewBankAccount(first.code, _said(first.names, plan.languages), plan.currency), now=now
    )


def _person(
    session: Session, ground: _Ground, *, person: PersonPlan, who: TakenSeat | Invitation, now: Instant
) -> None:
    staff = ground.keys[RingKind.STAFF, ""]
    work: dict[str, Any] = {
        "now": now,
        "name": person.name,
        "language": person.language,
        "roles": person.roles,
        "localities": [ground.localities[code].id for code in person.localities],
        "points": [ground.points[code].id for code in person.points],
        "keys": _keys_for(person, ground.keys, holds_donors=person.handle == ground.keeper),
        "staff": RingTarget(staff.ref, staff.public),
    }
    if isinstance(who, Invitation):
        invited = people.invite(session, invitation=who, **work)
        audit.say(session, "person.invited", subject=invited.person.id, made=invited.made)
        return
    seated = people.seat(session, taken=who, **work)
    audit.say(session, "person.invited", subject=seated.person.id, made=seated.made)
    audit.say(session, "person.enrolled", subject=seated.person.id, made=people.voting_keys(session, seat=who, now=now))


def _keys_for(
    person: PersonPlan, keys: Mapping[tuple[RingKind, str], RingKeys], *, holds_donors: bool
) -> list[RingKeys]:
    """The rings a person's roles admit to: of their own places, or all of the kind.

    The first coordinator holds the donors' ring too, until a treasurer is there to take it over.
    """
    own = {RingKind.LOCALITY: person.localities, RingKind.POINT: person.points}
    grounds = frozenset[tuple[RingKind, Scope]]().union(*(_grounds_of(role) for role in person.roles))
    return [
        ring
        for (kind, code), ring in keys.items()
        if (kind is RingKind.DONORS and holds_donors)
        or (kind, Scope.ALL) in grounds
        or ((kind, Scope.OWN) in grounds and code in own[kind])
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
