"""The continuity pack leaves the server: that is written down before it is printed."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.permissions import Permission
from aid.services import audit
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class PackNoted:
    """It may be printed."""


def note_pack(session: Session, *, actor: Actor, now: Instant) -> PackNoted:
    """Write down who takes a pack with them."""
    actor.must(Permission.SEE_CUSTODY)
    actor.must(Permission.SEE_VOUCHERS)
    audit.say(session, "continuity.printed")
    return PackNoted()
