"""Sums that are several lines elsewhere: what one kind of file books as one, and another lists singly, counts once.

After a step's lines are laid beside known ones one by one, what is left over is looked at once more: see
aid.domain.sums. What only a person can tell is told as a doubt, and answered before anything of the file comes in.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.refusals import RuleBroken
from aid.domain.statements import is_whole_source
from aid.domain.sums import Joined, Side, joined
from aid.domain.words import _
from aid.models.records import RecordKind
from aid.models.statements import BankLine, BankStatement, LineShare
from aid.services import records
from aid.services.statements.doubts import Doubt, Seen, doubt_of
from aid.services.statements.knowing import Desk, Known, Met, Shown
from aid.vault.cbor import load
from aid.vault.keyring import Keyring

LARGEST = 1 << 24


@dataclass(frozen=True, slots=True)
class Share:
    """A line of a step that is several known ones, or a part of one: which, and with how much of each."""

    met: Met
    of: tuple[tuple[UUID, int], ...]


@dataclass(slots=True)
class _Told:
    """What an earlier statement said of a known line: that it is in a sum, or that something is a part of it."""

    line_id: UUID
    place: tuple[UUID, int]
    minor: int
    source: str
    identity: bytes  # nothing: it is what a sum was more than its lines, and single ones may come for it yet


@dataclass(slots=True, eq=False)
class Summing:
    """The lines of a step that are left over, and what is known of their days."""

    session: Session
    keyring: Keyring = field(repr=False)
    desk: Desk
    answers: Mapping[str, bool] | None = None  # none: it is only looked at, and doubts are gathered
    doubts: list[Doubt] = field(default_factory=list)
    _taken: set[UUID] = field(default_factory=set)

    def part(self, met: Sequence[Met]) -> tuple[list[Met], list[Share]]:
        """The lines that stay lines, and those that are sums or parts of others. Raises RuleBroken for a doubt."""
        if not any(self.desk.known.values()):
            return [*met], []
        by_day: dict[tuple[UUID, date], list[Met]] = defaultdict(list)
        for each in met:
            if each.is_new:
                by_day[each.statement.id, date.fromisoformat(each.line.booked)].append(each)
        taken = self._taken
        taken |= {each.id for each in met if not each.is_new}
        shares: dict[UUID, Share] = {}
        rest: dict[UUID, Met] = {}
        for (_statement, day), new in by_day.items():
            known = self._left(new[0].statement, day, taken)
            if known:
                for share, left in self._day(new, day, known):
                    shares[share.met.id] = share
                    if left:
                        rest[share.met.id] = left
                    if len(share.of) > 1 or left:
                        taken |= {id_ for id_, _minor in share.of}
        if not shares:
            return [*met], []
        stay = [rest.get(each.id, each) for each in met if each.id not in shares or (each.is_new and each.id in rest)]
        again = [_once_more(each, shares[each.id], rest) for each in met if each.id in shares and not each.is_new]
        return stay, [*shares.values(), *again]

    def _left(self, shown: Shown, day: date, taken: set[UUID]) -> list[Known]:
        """What is known of the day from the other kind of files alone, and is no line of this statement."""
        known = self.desk.known.get((shown.bank_id, day), [])
        return [each for each in known if each.id not in taken and shown.id not in each.shown_by]

    def _day(self, new: list[Met], day: date, known: list[Known]) -> Iterator[tuple[Share, Met | None]]:
        shown = new[0].statement
        is_whole = is_whole_source(shown.source)
        others = [each for each in known if all(is_whole_source(one.source) != is_whole for one in each.sightings)]
        if not others:
            return
        told = self._told([each.id for each in known])
        left = {each.id: each for each in new}
        by_id = {each.id: each for each in known}
        for share in self._as_before(shown, left, by_id, others, told):
            del left[share.met.id]
            yield share, None
        whole = {each.id: abs(each.signed) for each in known}
        grouped = {each.line_id for each in told if each.minor == whole.get(each.line_id)}
        grouped -= {each.line_id for each in told if not each.identity}
        fresh = [each for each in others if each.id in by_id and each.id not in grouped]
        if left and fresh:
            yield from self._afresh(day, [*left.values()], self._opened(shown, fresh, told))

    # ------------------------------------------------------------ what was joined before

    def _as_before(
        self,
        shown: Shown,
        left: Mapping[UUID, Met],
        by_id: dict[UUID, Known],
        others: Sequence[Known],
        told: Sequence[_Told],
    ) -> Iterator[Share]:
        """Sums of lines that another sum stood for already; parts that were shown in this way before."""
        sums: dict[tuple[UUID, int], list[_Told]] = defaultdict(list)
        for each in told:
            if each.line_id in by_id and each.minor == abs(by_id[each.line_id].signed):
                sums[each.place].append(each)
        parts = _parts_before(
            shown, [each for each in told if each.line_id in by_id and each.minor < abs(by_id[each.line_id].signed)]
        )
        for met in [*left.values()]:
            for place, group in [*sums.items()]:
                mine = [by_id[each.line_id] for each in group if each.line_id in by_id]
                if len(mine) == len(group) and sum(line.signed for line in mine) == met.line.signed:
                    del sums[place]
                    for line in mine:
                        del by_id[line.id]
                    yield Share(met, tuple((line.id, abs(line.signed)) for line in mine))
                    break
            else:
                key = (met.line.identity, met.line.signed)
                if parts.get(key):
                    yield Share(met, ((parts[key].pop(), abs(met.line.signed)),))

    def _told(self, ids: Sequence[UUID]) -> list[_Told]:
        """What sums and parts are known of these lines."""
        columns = (LineShare.id, LineShare.line_id, LineShare.statement_id, LineShare.n, LineShare.amount_minor)
        wanted = select(*columns, BankStatement.source).join(BankStatement, BankStatement.id == LineShare.statement_id)
        ordered = wanted.order_by(LineShare.id)
        some = (ids[start : start + 300] for start in range(0, len(ids), 300))
        rows = [row for part in some for row in self.session.execute(ordered.where(LineShare.line_id.in_(part)))]
        if not rows:
            return []
        opened = records.take_out_all(
            self.session, kind=RecordKind.LINE_SHARE, row_ids=[row.id for row in rows], keyring=self.keyring
        )
        told = [
            _Told(row.line_id, (row.statement_id, row.n), row.amount_minor, row.source, opened[row.id]["id"])
            for row in rows
        ]
        return [*told, *self._differences(told)]

    def _differences(self, told: Sequence[_Told]) -> Iterator[_Told]:
        """What sums were more, or less, than the lines in them: that is a line too, in the sum's own place."""
        sources = {each.place: each.source for each in told}
        here = BankLine.statement_id.in_({statement for statement, _n in sources})
        numbers = BankLine.n.in_({n for _statement, n in sources})
        columns = (BankLine.id, BankLine.statement_id, BankLine.n, BankLine.amount_minor)
        for id_, statement_id, n, minor in self.session.execute(select(*columns).where(here, numbers)):
            if (source := sources.get((statement_id, n))) is not None:
                yield _Told(id_, (statement_id, n), minor, source, b"")

    def _opened(self, shown: Shown, known: Sequence[Known], told: Sequence[_Told]) -> list[Seen]:
        """Known lines with what is sealed of them. What of one is told in this way already is no more looked for."""
        ids = [each.id for each in known]
        values = records.take_out_all(self.session, kind=RecordKind.BANK_LINE, row_ids=ids, keyring=self.keyring)
        seen = []
        for each in known:
            parts = [one for one in told if one.line_id == each.id and one.minor < abs(each.signed)]
            mine = sum(one.minor for one in parts if one.source == shown.source)
            signed = each.signed - mine if each.signed > 0 else each.signed + mine
            if signed and each.id in values:
                amounts = tuple(one.minor for one in parts if one.source != shown.source)
                statement = min(each.shown_by) if each.shown_by else None
                seen.append(
                    Seen(each.id, signed, values[each.id], statement=statement, parts=amounts, is_rest=bool(mine))
                )
        return seen

    # ------------------------------------------------------------ what is joined now

    def _afresh(self, day: date, new: Sequence[Met], known: Sequence[Seen]) -> Iterator[tuple[Share, Met | None]]:
        mine = [Seen(each.id, each.line.signed, load(each.line.written, largest=LARGEST), each) for each in new]
        done: set[UUID] = set()
        ways = ((known, mine), (mine, known))
        for only_sure, (sums, singles) in product((True, False), ways):  # what is sure leaves the less to ask
            sums, singles = ([each for each in some if each.id not in done] for some in (sums, singles))
            for join in joined([*_sides(sums)], [*_sides(singles)], only_sure=only_sure):
                whole, some = sums[join.sum], [singles[place] for place in join.singles]
                if not self._is_same(join, day, whole, some):
                    continue
                done |= {each.id for each in (whole, *some)}
                yield from _shares(whole, some)

    def _is_same(self, join: Joined, day: date, whole: Seen, some: Sequence[Seen]) -> bool:
        if join.is_sure:
            return True
        new = next(each.met for each in (whole, *some) if each.met)
        known = next(each for each in (whole, *some) if each.met is None)
        key = f"{new.line.statement}.{new.line.n}.{known.id.hex}"
        if self.answers is None:
            self.doubts.append(doubt_of(key, day, new.statement.currency, whole, some))
            return False
        if key not in self.answers:
            raise RuleBroken(
                _("Lines of this file may be money that is known already. Look at the file again, and say whether.")
            )
        return self.answers[key]


def _once_more(met: Met, share: Share, rest: Mapping[UUID, Met]) -> Share:
    """Another statement of the step that shows the same: with what the sum is more than its lines."""
    difference = rest.get(met.id)
    more = ((met.id, abs(difference.line.signed)),) if difference else ()
    return Share(met, (*share.of, *more))


def _parts_before(shown: Shown, told: Iterable[_Told]) -> dict[tuple[bytes, int], list[UUID]]:
    """Lines by what the source showed as parts of them before: as many as one statement showed."""
    shows: dict[tuple[UUID, UUID], Counter[tuple[bytes, int]]] = defaultdict(Counter)
    for each in told:
        if each.source == shown.source and each.place[0] != shown.id:
            shows[each.line_id, each.place[0]][each.identity, each.minor] += 1
    most: dict[UUID, Counter[tuple[bytes, int]]] = defaultdict(Counter)
    for (line_id, _statement), parts in shows.items():
        most[line_id] |= parts
    found: dict[tuple[bytes, int], list[UUID]] = defaultdict(list)
    for line_id, parts in most.items():
        for (identity, minor), times in parts.items():
            found[identity, minor] += [line_id] * times
            found[identity, -minor] += [line_id] * times
    return found


def _sides(seen: Sequence[Seen]) -> Iterator[Side]:
    for place, each in enumerate(seen):
        value = each.value
        said = [payment.get("minor") for payment in value.get("details", ())]
        details = tuple(minor for minor in said if minor) if all(said) else ()
        yield Side(
            place,
            each.signed,
            statement=each.statement,
            references=frozenset(filter(None, (value.get("bank_reference"), *value.get("batches", ())))),
            mark=value.get("entry_reference") or None,
            batch=value.get("batch", 0),
            parts=tuple(sorted(each.parts or details)),
            is_told="more" in value,
            is_rest=each.is_rest,
        )


def _shares(whole: Seen, some: Sequence[Seen]) -> Iterator[tuple[Share, Met | None]]:
    """What becomes of a sum, or of single lines that are in one that is known."""
    if whole.met is None:
        for each in some:
            assert each.met, "one side is new"
            yield Share(each.met, ((whole.id, abs(each.signed)),)), None
        return
    difference = whole.signed - sum(each.signed for each in some)
    share = Share(whole.met, tuple((each.id, abs(each.signed)) for each in some))
    line = whole.met.line
    yield share, whole.met._replace(line=line._replace(signed=difference)) if difference else None
