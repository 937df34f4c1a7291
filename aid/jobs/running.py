"""Running jobs: what is due is taken under a lease, done, and noted. Nothing here needs a queue, nor anybody's keys:
what a job needs of a sealed record was sealed to this worker by who asked for it.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.jobs import JobKind, JobState
from aid.domain.refusals import RuleBroken
from aid.extensions import db, now, overwrite_deleted, time_zone
from aid.formats import fresh_key
from aid.jobs.backups import back_up, copy_missing, sweep_backups
from aid.jobs.run_pair import say_that_we_run
from aid.jobs.thanks import send_thanks
from aid.perform import perform
from aid.queries.people import fund_face
from aid.services import jobs
from aid.services.membership import finish_leaving
from aid.services.sweeping import sweep_rows
from aid.services.thanks import mails as thanks_mails
from aid.services.vouchers.expiry import CHUNK, expire_some
from aid.vault.actor import Actor

NIGHT_BEGINS: Final = timedelta(hours=3)  # on the fund's clock: the work of a night begins when nobody works
SYSTEM: Final = Actor.system()


class Stopped(Exception):
    """Who asked for this job was cut off while it ran, or another worker has it."""


def tick() -> list[UUID]:
    """Write down tonight's work if nobody did yet, and say which jobs are due."""
    moment = now()
    with Session(db.engine) as session:
        if fund_face(session) is None or jobs.is_locked(session):
            return []
        night = (moment.instant.astimezone(time_zone()) - NIGHT_BEGINS).date()
        missing, left_behind = jobs.missing(session, night=night), thanks_mails.any_left_behind(session)
    say_that_we_run()
    if left_behind:
        perform(fresh_key(), thanks_mails.settle, actor=SYSTEM)
    for kind in missing:
        key = hashlib.sha256(f"komek/1/night/{kind.value}/{night.isoformat()}".encode()).hexdigest()[:32]
        perform(key, jobs.plan, actor=SYSTEM, kind=kind, night=night)
    with Session(db.engine) as session:
        return jobs.due(session, now=now())  # what was planned a moment ago is due already


def run_job(job_id: UUID, *, now: Instant | None = None) -> bool:
    """Do a job if it is there to be done; whether it was. What goes wrong is noted by its kind, and raised."""
    kind = perform(fresh_key(), jobs.take, actor=SYSTEM, now=now, job_id=job_id).kind
    if kind is None:
        return False
    try:
        _WORK[kind](job_id, lambda: _still_ours(job_id))
    except BaseException as failure:
        again = not isinstance(failure, RuleBroken | Stopped)
        name = type(failure).__name__
        perform(fresh_key(), jobs.fail, actor=SYSTEM, now=now, job_id=job_id, kind=name, again=again)
        raise
    perform(fresh_key(), jobs.finish, actor=SYSTEM, now=now, job_id=job_id)
    return True


def _still_ours(job_id: UUID) -> None:
    if perform(fresh_key(), jobs.renew, actor=SYSTEM, job_id=job_id).state is not JobState.RUNNING:
        raise Stopped


def _back_up(_job_id: UUID, alive: Callable[[], None]) -> None:
    back_up(alive=alive)


def _sweep(_job_id: UUID, alive: Callable[[], None]) -> None:
    perform(fresh_key(), sweep_rows, actor=SYSTEM)
    perform(fresh_key(), finish_leaving, actor=SYSTEM)
    copy_missing()
    alive()
    sweep_backups()
    overwrite_deleted()


def _expire(_job_id: UUID, alive: Callable[[], None]) -> None:
    """Close what expired, a chunk a commit. Broken off, the next attempt goes on with what is left."""
    while perform(fresh_key(), expire_some, actor=SYSTEM, most=CHUNK).vouchers:
        alive()


_WORK: Final[Mapping[JobKind, Callable[[UUID, Callable[[], None]], None]]] = MappingProxyType(
    {JobKind.BACKUP: _back_up, JobKind.SWEEP: _sweep, JobKind.EXPIRY: _expire, JobKind.THANKS: send_thanks}
)
