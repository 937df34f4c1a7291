"""Stock of goods at points: every move with its cause, and what a count, a loss or a carrying of it may say."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from aid.domain.goods import MOST
from aid.domain.words import Message, _


class MoveCause(StrEnum):
    """Why goods came to a point's stock or left it."""

    DELIVERED = "delivered"
    HANDED_OUT = "handed_out"
    TAKEN_BACK = "taken_back"
    COUNTED = "counted"
    CARRIED = "carried"
    PACKED = "packed"
    WRITTEN_OFF = "written_off"
    LOST_BY_PAPER = "lost_by_paper"


MOVE_TITLES: Mapping[MoveCause, Message] = MappingProxyType(
    {
        MoveCause.DELIVERED: _("Delivered"),
        MoveCause.HANDED_OUT: _("Handed out with a voucher"),
        MoveCause.TAKEN_BACK: _("Back again: a collection was undone"),
        MoveCause.COUNTED: _("Counted"),
        MoveCause.CARRIED: _("Carried between points"),
        MoveCause.PACKED: _("Packed into kits"),
        MoveCause.WRITTEN_OFF: _("Written off"),
        MoveCause.LOST_BY_PAPER: _("Handed out by a paper list on a voucher that was not good any more"),
    }
)

ACTS = frozenset({MoveCause.COUNTED, MoveCause.CARRIED, MoveCause.PACKED, MoveCause.WRITTEN_OFF})
"""What people do with stock by itself. The others follow from a delivery or a collection."""


class Difference(StrEnum):
    """Why a count found something else than the books, or why goods are written off."""

    MISCOUNTED = "miscounted"
    NOT_WRITTEN_DOWN = "not_written_down"
    DAMAGED = "damaged"
    EXPIRED = "expired"
    STOLEN = "stolen"
    SEIZED = "seized"
    BURNT = "burnt"
    UNKNOWN = "unknown"


DIFFERENCE_TITLES: Mapping[Difference, Message] = MappingProxyType(
    {
        Difference.MISCOUNTED: _("Somebody had counted wrong"),
        Difference.NOT_WRITTEN_DOWN: _("Something was not written down"),
        Difference.DAMAGED: _("Damaged"),
        Difference.EXPIRED: _("Past its date"),
        Difference.STOLEN: _("Stolen"),
        Difference.SEIZED: _("Seized in a search"),
        Difference.BURNT: _("Burnt or flooded"),
        Difference.UNKNOWN: _("Nobody knows"),
    }
)

LOSSES = (
    Difference.DAMAGED,
    Difference.EXPIRED,
    Difference.STOLEN,
    Difference.SEIZED,
    Difference.BURNT,
    Difference.UNKNOWN,
)
"""Why goods are written off."""


def why_not_counted(counted: int, *, booked: int, why: Difference | None) -> Message | None:
    """Say why a count can't be written down like this, or nothing. A difference has a reason."""
    if not 0 <= counted <= MOST:
        return _("Write a quantity from 0 to %(most)s.", most=MOST)
    if counted != booked and why is None:
        return _("The books say %(booked)s, you counted %(counted)s: say why.", booked=booked, counted=counted)
    return None


def why_not_take(quantity: int, *, there: int) -> Message | None:
    """Say why somebody at a desk may not take so many out of stock, or nothing. At the table nobody is refused."""
    if not 0 < quantity <= MOST:
        return _("Write a quantity from 1 to %(most)s.", most=MOST)
    if quantity > there:
        return _("Only %(there)s are there. Count the stock first if there are more.", there=max(there, 0))
    return None
