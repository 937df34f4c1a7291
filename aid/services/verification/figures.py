"""Proof that released figures are what the books said, late enough, and of nobody or of ten people at least.

What a release tells is not computed here as it was at the release: the books are summed by month in SQL, and each block
is held against its months. That no block is missing or too early follows from where the one before it ended.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from aid.domain.entries import AccountKind, EntryKind
from aid.domain.figures.blocks import AT_LEAST, Block, Measure, StreamKind, told
from aid.domain.figures.release import Line, Release, from_json, to_json, waiting_after
from aid.domain.languages import Language
from aid.domain.months import Month
from aid.models.figures import FiguresPaper, FiguresRelease
from aid.models.fund import Purpose
from aid.models.ledger import Account, Entry, Transfer
from aid.queries.figures.facts import Facts, facts
from aid.queries.ledger.accounts import CORRECTED, counted_as
from aid.services.fund_days import zone_of
from aid.services.verification.findings import Finding
from aid.services.verification.reading import NOT_A_VALUE, Unreadable, rows_of

HELD = (AccountKind.AVAILABLE, AccountKind.RESERVED)
Sums = Mapping[tuple[str, str, str], int]
"""By the code of a purpose, the currency, and the month as it is written."""


@dataclass(slots=True)
class Books:
    """What the books say of every month, and what was told so far."""

    flows: Mapping[Measure, Sums]
    held: Sums
    zone: ZoneInfo
    facts: Facts
    before: Release | None = None


def prove_figures(session: Session) -> Iterator[Finding]:
    """Releases that are not what the books said."""
    every = [row for row in rows_of(session, FiguresRelease) if not isinstance(row, Unreadable)]
    if not every:
        return
    books = books_of(session, until=max(row.until for row in every))
    for row in sorted(every, key=lambda row: row.number):
        for fault in faults(session, row, books):
            yield Finding("figures_release", str(row.number), fault)


def books_of(session: Session, *, until: str) -> Books:
    """The books, summed by month, and who stands behind them up to a month as it is written."""
    last = Month.from_plain(until)
    zone = zone_of(session)
    return Books(_flows(session), _held(session), zone, facts(session, until=last) if last else {})


def faults(session: Session, row: FiguresRelease, books: Books) -> Iterator[str]:
    """What is wrong with a release; the one before it stands in the books that it is held against."""
    if hashlib.sha256(row.content.encode()).digest() != row.sha256:
        yield "its text has another hash"
    try:
        release = from_json(row.content)
    except NOT_A_VALUE:
        yield "its text can't be read"
        return
    if to_json(release) != row.content or (release.number, str(release.until)) != (row.number, row.until):
        yield "its text is not the one that was kept"
    day = row.released_at.astimezone(books.zone).date()
    if day - release.until.last < timedelta(days=row.delay_days):
        yield "it told of months that were too young"
    for line in release.lines:
        yield from _of_line(line, release, books)
    yield from _of_people(release, books)
    if books.before is not None:
        yield from _since(books.before, release)
    books.before = release
    printed = set(session.scalars(select(FiguresPaper.language).where(FiguresPaper.release_id == row.id)))
    if printed != {language.value for language in Language}:
        yield "a paper of it is missing"


def _of_line(line: Line, release: Release, books: Books) -> Iterator[str]:
    if line.stream.kind is not StreamKind.MONEY:
        return
    purpose, currency = line.stream.purpose, line.stream.currency
    last: Month | None = None
    for place, block in enumerate(line.blocks, start=1):
        if block.first > block.last or block.last > release.until or (last and block.first <= last):
            yield f"its months of {purpose} in {currency} do not follow one another"
        last = block.last
        for measure, sums in books.flows.items():
            if _between(sums, line, block) != block.amounts[measure]:
                yield f"{block.last}: what was {measure} of {purpose} in {currency} is not what the books say"
        if waiting_after(line.stream, line.blocks[:place]).minor != _until(books.held, line, block.last):
            yield f"{block.last}: what was waiting of {purpose} in {currency} is not what the books say"


def _of_people(release: Release, books: Books) -> Iterator[str]:
    """Behind each figure stand nobody or ten, and nothing that could be told was left out."""
    could = {stream: told(stream, some, until=release.until).blocks for stream, some in books.facts.items()}
    told_of = {line.stream: line.blocks for line in release.lines}
    for stream in sorted({*could, *told_of}):
        if could.get(stream, ()) != told_of.get(stream, ()):
            yield f"of {stream.purpose} ({stream.kind} {stream.currency}) it does not tell what may be told"
    for line in release.lines:
        for block in line.blocks:
            people: defaultdict[Measure, set[UUID]] = defaultdict(set)
            for fact in books.facts.get(line.stream, ()):
                if block.first <= fact.month <= block.last:
                    people[fact.measure] |= fact.people
            if any(0 < len(behind) < AT_LEAST for behind in people.values()):
                yield f"{block.last}: fewer than ten people stand behind a figure of {line.stream.purpose}"


def _since(before: Release, release: Release) -> Iterator[str]:
    """A later release tells the earlier one again, block for block: two of them tell nothing between."""
    later = {line.stream: line.blocks for line in release.lines}
    for line in before.lines:
        again = later.get(line.stream, ())
        if any(one != other for one, other in zip(line.blocks, again, strict=False)):
            yield f"of {line.stream.purpose} it tells otherwise what an earlier release told"


def _between(sums: Sums, line: Line, block: Block) -> int:
    stream = line.stream
    return sum(
        minor
        for (purpose, currency, month), minor in sums.items()
        if (purpose, currency) == (stream.purpose, stream.currency) and str(block.first) <= month <= str(block.last)
    )


def _until(sums: Sums, line: Line, last: Month) -> int:
    stream = line.stream
    return sum(
        minor
        for (purpose, currency, month), minor in sums.items()
        if (purpose, currency) == (stream.purpose, stream.currency) and month <= str(last)
    )


def _flows(session: Session) -> Mapping[Measure, Sums]:
    """What was raised, spent and exchanged in each month."""
    other = aliased(Account)
    from_banks = and_(Account.kind == AccountKind.AVAILABLE, other.kind == AccountKind.BANK)
    exchanged = counted_as == EntryKind.EXCHANGE
    return {
        Measure.RAISED: _summed(session, and_(from_banks, ~exchanged), other),
        Measure.EXCHANGED: _summed(session, and_(from_banks, exchanged), other),
        Measure.SPENT: _summed(session, Account.kind == AccountKind.SPENT, other),
    }


def _held(session: Session) -> Sums:
    """By how much what is available and reserved changed in each month."""
    return _summed(session, Account.kind.in_(HELD), aliased(Account))


def _summed(session: Session, which: ColumnElement[bool], other: type[Account]) -> Sums:
    """Transfers into and out of these accounts, by the day they were booked."""
    credited = Transfer.credit_id == Account.id
    signed = case((credited, Transfer.amount_minor), else_=-Transfer.amount_minor)
    far = case((credited, Transfer.debit_id), else_=Transfer.credit_id)
    wanted = (
        select(Purpose.code, Account.currency, Entry.posted_on, cast(func.sum(signed), BigInteger))
        .join(Transfer, or_(credited, Transfer.debit_id == Account.id))
        .join(Entry, Entry.id == Transfer.entry_id)
        .join(Purpose, Purpose.id == Account.purpose_id)
        .join(other, other.id == far)
        .outerjoin(CORRECTED, CORRECTED.id == Entry.corrects_id)
        .where(which)
        .group_by(Purpose.code, Account.currency, Entry.posted_on)
    )
    sums: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for code, currency, day, minor in session.execute(wanted):
        sums[code, currency, str(Month.of(day))] += int(minor)
    return sums
