"""What an account came to know of a family, and which families are warned first when the account is in wrong hands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from aid.domain.words import Message, _

LATELY = timedelta(days=7)


class Glimpse(StrEnum):
    """One way in which an account learnt of a family."""

    WROTE = "wrote"
    FILE = "file"
    FACTS = "facts"
    LINE = "line"
    SLIP = "slip"
    PRINTED = "printed"


class Urgency(StrEnum):
    """In which turn a family is warned, the first one first."""

    LATELY = "lately"
    FILE = "file"
    FACTS = "facts"
    SLIP = "slip"
    PRINTED = "printed"
    REACH = "reach"


@dataclass(frozen=True, slots=True)
class Seen:
    """How often an account learnt of a family in one way, and when first and last."""

    how: Glimpse
    first: datetime
    last: datetime
    times: int


GLIMPSE_TITLES: Mapping[Glimpse, Message] = MappingProxyType(
    {
        Glimpse.WROTE: _("wrote it down"),
        Glimpse.FILE: _("opened the file"),
        Glimpse.FACTS: _("opened the facts, without a name"),
        Glimpse.LINE: _("read its line, without a name"),
        Glimpse.SLIP: _("opened the slip: who collects"),
        Glimpse.PRINTED: _("printed its voucher"),
    }
)

URGENCY_TITLES: Mapping[Urgency, Message] = MappingProxyType(
    {
        Urgency.LATELY: _("First: their file was open in the last seven days"),
        Urgency.FILE: _("Then: their file was open earlier"),
        Urgency.FACTS: _("Then: facts of need were open, without names"),
        Urgency.SLIP: _("Then: names of who collects were open"),
        Urgency.PRINTED: _("Then: only a paper was printed, without names"),
        Urgency.REACH: _("Last: never opened, but this account had the keys"),
    }
)

_WHOLE = frozenset({Glimpse.WROTE, Glimpse.FILE})
_FACTS = frozenset({Glimpse.FACTS, Glimpse.LINE})


def urgency_of(seen: Sequence[Seen], *, at: datetime) -> Urgency:
    """How soon a family is warned of an account that was cut off at this moment."""
    whole = [one.last for one in seen if one.how in _WHOLE]
    if whole:
        return Urgency.LATELY if max(whole) > at - LATELY else Urgency.FILE
    ways = {one.how for one in seen}
    if ways & _FACTS:
        return Urgency.FACTS
    if Glimpse.SLIP in ways:
        return Urgency.SLIP
    return Urgency.PRINTED if ways else Urgency.REACH
