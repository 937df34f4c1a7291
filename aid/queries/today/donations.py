"""Donations that nobody acknowledged."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.mails import IN_DOUBT
from aid.domain.words import _, n_
from aid.models.donations import Donation
from aid.models.support import SupportMessage
from aid.models.thanks import ThanksMail
from aid.queries.resealing import findable
from aid.queries.support import unanswered
from aid.queries.thanks import untouched
from aid.queries.today.waiting import Waiting, oldest
from aid.vault.actor import Actor


def to_thank(session: Session, _actor: Actor, _now: Instant) -> Waiting:
    """Each donation is thanked for; a donor notices after a week."""
    found = oldest(session, select(Donation.recorded_at).where(untouched()))
    title = n_("donation to thank for", "donations to thank for", found.count)
    hint = _("Every donation is acknowledged, the oldest first.")
    return Waiting("thanks.index", found.count, title, hint, found.since)


def to_release(session: Session, _actor: Actor, _now: Instant) -> Waiting:
    """Words of donors that families may see once somebody has looked at them."""
    found = oldest(session, select(SupportMessage.taken_at, SupportMessage.id).where(unanswered()))
    title = n_("message of support to look at", "messages of support to look at", found.count)
    hint = _("Families see it when you have looked.")
    if found.count == 1:
        return Waiting("support.show", 1, title, hint, found.since, values=found.alone("message_id"))
    return Waiting("support.waiting", found.count, title, hint, found.since)


def to_find(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """Donors who are found by nothing since an update: their gifts are not known to be theirs."""
    left = findable(session, actor=actor).left
    title = n_("donor can’t be found by name or account", "donors can’t be found by name or account", left)
    return Waiting("donors.find_anew", left, title, _("After an update: one press makes their index anew."))


def messages_in_doubt(session: Session, _actor: Actor, _now: Instant) -> Waiting:
    """Messages that failed, or of which nobody knows: nobody sends them again before somebody has found out."""
    found = oldest(session, select(ThanksMail.asked_at).where(ThanksMail.state.in_(IN_DOUBT)))
    title = n_("message of thanks to find out about", "messages of thanks to find out about", found.count)
    hint = _("They did not leave, or nobody knows whether they did.")
    return Waiting("thanks.index", found.count, title, hint, found.since)
