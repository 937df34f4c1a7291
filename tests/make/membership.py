"""Changes of the committee for tests: newcomers, proposals, signatures, the emergency stop."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.custody import ResetReason
from aid.domain.languages import Language
from aid.domain.membership import Answer, ChangeKind, StopAnswerKind
from aid.domain.permissions import Role
from aid.domain.rings import RingKind
from aid.models.committee import MembershipChange
from aid.models.people import Person, Ring, RingEpoch
from aid.services import audit, people
from aid.services.membership import Answered, AnswerOrder, ChangeOrder, answer_change, propose_change
from aid.services.people import Enrolled, Invitation, enrol, prepare_invitation, prepare_keys, reset_keys
from aid.services.sign_ins import begin
from aid.services.signing import SigningKey
from aid.services.stops import StopAnswered, StopOrder, answer_stop, press_stop
from aid.vault.actor import Actor
from aid.vault.bundles import PrivateHalves, open_bundle
from aid.vault.cookies import SignInCookie
from aid.vault.records import RingTarget
from aid.vault.rings import RingRef
from tests.make import do, rows
from tests.make.fund import LEAST, MEMBERS, FoundedFund, actor_with

ZONE = ZoneInfo("Asia/Aqtau")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who was invited with the committee's role and has keys of their own."""

    handle: str
    person_id: UUID
    halves: PrivateHalves = field(repr=False)

    @property
    def actor(self) -> Actor:
        return actor_with(self.handle, self.halves.hpke)

    def sign_in(self) -> SignInCookie:
        """A cookie that is signed in as this person."""
        cookie = SignInCookie.new()
        actor, private = self.actor, cookie.seal_private(self.halves.hpke)
        [person] = rows(select(Person).where(Person.id == self.person_id))
        step = person.totp_step + 1
        do(begin, actor=actor, public=person.hpke_public, step=step, row_id=cookie.row_id, private=private)
        return cookie

    @property
    def signing(self) -> SigningKey:
        assert self.halves.ed25519 is not None
        return SigningKey(self.halves.ed25519)


def later(hours: float = 0, *, since: datetime | None = None) -> Instant:
    """So many hours from now, or since a moment."""
    return Instant.at((since or datetime.now(UTC)) + timedelta(hours=hours), ZONE)


def make_newcomer(fund: FoundedFund, handle: str = "aliya") -> Newcomer:
    """What an administrator can do alone: a person with the role, who took keys of their own."""
    invitation = prepare_invitation(handle, cost=LEAST)
    do(_invite, actor=fund.administrator, invitation=invitation)
    return _enrolled(handle, invitation)


def make_anew(fund: FoundedFund, handle: str) -> Newcomer:
    """A member who lost their password and has new keys, a new voting key among them."""
    person_id = fund.actor(handle).id
    assert person_id is not None
    invitation = prepare_invitation(handle, person_id=person_id, cost=LEAST)
    reason = ResetReason.LOST_PASSWORD
    do(reset_keys, actor=fund.administrator, person_id=person_id, invitation=invitation, reason=reason)
    return _enrolled(handle, invitation)


def _enrolled(handle: str, invitation: Invitation) -> Newcomer:
    password = f"nine calm storks of {handle}"
    keys, halves = prepare_keys(
        person_id=invitation.person_id, password=password, totp=bytes(20), votes=True, cost=LEAST
    )
    first = open_bundle(invitation.bundle, invitation.password, invitation.person_id).hpke
    do(enrol, actor=actor_with(handle, first), keys=keys)
    return Newcomer(handle, invitation.person_id, halves)


def _invite(session: Session, *, actor: Actor, now: Instant, invitation: Invitation) -> Enrolled:
    newest = select(RingEpoch).join(Ring, Ring.id == RingEpoch.ring_id).where(Ring.kind == RingKind.STAFF)
    staff = session.scalars(newest.order_by(RingEpoch.epoch.desc()).limit(1)).one()
    invited = people.invite(
        session,
        now=now,
        invitation=invitation,
        name=None,
        language=Language.EN,
        roles=[Role.COMMITTEE_MEMBER],
        localities=[],
        points=[],
        keys=[],
        staff=RingTarget(RingRef(staff.ring_id, staff.epoch), staff.public),
    )
    audit.say(session, "person.invited", subject=invited.person.id, made=invited.made)
    return Enrolled(invited.person.id)


# ---------------------------------------------------------------- changes


def propose(
    fund: FoundedFund, kind: ChangeKind, *, by: Actor | None = None, now: Instant | None = None, **of: Any
) -> UUID:
    """A change that a member announced."""
    order = ChangeOrder(kind=kind, **of)
    return do(propose_change, actor=by or fund.members[0], now=now, order=order).change_id


def answer(
    fund: FoundedFund,
    change_id: UUID,
    member: Actor,
    say: Answer = Answer.YES,
    *,
    now: Instant | None = None,
    signing: SigningKey | None = None,
) -> Answered:
    """One member's signed answer."""
    [change] = rows(select(MembershipChange).where(MembershipChange.id == change_id))
    order = AnswerOrder(change_id=change_id, hash=change.hash, answer=say)
    key = signing or SigningKey(fund.signing_key(member))
    return do(answer_change, actor=member, now=now, order=order, signing=key)


def sign(
    fund: FoundedFund, change_id: UUID, handles: Iterable[str] = MEMBERS[:3], *, now: Instant | None = None
) -> Answered:
    """These members say yes; what came of the last one."""
    return [answer(fund, change_id, fund.actor(handle), now=now) for handle in handles][-1]


# ---------------------------------------------------------------- the emergency stop


def stop(fund: FoundedFund, handle: str = "marat", *, now: Instant | None = None) -> UUID:
    """A member stops the fund."""
    return do(press_stop, actor=fund.actor(handle), now=now).stop_id


def say_of_stop(
    fund: FoundedFund, stop_id: UUID, handle: str, kind: StopAnswerKind, *, now: Instant | None = None
) -> StopAnswered:
    """One member's signed word on a stop."""
    member = fund.actor(handle)
    order = StopOrder(stop_id=stop_id, kind=kind)
    return do(answer_stop, actor=member, now=now, order=order, signing=SigningKey(fund.signing_key(member)))


def make_changes(fund: FoundedFund) -> None:
    """For a fund in which everything has happened: a change that was certified, and a stop that was lifted."""
    first = fund.members[0]
    change = propose(fund, ChangeKind.NAME_ALTERNATE, by=first, subject_id=first.id, alternate="marat-brother")
    answer(fund, change, fund.members[4], Answer.NO)
    sign(fund, change)
    stopped = stop(fund, "yerlan")
    for kind in (StopAnswerKind.CONFIRM, StopAnswerKind.LIFT):
        for handle in MEMBERS[:3]:
            say_of_stop(fund, stopped, handle, kind)
