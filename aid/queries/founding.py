"""The founding: the sitting as the browser that has it sees it, and afterwards the founding act."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.permissions import Permission
from aid.models.founding import FoundingAct, Seat, Sitting
from aid.models.fund import Fund
from aid.vault.actor import Actor
from aid.vault.acts import Act, read_act
from aid.vault.cookies import SignInCookie
from aid.vault.failures import Tampered
from aid.vault.signatures import fingerprint_of
from aid.vault.sitting import open_kept


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat that somebody took."""

    handle: str
    fingerprint: str  # of the key their votes are signed with, or else of the one that records are sealed to
    votes: bool


@dataclass(frozen=True, slots=True)
class OpenSitting:
    """A sitting that goes on in this browser."""

    key: bytes = field(repr=False)
    kept: Mapping[str, Any] = field(repr=False)
    seats: Mapping[str, SeatRow]


@dataclass(frozen=True, slots=True)
class ActPage:
    """The founding act, as it is read and printed."""

    act: Act
    hash: str  # hex
    paper_title: Mapping[str, str]
    demo: bool
    made_at: datetime


def sitting_is_in(session: Session, *, cookie_id: bytes) -> bool:
    """Whether the sitting goes on in the browser with this cookie."""
    return session.scalar(select(Sitting.sole).where(Sitting.cookie_id == cookie_id)) is not None


def waiting_sitting(session: Session) -> tuple[bool, bool] | None:
    """Whether a sitting has a plan already, and whether it goes on in a browser; nothing when there is none."""
    row = session.execute(select(Sitting.plan, Sitting.cookie_id)).one_or_none()
    return (row.plan is not None, row.cookie_id is not None) if row else None


def open_sitting(session: Session, *, cookie: SignInCookie) -> OpenSitting | None:
    """The sitting that goes on under this cookie, or nothing."""
    jar, row = _jar_of(session, cookie)
    if row is None or "key" not in jar:
        return None
    kept = open_kept(row.plan, key=jar["key"], salt=row.code_salt) if row.plan else {}
    seats = {seat.handle: _seat(seat) for seat in session.scalars(select(Seat).order_by(Seat.taken_at))}
    return OpenSitting(jar["key"], kept, seats)


def first_passwords(session: Session, *, cookie: SignInCookie) -> Mapping[str, str]:
    """What those who were not there sign in with the first time, for the browser that founded the fund."""
    jar, _row = _jar_of(session, cookie)
    passwords: Mapping[str, str] = jar.get("passwords", {})
    return passwords


def _jar_of(session: Session, cookie: SignInCookie) -> tuple[dict[str, Any], Sitting | None]:
    row = session.scalars(select(Sitting).where(Sitting.cookie_id == cookie.row_id)).one_or_none()
    if row is None or row.jar is None:
        return {}, None
    try:
        return cookie.open_jar(row.jar), row
    except Tampered:  # the half that finds the row, with another half
        return {}, None


def _seat(seat: Seat) -> SeatRow:
    votes = seat.voting_public is not None
    return SeatRow(seat.handle, fingerprint_of(seat.voting_public or seat.hpke_public), votes)


def founding_act(session: Session, *, actor: Actor) -> ActPage | None:
    """The founding act, for who may see the committee."""
    actor.must(Permission.SEE_COMMITTEE)
    return act_of(session)


def act_of(session: Session) -> ActPage | None:
    """The founding act, or nothing before there is a fund."""
    row = session.execute(
        select(FoundingAct.content, FoundingAct.hash, FoundingAct.made_at, Fund.paper_titles, Fund.demo)
    ).one_or_none()
    if row is None:
        return None
    return ActPage(read_act(row.content), row.hash.hex(), row.paper_titles, row.demo, row.made_at)
