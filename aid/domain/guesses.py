"""How long one waits after wrong passwords, PINs or codes: not at all for slips of the hand, and longer each time."""

from datetime import datetime, timedelta
from math import ceil

FREE = 5  # wrong tries in a row that cost nothing
FIRST, LONGEST = timedelta(seconds=30), timedelta(minutes=15)
FORGOTTEN = timedelta(days=1)  # after which a wrong try counts no more


def wait_after(failures: int) -> timedelta:
    """How long nothing is tried after so many wrong tries in a row."""
    if failures < FREE:
        return timedelta(0)
    doubled: timedelta = FIRST * 2 ** min(failures - FREE, 10)
    return min(doubled, LONGEST)


def seconds_left(failures: int, *, last_at: datetime, now: datetime) -> int:
    """How many seconds are left to wait; 0: one may try."""
    wait = wait_after(failures)
    if not wait or now - last_at > FORGOTTEN:  # of two at once, the first may seem to be later
        return 0
    return max(0, ceil((last_at + wait - now).total_seconds()))
