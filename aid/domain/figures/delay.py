"""How old a month must be before anything of it is told: nobody shall learn where help is handed out just now."""

from datetime import date, timedelta

from aid.domain.months import Month
from aid.domain.refusals import RuleBroken
from aid.domain.words import _

DEFAULT_DELAY = 30
LEAST_DELAY = 14
LONGEST_DELAY = 365


def last_month(today: date, *, delay_days: int) -> Month:
    """The latest month that may be told: its last day lies so many days back."""
    day = today - timedelta(days=delay_days)
    month = Month.of(day)
    return month if day == month.last else Month.of(month.first - timedelta(days=1))


def check_delay(delay_days: int) -> None:
    """Raise RuleBroken unless figures are told late enough, and at all."""
    if not LEAST_DELAY <= delay_days <= LONGEST_DELAY:
        raise RuleBroken(
            _("Write a number of days from %(least)s to %(most)s.", least=LEAST_DELAY, most=LONGEST_DELAY),
            field="delay_days",
        )
