"""What runs later: the row is the truth, the queue only says that there is something to do."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.jobs import JobKind, JobState
from aid.models.base import Base, kept_as


class Job(Base):
    """One piece of work for the worker. It holds codes and ids, never a word about a person."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_run_after", "state", "run_after"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[JobKind] = kept_as(JobKind)
    state: Mapped[JobState] = kept_as(JobState)
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # none: the fund's own calendar
    asked_at: Mapped[datetime]
    run_after: Mapped[datetime]
    lease_until: Mapped[datetime | None]  # a worker has it until then
    attempts: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    failure: Mapped[str | None]  # the kind of error, never its text


class RunKey(Base):
    """The public half of a worker that runs just now. The private half is in that worker's memory and nowhere else."""

    __tablename__ = "run_key"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    public: Mapped[bytes]
    mac: Mapped[bytes]  # under the server's key: nobody who only writes rows has things sealed to themselves
    since: Mapped[datetime]
    seen_at: Mapped[datetime]  # the worker says each minute that it is there


class Parcel(Base):
    """What one piece of a job needs of sealed records, sealed to one worker, until it is done or too late."""

    __tablename__ = "parcel"
    __table_args__ = (ForeignKeyConstraint(["run_key_id"], ["run_key.id"], ondelete="CASCADE"),)

    item_id: Mapped[UUID] = mapped_column(primary_key=True)  # the row that it is about
    run_key_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    job_id: Mapped[UUID] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    sealed: Mapped[bytes]
