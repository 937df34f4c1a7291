"""What a survey is over: the families who collected by one decision, at some points, or on some days."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from aid.domain.refusals import Refusals, RuleBroken
from aid.domain.words import _

MOST = 500
"""Nobody calls more families than these; of twenty thousand they tell a share to four hundredths."""
SIZES = (30, 60, 100, 200)
"""Offered to choose from, with what each is good for."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Whose collections: of a decision, of points (none: of all), of days. A decision or days are needed."""

    allocation_id: UUID | None = None
    points: tuple[UUID, ...] = ()
    first_day: date | None = None
    last_day: date | None = None


def check_selection(selection: Selection, *, today: date) -> None:
    """Raise RuleBroken for a selection of nothing in particular, or of days that are not over one after the other."""
    first, last = selection.first_day, selection.last_day
    if selection.allocation_id is None and first is None and last is None:
        raise RuleBroken(_("Choose a list, or days."), "allocation")
    refusals = Refusals()
    with refusals:
        if first is not None and first > today:
            raise RuleBroken(_("This day is not here yet."), "first_day")
    with refusals:
        if (first is None) != (last is None):
            raise RuleBroken(_("Write the first and the last day, or neither."), "last_day")
        if first is not None and last is not None and last < first:
            raise RuleBroken(_("The last day is before the first."), "last_day")
    refusals.tell()


def check_size(size: int, *, families: int) -> None:
    """Raise RuleBroken unless so many of these families can be asked."""
    if not families:
        raise RuleBroken(_("Nobody collected anything there. Choose another list, or other days."), "allocation")
    if size < 1:
        raise RuleBroken(_("Write how many families are to be asked."), "size")
    if size > min(families, MOST):
        raise RuleBroken(_("At most %(most)s families can be asked here.", most=min(families, MOST)), "size")
