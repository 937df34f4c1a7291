"""Donations that nobody acknowledged."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.mails import IN_DOUBT
from aid.domain.words import _, n_
from aid.models.donations import Donation
from aid.models.thanks import ThanksMail
from aid.queries.thanks import untouched
from aid.queries.today.waiting import Waiting, oldest
from aid.vault.actor import Actor


def to_thank(session: Session, _actor: Actor, _now: Instant) -> Waiting:
    """Each donation is thanked for; a donor notices after a week."""
    found = oldest(session, select(Donation.recorded_at).where(untouched()))
    title = n_("donation to thank for", "donations to thank for", found.count)
    hint = _("Every donation is acknowledged, the oldest first.")
    return Waiting("thanks.index", found.count, title, hint, found.since)


def messages_in_doubt(session: Session, _actor: Actor, _now: Instant) -> Waiting:
    """Messages that failed, or of which nobody knows: nobody sends them again before somebody has found out."""
    found = oldest(session, select(ThanksMail.asked_at).where(ThanksMail.state.in_(IN_DOUBT)))
    title = n_("message of thanks to find out about", "messages of thanks to find out about", found.count)
    hint = _("They did not leave, or nobody knows whether they did.")
    return Waiting("thanks.index", found.count, title, hint, found.since)
