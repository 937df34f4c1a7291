"""Days without a backup."""

from datetime import timedelta

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.words import n_
from aid.queries.backups import days_without
from aid.queries.today.waiting import Waiting
from aid.vault.actor import Actor


def without(session: Session, _actor: Actor, now: Instant) -> Waiting:
    """A night that was missed is seen the next morning; two in a row are somebody's work."""
    days = days_without(session, now=now)
    count = days if days > 1 else 0
    title = n_("day without a backup", "days without a backup", count)
    return Waiting("backups.index", count, title, None, now.today - timedelta(days=days), patience=2, is_days=True)
