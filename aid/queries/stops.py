"""The emergency stop as its page and the band show it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.membership import STOP_AGAIN_DAYS, StopAnswerKind
from aid.domain.permissions import Permission
from aid.models.committee import EmergencyStop, StopAnswer
from aid.models.people import Person
from aid.services.certificates import in_force
from aid.services.stops import stop_in_force
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Word:
    """What one member signed to a stop."""

    member: str
    kind: StopAnswerKind
    at: datetime
    is_mine: bool


@dataclass(frozen=True, slots=True)
class StopPage:
    """The stop that holds now, and what was said to it."""

    id: UUID
    pressed_by: str
    at: datetime
    lapses_at: datetime
    confirmed_at: datetime | None
    words: tuple[Word, ...]
    quorum: int

    def said(self, kind: StopAnswerKind) -> int:
        """How many say this by their latest word."""
        latest = {word.member: word.kind for word in self.words}
        return list(latest.values()).count(kind)

    def open_to_me(self) -> tuple[StopAnswerKind, ...]:
        """What the reader can still say."""
        mine = {word.kind for word in self.words if word.is_mine}
        asked = (StopAnswerKind.LIFT,) if self.confirmed_at else tuple(StopAnswerKind)
        return tuple(kind for kind in asked if kind not in mine)


def stop_page(session: Session, *, actor: Actor, now: Instant) -> StopPage | None:
    """The stop that holds now, if there is one."""
    actor.must(Permission.SEE_COMMITTEE)
    stop = stop_in_force(session, now=now)
    if stop is None:
        return None
    given = session.execute(
        select(StopAnswer, Person.handle)
        .join(Person, Person.id == StopAnswer.member_id)
        .where(StopAnswer.stop_id == stop.id)
        .order_by(StopAnswer.at, StopAnswer.id)
    )
    return StopPage(
        id=stop.id,
        pressed_by=session.scalars(select(Person.handle).where(Person.id == stop.pressed_by_id)).one(),
        at=stop.at,
        lapses_at=stop.lapses_at,
        confirmed_at=stop.confirmed_at,
        words=tuple(Word(handle, word.kind, word.at, word.member_id == actor.person_id) for word, handle in given),
        quorum=in_force(session, at=now.instant).committee.quorum,
    )


def waits_for_word(session: Session, *, actor: Actor, now: Instant) -> bool:
    """Whether a stop holds to which this member, seated in the committee, has said nothing yet."""
    stop = stop_in_force(session, now=now)
    if stop is None or actor.person_id not in in_force(session, at=now.instant).committee.by_id:
        return False
    said = exists().where(StopAnswer.stop_id == stop.id, StopAnswer.member_id == actor.person_id)
    return not session.scalar(select(said))


def pressable_from(session: Session, *, actor: Actor, now: Instant) -> datetime | None:
    """From when the reader may press it again; nothing where they may now."""
    last = session.scalar(select(func.max(EmergencyStop.at)).where(EmergencyStop.pressed_by_id == actor.person_id))
    again = last + timedelta(days=STOP_AGAIN_DAYS) if last else None
    return again if again and again > now.instant else None
