"""Work that outlives a request: which workers run just now, and what was sealed to them of somebody's records.

A request seals to every worker that runs exactly what a job's items need, with an expiry. If all of them fall, nobody
can open it, and what was not done waits for a person again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.models.jobs import Parcel, RunKey
from aid.vault.actor import Actor
from aid.vault.failures import Tampered
from aid.vault.parcels import Addressed, RunPair, is_ours, open_parcel, seal_parcel

SILENT: Final = timedelta(minutes=3)
"""A worker says each minute that it is there; one that did not for so long gets nothing any more."""
FORGOTTEN: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Announced:
    """The fund knows that this worker runs."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Whom things can be sealed to."""

    id: UUID
    public: bytes


def announce(session: Session, *, actor: Actor, now: Instant, worker_id: UUID, public: bytes, mac: bytes) -> Announced:
    """A worker says that it runs, when it starts and each minute after. Others that fell silent are forgotten."""
    mine = update(RunKey).where(RunKey.id == worker_id).values(seen_at=now.instant).returning(RunKey.id)
    if session.scalar(mine) is None:
        session.add(RunKey(id=worker_id, public=public, mac=mac, since=now.instant, seen_at=now.instant))
    session.execute(delete(RunKey).where(RunKey.seen_at < now.instant - FORGOTTEN))
    session.execute(delete(Parcel).where(Parcel.expires_at < now.instant))
    return Announced()


def running(session: Session, *, now: Instant, key: bytes) -> list[Worker]:
    """Workers that run just now, and that the server gave its word for."""
    rows = session.scalars(select(RunKey).where(RunKey.seen_at > now.instant - SILENT).order_by(RunKey.id))
    return [Worker(row.id, row.public) for row in rows if is_ours(key, row.id, row.public, row.mac)]


def hand_over(
    session: Session,
    *,
    workers: Sequence[Worker],
    job_id: UUID,
    expires_at: datetime,
    items: Mapping[UUID, Mapping[str, Any]],
) -> None:
    """Seal to each worker what each item of a job needs, and nothing else."""
    rows = [
        {
            "item_id": item_id,
            "run_key_id": worker.id,
            "job_id": job_id,
            "expires_at": expires_at,
            "sealed": seal_parcel(worker.public, worker.id, Addressed(job_id, item_id, expires_at), value),
        }
        for item_id, value in items.items()
        for worker in workers
    ]
    session.execute(insert(Parcel), rows)


def opened(session: Session, *, run: RunPair, job_id: UUID, item_id: UUID, now: Instant) -> dict[str, Any] | None:
    """What an item needs, for the worker that it was sealed to; nothing for any other, or when it is too late."""
    row = session.get(Parcel, (item_id, run.id))
    if row is None or row.job_id != job_id:
        return None
    try:
        return open_parcel(run, Addressed(job_id, item_id, row.expires_at), row.sealed, now=now.instant)
    except Tampered:
        return None


def throw_away(session: Session, *, item_ids: Sequence[UUID]) -> None:
    """It is not needed any more, by no worker."""
    session.execute(delete(Parcel).where(Parcel.item_id.in_(item_ids)))
