"""Who may hold recovery shares: people at work, one share each, known to others, and not all in one country."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.recovery import country_with_enough
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.founding import FoundingAct
from aid.models.people import Person, PersonState
from aid.services.certificates import committee
from aid.vault.acts import read_act


@dataclass(frozen=True, slots=True)
class ShareHolder:
    """Who gets one share, and in which country its paper will lie (ISO 3166-1 alpha-2)."""

    person_id: UUID
    country: str


def chosen(session: Session, holders: Sequence[ShareHolder]) -> dict[UUID, Person]:
    """The people who shall hold shares, by id. Raises RuleBroken for who can't."""
    ids = [holder.person_id for holder in holders]
    people = {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(ids)))}
    if len(set(ids)) < len(ids):
        raise RuleBroken(_("Nobody holds two shares: with each more, fewer people are needed to open everything."))
    if len(people) < len(ids) or any(person.state is not PersonState.ACTIVE for person in people.values()):
        raise RuleBroken(_("A share is given to somebody who works with the fund and has keys of their own."))
    if any(len(holder.country) != 2 or not holder.country.isupper() for holder in holders):
        raise RuleBroken(_("Say for each share in which country its paper will lie."))
    return people


def refuse_strangers(session: Session, people: Mapping[UUID, Person], *, threshold: int, now: Instant) -> None:
    """Whom an administrator invited since must not be enough to open everything: others have to know the holders.

    Raises RuleBroken.
    """
    act = read_act(session.scalars(select(FoundingAct.content)).one())
    were_there = {*act.keys, *(member.handle for member in act.committee.members)}
    members = committee(session, now=now)
    strangers = [person for id_, person in people.items() if person.handle not in were_there and id_ not in members]
    if len(strangers) >= threshold:
        raise RuleBroken(
            _(
                "Too many of these holders are neither on the committee nor in the founding act: together they could "
                "open everything. Give shares to those whom the committee knows."
            )
        )


def refuse_one_country(holders: Sequence[ShareHolder], *, threshold: int) -> None:
    """The police of one country must not find enough papers. Raises RuleBroken."""
    if country_with_enough([holder.country for holder in holders], threshold=threshold):
        raise RuleBroken(
            _(
                "So many shares would lie in one country that its police could open everything with them. "
                "Choose holders in more countries, or confirm that you want it so."
            ),
            "despite_country",
        )
