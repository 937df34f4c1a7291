"""Lines of a step that are one money with known ones of other days, or of several statements: see later_sums.

All that is left over of an account and kind of file is looked at together, whichever statement and day it stands in.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from aid.domain.later_sums import LaterSide, joined_later
from aid.domain.payments import is_iban
from aid.domain.statements import is_whole_source
from aid.services.statements.doubts import Seen
from aid.services.statements.knowing import Known, Met, Shown, over_days

if TYPE_CHECKING:
    from aid.services.statements.summing import Joins, Summing

NAME = 8  # letters of a name that are compared: banks cut the rest differently


@dataclass(frozen=True, slots=True)
class _Pool:
    """What is left over of one account: of the step, and of what the other kind of file showed."""

    is_whole: bool  # the step's lines are of whole statements
    new: list[Seen]
    known: list[Seen]


class OverDays:
    """What is left over of a step."""

    def __init__(self, summing: "Summing", new: Iterable[Met]) -> None:
        self._summing = summing
        by_bank: dict[tuple[UUID, bool], list[Met]] = defaultdict(list)
        for each in new:
            by_bank[each.statement.bank_id, is_whole_source(each.statement.source)].append(each)
        self._pools = [
            pool for (_bank, is_whole), some in by_bank.items() if (pool := self._pool(some, is_whole=is_whole))
        ]

    def _pool(self, new: Sequence[Met], *, is_whole: bool) -> _Pool | None:
        shown = new[0].statement
        known = self._summing.opened(shown, self._near(shown, {date.fromisoformat(each.line.booked) for each in new}))
        return _Pool(is_whole, self._summing.seen_new(new), known) if known else None

    def _near(self, shown: Shown, days: set[date]) -> list[Known]:
        near = self._summing.desk.near(shown.bank_id, over_days(days))
        return self._summing.left(shown, [each for known in near.values() for each in known])

    def sure(self) -> "Joins":
        """What nobody has to be asked."""
        return self._joins(only_sure=True)

    def asked(self) -> "Joins":
        """What somebody has to say, and what becomes sure by it."""
        return self._joins(only_sure=False)

    def _joins(self, *, only_sure: bool) -> "Joins":
        for pool in self._pools:
            for are_known in (True, False):
                sums, singles = (pool.known, pool.new) if are_known else (pool.new, pool.known)
                sums, singles = self._summing.not_joined(sums), self._summing.not_joined(singles)
                is_later = pool.is_whole != are_known
                for join in joined_later([*_sides(sums)], [*_sides(singles)], is_later=is_later):
                    if join.is_sure or not only_sure:
                        some = [singles[place] for place in join.singles]
                        yield from self._summing.join(sums[join.sum], some, is_sure=join.is_sure)


def _sides(seen: Sequence[Seen]) -> Iterator[LaterSide]:
    for place, each in enumerate(seen):
        payment: Mapping[str, Any] = each.value.get("payment", {})
        other: Mapping[str, Any] = payment.get("other", {})
        account = other.get("account", "")
        yield LaterSide(
            place,
            each.signed,
            **each.facts(),
            day=each.day,
            own=each.value.get("bank_reference", ""),
            end_to_end=payment.get("end_to_end", ""),
            account=account if is_iban(account) else "",
            name="".join(filter(str.isalnum, other.get("name", ""))).casefold()[:NAME],
        )
