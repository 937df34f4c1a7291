"""The emergency stop: one member's word that nothing is decided, printed or moved for now.

It lapses unless the quorum confirms it, and the quorum lifts it. It never touches vouchers in people's hands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.membership import NOT_CERTIFIED, StopAnswerKind, agree_on_stop, lapses_at, why_not_press
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _
from aid.models.committee import EmergencyStop, StopAnswer
from aid.models.fund import Fund
from aid.models.people import Person
from aid.services import audit
from aid.services.certificates import Certified, active_of, hold_seats, in_force, sign_as_member
from aid.services.signing import SigningKey
from aid.vault.actor import Actor
from aid.vault.certificates import stop_message


@dataclass(frozen=True, slots=True, kw_only=True)
class StopOrder:
    """A member's word on the stop they see."""

    stop_id: UUID
    kind: StopAnswerKind


@dataclass(frozen=True, slots=True)
class Stopped:
    """The fund is stopped."""

    stop_id: UUID


@dataclass(frozen=True, slots=True)
class StopAnswered:
    """A word on a stop stands; what the quorum agreed with it, if anything."""

    agreed: StopAnswerKind | None


def stop_in_force(session: Session, *, now: Instant) -> EmergencyStop | None:
    """The stop that holds now, if there is one."""
    return session.scalars(_HOLDS, {"now": now.instant}).one_or_none()


def _holds() -> Select[EmergencyStop]:
    stands = EmergencyStop.confirmed_at.is_not(None) | (EmergencyStop.lapses_at > bindparam("now"))
    pressed = select(EmergencyStop).where(EmergencyStop.lifted_at.is_(None), stands)
    return pressed.order_by(EmergencyStop.at.desc()).limit(1)


_HOLDS = _holds()
"""Asked by every page and before every decision: built once."""


def why_stopped(session: Session, *, now: Instant) -> Message | None:
    """Say why nothing is decided, printed or moved now, or nothing. Vouchers in people's hands are never stopped."""
    stop = stop_in_force(session, now=now)
    if stop is None:
        return None
    who = session.scalars(select(Person.handle).where(Person.id == stop.pressed_by_id)).one()
    if stop.confirmed_at is not None:
        return _(
            "The fund is stopped until the committee lifts it (pressed by %(handle)s): nothing is decided, printed or "
            "moved. Vouchers are collected as ever.",
            handle=who,
        )
    return _(
        "The fund is stopped until %(until)s (pressed by %(handle)s): nothing is decided, printed or moved. Vouchers "
        "are collected as ever.",
        handle=who,
        until=stop.lapses_at,
    )


def refuse_while_stopped(session: Session, *, now: Instant) -> None:
    """Raise RuleBroken while the fund is stopped. Who presses the stop just now waits for this commit, or is first."""
    session.execute(select(Fund.id).with_for_update(read=True))
    if reason := why_stopped(session, now=now):
        raise RuleBroken(_("%(why)s Nothing was done. Try again when the stop is over.", why=reason))


def press_stop(session: Session, *, actor: Actor, now: Instant) -> Stopped:
    """Stop the fund for three days. Any one member may, once in thirty days. Raises RuleBroken."""
    actor.must(Permission.STOP_FUND)
    _lock(session)
    member_id, _certified = _seated(session, actor=actor, now=now)
    if reason := why_stopped(session, now=now):
        raise RuleBroken(reason)
    last = session.scalar(select(func.max(EmergencyStop.at)).where(EmergencyStop.pressed_by_id == member_id))
    if reason := why_not_press(last, now=now.instant):
        raise RuleBroken(reason)
    stop = EmergencyStop(id=new_id(), pressed_by_id=member_id, at=now.instant, lapses_at=lapses_at(now.instant))
    session.add(stop)
    audit.say(session, "stop.pressed", subject=stop.id, made=[stop])
    return Stopped(stop.id)


def answer_stop(session: Session, *, actor: Actor, now: Instant, order: StopOrder, signing: SigningKey) -> StopAnswered:
    """Sign that the stop shall stand, or be lifted; with the quorum's last signature it does."""
    actor.must(Permission.STOP_FUND)
    _lock(session)
    member_id, certified = _seated(session, actor=actor, now=now)
    stop = stop_in_force(session, now=now)
    if stop is None or stop.id != order.stop_id:
        raise RuleBroken(_("This stop is over."))
    if order.kind is StopAnswerKind.CONFIRM and stop.confirmed_at is not None:
        raise RuleBroken(_("The committee has confirmed this stop already."))
    earlier = _answers(session, stop.id)
    if any((answer.member_id, answer.kind) == (member_id, order.kind) for answer in earlier):
        raise RuleBroken(_("You have signed this already."))
    at = max([now.instant, *(answer.at + timedelta(microseconds=1) for answer in earlier)])  # their order counts
    answer = _signed(session, stop, certified, order, member_id=member_id, signing=signing, at=at)
    session.add(answer)
    session.flush()
    audit.say(session, "stop.answered", subject=stop.id, made=[answer])
    return StopAnswered(_agree(session, stop, certified, [*earlier, answer]))


def _signed(
    session: Session,
    stop: EmergencyStop,
    certified: Certified,
    order: StopOrder,
    *,
    member_id: UUID,
    signing: SigningKey,
    at: datetime,
) -> StopAnswer:
    committee = certified.committee
    message = stop_message(fund=committee.fund, stop=stop.id, member=member_id, kind=order.kind.value)
    signed = sign_as_member(session, member=member_id, committee=committee, signing=signing, message=message)
    return StopAnswer(
        id=new_id(),
        stop_id=stop.id,
        member_id=member_id,
        kind=order.kind,
        voting_key_id=signed.key.id,
        signature=signed.signature,
        at=at,
    )


def _agree(
    session: Session, stop: EmergencyStop, certified: Certified, answers: Sequence[StopAnswer]
) -> StopAnswerKind | None:
    """Confirm or lift the stop, where the quorum says so by now."""
    words = [(answer.member_id, answer.kind) for answer in answers]
    hold_seats(session, certified.committee)
    active = active_of(session, certified.committee)
    agreed = agree_on_stop(words, active=active, quorum=certified.committee.quorum)
    if agreed is StopAnswerKind.LIFT:
        stop.lifted_at = answers[-1].at
        audit.say(session, "stop.lifted", subject=stop.id)
    elif agreed is StopAnswerKind.CONFIRM and stop.confirmed_at is None:
        stop.confirmed_at = answers[-1].at
        audit.say(session, "stop.confirmed", subject=stop.id)
    return agreed


def _answers(session: Session, stop_id: UUID) -> list[StopAnswer]:
    given = select(StopAnswer).where(StopAnswer.stop_id == stop_id)
    return list(session.scalars(given.order_by(StopAnswer.at, StopAnswer.id)))


def _seated(session: Session, *, actor: Actor, now: Instant) -> tuple[UUID, Certified]:
    """The member who acts, with a certified seat now; and the committee they act in."""
    certified = in_force(session, at=now.instant)
    if actor.person_id is None or actor.person_id not in certified.committee.by_id:
        raise RuleBroken(NOT_CERTIFIED)
    return actor.person_id, certified


def _lock(session: Session) -> None:
    """Whoever decides or prints just now is done first, or sees the stop."""
    session.execute(select(Fund.id).with_for_update())
