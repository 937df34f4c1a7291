"""Donations that nobody acknowledged."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.words import _, n_
from aid.models.donations import Donation, Thanks
from aid.queries.donations import taken_out
from aid.queries.today.waiting import Waiting, oldest
from aid.vault.actor import Actor


def to_thank(session: Session, _actor: Actor, _now: Instant) -> Waiting:
    """Each donation is thanked for; a donor notices after a week."""
    thanked = exists().where(Thanks.donation_id == Donation.id)
    found = oldest(session, select(Donation.recorded_at).where(~thanked, ~taken_out()))
    title = n_("donation to thank for", "donations to thank for", found.count)
    hint = _("Every donation is acknowledged, the oldest first.")
    return Waiting("thanks.index", found.count, title, hint, found.since)
