"""The worker: each job is done once, by one worker, for people who may still ask; and none while all is locked."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from aid.domain.ids import new_id
from aid.domain.jobs import NIGHTLY, JobKind, JobState
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.words import _
from aid.extensions import db, now
from aid.jobs import running
from aid.jobs.queue import queue_of, wake
from aid.jobs.running import run_job, tick
from aid.models.custody import Lockdown
from aid.models.jobs import Job
from aid.models.people import Person, PersonState
from aid.services.jobs import LEASE, MOST_ATTEMPTS, ask_for_backup, take
from aid.vault.actor import Actor
from tests.make import do, rows
from tests.make.fund import FoundedFund

ONE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done, instead of doing it."""
    did: list[str] = []
    monkeypatch.setattr(
        running, "_WORK", {kind: lambda _job, _alive, kind=kind: did.append(kind.value) for kind in JobKind}
    )
    return did


def asked(fund: FoundedFund) -> UUID:
    return do(ask_for_backup, actor=fund.administrator).job_id


def job(job_id: UUID) -> Job:
    [row] = rows(select(Job).where(Job.id == job_id))
    return row


def write(statement: object) -> None:
    with Session(db.engine) as session, session.begin():
        session.execute(statement)  # type: ignore[call-overload]


def test_a_job_is_done_once(fund: FoundedFund, done: list[str]) -> None:
    job_id = asked(fund)

    assert run_job(job_id)
    assert not run_job(job_id)
    assert done == ["backup"]
    assert job(job_id).state is JobState.DONE


def test_what_another_worker_has_is_left_to_it_until_it_falls(fund: FoundedFund, done: list[str]) -> None:
    job_id = asked(fund)
    do(take, actor=Actor.system(), job_id=job_id)

    assert not run_job(job_id)
    with time_machine.travel(now().instant + LEASE + timedelta(seconds=1)):
        assert run_job(job_id)
    assert job(job_id).attempts == 2


@ONE
def test_asking_twice_is_asking_once(fund: FoundedFund) -> None:
    assert asked(fund) == asked(fund)


@ONE
def test_who_may_not_make_backups_does_not_have_one_made(fund: FoundedFund) -> None:
    with pytest.raises(NotAllowed):
        do(ask_for_backup, actor=fund.registrar)


@ONE
def test_the_job_of_someone_who_was_cut_off_is_stopped(fund: FoundedFund, done: list[str]) -> None:
    job_id = asked(fund)
    write(update(Person).where(Person.handle == "erlan").values(state=PersonState.SUSPENDED))

    assert not run_job(job_id)
    assert done == []
    assert job(job_id).state is JobState.STOPPED


@ONE
def test_someone_cut_off_midway_stops_what_runs_for_them(fund: FoundedFund, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = asked(fund)

    def cut_off_midway(_job: object, alive: object) -> None:
        write(update(Job).values(state=JobState.STOPPED))
        alive()  # type: ignore[operator]

    monkeypatch.setattr(running, "_WORK", {JobKind.BACKUP: cut_off_midway})
    with pytest.raises(running.Stopped):
        run_job(job_id)
    assert job(job_id).state is JobState.STOPPED


@ONE
def test_nothing_runs_while_the_fund_is_locked(fund: FoundedFund, done: list[str]) -> None:
    job_id = asked(fund)
    with Session(db.engine) as session, session.begin():
        pressed = Lockdown(id=new_id(), pressed_by_id=fund.registrar.person_id, at=now().instant, lifted_at=None)
        session.add(pressed)

    assert tick() == []
    assert not run_job(job_id)
    assert done == []


@ONE
def test_what_goes_wrong_is_tried_again_later_and_told_by_its_kind(
    fund: FoundedFund, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_job: object, _alive: object) -> None:
        raise OSError(28, "No space left on the disk of Aigul")

    monkeypatch.setattr(running, "_WORK", {JobKind.BACKUP: full})
    job_id = asked(fund)
    moment = now().instant
    for attempt in range(1, MOST_ATTEMPTS + 1):
        with time_machine.travel(moment), pytest.raises(OSError, match="No space"):
            run_job(job_id)
        assert job(job_id).attempts == attempt
        assert job(job_id).failure == "OSError"
        moment += timedelta(hours=1)
    assert job(job_id).state is JobState.FAILED


@ONE
def test_what_a_rule_refuses_is_not_tried_again(fund: FoundedFund, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_job: object, _alive: object) -> None:
        raise RuleBroken(_("No."))

    monkeypatch.setattr(running, "_WORK", {JobKind.BACKUP: refused})
    job_id = asked(fund)
    with pytest.raises(RuleBroken):
        run_job(job_id)
    assert job(job_id).state is JobState.FAILED


def test_a_night_has_each_of_its_jobs_once_whoever_looks(fund: FoundedFund) -> None:
    with time_machine.travel(datetime(2027, 1, 15, 22, 30, tzinfo=UTC), tick=False):  # half past three in Aqtau
        first = tick()
        assert tick() == first
    assert {row.kind for row in rows(select(Job))} == set(NIGHTLY)
    assert len(first) == len(NIGHTLY)

    with time_machine.travel(datetime(2027, 1, 16, 21, 30, tzinfo=UTC), tick=False):  # half past two: the same night
        tick()
    assert len(rows(select(Job))) == len(NIGHTLY)


@ONE
def test_what_is_planned_is_due_at_once(fund: FoundedFund) -> None:
    assert len(tick()) == len(NIGHTLY)


@ONE
def test_a_fund_that_is_not_founded_has_no_nights(app: Flask) -> None:
    assert tick() == []


def test_the_queue_holds_ids_and_runs_nothing_but_jobs(fund: FoundedFund, app: Flask, done: list[str]) -> None:
    queue = queue_of(app)
    queue.storage.flush_all()
    job_id = asked(fund)

    wake(job_id)
    [message] = queue.storage.enqueued_items()
    assert json.loads(bytes(message))[6] == [str(job_id)]
    queue.execute(queue.dequeue())
    assert done == ["backup"]

    queue.storage.enqueue(json.dumps(["1", "os.system", None, 0, 0, None, ["id"], {}]).encode())
    with pytest.raises(Exception, match="not found in TaskRegistry"):
        queue.dequeue()


@ONE
def test_a_queue_that_is_away_does_not_undo_what_was_asked(
    fund: FoundedFund, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_job: str) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(queue_of(app), "run", away)
    job_id = asked(fund)

    wake(job_id)

    assert job_id in tick()
