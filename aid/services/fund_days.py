"""The fund's own days: in which time zone they are, and when each begins and ends."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.models.fund import Fund


def zone_of(session: Session) -> ZoneInfo:
    """The fund's time zone."""
    return ZoneInfo(session.execute(select(Fund.time_zone)).scalar_one())


def begin_of(day: date, zone: ZoneInfo) -> datetime:
    """The moment a day of the fund's begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def day_bounds(session: Session, day: date, last: date | None = None) -> tuple[datetime, datetime]:
    """When a day of the fund's begins, and when the next one does; with `last`, from one day to the end of another."""
    zone = zone_of(session)
    return begin_of(day, zone), begin_of((last or day) + timedelta(days=1), zone)
