"""Which pages everybody may read just now."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aid.models.thanks import PublishedThanks, UnpublishedThanks
from aid.queries.figures.choice import choice
from aid.services.giving.offers import standing_offer


def pages_switched_on(session: Session) -> frozenset[str]:
    """Of the page for donors (give), gifts thanked for in public (thanks), and figures: those that are shown."""
    taken_off = select(UnpublishedThanks.thanks_id)
    thanked = session.scalar(select(exists().where(PublishedThanks.thanks_id.not_in(taken_off))))
    shown = {
        "give": standing_offer(session) is not None,
        "thanks": bool(thanked),
        "figures": choice(session).is_public,
    }
    return frozenset(name for name, is_on in shown.items() if is_on)
