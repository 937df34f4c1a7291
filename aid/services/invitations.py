"""Inviting a colleague once the fund is founded: a first password that is told them once, and no key of the fund."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.fund import LONGEST_NAME, is_handle
from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.rings import RingKind
from aid.domain.words import _
from aid.domain.work import Work, why_not_this_work
from aid.models.fund import Locality, Point
from aid.models.people import Person, Ring
from aid.services import audit, people
from aid.services.people import Invitation
from aid.services.records import targets
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Colleague:
    """Who is invited, and for what work."""

    handle: str
    name: str | None
    language: Language
    work: Work


@dataclass(frozen=True, slots=True)
class ColleagueInvited:
    """Somebody may sign in with their first password."""

    person_id: UUID


def invite_colleague(
    session: Session, *, actor: Actor, now: Instant, invitation: Invitation, colleague: Colleague
) -> ColleagueInvited:
    """Write down a new colleague. They open nothing before a ring's member admits them. Raises RuleBroken."""
    actor.must(Permission.MANAGE_PEOPLE)
    assert invitation.handle == colleague.handle, "an invitation is for one person"
    _refuse_handle(session, colleague.handle)
    if colleague.name is not None and len(colleague.name) > LONGEST_NAME:
        raise RuleBroken(_("The name is empty or too long; leave it out or shorten it."), field="name")
    work = colleague.work.where_needed()
    if refusal := why_not_this_work(work):
        raise RuleBroken(refusal, field="roles")
    _refuse_strange_places(session, work)
    ring = session.scalars(select(Ring.id).where(Ring.kind == RingKind.STAFF)).one()
    invited = people.invite(
        session,
        now=now,
        invitation=invitation,
        name=colleague.name,
        language=colleague.language,
        roles=work.roles,
        localities=work.localities,
        points=work.points,
        keys=(),
        staff=targets(session, [ring])[ring],
    )
    audit.say(session, "person.invited", subject=invited.person.id, made=invited.made)
    return ColleagueInvited(invited.person.id)


def _refuse_handle(session: Session, handle: str) -> None:
    if not is_handle(handle):
        raise RuleBroken(
            _("Begin with a small Latin letter, then small letters, digits, dots and dashes; 32 at most."),
            field="handle",
        )
    if session.scalar(select(Person.id).where(Person.handle == handle)) is not None:
        raise RuleBroken(_("Somebody is called so already. Choose another handle."), field="handle")


def _refuse_strange_places(session: Session, work: Work) -> None:
    """Places come from a list; what is on none was sent by no page of ours."""
    known = set(session.scalars(select(Locality.id))) | set(session.scalars(select(Point.id)))
    if not (work.localities | work.points) <= known:
        raise RuleBroken(_("There is no such place. Open the page anew."))
