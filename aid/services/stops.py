"""The emergency stop: one member's word that nothing is decided, printed or moved for now."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _
from aid.models.committee import EmergencyStop
from aid.models.fund import Fund
from aid.models.people import Person


def stop_in_force(session: Session, *, now: Instant) -> EmergencyStop | None:
    """The stop that holds now, if there is one."""
    holds = EmergencyStop.confirmed_at.is_not(None) | (EmergencyStop.lapses_at > now.instant)
    pressed = select(EmergencyStop).where(EmergencyStop.lifted_at.is_(None), holds)
    return session.scalars(pressed.order_by(EmergencyStop.at.desc()).limit(1)).one_or_none()


def why_stopped(session: Session, *, now: Instant) -> Message | None:
    """Say why nothing is decided, printed or moved now, or nothing. Vouchers in people's hands are never stopped."""
    stop = stop_in_force(session, now=now)
    if stop is None:
        return None
    who = session.scalars(select(Person.handle).where(Person.id == stop.pressed_by_id)).one()
    if stop.confirmed_at is not None:
        return _(
            "The fund is stopped: %(handle)s pressed the emergency stop and the committee confirmed it. Until the "
            "committee lifts it nothing is decided, printed or moved. Vouchers already printed are collected as ever.",
            handle=who,
        )
    return _(
        "The fund is stopped until %(until)s: %(handle)s pressed the emergency stop. Until then nothing is decided, "
        "printed or moved. Vouchers already printed are collected as ever.",
        handle=who,
        until=stop.lapses_at,
    )


def refuse_while_stopped(session: Session, *, now: Instant) -> None:
    """Raise RuleBroken while the fund is stopped. Who presses the stop just now waits for this commit, or is first."""
    session.execute(select(Fund.id).with_for_update(read=True))
    if reason := why_stopped(session, now=now):
        raise RuleBroken(reason)
