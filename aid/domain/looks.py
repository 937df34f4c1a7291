"""How many families an account may open in a day before it is unusual, and how it is slowed from then on."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from types import MappingProxyType

from aid.domain.permissions import Role
from aid.domain.words import Message, n_

A_DAY = timedelta(hours=24)

QUOTAS: Mapping[Role, int] = MappingProxyType(
    {
        Role.REGISTRAR: 300,  # some sixty registrations, each after a search that shows a few families
        Role.CONFIRMER: 300,
        Role.COORDINATOR: 400,  # besides the rounds they compute
        Role.COMMITTEE_MEMBER: 2_000,  # the lines of an allocation are read before it is voted on
        Role.DISTRIBUTOR: 1_200,  # a family every thirty seconds, ten hours long
        Role.TREASURER: 0,
        Role.ADMINISTRATOR: 0,
        Role.AUDITOR: 0,
    }
)
"""Different families that each role's work explains within a day."""

NOT_COUNTED = frozenset({"allocate", "recompute"})
"""Why facts are opened by the hundred for a computation, and not to be read."""

SLOWED = timedelta(seconds=30)
SLOWED_MORE = timedelta(minutes=5)
AT_THE_TABLE = frozenset({"collect"})
"""A mother waits at the table for this look."""
SLOWED_AT_THE_TABLE = timedelta(seconds=10)


def quota_of(roles: Collection[Role]) -> int:
    """How many families a day the work of somebody with these roles explains."""
    return max((QUOTAS[role] for role in roles), default=0)


def pause_of(opened: int, *, quota: int, why: str) -> timedelta:
    """How long after their last look somebody who opened so many families waits for a new one."""
    if opened < quota:
        return timedelta()
    if why in AT_THE_TABLE:
        return SLOWED_AT_THE_TABLE
    return SLOWED if opened < 2 * quota else SLOWED_MORE


def why_wait(left: timedelta) -> Message | None:
    """Say that the next family is not opened yet, or nothing."""
    seconds = -(-left // timedelta(seconds=1))
    if seconds <= 0:
        return None
    return n_(
        "This account opened unusually many families today, and the coordinators were told. "
        "Wait %(num)s second, then open the next one.",
        "This account opened unusually many families today, and the coordinators were told. "
        "Wait %(num)s seconds, then open the next one.",
        seconds,
    )
