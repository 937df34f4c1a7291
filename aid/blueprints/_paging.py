"""Where in a list, or in a history, a page begins."""

from datetime import UTC, date, datetime

LARGEST = 2**63 - 1  # that both databases can count to
YEARS = range(1900, 3000)  # whose days begin and end at a moment that every zone and database can write


def place(text: str) -> int:
    """A number of a list, out of an address. Raises ValueError, as `request.args.get` expects of its `type`."""
    number = int(text)
    if not 0 <= number <= LARGEST:
        raise ValueError(text)
    return number


def moment(text: str) -> datetime:
    """A moment with its time zone, out of an address. Raises ValueError."""
    when = datetime.fromisoformat(text)
    if when.tzinfo is None or when.year not in YEARS:
        raise ValueError(text)
    return when.astimezone(UTC)


def day_of(text: str) -> date:
    """A day, out of an address: none of the first or the last year there is. Raises ValueError."""
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(text)
    return day
