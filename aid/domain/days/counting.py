"""Opening and closing a point's day: what is counted, why it differs from the books, and whose word settles it.

The distributor at eight wants to begin with a box that agrees, in two minutes, without adding up in the head. The one
at six is tired, wants to find the stub or the note that is missing while everybody is still there, and to go home
without being blamed for what others did: so a wrong count is counted again, and nobody is asked for words. The second
signer wants to see on one page what was counted, what the books say and why it differs, and to sign no more than that.
The treasurer wants each loss and find in the books with its cause, borne by the right purpose. An auditor, months
later, wants to know what was found first, who knew, who signed, and that the figures were those of that moment.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from aid.domain.days.pieces import bound
from aid.domain.money import Money
from aid.domain.stock import DIFFERENCE_TITLES, Difference
from aid.domain.vouchers import printed_number
from aid.domain.words import Message, _

GOODS_BOUND: Final = 5
STUBS_BOUND: Final = 3
"""A count may differ by so many of a good, or so many stubs, before a coordinator looks at it."""


class CountKind(StrEnum):
    """Which end of the day is counted."""

    OPENING = "opening"
    CLOSING = "closing"


KIND_TITLES: Mapping[CountKind, Message] = MappingProxyType(
    {CountKind.OPENING: _("Opening"), CountKind.CLOSING: _("Closing")}
)


class Counted(StrEnum):
    """What a difference is about. Its key is the currency, the good's whole code, or the number on the stub."""

    CASH = "cash"
    GOOD = "good"
    STUB_MISSING = "stub_missing"
    STUB_EXTRA = "stub_extra"


class CashReason(StrEnum):
    """Why there is more or less cash than in the books."""

    MISCOUNTED = "miscounted"
    WRONG_SUM_GIVEN = "wrong_sum_given"
    NOT_ENTERED = "not_entered"
    FALSE_NOTE = "false_note"
    STOLEN = "stolen"
    SEIZED = "seized"
    UNKNOWN = "unknown"


class StubReason(StrEnum):
    """Why stubs and collections are not the same."""

    NOT_TORN_OFF = "not_torn_off"
    LOST = "lost"
    PAPER_LIST = "paper_list"
    UNDONE = "undone"
    OTHER_DAY = "other_day"
    NOT_BOOKED = "not_booked"
    UNKNOWN = "unknown"


CASH_TITLES: Mapping[CashReason, Message] = MappingProxyType(
    {
        CashReason.MISCOUNTED: _("Somebody had counted wrong"),
        CashReason.WRONG_SUM_GIVEN: _("Too much or too little was given at the table"),
        CashReason.NOT_ENTERED: _("Something was not written down"),
        CashReason.FALSE_NOTE: _("A false note"),
        CashReason.STOLEN: _("Stolen"),
        CashReason.SEIZED: _("Seized in a search"),
        CashReason.UNKNOWN: _("Nobody knows"),
    }
)
MISSING_TITLES: Mapping[StubReason, Message] = MappingProxyType(
    {
        StubReason.NOT_TORN_OFF: _("The family went with the whole paper"),
        StubReason.LOST: _("The stub is lost"),
        StubReason.PAPER_LIST: _("Handed out by a paper list, without the paper"),
        StubReason.UNKNOWN: _("Nobody knows"),
    }
)
EXTRA_TITLES: Mapping[StubReason, Message] = MappingProxyType(
    {
        StubReason.PAPER_LIST: _("From a paper list that is not entered yet"),
        StubReason.UNDONE: _("Its collection was undone, and the stub stayed"),
        StubReason.OTHER_DAY: _("From another day"),
        StubReason.NOT_BOOKED: _("Handed out, and not written down"),
        StubReason.UNKNOWN: _("Nobody knows"),
    }
)
TITLES_OF: Mapping[Counted, Mapping[str, Message]] = MappingProxyType(
    {
        Counted.CASH: {why.value: title for why, title in CASH_TITLES.items()},
        Counted.GOOD: {why.value: title for why, title in DIFFERENCE_TITLES.items()},
        Counted.STUB_MISSING: {why.value: title for why, title in MISSING_TITLES.items()},
        Counted.STUB_EXTRA: {why.value: title for why, title in EXTRA_TITLES.items()},
    }
)
"""The reasons there are for each kind of difference."""

GRAVE: Final = frozenset({CashReason.STOLEN.value, CashReason.SEIZED.value, Difference.BURNT.value})
"""A coordinator hears of these whatever they come to."""


class CountState(StrEnum):
    """Where one try of a count stands."""

    TO_EXPLAIN = "to_explain"
    WAITS = "waits"
    SIGNED = "signed"
    REFUSED = "refused"
    COUNTED_ANEW = "counted_anew"


STATE_TITLES: Mapping[CountState, Message] = MappingProxyType(
    {
        CountState.TO_EXPLAIN: _("Differences are to be explained"),
        CountState.WAITS: _("Waits for a second person"),
        CountState.SIGNED: _("Signed by two"),
        CountState.REFUSED: _("Refused: count again"),
        CountState.COUNTED_ANEW: _("Counted again since"),
    }
)


@dataclass(frozen=True, slots=True)
class Differs:
    """One thing that was counted otherwise than the books say."""

    what: Counted
    key: str
    by: int  # minor units, pieces: above zero where there is more than in the books


@dataclass(frozen=True, slots=True)
class Told:
    """Why one thing differs: a code of `TITLES_OF`."""

    what: Counted
    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Stubs:
    """Stubs of a closing: how many were counted, and the numbers of those that the collections ask for."""

    counted: int
    booked: frozenset[int]

    @property
    def differ(self) -> int:
        """By how many."""
        return self.counted - len(self.booked)


def state_of(*, is_latest: bool, agreed: bool | None, differs: bool, is_told: bool) -> CountState:
    """Where a count stands."""
    if agreed is not None:
        return CountState.SIGNED if agreed else CountState.REFUSED
    if not is_latest:
        return CountState.COUNTED_ANEW
    return CountState.TO_EXPLAIN if differs and not is_told else CountState.WAITS


def why_not_begin(
    kind: CountKind, day: date, *, today: date, is_signed: bool, moved_since: bool, went_on: bool
) -> Message | None:
    """Say why this end of this day is not counted now, or nothing.

    `moved_since`: something came or went since the count that was signed. `went_on`: the point worked on a later day,
    or counted then, so that what is in the box is not that day's any more.
    """
    if day > today:
        return _("This day has not come yet.")
    if kind is CountKind.OPENING:
        if day < today:
            return _("A day is opened on its own morning. Open today.")
        return _("This day was opened already. What differs now is found at closing.") if is_signed else None
    if went_on:
        return _("The point has worked since: what is in the box is not that day’s any more. Count today.")
    if is_signed and not moved_since:
        return _("This day was closed already, and nothing came or went since.")
    return None


def why_not_told(told: Collection[Told], *, differs: Collection[Differs], stubs: Stubs | None) -> Message | None:
    """Say why these reasons do not explain the differences, or nothing. Each difference has one, and nothing else."""
    for each in told:
        if each.why not in TITLES_OF[each.what]:
            return _("Choose a reason from the list.")
    given = [(each.what, each.key) for each in told]
    if len(set(given)) < len(given):
        return _("One thing was explained twice.")
    whole = {(each.what, each.key) for each in differs}
    of_stubs = (Counted.STUB_MISSING, Counted.STUB_EXTRA)
    rest = {(what, key) for what, key in given if what not in of_stubs}
    if whole - rest:
        return _("Say of each difference why it is there.")
    if rest - whole:
        return _("A reason was given for what does not differ.")
    return _why_not_stubs([(what, key) for what, key in given if what in of_stubs], stubs)


def _why_not_stubs(given: Collection[tuple[Counted, str]], stubs: Stubs | None) -> Message | None:
    if stubs is None:
        return _("Stubs are counted at closing.") if given else None
    missing = {int(key) for what, key in given if what is Counted.STUB_MISSING}
    extra = {int(key) for what, key in given if what is Counted.STUB_EXTRA}
    if strange := sorted(missing - stubs.booked):
        return _("%(number)s is not among this day’s collections here.", number=printed_number(strange[0]))
    if known := sorted(extra & stubs.booked):
        return _("%(number)s is among this day’s collections: its stub belongs here.", number=printed_number(known[0]))
    if len(extra) - len(missing) != stubs.differ:
        return _(
            "You counted %(counted)s stubs, and there were %(booked)s collections: %(missing)s missing and %(extra)s "
            "without a collection do not make the difference. Compare the numbers again.",
            counted=stubs.counted,
            booked=len(stubs.booked),
            missing=len(missing),
            extra=len(extra),
        )
    return None


def is_large(differs: Collection[Differs], told: Collection[Told]) -> bool:
    """Whether a coordinator's word is needed, and not any colleague's."""
    stubs = [each for each in told if each.what in (Counted.STUB_MISSING, Counted.STUB_EXTRA)]
    return (
        len(stubs) > STUBS_BOUND
        or any(each.why in GRAVE for each in told)
        or any(
            Money(abs(each.by), each.key) > bound(each.key) if each.what is Counted.CASH else abs(each.by) > GOODS_BOUND
            for each in differs
        )
    )


def why_not_answer(
    state: CountState, *, counted_by: UUID, me: UUID, needs_coordinator: bool, is_coordinator: bool
) -> Message | None:
    """Say why this person does not sign this count, nor refuse it, or nothing."""
    match state:
        case CountState.SIGNED | CountState.REFUSED:
            return _("Somebody answered this already.")
        case CountState.COUNTED_ANEW:
            return _("It was counted again since. Look at the newer count.")
        case CountState.TO_EXPLAIN:
            return _("Whoever counted says first why it differs from the books.")
    if counted_by == me:
        return _("You counted it yourself: somebody else signs.")
    if needs_coordinator and not is_coordinator:
        return _("This difference is large: a coordinator signs it.")
    return None


@dataclass(frozen=True, slots=True)
class Share:
    """What one purpose bears of a loss, or gets of what was found."""

    purpose: UUID
    amount: Money


def shares_of_loss(loss: Money, available: Collection[tuple[UUID, int]], *, general: UUID) -> tuple[Share, ...] | None:
    """Which purposes bear a loss of cash, or nothing where the fund has too little that is free.

    The general purpose bears it. What it has not, the others bear, first the one that has the most.
    """
    rest = loss.minor
    shares = []
    for purpose, minor in sorted(available, key=lambda each: (each[0] != general, -each[1], each[0].bytes)):
        part = min(rest, minor)
        if part > 0:
            shares.append(Share(purpose, Money(part, loss.currency)))
            rest -= part
    return None if rest else tuple(shares)
