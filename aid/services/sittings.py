"""The sitting in which a fund is founded: opened by a one-time code, gone when the fund is there.

Nothing of it is an act of the fund, so nothing of it is in the audit chain: that begins with the founding act.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.fund import FundPlan
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.founding import Seat, Sitting
from aid.models.fund import Fund
from aid.services.founding import found
from aid.services.people import Invitation, NewKeys, TakenSeat, first_password
from aid.services.recovery import NewSecret
from aid.vault.actor import Actor
from aid.vault.bundles import Argon2Cost, SealedBundle
from aid.vault.cookies import SignInCookie
from aid.vault.sitting import SittingKey, open_kept, seal_kept

LARGEST = 256 * 1024
"""Bytes that a sitting keeps: a fund file's size."""


@dataclass(frozen=True, slots=True)
class NewCode:
    """A one-time code, told once."""

    code: str = field(repr=False)
    key: SittingKey


@dataclass(frozen=True, slots=True)
class Opened:
    """A sitting waits for whoever has its code."""


@dataclass(frozen=True, slots=True)
class SatDown:
    """The sitting goes on in this browser, and in no other."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What was typed is kept."""


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody has keys of their own."""

    handle: str


@dataclass(frozen=True, slots=True)
class Risen:
    """A seat is free again."""

    handle: str


@dataclass(frozen=True, slots=True)
class Done:
    """The fund is founded."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The sitting is over, and nothing of it is left."""


def new_code() -> NewCode:
    """Make a one-time code."""
    code = first_password()
    return NewCode(code, SittingKey.of(code))


def open_sitting(
    session: Session, *, actor: Actor, now: Instant, opened_by: SittingKey, kept: Mapping[str, Any], anew: bool = False
) -> Opened:
    """Let whoever has the code found the fund. Takes the place of a sitting that nobody came to; raises RuleBroken.

    `anew` takes the place of one that goes on, too: its code or its browser is lost.
    """
    if session.scalar(select(Fund.id)) is not None:
        raise RuleBroken(_("This data folder holds a fund already. Found another one in a folder of its own."))
    there = session.get(Sitting, 1, with_for_update=True)
    if there is not None and there.cookie_id is not None and not anew:
        raise RuleBroken(
            _("The founding goes on in a browser already. To throw away what was typed there, begin anew with --anew.")
        )
    session.execute(delete(Seat))
    session.execute(delete(Sitting))
    session.add(
        Sitting(
            sole=1,
            code_salt=opened_by.salt,
            code_check=opened_by.check,
            plan=seal_kept(kept, key=opened_by.key, salt=opened_by.salt) if kept else None,
            opened_at=now.instant,
        )
    )
    session.flush()
    return Opened()


def sit_down(session: Session, *, actor: Actor, now: Instant, code: str, cookie: SignInCookie) -> SatDown:
    """Go on with the sitting in this browser: whoever had it before is out. Raises RuleBroken for a wrong code."""
    sitting = session.get(Sitting, 1, with_for_update=True)
    key = SittingKey.of(code, sitting.code_salt) if sitting else None
    if sitting is None or key is None or not key.is_right(sitting.code_check):
        raise RuleBroken(
            _("This is not the code. Look at the window in which ./aid.sh run was started; it is new at each start."),
            "code",
        )
    sitting.cookie_id, sitting.jar = cookie.row_id, cookie.seal_jar({"key": key.key})
    return SatDown()


def note(session: Session, *, actor: Actor, now: Instant, sitting_key: bytes, kept: Mapping[str, Any]) -> Noted:
    """Keep this beside what is kept, in place of what stood under the same names. Raises RuleBroken."""
    sitting, before = _mine(session, sitting_key)
    _keep(sitting, {**before, **kept}, key=sitting_key)
    return Noted()


def take_seat(session: Session, *, actor: Actor, now: Instant, sitting_key: bytes, seat: TakenSeat) -> Seated:
    """Somebody takes their seat with keys of their own; a seat taken before is theirs no more."""
    sitting, kept = _mine(session, sitting_key)
    session.execute(delete(Seat).where(Seat.handle == seat.handle))
    bundle = seat.keys.bundle
    session.add(
        Seat(
            handle=seat.handle,
            person_id=seat.person_id,
            hpke_public=seat.keys.public,
            voting_public=seat.keys.voting_public,
            bundle_salt=bundle.salt,
            bundle_time=bundle.cost.time,
            bundle_memory_kib=bundle.cost.memory_kib,
            bundle_lanes=bundle.cost.lanes,
            bundle=bundle.sealed,
            totp_step=seat.totp_step,
            taken_at=now.instant,
        )
    )
    phones = {handle: phone for handle, phone in kept.get("phones", {}).items() if handle != seat.handle}
    _keep(sitting, {**kept, "phones": phones}, key=sitting_key)
    return Seated(seat.handle)


def rise(session: Session, *, actor: Actor, now: Instant, sitting_key: bytes, handle: str) -> Risen:
    """Give a seat back: its password was mistyped, or somebody else sits here."""
    sitting, kept = _mine(session, sitting_key)
    session.execute(delete(Seat).where(Seat.handle == handle))
    phones = {other: phone for other, phone in kept.get("phones", {}).items() if other != handle}
    _keep(sitting, {**kept, "phones": phones}, key=sitting_key)
    return Risen(handle)


def found_fund(
    session: Session,
    *,
    actor: Actor,
    now: Instant,
    cookie: SignInCookie,
    sitting_key: bytes,
    plan: FundPlan,
    invitations: tuple[Invitation, ...],
    secret: NewSecret | None,
) -> Done:
    """Found the fund with who sits here. Of the sitting, only the first passwords of those who don't are left."""
    sitting, _kept = _mine(session, sitting_key)
    here = {person.handle for person in plan.people}
    seats = tuple(seat for seat in seats_of(session) if seat.handle in here)
    found(session, actor=actor, now=now, plan=plan, demo=False, seats=seats, invitations=invitations, secret=secret)
    session.execute(delete(Seat))
    passwords = {invitation.handle: invitation.password for invitation in invitations}
    sitting.plan, sitting.jar = None, cookie.seal_jar({"passwords": passwords})
    sitting.code_check = b""  # its code opens nothing any more
    return Done()


def end(session: Session, *, actor: Actor, now: Instant, cookie_id: bytes) -> Ended:
    """Everything is printed and written down."""
    session.execute(delete(Sitting).where(Sitting.cookie_id == cookie_id))
    return Ended()


def seats_of(session: Session) -> tuple[TakenSeat, ...]:
    """Who has taken their seat."""
    return tuple(
        TakenSeat(
            row.handle,
            row.person_id,
            NewKeys(
                row.hpke_public,
                row.voting_public,
                SealedBundle(
                    row.bundle_salt,
                    Argon2Cost(time=row.bundle_time, memory_kib=row.bundle_memory_kib, lanes=row.bundle_lanes),
                    row.bundle,
                ),
            ),
            row.totp_step,
        )
        for row in session.scalars(select(Seat).order_by(Seat.taken_at))
    )


def _mine(session: Session, key: bytes) -> tuple[Sitting, dict[str, Any]]:
    """The sitting and what it keeps, for who has its key. Raises RuleBroken once it is over."""
    sitting = session.get(Sitting, 1, with_for_update=True)
    if sitting is None or not sitting.code_check:
        raise RuleBroken(_("This sitting is over. Open the first page again."))
    kept = open_kept(sitting.plan, key=key, salt=sitting.code_salt) if sitting.plan else {}
    return sitting, kept


def _keep(sitting: Sitting, kept: Mapping[str, Any], *, key: bytes) -> None:
    try:
        sealed = seal_kept(kept, key=key, salt=sitting.code_salt)
    except ValueError:
        sealed = b""
    if not 0 < len(sealed) <= 2 * LARGEST:
        raise RuleBroken(_("This is more than a founding needs. Shorten it."))
    sitting.plan = sealed
