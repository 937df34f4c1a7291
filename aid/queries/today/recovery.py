"""What is missing until the fund could be opened again after the loss of its server."""

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.words import _, n_
from aid.queries.recovery import held_and_lacking, own_shares, recovery_state
from aid.queries.today.waiting import Waiting
from aid.vault.actor import Actor


def own_share(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Words that this person has not written down yet: nobody else can."""
    count = sum(share.waits for share in own_shares(session, actor=actor))
    title = n_("recovery share to write down", "recovery shares to write down", count)
    return Waiting("recovery.mine", count, title, _("33 words for you alone. Have paper and pen ready."))


def shares_missing(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """How many shares have to be confirmed, or made anew, until the fund can be recovered."""
    state = recovery_state(session, actor=actor)
    count = state.current.missing if state.current else state.newest.missing if state.newest else 1
    title = n_("recovery share is missing", "recovery shares are missing", count)
    return Waiting("recovery.index", count, title, _("If the server were lost now, nobody could open what it holds."))


def to_seal(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Keys that this person holds, and that recovery shares do not open yet."""
    count = len(held_and_lacking(session, actor=actor))
    title = n_("key that recovery shares do not open yet", "keys that recovery shares do not open yet", count)
    return Waiting("recovery.seal", count, title, _("You hold them, so only you can seal them."))
