"""Which lines of a step are known already: each day of an account is laid beside what is known of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session, aliased

from aid.domain.ids import new_id
from aid.domain.later_sums import WINDOW
from aid.domain.payments import Direction
from aid.domain.refusals import RuleBroken
from aid.domain.repeats import KnownLine, SeenLine, Sighting, repeated
from aid.domain.statements import Part, is_whole_source
from aid.domain.words import _
from aid.models.statements import BankLine, BankStatement, LineSeen, StatementDay
from aid.services.statements.keys import LineKeys, Marks, parted
from aid.services.statements.waiting import ReadLine

Place = tuple[UUID, date]
"""A day of an account."""
Keyed = tuple[ReadLine, bytes, Marks]
"""A line, and by what it is known."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement that shows lines."""

    id: UUID
    bank_id: UUID
    currency: str
    source: str
    name: str
    page: int
    days: Mapping[date, tuple[int, int]]  # from which balance to which

    def part(self, day: date) -> Part | None:
        """What it shows of a day, where its balances hold."""
        balances = self.days.get(day)
        return Part(self.source, self.name, self.page, *balances) if balances else None


class Met(NamedTuple):
    """A line of the step, and which line of the account it is."""

    line: ReadLine
    statement: Shown
    id: UUID
    is_new: bool
    is_alike: bool  # shown as it was the first time
    identity: bytes
    marks: Marks


@dataclass(slots=True, eq=False)
class Known:
    """A line of the account with all that showed it, the first first."""

    id: UUID
    signed: int
    day: date
    sightings: list[Sighting]
    shown_by: set[UUID]


@dataclass(slots=True, eq=False)
class Desk:
    """Lines on their way in, one step after the other, and what is known of their days."""

    session: Session
    keys: LineKeys
    statements: Mapping[int, Shown]
    known: dict[Place, list[Known]] = field(default_factory=dict)
    loaded: set[Place] = field(default_factory=set)
    kinds: dict[UUID, set[bool]] = field(default_factory=dict)  # of an account's files: whole statements, and others
    keeps: bool = False  # what it found, for the next step: where nothing is written between them

    def meet(self, lines: Sequence[ReadLine]) -> list[Met]:
        """For each line, whether it is new, and which it is."""
        identity, marks = self.keys.identity, self.keys.marks
        keyed = [(line, identity(line.identity), marks(line.marks)) for line in lines]
        by_day: dict[tuple[int, str], list[int]] = defaultdict(list)
        for at, line in enumerate(lines):
            by_day[line.statement, line.booked].append(at)
        parts = {(statement, date.fromisoformat(day)): places for (statement, day), places in by_day.items()}
        self._load(parts)
        met: dict[int, Met] = {}
        shared = self._shared(parts)
        elsewhere = self._elsewhere(lines, keyed) if self.may_be_over_days(parts) else frozenset()
        for (statement, day), places in parts.items():
            shown = self.statements[statement]
            place = (shown.bank_id, day)
            known = self.known.get(place, [])
            free = [each for each in known if shown.id not in each.shown_by]
            seen = [keyed[at] for at in places]
            is_told = self.keeps or place in shared
            if free or is_told:
                met.update(
                    zip(places, self._pair(shown, day, seen, free, known if is_told else None, elsewhere), strict=True)
                )
            else:
                met.update(zip(places, _all_new(shown, seen), strict=True))
            if is_told:
                self.known[place] = known
        return [met[at] for at in range(len(lines))]

    def _pair(
        self,
        shown: Shown,
        day: date,
        seen: Sequence[Keyed],
        free: Sequence[Known],
        known: list[Known] | None,
        elsewhere: frozenset[bytes],
    ) -> Iterable[Met]:
        """Lay one statement's lines of a day beside what is known, and remember them where others follow."""
        part = shown.part(day)
        sightings = [Sighting(shown.source, identity, marks, part) for _line, identity, marks in seen]
        found = repeated(
            [
                SeenLine(line.signed, shown.currency, sighting)
                for (line, *_keyed), sighting in zip(seen, sightings, strict=True)
            ],
            [KnownLine(each.signed, shown.currency, tuple(each.sightings)) for each in free],
            elsewhere=elsewhere,
        )
        for (line, identity, marks), sighting, at in zip(seen, sightings, found, strict=True):
            if at is None:
                line_id = new_id()
                if known is not None:
                    known.append(Known(line_id, line.signed, day, [sighting], {shown.id}))
                yield Met(line, shown, line_id, True, True, identity, marks)
                continue
            old = free[at]
            is_alike = old.sightings[0].identity == identity
            if known is not None:
                old.sightings.append(sighting)
                old.shown_by.add(shown.id)
            yield Met(line, shown, old.id, False, is_alike, identity, marks)

    def may_be_over_days(self, parts: Iterable[tuple[int, date]]) -> bool:
        """Whether another kind of file told of one of these accounts."""
        shown = {statement: self.statements[statement] for statement, _day in parts}
        for bank_id in {each.bank_id for each in shown.values()} - self.kinds.keys():
            sources = select(BankStatement.source).where(BankStatement.bank_id == bank_id).distinct()
            self.kinds[bank_id] = {is_whole_source(source) for source in self.session.scalars(sources)}
        return any((not is_whole_source(each.source)) in self.kinds[each.bank_id] for each in shown.values())

    def _elsewhere(self, lines: Sequence[ReadLine], keyed: Sequence[Keyed]) -> frozenset[bytes]:
        """Banks' references that the step shows, and the other kind of file on another day, or with another amount."""
        mine: dict[tuple[UUID, bool, bytes], set[tuple[date, int]]] = defaultdict(set)
        days: dict[UUID, set[date]] = defaultdict(set)
        for line, (_line, _identity, marks) in zip(lines, keyed, strict=True):
            if marks and marks[0]:
                shown, day = self.statements[line.statement], date.fromisoformat(line.booked)
                mine[shown.bank_id, is_whole_source(shown.source), marks[0]].add((day, line.signed))
                days[shown.bank_id].add(day)
        found: set[bytes] = set()
        for bank_id, some in days.items():
            for known in (each for near in self.near(bank_id, over_days(some)).values() for each in near):
                for sighting in known.sightings:
                    mark = sighting.marks[0] if sighting.marks else b""
                    assert isinstance(mark, bytes)
                    same = mine.get((bank_id, not is_whole_source(sighting.source), mark), ()) if mark else ()
                    if any(day != known.day or signed != known.signed for day, signed in same):
                        found.add(mark)
        return frozenset(found)

    def _shared(self, parts: Iterable[tuple[int, date]]) -> set[Place]:
        """Days of an account that several statements of this step show."""
        once: set[Place] = set()
        again: set[Place] = set()
        for statement, day in parts:
            place = (self.statements[statement].bank_id, day)
            (again if place in once else once).add(place)
        return again

    # ------------------------------------------------------------ what is known

    def _load(self, parts: Iterable[tuple[int, date]]) -> None:
        """Look up what is known of these days."""
        by_bank: dict[UUID, set[date]] = defaultdict(set)
        for statement, day in parts:
            bank_id = self.statements[statement].bank_id
            if (bank_id, day) not in self.loaded:
                by_bank[bank_id].add(day)
        for bank_id, days in by_bank.items():
            ordered = sorted(days)
            for start in range(0, len(ordered), 300):
                self._load_days(bank_id, ordered[start : start + 300], parts)
            if self.keeps:
                self.loaded |= {(bank_id, day) for day in days}

    def near(self, bank_id: UUID, days: Iterable[date]) -> dict[date, list[Known]]:
        """What is known of these days of an account, also of those that the step does not show."""
        wanted = sorted(days)
        missing = [day for day in wanted if (bank_id, day) not in self.known and (bank_id, day) not in self.loaded]
        for start in range(0, len(missing), 300):
            self._load_days(bank_id, missing[start : start + 300], ())
        self.loaded |= {(bank_id, day) for day in missing}
        return {day: self.known.get((bank_id, day), []) for day in wanted}

    def _load_days(self, bank_id: UUID, days: Sequence[date], parts: Iterable[tuple[int, date]]) -> None:
        here = and_(BankLine.bank_id == bank_id, BankLine.booked_on.in_(days))
        showing = {self.statements[statement].id for statement, _day in parts}
        if len(showing) == 1:  # what it showed itself is not free
            only = showing.pop()
            here &= BankLine.statement_id != only
            again = aliased(LineSeen)
            here &= ~exists().where(again.line_id == BankLine.id, again.statement_id == only)
        columns = (BankLine.id, BankLine.booked_on, BankLine.amount_minor, BankLine.direction)
        shown = (BankLine.statement_id, BankLine.identity, BankLine.marks, BankLine.epoch)
        rows = self.session.execute(select(*columns, *shown).where(here).order_by(BankLine.number)).all()
        if not rows:
            return
        later = select(LineSeen.line_id, LineSeen.statement_id, LineSeen.identity, LineSeen.marks, LineSeen.epoch).join(
            BankLine, BankLine.id == LineSeen.line_id
        )
        later_rows = self.session.execute(later.where(here).order_by(LineSeen.id)).all()
        self._must_have_keys({row.epoch for row in (*rows, *later_rows)})
        statements = self._statements({row.statement_id for row in (*rows, *later_rows)})
        by_id: dict[UUID, tuple[date, Known]] = {}
        for row in rows:
            signed = row.amount_minor if row.direction is Direction.CREDIT else -row.amount_minor
            sighting = self._sighting(row, statements[row.statement_id], row.booked_on)
            known = Known(row.id, signed, row.booked_on, [sighting], {row.statement_id})
            by_id[row.id] = row.booked_on, known
            self.known.setdefault((bank_id, row.booked_on), []).append(known)
        for once in later_rows:
            day, known = by_id[once.line_id]
            known.sightings.append(self._sighting(once, statements[once.statement_id], day))
            known.shown_by.add(once.statement_id)

    def _sighting(self, row: object, shown: Shown, day: date) -> Sighting:
        marks = tuple(self.keys.now(mark) for mark in parted(row.marks))  # type: ignore[attr-defined]
        return Sighting(shown.source, self.keys.now(row.identity), marks, shown.part(day))  # type: ignore[attr-defined]

    def _must_have_keys(self, epochs: set[int]) -> None:
        if not epochs <= set(self.keys.epochs):
            raise RuleBroken(
                _(
                    "Lines of this account are under keys that you do not have: whether a line is new can't be told. "
                    "Ask a colleague who has them to bring this statement in."
                )
            )

    def _statements(self, ids: set[UUID]) -> dict[UUID, Shown]:
        return shown_statements(self.session, ids)


def over_days(days: Iterable[date]) -> set[date]:
    """These days, and those that are near."""
    return {day + timedelta(days=more) for day in days for more in range(-WINDOW, WINDOW + 1)}


def _all_new(shown: Shown, seen: Sequence[Keyed]) -> list[Met]:
    """A day's lines where nothing is known of the day."""
    return [Met(line, shown, new_id(), True, True, identity, marks) for line, identity, marks in seen]


def shown_statements(session: Session, ids: Iterable[UUID]) -> dict[UUID, Shown]:
    """Statements that were brought in, with their days."""
    wanted = sorted(ids)
    found: dict[UUID, Shown] = {}
    for start in range(0, len(wanted), 300):
        some = wanted[start : start + 300]
        days: dict[UUID, dict[date, tuple[int, int]]] = defaultdict(dict)
        for day in session.scalars(select(StatementDay).where(StatementDay.statement_id.in_(some))):
            days[day.statement_id][day.booked_on] = (day.opening_minor, day.closing_minor)
        for row in session.scalars(select(BankStatement).where(BankStatement.id.in_(some))):
            found[row.id] = Shown(
                row.id, row.bank_id, row.currency, row.source, row.name, row.page, days.get(row.id, {})
            )
    return found
