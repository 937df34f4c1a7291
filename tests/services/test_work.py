"""Colleagues are invited, admitted by who holds keys, and given other work: each rule holds, and refuses."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.custody import ResetReason
from aid.domain.permissions import Role
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.rings import RingKind
from aid.domain.work import Work
from aid.extensions import db
from aid.models.custody import KeyReset
from aid.models.people import Person, PersonState, Ring, RingEpoch, RingMembership, RoleGrant, SignIn, WorkChange
from aid.queries.keys import due_of_everyone, waiting_for_keys
from aid.services import rings
from aid.services.admissions import admit
from aid.services.grounds import rings_due
from aid.services.work import change_work
from aid.vault.actor import Actor
from tests.make import do, rows, see
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund, actor_with
from tests.make.people import enrolled, give, invited, person, reset, work

ONE_DATABASE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def ring(kind: RingKind) -> UUID:
    return next(row.id for row in rows(select(Ring)) if row.kind is kind)


def held(handle: str) -> set[UUID]:
    return set(rows(select(RingMembership.ring_id).where(RingMembership.person_id == person(handle).id)))


# ---------------------------------------------------------------- invitations and admissions


def test_a_newcomer_opens_nothing_until_who_holds_the_keys_gives_them(fund: FoundedFund) -> None:
    newcomer = enrolled(invited(fund))
    assert held("newcomer") == set()
    [waits] = see(waiting_for_keys, actor=fund.coordinator)
    assert (waits.handle, len(waits.mine), waits.others) == ("newcomer", 1, ())

    give(fund.coordinator, "newcomer")

    now = actor_with("newcomer", newcomer.keyring.private)
    assert now.keyring.current(*held("newcomer")) == fund.distributor.keyring.current(*held("newcomer"))
    assert see(waiting_for_keys, actor=fund.coordinator) == []


def test_who_has_only_a_first_password_is_given_no_keys(fund: FoundedFund) -> None:
    invited(fund)

    with pytest.raises(RuleBroken, match="no keys of their own yet"):
        give(fund.coordinator, "newcomer")
    assert see(waiting_for_keys, actor=fund.coordinator) == []


def test_keys_go_to_nobody_whose_fingerprint_was_not_the_one_compared(fund: FoundedFund) -> None:
    enrolled(invited(fund))

    with pytest.raises(RuleBroken, match="Compare the new fingerprint"):
        do(admit, actor=fund.coordinator, person_id=person("newcomer").id, public=person("aigul").hpke_public)


def test_an_administrator_gives_no_keys_of_families(fund: FoundedFund) -> None:
    """Who invites holds none of them, and who holds them invites nobody: it takes two."""
    enrolled(invited(fund))

    with pytest.raises(RuleBroken, match="You hold no keys"):
        give(fund.administrator, "newcomer")
    with pytest.raises(NotAllowed):
        invited(fund, "another", by=fund.coordinator)


@ONE_DATABASE
def test_a_distributor_admits_nobody(fund: FoundedFund) -> None:
    enrolled(invited(fund))

    with pytest.raises(NotAllowed):
        give(fund.distributor, "newcomer")


def test_a_ring_that_got_new_keys_is_given_with_the_old_ones(fund: FoundedFund) -> None:
    ring_id = next(iter(held("nurlan")))
    _change(fund, "nurlan", work(Role.DISTRIBUTOR, points=frozenset({fund.points["school-5"]})))
    newcomer = enrolled(invited(fund))

    give(fund.coordinator, "newcomer")

    now = actor_with("newcomer", newcomer.keyring.private)
    assert [ref.epoch for ref in now.keyring.refs(ring_id)] == [2, 1]


def test_who_kept_the_donors_ring_hands_it_to_the_first_treasurer_and_leaves_it(fund: FoundedFund) -> None:
    donors = ring(RingKind.DONORS)
    second = enrolled(invited(fund, "second", work(Role.TREASURER)))
    keeper = _keeper_of(fund, donors)

    give(keeper, "second")

    assert donors not in held("dina")
    assert donors in held("second")
    now = actor_with("second", second.keyring.private)
    assert [ref.epoch for ref in now.keyring.refs(donors)] == [2, 1]


def _keeper_of(fund: FoundedFund, ring_id: UUID) -> Actor:
    """The coordinator, as if no treasurer had sat at the founding."""
    with Session(db.engine.execution_options(writes=True)) as session:
        keys = fund.treasurer.keyring.current(ring_id)
        rings.admit(session, keys=keys, person_id=person("dina").id, public=person("dina").hpke_public)
        session.commit()
    return fund.coordinator


@ONE_DATABASE
def test_what_is_due_is_the_same_for_one_and_for_all(fund: FoundedFund) -> None:
    due = see(due_of_everyone)

    assert {one.id: see(rings_due_of, person_id=one.id) for one in rows(select(Person))} == {
        one.id: due.get(one.id, set()) for one in rows(select(Person))
    }


def rings_due_of(session: Session, *, person_id: UUID) -> set[UUID]:
    return rings_due(session, person_id)


@ONE_DATABASE
@pytest.mark.parametrize(
    ("handle", "roles", "why"),
    [
        ("aigul", (Role.AUDITOR,), "called so already"),
        ("Нурлан", (Role.AUDITOR,), "small Latin letter"),
        ("newcomer", (), "no role"),
        ("newcomer", (Role.AUDITOR, Role.TREASURER), "holds no other role"),
        ("newcomer", (Role.REGISTRAR,), "give at least one"),
        ("newcomer", (Role.DISTRIBUTOR,), "give at least one"),
    ],
)
def test_nobody_is_invited_as(fund: FoundedFund, handle: str, roles: tuple[Role, ...], why: str) -> None:
    with pytest.raises(RuleBroken, match=why):
        invited(fund, handle, work(*roles))


# ---------------------------------------------------------------- other work


def _change(fund: FoundedFund, handle: str, to: Work) -> None:
    do(change_work, actor=fund.administrator, person_id=person(handle).id, work=to)


def test_work_that_is_taken_ends_at_once_and_its_keys_are_made_anew(fund: FoundedFund) -> None:
    old_town = fund.localities["old-town"]
    rings_before = held("bolat")
    _change(fund, "bolat", work(Role.REGISTRAR, localities=frozenset({old_town})))

    bolat = fund.actor("bolat")
    [left] = rings_before - held("bolat")
    assert (bolat.roles, bolat.localities) == (frozenset({Role.REGISTRAR}), frozenset({old_town}))
    assert {row.epoch for row in rows(select(RingEpoch).where(RingEpoch.ring_id == left))} == {1, 2}
    assert fund.coordinator.keyring.refs(left)[0].epoch == 2


def test_work_that_is_given_back_is_one_row_that_ended_and_ends_no_more(fund: FoundedFund) -> None:
    before = fund.actor("bolat")
    _change(fund, "bolat", work(Role.REGISTRAR, localities=before.localities))
    _change(fund, "bolat", work(*before.roles, localities=before.localities))

    [grant] = rows(select(RoleGrant).where(RoleGrant.person_id == before.person_id, RoleGrant.role == Role.CONFIRMER))
    assert grant.ended_at is None
    assert [change.ends for change in rows(select(WorkChange).order_by(WorkChange.at))] == [True, False]


@ONE_DATABASE
@pytest.mark.parametrize(
    ("handle", "roles", "why"),
    [
        ("erlan", (Role.AUDITOR,), "your own work"),
        ("dina", (Role.AUDITOR,), "Nobody else has the role"),
        ("marat", (Role.AUDITOR,), "decided by the committee"),
        ("olga", (Role.COMMITTEE_MEMBER,), "decided by the committee"),
        ("olga", (Role.AUDITOR,), "work already"),
        ("timur", (Role.AUDITOR,), "Nobody else holds the keys"),
    ],
)
def test_work_is_not_changed_so(fund: FoundedFund, handle: str, roles: tuple[Role, ...], why: str) -> None:
    with pytest.raises(RuleBroken, match=why):
        _change(fund, handle, work(*roles))


@ONE_DATABASE
def test_only_an_administrator_changes_work(fund: FoundedFund) -> None:
    with pytest.raises(NotAllowed):
        do(change_work, actor=fund.coordinator, person_id=person("olga").id, work=work(Role.TREASURER))


# ---------------------------------------------------------------- beginning anew


def test_who_lost_the_password_begins_anew_and_is_admitted_again(fund: FoundedFund) -> None:
    before = held("aigul")
    fund.sign_in("aigul")

    anew = reset(fund, "aigul")

    assert person("aigul").state is PersonState.INVITED
    assert (held("aigul"), rows(select(SignIn).where(SignIn.person_id == anew.person_id))) == (set(), [])
    assert [row.reason for row in rows(select(KeyReset))] == [ResetReason.LOST_PASSWORD]
    enrolled(anew)
    give(fund.coordinator, "aigul")
    assert held("aigul") == before


@ONE_DATABASE
def test_keys_are_reset_by_an_administrator_and_not_their_own(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken, match="your own keys"):
        reset(fund, "erlan")
    with pytest.raises(NotAllowed):
        reset(fund, "aigul", by=fund.coordinator)


# ---------------------------------------------------------------- verified


@ONE_DATABASE
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE person SET state = 'invited' WHERE handle = 'aigul'",
        "UPDATE person SET state = 'active' WHERE handle = 'newcomer'",
        "UPDATE person SET codes_sheet = 3 WHERE handle = 'aigul'",
        "UPDATE person SET codes_used = 1 WHERE handle = 'aigul'",
        "UPDATE role_grant SET ended_at = NULL WHERE role = 'confirmer'",
        "UPDATE person_locality SET ended_at = '2026-01-01 00:00:00'",
    ],
)
def test_verify_names_a_person_or_work_that_nobody_made_so(fund: FoundedFund, statement: str) -> None:
    invited(fund)
    before = fund.actor("bolat")
    _change(fund, "bolat", work(Role.REGISTRAR, localities=before.localities))
    with forging() as session:
        assert found(session, "states") == []
        assert forge(session, statement)

        assert {finding.what for finding in found(session, "states")} <= {"person", "role_grant", "person_locality"}
        assert found(session, "states") != []
