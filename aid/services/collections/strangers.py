"""Somebody who is not on a family's slip: asked for at the table, agreed to by a second person from their own place.

Nobody types a password at somebody else's table: the second person signs in where they always do, on their own phone
or at the next table, looks at the person, and agrees there. One person alone never hands out to a stranger.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.strangers import WAITS, StrangerReason, still_holds, why_not_agree
from aid.domain.words import _
from aid.models.collections import Collection, StrangerAnswer, StrangerAsked
from aid.models.people import Person
from aid.models.ready import Ready
from aid.models.vouchers import Voucher
from aid.services import audit
from aid.services.collections.finding import Here
from aid.services.vouchers import holding
from aid.vault.actor import Actor

USED = exists().where(Collection.stranger_id == StrangerAsked.id).correlate(StrangerAsked)


@dataclass(frozen=True, slots=True)
class Agreed:
    """A second person agreed to somebody who is not on the slip, at this table."""

    asked_id: UUID
    reason: StrangerReason
    by: str  # a handle


@dataclass(frozen=True, slots=True)
class StrangerAnswered:
    """A second person has looked."""

    agreed: bool
    serial: int


def ask(session: Session, *, voucher_id: UUID, here: Here, reason: StrangerReason, actor: Actor, now: Instant) -> UUID:
    """Ask for a second person's word. The voucher was found good at this table."""
    assert actor.person_id is not None, "a person asks"
    row = StrangerAsked(
        id=new_id(), voucher_id=voucher_id, point_id=here.id, reason=reason, by_id=actor.person_id, at=now.instant
    )
    session.add(row)
    audit.say(session, "stranger.asked", subject=voucher_id, made=[row])
    return row.id


def answer_stranger(session: Session, *, actor: Actor, now: Instant, asked_id: UUID, agrees: bool) -> StrangerAnswered:
    """Agree to somebody whom a colleague wants to hand out to, or not. Raises RuleBroken."""
    asked = session.get(StrangerAsked, asked_id, with_for_update=True, populate_existing=True)
    if asked is None:
        raise RuleBroken(_("This does not wait for an answer any more."))
    if not may_agree(actor=actor, point_id=asked.point_id):
        raise NotAllowed(_("Who hands out at this point agrees, or a coordinator."))
    assert actor.person_id is not None, "a person agrees"
    voucher = session.get_one(Voucher, asked.voucher_id)
    reason = why_not_agree(
        asked_by=asked.by_id,
        me=actor.person_id,
        vouched_by=holding.vouched_by(session, voucher.family_id),
        is_answered=session.get(StrangerAnswer, asked_id, populate_existing=True) is not None,
        asked_at=asked.at,
        now=now.instant,
    )
    if reason:
        raise RuleBroken(reason)
    row = StrangerAnswer(asked_id=asked_id, agreed=agrees, by_id=actor.person_id, at=now.instant)
    session.add(row)
    audit.say(session, "stranger.agreed" if agrees else "stranger.refused", subject=voucher.id, made=[row])
    return StrangerAnswered(agrees, voucher.serial)


def may_agree(*, actor: Actor, point_id: UUID) -> bool:
    """Whether this person is asked about strangers at this point."""
    return actor.may(Permission.HAND_OUT, point=point_id) or actor.may(Permission.MEND_COLLECTIONS, point=point_id)


def agreed_to(session: Session, *, voucher_id: UUID, actor: Actor, here: Here, now: Instant) -> Agreed | None:
    """The word that lets this person hand this voucher's aid to somebody who is not on the slip, if it was given."""
    asked = {"voucher": voucher_id, "point": here.id, "by": actor.id, "since": now.instant - 2 * WAITS}
    session.flush()  # what was asked a moment ago is seen
    found = _AGREED.first(session, asked)
    if found is None:
        return None
    asked_id, reason, at, handle = found
    return Agreed(asked_id, reason, handle) if still_holds(at, now=now.instant) else None


_AGREED = Ready(
    select(StrangerAsked.id, StrangerAsked.reason, StrangerAnswer.at, Person.handle)
    .join(StrangerAnswer, StrangerAnswer.asked_id == StrangerAsked.id)
    .join(Person, Person.id == StrangerAnswer.by_id)
    .where(
        StrangerAsked.voucher_id == bindparam("voucher"),
        StrangerAsked.point_id == bindparam("point"),
        StrangerAsked.by_id == bindparam("by"),
        StrangerAsked.at > bindparam("since"),
        StrangerAnswer.agreed,
        ~USED,
    )
    .order_by(StrangerAsked.at.desc())
    .limit(1)
)
"""Asked for each family that comes: built once."""
