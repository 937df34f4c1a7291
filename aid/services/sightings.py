"""Looks are recorded: who opened which family's record, when and why, before the answer is sent.

Who opens more families in a day than their work explains is reported once that day, and slowed from then on.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, bindparam, func, insert, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.looks import A_DAY, NOT_COUNTED, pause_of, quota_of, why_wait
from aid.domain.refusals import RuleBroken
from aid.models.custody import LookWarning
from aid.models.families import Sighting
from aid.models.people import Person, RoleGrant
from aid.models.records import RecordKind
from aid.services import audit


def saw(
    session: Session, *, person_id: UUID, families: Iterable[UUID], what: RecordKind, why: str, now: Instant
) -> None:
    """Record that a person opened these families' records. Raises RuleBroken for who has to wait for new ones."""
    opened = list(families)
    if opened and why not in NOT_COUNTED:
        _keep_to_quota(session, person_id=person_id, families=set(opened), why=why, now=now)
    if not opened:
        return
    sightings = [
        {"id": new_id(), "person_id": person_id, "family_id": family, "what": what, "why": why, "at": now.instant}
        for family in opened
    ]
    session.connection().execute(_INSERT, sightings)
    audit.say(session, f"{what.value}.opened", subject=opened[0], made=[audit.Rows(Sighting, sightings)])


def _keep_to_quota(session: Session, *, person_id: UUID, families: set[UUID], why: str, now: Instant) -> None:
    """Warn who goes over the day's quota with this look, and slow who was over it before."""
    roles = session.connection().execute(_ROLES, {"person": person_id})
    quota = quota_of({role for (role,) in roles})
    if _count(session, person_id, now) + len(families) <= quota:
        return
    # one look after another from here on: a thief would open many at once
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    known = set(session.scalars(_lately(person_id, now).where(Sighting.family_id.in_(families))))
    seen = _count(session, person_id, now)
    if families <= known or seen + len(families - known) <= quota:
        return
    if not _warn(session, person_id=person_id, quota=quota, now=now):
        _slow(session, person_id=person_id, seen=seen, quota=quota, why=why, now=now)


def _slow(session: Session, *, person_id: UUID, seen: int, quota: int, why: str, now: Instant) -> None:
    last = session.scalar(select(func.max(Sighting.at)).where(Sighting.person_id == person_id))
    pause = pause_of(seen, quota=quota, why=why)
    if last is not None and (reason := why_wait(last + pause - now.instant)):
        raise RuleBroken(reason)


def _warn(session: Session, *, person_id: UUID, quota: int, now: Instant) -> bool:
    """Tell the coordinators, once on each of the fund's days; whether it was done now. That look is still let through:
    refused, it would take the warning with it.
    """
    told = select(LookWarning.id).where(LookWarning.person_id == person_id, LookWarning.day == now.today)
    if session.scalar(told) is not None:
        return False
    warning = LookWarning(id=new_id(), person_id=person_id, day=now.today, quota=quota, at=now.instant)
    session.add(warning)
    audit.say(session, "looks.unusual", subject=person_id, made=[warning])
    return True


def _lately(person_id: UUID, now: Instant) -> Select[UUID]:
    """The families this person opened within a day, each once."""
    lately = (Sighting.person_id == person_id) & (Sighting.at > now.instant - A_DAY) & Sighting.why.not_in(NOT_COUNTED)
    return select(Sighting.family_id).where(lately).distinct()


def _count(session: Session, person_id: UUID, now: Instant) -> int:
    asked = {"person": person_id, "since": now.instant - A_DAY}
    return int(session.connection().execute(_COUNT, asked).scalar_one())


def _counted() -> Select[int]:
    """How many different families a person opened since. Asked at each look: built once."""
    sighting = Sighting.__table__.c
    since = (sighting.person_id == bindparam("person")) & (sighting.at > bindparam("since"))
    opened = select(sighting.family_id).where(since, sighting.why.not_in(sorted(NOT_COUNTED))).distinct()
    return select(func.count()).select_from(opened.subquery())


_COUNT = _counted()
_INSERT = insert(Sighting.__table__)  # type: ignore[arg-type]
_GRANT = RoleGrant.__table__.c
_ROLES = select(_GRANT.role).where(_GRANT.person_id == bindparam("person"), _GRANT.ended_at.is_(None))
