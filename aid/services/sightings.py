"""Looks are recorded: who opened which family's record, when and why, before the answer is sent.

Who opens more families in a day than their work explains is reported once that day, and slowed from then on.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, case, exists, func, insert, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.looks import A_DAY, NOT_COUNTED, QUOTAS, pause_of, quota_of, why_wait
from aid.domain.refusals import RuleBroken
from aid.models.custody import LookWarning
from aid.models.families import Sighting
from aid.models.people import Person, RoleGrant
from aid.models.ready import Ready
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
    _INSERT.run(session, *sightings)
    audit.say(session, f"{what.value}.opened", subject=opened[0], made=[audit.Rows(Sighting, sightings)])


def _keep_to_quota(session: Session, *, person_id: UUID, families: set[UUID], why: str, now: Instant) -> None:
    """Warn who goes over the day's quota with this look, and slow who was over it before."""
    one = next(iter(families)) if len(families) == 1 else None
    held = _HELD.rows(session, {"person": person_id, "since": now.instant - A_DAY, "family": one})
    quota = quota_of({role for role, _looks in held})
    if held and (held[0][1] == KNOWN or held[0][1] + len(families) <= quota):
        return
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
    [(count,)] = _COUNT.rows(session, asked)
    return int(count)


KNOWN = -1
"""In place of how many looks there were: one of them was at the family that is asked for."""
_SEEN = Sighting.__table__.c
_SINCE = (_SEEN.person_id == bindparam("person")) & (_SEEN.at > bindparam("since"))
_COUNTED = and_(*(_SEEN.why != why for why in sorted(NOT_COUNTED)))


def _counted() -> Ready:
    """How many different families a person opened since."""
    opened = select(_SEEN.family_id).where(_SINCE, _COUNTED).distinct()
    return Ready(select(func.count()).select_from(opened.subquery()))


def _held() -> Ready:
    """Each of a person's roles; beside it how many looks there were lately, or that one was at this family.

    Different families are never more than looks, and these are counted in an index, up to the largest quota. Whether
    they know a family is found among its own few looks, not among theirs: so the index of people is kept out of it.
    """
    grant = RoleGrant.__table__.c
    own = (func.coalesce(_SEEN.person_id, _SEEN.person_id) == bindparam("person")) & (_SEEN.at > bindparam("since"))
    known = exists().where(_SEEN.family_id == bindparam("family"), own, _COUNTED)
    some = select(_SEEN.at).where(_SINCE).limit(max(QUOTAS.values()) + 1).subquery()
    looks = case((known, KNOWN), else_=select(func.count()).select_from(some).scalar_subquery())
    return Ready(select(grant.role, looks).where(grant.person_id == bindparam("person"), grant.ended_at.is_(None)))


_HELD, _COUNT = _held(), _counted()
_INSERT = Ready(insert(Sighting.__table__))  # type: ignore[arg-type]
