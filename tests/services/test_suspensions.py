"""Who is cut off writes nothing more, what is written next has other keys, and a coordinator lets them come back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from aid.domain.custody import SuspensionReason
from aid.domain.ids import new_id
from aid.domain.jobs import JobKind, JobState
from aid.domain.permissions import Permission
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.extensions import db
from aid.models.custody import KeyReset, Suspension
from aid.models.families import Sighting
from aid.models.jobs import Job
from aid.models.people import Person, PersonState, RingMembership, SignIn
from aid.models.records import Wrap
from aid.perform import look
from aid.queries.exposure import exposure
from aid.services import sightings
from aid.services.families import Registered, Registration, open_file, register
from aid.services.family_index import find_families
from aid.services.people import prepare_invitation
from aid.services.suspensions import reinstate
from aid.services.verification import verify
from aid.vault.actor import Actor
from aid.vault.bundles import open_bundle
from tests.make import do, rows, see
from tests.make.custody import cut_off
from tests.make.families import a_family, make_family
from tests.make.fund import LEAST, FoundedFund, actor_with
from tests.make.people import invited

one_database = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def epochs(actor: Actor) -> set[int]:
    return {ref.epoch for ref in actor.keyring.memberships}


def state_of(handle: str) -> PersonState:
    [person] = rows(select(Person).where(Person.handle == handle))
    return person.state


def job_of(actor: Actor, state: JobState) -> Job:
    now = datetime.now(UTC)
    job = Job(id=new_id(), kind=JobKind.BACKUP, state=state, asked_by_id=actor.person_id, asked_at=now, run_after=now)
    with Session(db.engine.execution_options(writes=True), expire_on_commit=False) as session:
        session.add(job)
        session.commit()
    return job


@one_database
@pytest.mark.parametrize("who", ["distributor", "coordinator"])
def test_any_colleague_cuts_off_who_was_arrested(fund: FoundedFund, who: str) -> None:
    colleague = getattr(fund, who)
    fund.sign_in("aigul")

    done = cut_off(fund, "aigul", by=colleague)

    [row] = rows(select(Suspension))
    assert (row.id, row.person_id, row.by_id) == (done.suspension_id, done.person_id, colleague.person_id)
    assert row.reason is SuspensionReason.ARRESTED
    assert state_of("aigul") is PersonState.SUSPENDED
    assert rows(select(SignIn).where(SignIn.person_id == done.person_id)) == []
    assert list(see(verify)) == []


@one_database
def test_the_jobs_of_who_was_cut_off_do_not_run(fund: FoundedFund) -> None:
    theirs = [job_of(fund.administrator, state) for state in (JobState.WAITING, JobState.RUNNING, JobState.DONE)]
    others = job_of(fund.coordinator, JobState.WAITING)

    cut_off(fund, fund.administrator, by=fund.coordinator)

    now = {job.id: job.state for job in rows(select(Job))}
    assert [now[job.id] for job in theirs] == [JobState.STOPPED, JobState.STOPPED, JobState.DONE]
    assert now[others.id] is JobState.WAITING


@one_database
def test_a_stolen_account_cuts_off_three_people_and_no_more(fund: FoundedFund) -> None:
    for handle in ("gulnar", "sauran", "nurlan"):
        cut_off(fund, handle, by=fund.registrar)

    with pytest.raises(RuleBroken, match="lock the whole fund"):
        cut_off(fund, "dina", by=fund.registrar)

    cut_off(fund, "aigul", by=fund.coordinator)


@one_database
def test_nothing_is_written_in_the_name_of_who_was_cut_off_meanwhile(fund: FoundedFund) -> None:
    before = fund.registrar  # as their request began
    cut_off(fund, before)

    with pytest.raises(NotAllowed, match="cut off"):
        make_family(fund, by=before, confirmed=False)
    with pytest.raises(NotAllowed, match="cut off"):
        look(find_families, actor=before, text="+7 701 000 00 00")


def test_a_look_that_was_under_way_is_on_the_list(
    app: Flask, fund: FoundedFund, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button waits for what the account is opening just now, and then nothing more is opened."""
    family, registrar, coordinator = make_family(fund), fund.registrar, fund.coordinator
    looking, pressed = Event(), Event()
    recorded = sightings.saw

    def slowly(*args: object, **kwargs: object) -> None:
        looking.set()
        pressed.wait(0.3)  # the colleague presses now, and has to wait
        recorded(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(sightings, "saw", slowly)

    def open_it() -> None:
        with app.app_context():
            look(open_file, actor=registrar, family_id=family.family_id, why="correct")

    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(open_it)
        assert looking.wait(10)
        done = cut_off(fund, registrar, by=coordinator)
        opening.result()

    seen = see(exposure, actor=fund.coordinator, suspension_id=done.suspension_id)
    assert seen is not None
    opened = [row.id for row in seen.families if "file" in {one.how.value for one in row.seen}]
    assert opened == [family.family_id]
    assert len(rows(select(Sighting).where(Sighting.person_id == registrar.person_id))) == 1


def test_what_is_written_after_it_is_under_new_keys_or_not_at_all(fund: FoundedFund) -> None:
    before = fund.registrar2  # a colleague's request that began before somebody pressed
    cut_off(fund, "aigul")
    order = Registration(fund.localities["old-town"], fund.points["club"], a_family(surname="Жаңабекова"))

    with pytest.raises(RuleBroken, match="keys of this place were changed"):
        do(register, actor=before, order=order)
    registered = do(register, actor=fund.registrar2, order=order)
    assert isinstance(registered, Registered)

    old_town = {ref.ring_id for ref in fund.registrar.keyring.memberships} | {
        ref.ring_id for ref in fund.confirmer.keyring.memberships
    }
    written = [wrap for wrap in rows(select(Wrap)) if wrap.ring_id in old_town]
    assert written
    assert {wrap.epoch for wrap in written} == {2}
    assert len(look(find_families, actor=fund.coordinator, text=registered.code).families) == 1


@one_database
def test_who_was_cut_off_by_mistake_is_back_with_the_same_keys(fund: FoundedFund) -> None:
    family = make_family(fund, by=fund.registrar)
    cut_off(fund, "aigul")
    later = make_family(fund, by=fund.registrar2, confirmed=False)

    done = do(reinstate, actor=fund.coordinator, person_id=fund.registrar.person_id)

    assert done.rings_missing == 0
    assert state_of("aigul") is PersonState.ACTIVE
    assert epochs(fund.registrar) == {1, 2}
    for family_id in (family.family_id, later.family_id):
        look(open_file, actor=fund.registrar, family_id=family_id, why="correct")
    assert list(see(verify)) == []


@one_database
def test_a_treasurer_who_is_back_waits_for_who_keeps_the_donors(fund: FoundedFund) -> None:
    """The coordinator has no key to the donors, and gives none."""
    with Session(db.engine.execution_options(writes=True)) as session:  # as if another treasurer had them
        session.execute(delete(RingMembership).where(RingMembership.person_id == fund.treasurer.person_id))
        session.commit()
    cut_off(fund, "timur")

    done = do(reinstate, actor=fund.coordinator, person_id=fund.treasurer.person_id)

    assert done.rings_missing == 1
    assert not fund.treasurer.keyring.memberships


@one_database
def test_who_comes_back_with_new_keys_begins_anew(fund: FoundedFund) -> None:
    cut_off(fund, "aigul")
    invitation = prepare_invitation("aigul", person_id=fund.registrar.person_id, cost=LEAST)

    done = do(reinstate, actor=fund.coordinator, person_id=fund.registrar.person_id, invitation=invitation)

    assert (state_of("aigul"), done.rings_missing) == (PersonState.INVITED, 1)
    assert rows(select(RingMembership).where(RingMembership.person_id == fund.registrar.person_id)) == []
    assert len(rows(select(KeyReset))) == 1
    first = open_bundle(invitation.bundle, invitation.password, invitation.person_id)
    assert actor_with("aigul", first.hpke).may(Permission.REGISTER_FAMILIES)
    assert list(see(verify)) == []


@one_database
def test_who_never_enrolled_is_back_as_invited(fund: FoundedFund) -> None:
    newcomer = invited(fund)
    cut_off(fund, newcomer)

    do(reinstate, actor=fund.coordinator, person_id=newcomer.person_id)

    assert state_of(newcomer.handle) is PersonState.INVITED
    assert list(see(verify)) == []


@one_database
def test_nobody_but_a_coordinator_reinstates(fund: FoundedFund) -> None:
    cut_off(fund, "aigul")

    for colleague in (fund.administrator, fund.registrar2, fund.treasurer):
        with pytest.raises(NotAllowed):
            do(reinstate, actor=colleague, person_id=fund.registrar.person_id)


@one_database
def test_who_is_at_work_is_not_reinstated(fund: FoundedFund) -> None:
    with pytest.raises(RuleBroken, match="not suspended"):
        do(reinstate, actor=fund.coordinator, person_id=fund.registrar.person_id)
