"""What the fund's worker does, and how far it has come."""

from enum import StrEnum
from typing import Final


class JobKind(StrEnum):
    """A piece of work for the worker, which has nobody's keys."""

    BACKUP = "backup"
    SWEEP = "sweep"  # what has outlived its time: sign-ins, drafts, devices, guesses, old backups
    EXPIRY = "expiry"  # vouchers that nobody collected within the days of grace: their money goes back
    THANKS = "thanks"  # messages of thanks; what they say was sealed to the worker that runs


NIGHTLY: Final = (JobKind.BACKUP, JobKind.SWEEP, JobKind.EXPIRY)
"""What is due every night, whether or not anybody asks."""


class JobState(StrEnum):
    """Where a piece of work stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"  # who asked for it was suspended
