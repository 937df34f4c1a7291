"""A fund is founded once, whole, with everybody's keys for exactly their ground."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from aid.domain.fund import HolderPlan
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.rings import RingKind
from aid.models.audit import AuditLine
from aid.models.founding import FoundingAct
from aid.models.fund import CommitteePolicy, Fund, Locality, Point
from aid.models.ledger import Account, Available
from aid.models.people import Person, PersonState, Ring, RingEpoch, VotingKey
from aid.models.records import Record, RecordKind
from aid.models.recovery import RecoveryCopy, RecoveryShare
from aid.queries.recovery import is_provisional
from aid.services.founding import found
from aid.services.people import bundle_of, first_password
from aid.services.records import take_out
from aid.vault.actor import Actor
from aid.vault.acts import act_hash, read_act
from aid.vault.bundles import WrongPassword, open_bundle
from tests.make import do, rows, see
from tests.make.fund import MEMBERS, PLAN, SEATED, FoundedFund, secrets_of_everyone, those_who_come
from tests.make.recovery import secret

HOLDERS = tuple(map(HolderPlan, MEMBERS, ("KZ", "KZ", "GE", "DE", "DE")))


def found_now(**changed: object) -> None:
    order: dict[str, Any] = {"plan": PLAN, "demo": False, **those_who_come()} | changed
    do(found, actor=Actor.system(), **order)


def test_a_founded_fund_has_what_its_plan_says(app: Flask) -> None:
    found_now(demo=True)

    [fund] = rows(select(Fund))
    assert (fund.names["en"], fund.time_zone, fund.currency, fund.demo) == (
        "Solidarity fund",
        "Asia/Aqtau",
        "KZT",
        True,
    )
    [policy] = rows(select(CommitteePolicy))
    assert (policy.quorum, policy.notice_hours) == (3, 24)
    assert {locality.code for locality in rows(select(Locality))} == {"old-town", "new-town"}
    assert {point.code for point in rows(select(Point))} == {"club", "school-5"}


def test_all_accounts_are_open_and_empty(app: Flask) -> None:
    found_now()

    kinds = sorted(account.kind.value for account in rows(select(Account)))
    of_purpose = ["available", "reserved", "spent", "given", "charges"]
    assert kinds == sorted(["bank", "transit", "cash", "cash", *of_purpose * 3])
    assert [available.amount_minor for available in rows(select(Available))] == [0, 0, 0]


def test_every_place_and_office_has_a_ring(app: Flask) -> None:
    found_now()

    assert sorted(ring.kind for ring in rows(select(Ring))) == sorted(
        [RingKind.LOCALITY] * 2
        + [RingKind.POINT] * 2
        + [RingKind.NEEDS, RingKind.MATCHING, RingKind.DONORS, RingKind.STAFF]
    )


def test_everything_founded_is_in_the_audit_chain(app: Flask) -> None:
    found_now()

    acts = [line.act for line in rows(select(AuditLine).order_by(AuditLine.seq))]
    assert acts[0] == "fund.founded"
    assert acts.count("person.invited") == len(PLAN.people)
    assert acts.count("person.enrolled") == len(SEATED)
    assert len(acts) == 1 + len(PLAN.people) + len(SEATED)


def test_a_second_founding_is_refused(app: Flask) -> None:
    found_now()

    with pytest.raises(RuleBroken, match="holds a fund already"):
        found_now()
    assert len(rows(select(Fund))) == 1


def test_a_fund_is_not_founded_on_a_plan_that_breaks_a_rule(app: Flask) -> None:
    with pytest.raises(RuleBroken, match="quorum"):
        found_now(plan=replace(PLAN, quorum=6))
    assert rows(select(Fund)) == []


def test_nobody_but_the_system_or_an_administrator_founds(fund: FoundedFund) -> None:
    with pytest.raises(NotAllowed):
        do(found, actor=fund.coordinator, plan=PLAN, demo=False, **those_who_come())


def test_first_passwords_are_five_groups_that_nobody_guesses() -> None:
    passwords = {first_password() for _attempt in range(200)}

    assert len(passwords) == 200
    assert all([len(group) for group in password.split("-")] == [4] * 5 for password in passwords)
    assert not set("".join(passwords)) & set("ilo01")


@pytest.mark.parametrize(
    ("handle", "kinds"),
    [
        ("aigul", {RingKind.LOCALITY: 1}),
        ("bolat", {RingKind.LOCALITY: 2}),
        ("gulnar", {RingKind.LOCALITY: 1}),
        ("dina", {RingKind.LOCALITY: 2, RingKind.POINT: 2, RingKind.NEEDS: 1, RingKind.MATCHING: 1, RingKind.STAFF: 1}),
        ("timur", {RingKind.DONORS: 1}),
        ("marat", {RingKind.NEEDS: 1}),
        ("nurlan", {RingKind.POINT: 1}),
        ("erlan", {RingKind.STAFF: 1}),
        ("olga", {}),
    ],
)
def test_a_person_opens_the_rings_of_their_roles_and_no_others(
    fund: FoundedFund, handle: str, kinds: dict[RingKind, int]
) -> None:
    keyring = fund.actor(handle).keyring

    opened = [ring.kind for ring in rows(select(Ring)) if keyring.has(ring.id) and keyring.current(ring.id).wrap_key]

    assert {kind: opened.count(kind) for kind in set(opened)} == kinds


def test_a_registrar_is_in_the_ring_of_their_own_locality(fund: FoundedFund) -> None:
    rings = {locality.code: locality.ring_id for locality in rows(select(Locality))}

    assert fund.registrar.keyring.has(rings["old-town"])
    assert not fund.registrar.keyring.has(rings["new-town"])


def test_names_are_for_the_staff_ring(fund: FoundedFund) -> None:
    person_id = fund.registrar.person_id

    opened = see(take_out, kind=RecordKind.STAFF, row_id=person_id, keyring=fund.coordinator.keyring)

    assert opened == {"name": "Aigul Testova"}
    assert all(b"Aigul" not in record.blob for record in rows(select(Record)))


def test_who_enrolled_is_active_and_their_first_password_is_dead(fund: FoundedFund) -> None:
    [person] = rows(select(Person).where(Person.handle == "aigul"))
    first = secrets_of_everyone()["aigul"].invitation.password

    assert person.state is PersonState.ACTIVE
    assert open_bundle(bundle_of(person), fund.password("aigul"), person.id).hpke == fund.private("aigul")
    with pytest.raises(WrongPassword):
        open_bundle(bundle_of(person), first, person.id)


def test_committee_members_have_voting_keys_and_nobody_else(fund: FoundedFund) -> None:
    voters = {key.person_id for key in rows(select(VotingKey))}

    assert voters == {member.person_id for member in fund.members}
    assert len(rows(select(VotingKey))) == 5


def test_nobody_else_makes_a_members_voting_key(app: Flask) -> None:
    come = those_who_come()
    without = tuple(seat for seat in come["seats"] if seat.handle != "saule")

    with pytest.raises(RuleBroken, match="saule has not taken their seat"):
        found_now(seats=without)
    assert rows(select(Fund)) == []


def test_the_chain_begins_with_the_founding_act_that_names_every_key(app: Flask) -> None:
    found_now()

    [act] = rows(select(FoundingAct))
    read = read_act(act.content)
    first = rows(select(AuditLine).where(AuditLine.seq == 1))[0]
    assert first.previous == act.hash == act_hash(act.content)
    assert {member.handle for member in read.committee.members} == set(MEMBERS)
    assert set(read.keys) == set(SEATED) - set(MEMBERS)
    assert {member.alternate for member in read.committee.members} == {f"{handle}-alternate" for handle in MEMBERS}


def test_a_plan_that_names_holders_has_its_recovery_shares_at_once(app: Flask) -> None:
    plan = replace(PLAN, share_holders=HOLDERS)

    found_now(plan=plan, secret=secret())

    shares = rows(select(RecoveryShare).order_by(RecoveryShare.number))
    assert [share.country for share in shares] == [holder.country for holder in HOLDERS]
    assert all(share.sealed for share in shares)
    assert len(rows(select(RecoveryCopy))) == len(rows(select(RingEpoch)))
    assert see(is_provisional)


def test_who_was_not_there_holds_no_share(app: Flask) -> None:
    absent = (replace(HOLDERS[0], handle="olga"), *HOLDERS[1:])

    with pytest.raises(RuleBroken, match="olga holds a recovery share"):
        found_now(plan=replace(PLAN, share_holders=absent), secret=secret())
    assert rows(select(Fund)) == []
