"""Printed papers by their numbers: which of them end before their time, and how a pile of them is counted."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from aid.domain.refusals import RuleBroken
from aid.domain.vouchers import VoucherState, printed_number
from aid.domain.words import Message, _

MOST: Final = 2_000
"""Papers that one act ends: a whole batch of a large point."""

DIGITS: Final = 9


class EndReason(StrEnum):
    """Why a paper is worth nothing though no newer one was printed."""

    SPOILED = "spoiled"  # in the printer
    DAMAGED = "damaged"
    LOST = "lost"
    STOLEN = "stolen"
    MOVED = "moved"  # its voucher is collected elsewhere, and is printed anew there


class MoveReason(StrEnum):
    """Why a voucher is collected at another point."""

    FAMILY_MOVED = "family_moved"
    CAME_HERE = "came_here"  # the family stands at the other point
    POINT_CLOSED = "point_closed"
    OTHER = "other"


class CountReason(StrEnum):
    """Why a pile holds another number of papers than was given."""

    MISSING = "missing"
    TAKEN = "taken"  # by somebody, on the way
    SPOILED = "spoiled"
    MISCOUNTED = "miscounted"
    OTHER = "other"


SPOILED_TITLES: Mapping[EndReason, Message] = MappingProxyType(
    {
        EndReason.SPOILED: _("Spoiled in the printer"),
        EndReason.DAMAGED: _("Torn, wet or dirty"),
    }
)
"""What is written down of single papers that somebody still holds."""

GONE_TITLES: Mapping[EndReason, Message] = MappingProxyType(
    {
        EndReason.LOST: _("Lost, nobody knows where"),
        EndReason.STOLEN: _("Stolen, or taken away by force"),
    }
)
"""What is written down of a whole batch that nobody holds any more."""

END_TITLES: Mapping[EndReason, Message] = MappingProxyType(
    {**SPOILED_TITLES, **GONE_TITLES, EndReason.MOVED: _("Its voucher went to another point")}
)

MOVE_TITLES: Mapping[MoveReason, Message] = MappingProxyType(
    {
        MoveReason.CAME_HERE: _("The family came to the other point"),
        MoveReason.FAMILY_MOVED: _("The family lives elsewhere now"),
        MoveReason.POINT_CLOSED: _("The point is closed"),
        MoveReason.OTHER: _("Another reason"),
    }
)

COUNT_TITLES: Mapping[CountReason, Message] = MappingProxyType(
    {
        CountReason.MISSING: _("Papers are missing, nobody knows why"),
        CountReason.TAKEN: _("Papers were taken away on the way"),
        CountReason.SPOILED: _("Papers are spoiled, and were not counted"),
        CountReason.MISCOUNTED: _("The list was wrong: so many were given"),
        CountReason.OTHER: _("Another reason"),
    }
)


def numbers_of(text: str) -> tuple[int, ...]:
    """The numbers of papers as they are written: “000012-000018, 31”, each once. Raises RuleBroken beside `serials`."""
    found: set[int] = set()
    for part in text.replace(";", ",").replace("\n", ",").split(","):
        if not part.strip():
            continue
        first, last = _ends(part)
        if last - first >= MOST or len(found) > MOST:
            raise RuleBroken(_("These are too many at once. Write at most %(most)s numbers.", most=MOST), "serials")
        found.update(range(first, last + 1))
    if not found:
        raise RuleBroken(_("Write the numbers of the papers, such as 000012-000018, 000031."), "serials")
    return tuple(sorted(found))


def _ends(part: str) -> tuple[int, int]:
    """The first and last number of a part such as 12, or 12-18."""
    ends = [end.strip() for end in part.replace("–", "-").replace("—", "-").split("-")]
    if len(ends) > 2 or not all(end.isdecimal() and end.isascii() and len(end) <= DIGITS for end in ends):
        raise RuleBroken(
            _("“%(part)s” is no number. Write them as they stand on the stubs: 000012-000018.", part=part.strip()),
            "serials",
        )
    first, last = int(ends[0]), int(ends[-1])
    if last < first:
        raise RuleBroken(_("“%(part)s” goes backwards. Write the smaller number first.", part=part.strip()), "serials")
    return first, last


def ranges_of(serials: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Numbers as runs of neighbours: (first, last) each."""
    runs: list[tuple[int, int]] = []
    for serial in sorted(serials):
        if runs and serial == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], serial)
        else:
            runs.append((serial, serial))
    return tuple(runs)


def plain_runs(serials: Iterable[int]) -> list[str]:
    """The same as it is kept: 12-18, 31."""
    return [f"{first}-{last}" if first < last else str(first) for first, last in ranges_of(serials)]


def runs_of(plain: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """What `plain_runs` wrote."""
    ends = (run.split("-") for run in plain)
    return tuple((int(each[0]), int(each[-1])) for each in ends)


def written(ranges: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """Runs as they are printed: 000012–000018 and 000031."""
    return tuple(
        printed_number(first) if first == last else f"{printed_number(first)}–{printed_number(last)}"
        for first, last in ranges
    )


def span_of(runs: Sequence[str]) -> str:
    """From which number to which these runs go, for a narrow column: 000012 … 000031."""
    if len(runs) < 2:
        return "".join(runs)
    return f"{runs[0].partition('–')[0]} … {runs[-1].rpartition('–')[2]}"


def why_not_end(state: VoucherState, *, serial: int, is_of_batch: bool) -> Message | None:
    """Say why this paper of a batch is not written down as spoiled, or nothing."""
    number = printed_number(serial)
    if not is_of_batch:
        return _("Paper %(number)s is not of this batch, or a newer one was printed.", number=number)
    match state:
        case VoucherState.PRINTED | VoucherState.BEGUN:
            return None
        case VoucherState.ISSUED:
            return _("Paper %(number)s is worth nothing already.", number=number)
        case VoucherState.VOID | VoucherState.EXPIRED:
            return _("The voucher of paper %(number)s is closed already.", number=number)
        case _:
            return _("The voucher of paper %(number)s was collected already.", number=number)


def why_not_move(state: VoucherState, *, is_there: bool) -> Message | None:
    """Say why a voucher can't be moved to this point, or nothing."""
    if is_there:
        return _("This voucher is collected there already.")
    match state:
        case VoucherState.ISSUED | VoucherState.PRINTED | VoucherState.BEGUN:
            return None
        case VoucherState.VOID | VoucherState.EXPIRED:
            return _("This voucher is closed, so it goes nowhere.")
        case _:
            return _("This voucher was collected already, so it stays where it is.")


def why_not_count(*, given: int, counted: int, reason: CountReason | None) -> Message | None:
    """Say why such a count of a batch is not taken down, or nothing."""
    if counted != given and reason is None:
        return _("You counted another number than the list says. Choose why.")
    return None
