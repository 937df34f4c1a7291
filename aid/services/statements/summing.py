"""Sums that are several lines elsewhere: what one kind of file books as one, and another lists singly, counts once.

After a step's lines are laid beside known ones one by one, what is left over is looked at once more: within its day
(aid.domain.sums), then over some days (aid.domain.later_sums). What only a person can tell is told as a doubt, and
answered before anything of the file comes in.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.statements import is_whole_source
from aid.domain.sums import Side, joined
from aid.models.records import RecordKind
from aid.services import records
from aid.services.statements.doubts import Asking, Seen
from aid.services.statements.knowing import Desk, Known, Met, Shown
from aid.services.statements.over_days import OverDays
from aid.services.statements.told_shares import ToldShare, parts_before, told_of_days, told_shares
from aid.vault.cbor import load
from aid.vault.keyring import Keyring

LARGEST = 1 << 24


@dataclass(frozen=True, slots=True)
class Share:
    """A line of a step that is several known ones, or a part of one: which, and with how much of each."""

    met: Met
    of: tuple[tuple[UUID, int], ...]
    is_over_days: bool = False  # they stand on other days than it


Joins = Iterator[tuple[Share, Met | None]]
"""Lines of the step that are joined to others; with what a sum is more than its lines."""


@dataclass(slots=True, eq=False)
class _Day:
    """What one statement of the step shows of a day, and what the other kind of file does, that is in nothing yet."""

    new: list[Met]
    known: list[Seen]


@dataclass(slots=True, eq=False)
class Summing:
    """The lines of a step that are left over, and what is known of their days."""

    session: Session
    keyring: Keyring = field(repr=False)
    desk: Desk
    asking: Asking = field(default_factory=Asking)
    _taken: set[UUID] = field(default_factory=set)
    _sure: set[UUID] = field(default_factory=set)  # lines that were joined in this step, where nobody had to be asked
    _seen: dict[UUID, Seen] = field(default_factory=dict)
    _opened: dict[tuple[UUID, str], Seen | None] = field(default_factory=dict)
    _said: set[UUID] = field(default_factory=set)  # or because somebody said so

    def part(self, met: Sequence[Met]) -> tuple[list[Met], list[Share]]:
        """The lines that stay lines, and those that are sums or parts of others. Raises RuleBroken for a doubt."""
        by_day = _new_by_day(met)
        if not by_day or not (any(self.desk.known.values()) or self._may_be_over_days(by_day)):
            return [*met], []
        self._taken |= {each.id for each in met if not each.is_new}
        shares: dict[UUID, Share] = {}
        rest: dict[UUID, Met] = {}
        for share, left in self._joins(by_day):
            shares[share.met.id] = share
            if left:
                rest[share.met.id] = left
        if not shares:
            return [*met], []
        stay = [rest.get(each.id, each) for each in met if each.id not in shares or (each.is_new and each.id in rest)]
        again = [_once_more(each, shares[each.id], rest) for each in met if each.id in shares and not each.is_new]
        return stay, [*shares.values(), *again]

    def _joins(self, by_day: Mapping[tuple[UUID, date], list[Met]]) -> Joins:
        """What is sure first, of one day and of several: it leaves the less to ask."""
        days: list[_Day] = []
        far = self._far(by_day)
        for (_statement, day), new in by_day.items():
            shown = new[0].statement
            left = {each.id: each for each in new}
            known = self.left(shown, self.desk.known.get((shown.bank_id, day), []))
            elsewhere = [each for each in far.get((shown.bank_id, day), ()) if each.id not in self._taken]
            for share in self._as_before(shown, day, left, [*known, *elsewhere]):
                del left[share.met.id]
                self._taken |= {id_ for id_, _minor in share.of} if len(share.of) > 1 else set()
                yield share, None
            days.append(_Day([*left.values()], self.opened(shown, self.left(shown, known)) if left else []))
        for each in days:
            yield from self._within(each, only_sure=True)
        over = OverDays(self, [each for day in days for each in day.new]) if self._may_be_over_days(by_day) else None
        if over:
            yield from over.sure()
        for each in days:
            yield from self._within(each, only_sure=False)
        if over:
            yield from over.asked()

    def _may_be_over_days(self, by_day: Mapping[tuple[UUID, date], list[Met]]) -> bool:
        return self.desk.may_be_over_days((new[0].line.statement, day) for (_statement, day), new in by_day.items())

    def _far(self, by_day: Mapping[tuple[UUID, date], list[Met]]) -> dict[tuple[UUID, date], list[Known]]:
        """Lines of other days that were joined over days to what earlier statements show of these."""
        days: dict[UUID, set[date]] = defaultdict(set)
        for (_statement, day), new in by_day.items():
            days[new[0].statement.bank_id].add(day)
        return {
            (bank_id, day): known
            for bank_id, some in days.items()
            for day, known in told_of_days(self.session, bank_id, sorted(some)).items()
        }

    def left(self, shown: Shown, known: Sequence[Known]) -> list[Known]:
        """What of these is in nothing yet, and is no line of this statement."""
        return [each for each in known if each.id not in self._taken and shown.id not in each.shown_by]

    # ------------------------------------------------------------ what was joined before

    def _as_before(self, shown: Shown, day: date, left: Mapping[UUID, Met], known: Sequence[Known]) -> Iterator[Share]:
        """Sums of lines that another sum stood for already; parts that were shown in this way before."""
        by_id = {each.id: each for each in known}
        told = [
            each
            for each in told_shares(self.session, self.keyring, [*by_id])
            if each.day == day and each.line_id in by_id and each.place[0] != shown.id
        ]
        if not told:
            return
        sums: dict[tuple[UUID, int], list[ToldShare]] = defaultdict(list)
        for each in told:
            if each.minor == abs(by_id[each.line_id].signed):
                sums[each.place].append(each)
        parts = parts_before(shown, [each for each in told if each.minor < abs(by_id[each.line_id].signed)])
        elsewhere = {each.id for each in known if not each.sightings}
        for met in [*left.values()]:
            for place, group in [*sums.items()]:
                mine = [by_id[each.line_id] for each in group if each.line_id in by_id]
                if len(mine) == len(group) and sum(line.signed for line in mine) == met.line.signed:
                    del sums[place]
                    for line in mine:
                        del by_id[line.id]
                    of = tuple((line.id, abs(line.signed)) for line in mine)
                    yield Share(met, of, is_over_days=any(line.id in elsewhere for line in mine))
                    break
            else:
                key = (met.line.identity, met.line.signed)
                if parts.get(key):
                    line_id = parts[key].pop()
                    yield Share(met, ((line_id, abs(met.line.signed)),), is_over_days=line_id in elsewhere)

    def opened(self, shown: Shown, known: Sequence[Known]) -> list[Seen]:
        """Known lines with what is sealed of them. What of one is told in this way already is no more looked for."""
        is_whole = is_whole_source(shown.source)
        known = [each for each in known if all(is_whole_source(one.source) != is_whole for one in each.sightings)]
        fresh = [each.id for each in known if (each.id, shown.source) not in self._opened]
        told: dict[UUID, list[ToldShare]] = defaultdict(list)
        for one in told_shares(self.session, self.keyring, fresh):
            told[one.line_id].append(one)
        values = records.take_out_all(self.session, kind=RecordKind.BANK_LINE, row_ids=fresh, keyring=self.keyring)
        for each in known:
            if each.id in values:
                self._opened[each.id, shown.source] = _rest_of(shown, each, told[each.id], values[each.id])
        seen = (self._opened.get((each.id, shown.source)) for each in known)
        return [each for each in seen if each]

    # ------------------------------------------------------------ what is joined now

    def _within(self, of: _Day, *, only_sure: bool) -> Joins:
        """Sums and single lines of one day."""
        if not of.known:
            return
        new = self.seen_new(of.new)
        for sums, singles in ((of.known, new), (new, of.known)):
            sums, singles = self.not_joined(sums), self.not_joined(singles)
            for join in joined([*_sides(sums)], [*_sides(singles)], only_sure=only_sure):
                whole, some = sums[join.sum], [singles[place] for place in join.singles]
                yield from self.join(whole, some, is_sure=join.is_sure)

    def join(self, whole: Seen, some: Sequence[Seen], *, is_sure: bool) -> Joins:
        """Join them, if it is sure or said. Raises RuleBroken where nobody said."""
        ids = {each.id for each in (whole, *some)}
        if ids & (self._sure | self._said) or not (is_sure or self.asking.is_same(whole, some)):
            return
        yield from _shares(whole, some)
        total = sum(each.signed for each in some)
        if whole.met or total == whole.signed:
            self._taken |= ids
        elif is_sure:  # what is left of it may have more in it
            ids.remove(whole.id)
            whole.signed, whole.is_rest = whole.signed - total, True
        (self._sure if is_sure else self._said).update(ids)

    def not_joined(self, seen: Iterable[Seen]) -> list[Seen]:
        """Those that were not joined in this step so far. What somebody said changes nothing in what is asked."""
        return [each for each in seen if each.id not in self._sure]

    def seen_new(self, new: Iterable[Met]) -> list[Seen]:
        """Lines of the step as they are laid beside known ones."""
        for each in new:
            if each.id not in self._seen:
                value = load(each.line.written, largest=LARGEST)
                self._seen[each.id] = Seen(each.id, each.line.signed, date.fromisoformat(each.line.booked), value, each)
        return [self._seen[each.id] for each in new]


def _new_by_day(met: Sequence[Met]) -> dict[tuple[UUID, date], list[Met]]:
    by_day: dict[tuple[UUID, date], list[Met]] = defaultdict(list)
    for each in met:
        if each.is_new:
            by_day[each.statement.id, date.fromisoformat(each.line.booked)].append(each)
    return by_day


def _rest_of(shown: Shown, known: Known, told: Sequence[ToldShare], value: Mapping[str, Any]) -> Seen | None:
    """A known line, without what of it is told in this way already; none of one that is in a sum."""
    if any(each.minor == abs(known.signed) for each in told) and all(each.identity for each in told):
        return None
    parts = [each for each in told if each.minor < abs(known.signed)]
    mine = sum(each.minor for each in parts if each.source == shown.source)
    signed = known.signed - mine if known.signed > 0 else known.signed + mine
    if not signed:
        return None
    amounts = tuple(each.minor for each in parts if each.source != shown.source)
    statement = min(known.shown_by) if known.shown_by else None
    return Seen(known.id, signed, known.day, value, statement=statement, parts=amounts, is_rest=bool(mine))


def _once_more(met: Met, share: Share, rest: Mapping[UUID, Met]) -> Share:
    """Another statement of the step that shows the same: with what the sum is more than its lines."""
    difference = rest.get(met.id)
    more = ((met.id, abs(difference.line.signed)),) if difference else ()
    return Share(met, (*share.of, *more), share.is_over_days)


def _sides(seen: Sequence[Seen]) -> Iterator[Side]:
    for place, each in enumerate(seen):
        yield Side(place, each.signed, **each.facts())


def _shares(whole: Seen, some: Sequence[Seen]) -> Joins:
    """What becomes of a sum, or of single lines that are in one that is known."""
    if whole.met is None:
        for each in some:
            assert each.met, "one side is new"
            yield Share(each.met, ((whole.id, abs(each.signed)),), each.day != whole.day), None
        return
    difference = whole.signed - sum(each.signed for each in some)
    of = tuple((each.id, abs(each.signed)) for each in some)
    share = Share(whole.met, of, any(each.day != whole.day for each in some))
    line = whole.met.line
    yield share, whole.met._replace(line=line._replace(signed=difference)) if difference else None
