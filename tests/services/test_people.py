"""First keys give way to one's own, and who is suspended is cut off from what is written next."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from aid.domain.custody import SuspensionReason
from aid.domain.languages import Language
from aid.domain.refusals import RuleBroken
from aid.domain.rings import RingKind
from aid.models.audit import AuditLine
from aid.models.fund import Locality
from aid.models.people import Person, PersonState, Ring, RingEpoch, RingMembership, SignIn, VotingKey
from aid.services import people
from aid.services.founding import found
from aid.services.people import enrol, speak
from aid.services.sign_ins import begin
from aid.services.suspensions import suspend
from aid.vault.actor import Actor
from aid.vault.bundles import SealedBundle, open_bundle
from aid.vault.cookies import SignInCookie
from aid.vault.failures import NoKey, Tampered
from tests.conftest import both_databases
from tests.make import do, rows
from tests.make.fund import PLAN, FoundedFund, actor_with, secrets_of_everyone, those_who_come
from tests.make.one_database import app as app


def invited(handle: str) -> Actor:
    """A person of a fund that was founded just now, as the first password lets them in."""
    do(found, actor=Actor.system(), plan=PLAN, demo=False, **those_who_come())
    invitation = secrets_of_everyone()[handle].invitation
    halves = open_bundle(invitation.bundle, invitation.password, invitation.person_id)
    return actor_with(handle, halves.hpke)


def ring_of(code: str) -> UUID:
    return next(locality.ring_id for locality in rows(select(Locality)) if locality.code == code)


def ring_of_kind(kind: RingKind) -> UUID:
    return next(ring.id for ring in rows(select(Ring)) if ring.kind is kind)


@both_databases
def test_rings_move_to_the_new_keys_and_leave_the_first_ones(app: Flask) -> None:
    first = invited("aigul")
    ring = ring_of("old-town")
    before = first.keyring.current(ring)

    do(enrol, actor=first, keys=secrets_of_everyone()["aigul"].keys)

    now = actor_with("aigul", secrets_of_everyone()["aigul"].halves.hpke)
    assert now.keyring.current(ring) == before
    with pytest.raises(Tampered):
        actor_with("aigul", first.keyring.private).keyring.current(ring)


def test_nobody_enrols_twice(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken, match="keys of your own already"):
        do(enrol, actor=fund.registrar, keys=secrets_of_everyone()["aigul"].keys)


def test_keys_are_moved_only_by_who_holds_them(app: Flask) -> None:
    keyless = actor_with(invited("aigul").handle, None)

    with pytest.raises(NoKey):
        do(enrol, actor=keyless, keys=secrets_of_everyone()["aigul"].keys)
    [person] = rows(select(Person).where(Person.handle == "aigul"))
    assert person.state is PersonState.INVITED


def test_other_sign_ins_end_when_a_person_enrols(app: Flask) -> None:
    first = invited("aigul")
    cookie, public = SignInCookie.new(), secrets_of_everyone()["aigul"].invitation.public
    do(begin, actor=first, public=public, step=None, row_id=cookie.row_id, private=b"sealed")

    do(enrol, actor=first, keys=secrets_of_everyone()["aigul"].keys)

    assert rows(select(SignIn)) == []


def test_a_voting_key_brought_to_the_founding_is_in_the_audit_chain(fund: FoundedFund) -> None:
    member = fund.members[0]

    [key] = rows(select(VotingKey).where(VotingKey.person_id == member.person_id))

    [line] = rows(select(AuditLine).where(AuditLine.act == "person.enrolled", AuditLine.subject_id == member.person_id))
    assert key.public == secrets_of_everyone()[member.handle].keys.voting_public
    assert key.id.bytes in line.made


def test_a_suspended_person_is_out_of_every_ring(fund: FoundedFund) -> None:
    person_id = fund.registrar.person_id
    fund.sign_in("aigul")

    do(suspend, actor=fund.administrator, person_id=person_id, reason=SuspensionReason.ARRESTED)

    assert rows(select(RingMembership).where(RingMembership.person_id == person_id)) == []
    assert rows(select(SignIn).where(SignIn.person_id == person_id)) == []


def test_after_a_suspension_the_ring_has_new_keys_that_those_who_stay_can_open(fund: FoundedFund) -> None:
    ring = ring_of("old-town")
    before = fund.confirmer.keyring.current(ring)

    do(suspend, actor=fund.administrator, person_id=fund.registrar.person_id, reason=SuspensionReason.ARRESTED)

    after = fund.confirmer.keyring.current(ring)
    assert after.ref == replace(before.ref, epoch=2)
    assert not {after.private, after.wrap_key, after.index_key} & {before.private, before.wrap_key, before.index_key}
    assert [ref.epoch for ref in fund.coordinator.keyring.refs(ring)] == [2, 1]
    assert {epoch.epoch for epoch in rows(select(RingEpoch).where(RingEpoch.ring_id == ring))} == {1, 2}


def test_rings_the_person_was_not_in_stay_as_they_are(fund: FoundedFund) -> None:
    ring = ring_of("new-town")

    do(suspend, actor=fund.administrator, person_id=fund.registrar.person_id, reason=SuspensionReason.ARRESTED)

    assert [epoch.epoch for epoch in rows(select(RingEpoch).where(RingEpoch.ring_id == ring))] == [1]


def test_nobody_is_suspended_twice(fund: FoundedFund) -> None:
    do(suspend, actor=fund.administrator, person_id=fund.registrar.person_id, reason=SuspensionReason.ARRESTED)

    with pytest.raises(RuleBroken, match="suspended already"):
        do(suspend, actor=fund.administrator, person_id=fund.registrar.person_id, reason=SuspensionReason.ARRESTED)


def test_a_person_chooses_their_language(fund: FoundedFund) -> None:
    do(speak, actor=fund.registrar, language=Language.KK)

    assert fund.registrar.language is Language.KK


def test_what_only_a_suspended_person_could_open_is_not_lost(fund: FoundedFund) -> None:
    donors = fund.treasurer.keyring.current(ring_of_kind(RingKind.DONORS))

    do(suspend, actor=fund.administrator, person_id=fund.treasurer.person_id, reason=SuspensionReason.ARRESTED)

    assert fund.treasurer.keyring.current(donors.ref.ring_id) == donors


@both_databases
def test_who_enrols_while_a_ring_gets_new_keys_can_open_them(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    aigul = invited("aigul")
    administrator, gulnar = (actor_with(handle, None) for handle in ("erlan", "gulnar"))
    kept = people.keep_bundle

    def suspend_gulnar() -> None:
        with app.app_context():
            do(suspend, actor=administrator, person_id=gulnar.person_id, reason=SuspensionReason.ARRESTED)

    with ThreadPoolExecutor(1) as pool:

        def in_between(person: Person, bundle: SealedBundle) -> None:
            kept(person, bundle)
            wait([pool.submit(suspend_gulnar)], timeout=1)

        monkeypatch.setattr(people, "keep_bundle", in_between)
        do(enrol, actor=aigul, keys=secrets_of_everyone()["aigul"].keys)

    enrolled = actor_with("aigul", secrets_of_everyone()["aigul"].halves.hpke)
    assert enrolled.keyring.current(ring_of("old-town")).ref.epoch == 2
