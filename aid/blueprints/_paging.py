"""Where in a list, or in a history, a page begins."""

from datetime import datetime

LARGEST = 2**63 - 1  # that both databases can count to


def place(text: str) -> int:
    """A number of a list, out of an address. Raises ValueError, as `request.args.get` expects of its `type`."""
    number = int(text)
    if not 0 <= number <= LARGEST:
        raise ValueError(text)
    return number


def moment(text: str) -> datetime:
    """A moment with its time zone, out of an address. Raises ValueError."""
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError(text)
    return when
