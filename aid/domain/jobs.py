"""What the fund's worker does, and how far it has come."""

from enum import StrEnum


class JobKind(StrEnum):
    """A piece of work that needs nobody's keys."""

    BACKUP = "backup"
    SWEEP = "sweep"  # what has outlived its time: sign-ins, drafts, devices, guesses, old backups


class JobState(StrEnum):
    """Where a piece of work stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"  # who asked for it was suspended
