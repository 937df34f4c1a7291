"""What a release would tell today, beside what it would keep back, and why."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.figures import AT_LEAST, Held, Measure, Stream, StreamKind, last_month, told
from aid.domain.figures.release import Line, Release, to_json
from aid.domain.months import Month
from aid.domain.permissions import Permission
from aid.domain.words import Message, _, n_
from aid.models.figures import FiguresRelease, FiguresWithdrawal
from aid.models.fund import Fund, Purpose
from aid.models.ledger import Entry
from aid.queries.figures.choice import choice
from aid.queries.figures.facts import facts
from aid.queries.figures.published import latest
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class HeldBack:
    """What is kept back of a stream, for the coordinator's eyes."""

    stream: Stream
    purpose: Mapping[str, str]
    held: Held

    @property
    def what(self) -> Message:
        """Of what it would tell."""
        if self.stream.kind is StreamKind.MONEY:
            return _("Money in %(currency)s", currency=self.stream.currency)
        return _("Families") if self.stream.kind is StreamKind.FAMILIES else _("Children")

    @property
    def why(self) -> Message:
        """Behind which of its figures too few people stand."""
        few = {measure: count for measure, count in self.held.people.items() if 0 < count < AT_LEAST}
        if Measure.RAISED in few:
            count = few[Measure.RAISED]
            return n_("Only %(num)s giver so far", "Only %(num)s givers so far", count)
        if few:
            count = min(few.values())
            return n_(
                "Only %(num)s family or giver behind it so far",
                "Only %(num)s families or givers behind it so far",
                count,
            )
        return _("Fewer than ten children so far")


@dataclass(frozen=True, slots=True)
class Preview:
    """Exactly what would be published, and what would not."""

    release: Release
    content: str
    held: tuple[HeldBack, ...]
    before: Release | None  # what was told last, and stands

    @property
    def sha256(self) -> bytes:
        """What is released is what was looked at: by this."""
        return hashlib.sha256(self.content.encode()).digest()

    @property
    def new_blocks(self) -> int:
        """How many blocks nobody was told yet."""
        before = {line.stream: len(line.blocks) for line in self.before.lines} if self.before else {}
        return sum(len(line.blocks) - before.get(line.stream, 0) for line in self.release.lines)


def preview(session: Session, *, actor: Actor, now: Instant) -> Preview:
    """What would be told if it were released now."""
    actor.must(Permission.RELEASE_FIGURES)
    days = choice(session).delay_days
    until = last_month(now.today, delay_days=days)
    names = {code: own for code, own in session.execute(select(Purpose.code, Purpose.names))}  # noqa: C416
    number = (session.scalar(select(func.max(FiguresRelease.number))) or 0) + 1
    kept = {stream: told(stream, some, until=until) for stream, some in sorted(facts(session, until=until).items())}
    lines = tuple(Line(stream, each.blocks) for stream, each in kept.items() if each.blocks)
    fund = session.execute(select(Fund.names, Fund.demo)).one()
    shown = {line.stream.purpose for line in lines}
    release = Release(
        number=number,
        until=until,
        released_on=now.today,
        delay_days=days,
        fund=fund.names,
        demo=fund.demo,
        purposes={code: own for code, own in sorted(names.items()) if code in shown},
        lines=lines,
    )
    held = (HeldBack(stream, names[stream.purpose], each.held) for stream, each in kept.items() if each.held)
    before = latest(session)
    return Preview(release, to_json(release), tuple(held), before.release if before else None)


def told_until(session: Session) -> Month | None:
    """The last month that a release which stands could tell of."""
    withdrawn = select(FiguresWithdrawal.release_id)
    latest = session.scalar(select(func.max(FiguresRelease.until)).where(FiguresRelease.id.not_in(withdrawn)))
    return Month.from_plain(latest) if latest else None


def months_to_tell(session: Session, *, today: date) -> tuple[int, Month | None]:
    """How many months are old enough and in no release that stands, and the first of them; none, if not published."""
    chosen = choice(session)
    if not chosen.is_public:
        return 0, None
    until, before = last_month(today, delay_days=chosen.delay_days), told_until(session)
    booked = session.scalar(select(func.min(Entry.posted_on)))
    if booked is None:
        return 0, None
    first = max(before.next(), Month.of(booked)) if before else Month.of(booked)
    count = (until.year - first.year) * 12 + until.month - first.month + 1
    return (count, first) if count > 0 else (0, None)
