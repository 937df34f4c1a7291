"""What waits about figures for donors: months that are old enough and that nobody released."""

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.words import _, n_
from aid.queries.figures.preview import months_to_tell
from aid.queries.today.waiting import Waiting
from aid.vault.actor import Actor


def to_release(session: Session, _actor: Actor, now: Instant) -> Waiting:
    """Months that donors could read of by now."""
    count, first = months_to_tell(session, today=now.today)
    title = n_("month of figures for donors to release", "months of figures for donors to release", count)
    hint = _("Look at what would be published, and at what stays hidden.")
    return Waiting("releases.new", count, title, hint, first.next().first if first else None, patience=60)
