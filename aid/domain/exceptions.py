"""What went another way than planned: each kind by its name, so that all of one kind can be looked at together."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from aid.domain.words import Message, _


class ExceptionKind(StrEnum):
    """A kind of thing that happens to vouchers besides being printed and collected."""

    REPRINT = "reprint"
    SPOILED = "spoiled"
    GONE = "gone"
    PILE = "pile"
    MOVE = "move"
    STRANGER = "stranger"
    UNDONE = "undone"
    REFUSED = "refused"
    GRACE = "grace"
    LATE = "late"
    CONFLICT = "conflict"
    LOSS = "loss"
    VOID = "void"
    EXPIRED = "expired"
    COUNT = "count"
    SHOP = "shop"
    SURVEY = "survey"


KIND_TITLES: Mapping[ExceptionKind, Message] = MappingProxyType(
    {
        ExceptionKind.REPRINT: _("Printed again"),
        ExceptionKind.SPOILED: _("Spoiled papers"),
        ExceptionKind.GONE: _("Lost or stolen papers"),
        ExceptionKind.PILE: _("Piles on the way, or with another number of papers"),
        ExceptionKind.MOVE: _("To another point"),
        ExceptionKind.STRANGER: _("Collectors not on the list"),
        ExceptionKind.UNDONE: _("Undone collections"),
        ExceptionKind.REFUSED: _("Refused at the table"),
        ExceptionKind.GRACE: _("Collected after the last day on the paper"),
        ExceptionKind.LATE: _("Entered later, from a paper list"),
        ExceptionKind.CONFLICT: _("Paper list against books"),
        ExceptionKind.LOSS: _("Handed out without cover"),
        ExceptionKind.VOID: _("Cancelled vouchers"),
        ExceptionKind.EXPIRED: _("Expired vouchers"),
        ExceptionKind.COUNT: _("Counts of a day that differ"),
        ExceptionKind.SHOP: _("Shops’ invoices that differ"),
        ExceptionKind.SURVEY: _("Families who say that something is wrong"),
    }
)
