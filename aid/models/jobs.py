"""What runs later: the row is the truth, the queue only says that there is something to do."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
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
