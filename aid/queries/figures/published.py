"""Releases of figures as everybody reads them: from what was kept, whatever happened since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from aid.domain.figures.release import Release, from_json
from aid.domain.months import Month
from aid.models.figures import FiguresPaper, FiguresRelease, FiguresWithdrawal
from aid.models.people import Person


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """One release in the list."""

    number: int
    until: str
    released_at: datetime
    withdrawn_at: datetime | None
    by: str  # for the fund's own people, as what follows
    withdrawn_because: str | None

    @property
    def month(self) -> Month | None:
        """The last month it may tell of."""
        return Month.from_plain(self.until)


@dataclass(frozen=True, slots=True)
class Told:
    """A release, its text as it is kept, and the hash that everybody may compare a copy with."""

    release: Release
    content: str
    sha256: str
    withdrawn_at: datetime | None


def releases(session: Session) -> tuple[ReleaseRow, ...]:
    """Every release, the latest first."""
    wanted = (
        select(
            FiguresRelease.number,
            FiguresRelease.until,
            FiguresRelease.released_at,
            FiguresWithdrawal.withdrawn_at,
            Person.handle,
            FiguresWithdrawal.reason,
        )
        .join(Person, Person.id == FiguresRelease.released_by_id)
        .outerjoin(FiguresWithdrawal, FiguresWithdrawal.release_id == FiguresRelease.id)
        .order_by(FiguresRelease.number.desc())
    )
    return tuple(ReleaseRow(*row) for row in session.execute(wanted))


def latest(session: Session) -> Told | None:
    """The newest release that was not withdrawn."""
    wanted = _releases().where(FiguresWithdrawal.release_id.is_(None)).order_by(FiguresRelease.number.desc())
    return _told(session.execute(wanted.limit(1)).all())


def numbered(session: Session, number: int) -> Told | None:
    """One release, also a withdrawn one: who shows it asks."""
    return _told(session.execute(_releases().where(FiguresRelease.number == number)).all())


def number_of(session: Session, *, sha256: bytes) -> int | None:
    """The number of the release with this hash."""
    return session.scalar(select(FiguresRelease.number).where(FiguresRelease.sha256 == sha256))


def paper(session: Session, *, number: int, language: str) -> bytes | None:
    """The printed report of a release that stands, in a language."""
    return session.scalar(
        select(FiguresPaper.pdf)
        .join(FiguresRelease, FiguresRelease.id == FiguresPaper.release_id)
        .outerjoin(FiguresWithdrawal, FiguresWithdrawal.release_id == FiguresRelease.id)
        .where(
            FiguresRelease.number == number,
            FiguresPaper.language == language,
            FiguresWithdrawal.release_id.is_(None),
        )
    )


def _releases() -> Select[FiguresRelease, datetime | None]:
    return select(FiguresRelease, FiguresWithdrawal.withdrawn_at).outerjoin(
        FiguresWithdrawal, FiguresWithdrawal.release_id == FiguresRelease.id
    )


def _told(found: Sequence[tuple[FiguresRelease, datetime | None]]) -> Told | None:
    for row, withdrawn_at in found:
        return Told(from_json(row.content), row.content, row.sha256.hex(), withdrawn_at)
    return None
