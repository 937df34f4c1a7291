"""Who can take a seat on the committee, the role that comes with it, and its end when they leave."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.duties import why_roles_may_not_meet
from aid.domain.ids import new_id
from aid.domain.permissions import Role
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.base import Permanent
from aid.models.committee import Certificate, MembershipChange
from aid.models.people import Person, PersonState, RoleGrant, VotingKey, WorkChange
from aid.services import audit, rings
from aid.services.certificates import in_force, newest
from aid.vault.certificates import Member

SEAT = Role.COMMITTEE_MEMBER


def newest_key(session: Session, person_id: UUID) -> VotingKey | None:
    """The voting key that a person made last."""
    keys = select(VotingKey).where(VotingKey.person_id == person_id)
    return session.scalars(keys.order_by(VotingKey.made_at.desc(), VotingKey.id.desc()).limit(1)).one_or_none()


def certifiable_seat(session: Session, *, person_id: UUID | None, alternate: str | None) -> Member:
    """A seat for this person, with the key they made last. Raises RuleBroken for who can't hold one."""
    person = session.scalar(select(Person).where(Person.id == person_id))
    if person is None:
        raise RuleBroken(_("Choose somebody."), "subject")
    key = newest_key(session, person.id)
    if person.state is PersonState.SUSPENDED:
        raise RuleBroken(_("%(handle)s is suspended.", handle=person.handle), "subject")
    if person.state is PersonState.INVITED or key is None:
        raise RuleBroken(
            _(
                "%(handle)s has no voting key yet: they sign in with their first password and make their own keys "
                "first.",
                handle=person.handle,
            ),
            "subject",
        )
    if reason := why_roles_may_not_meet({SEAT, *(grant.role for grant in person.grants)}):
        raise RuleBroken(reason, "subject")
    return Member(person.id, person.handle, key.public, alternate)


def give_role(session: Session, *, person_id: UUID, by_id: UUID, now: Instant) -> None:
    """Give a new member the role, unless they were invited with it. Their keys are given by who holds them."""
    grant = session.get(RoleGrant, (person_id, SEAT))
    if grant is not None and grant.ended_at is None:
        return
    change = _work(person_id, by_id=by_id, ends=False, now=now)
    made: list[Permanent] = [change]
    if grant is None:
        made.append(RoleGrant(person_id=person_id, role=SEAT, granted_at=now.instant))
    else:
        grant.ended_at = None
    session.add_all(made)
    audit.say(session, "committee.seat_given", subject=person_id, made=made)


def end_seats(session: Session, *, now: Instant) -> int:
    """Take role and keys from those whose leaving holds by now; return how many there were."""
    gone = left(session, now=now)
    for person_id, by_id in gone.items():
        grant = session.get_one(RoleGrant, (person_id, SEAT))
        grant.ended_at = now.instant
        change = _work(person_id, by_id=by_id, ends=True, now=now)
        session.add(change)
        epochs = rings.rotate_without(session, person_id=person_id, now=now)
        audit.say(session, "committee.seat_ended", subject=person_id, made=[change, *epochs])
    return len(gone)


def left(session: Session, *, now: Instant) -> Mapping[UUID, UUID]:
    """Who left the committee and still has the role, each with who proposed it."""
    ended = (
        select(MembershipChange.leaves_id, MembershipChange.proposed_by_id, Certificate.effective_at)
        .join(Certificate, Certificate.change_id == MembershipChange.id)
        .join(RoleGrant, RoleGrant.person_id == MembershipChange.leaves_id)
        .where(RoleGrant.role == SEAT, RoleGrant.ended_at.is_(None), Certificate.effective_at <= now.instant)
        .order_by(Certificate.version)
    )
    staying = {*in_force(session, at=now.instant).committee.by_id, *newest(session).committee.by_id}
    return {
        person_id: by_id
        for person_id, by_id, since in session.execute(ended)
        if person_id is not None and person_id not in staying and not _given_again(session, person_id, since)
    }


def _given_again(session: Session, person_id: UUID, since: datetime) -> bool:
    """Whether the role was given anew after they left: then they wait to be admitted."""
    anew = exists().where(
        WorkChange.person_id == person_id, WorkChange.role == SEAT, ~WorkChange.ends, WorkChange.at >= since
    )
    return bool(session.scalar(select(anew)))


def _work(person_id: UUID, *, by_id: UUID, ends: bool, now: Instant) -> WorkChange:
    return WorkChange(id=new_id(), person_id=person_id, role=SEAT, ends=ends, by_id=by_id, at=now.instant)
