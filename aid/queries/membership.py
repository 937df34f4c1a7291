"""The committee as its pages show it: who has a seat and with which key, by which rules, and what is under way."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.membership import Rules
from aid.domain.permissions import Permission
from aid.models.founding import FoundingAct
from aid.models.people import Person, PersonState
from aid.queries.audit import in_groups
from aid.services.certificates import Certified, in_force, newest
from aid.services.seat_holders import left, newest_key
from aid.services.seats import rules_of
from aid.vault.actor import Actor
from aid.vault.signatures import fingerprint_of


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One seat: who holds it, the key that counts, and what stands in its way."""

    person_id: UUID
    handle: str
    fingerprint: str
    alternate: str | None
    is_suspended: bool
    has_other_key: bool  # they made a new one, and nobody certified it
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Coming:
    """The committee that is certified and does not hold yet."""

    change_id: UUID | None
    holds_from: datetime


@dataclass(frozen=True, slots=True)
class CommitteePage:
    """The committee now."""

    version: int
    since: datetime
    hash: tuple[str, ...]  # in groups of four, to be compared with paper
    act_hash: tuple[str, ...]
    seats: tuple[SeatRow, ...]
    rules: Rules
    coming: Coming | None
    leaving: int  # who left and still has the role
    is_seated: bool  # the reader has a certified seat

    @property
    def active(self) -> int:
        """How many can sign."""
        return sum(not seat.is_suspended for seat in self.seats)


def committee_page(session: Session, *, actor: Actor, now: Instant) -> CommitteePage:
    """Who is on the committee now, and what comes next."""
    actor.must(Permission.SEE_COMMITTEE)
    now_held = in_force(session, at=now.instant)
    act = session.scalars(select(FoundingAct.hash)).one()
    return CommitteePage(
        version=now_held.row.version,
        since=now_held.row.effective_at,
        hash=in_groups(now_held.row.hash),
        act_hash=in_groups(act),
        seats=_seats(session, now_held, actor=actor),
        rules=rules_of(now_held.committee),
        coming=_coming(session, now_held),
        leaving=len(left(session, now=now)),
        is_seated=actor.person_id in now_held.committee.by_id,
    )


def _seats(session: Session, held: Certified, *, actor: Actor) -> tuple[SeatRow, ...]:
    people = select(Person.id, Person.state).where(Person.id.in_(held.committee.by_id))
    states = {id_: state for id_, state in session.execute(people)}  # noqa: C416
    rows = []
    for seat in sorted(held.committee.members, key=lambda member: member.handle):
        key = newest_key(session, seat.person_id)
        rows.append(
            SeatRow(
                person_id=seat.person_id,
                handle=seat.handle,
                fingerprint=fingerprint_of(seat.public),
                alternate=seat.alternate,
                is_suspended=states.get(seat.person_id) is PersonState.SUSPENDED,
                has_other_key=key is not None and key.public != seat.public,
                is_mine=seat.person_id == actor.person_id,
            )
        )
    return tuple(rows)


def _coming(session: Session, held: Certified) -> Coming | None:
    last = newest(session)
    if last.row.version == held.row.version:
        return None
    return Coming(last.row.change_id, last.row.effective_at)
