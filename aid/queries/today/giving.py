"""What waits about the page for donors: a change that a second person looks at before everybody sees it."""

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.words import _, n_
from aid.models.giving import GiveAnswer, GiveOffer
from aid.queries.today.waiting import Waiting, oldest
from aid.vault.actor import Actor


def to_agree(session: Session, actor: Actor, _now: Instant) -> Waiting:
    """What somebody else asks the page to offer."""
    latest = select(func.max(GiveOffer.n)).scalar_subquery()
    answered = exists().where(GiveAnswer.offer_id == GiveOffer.id)
    rows = select(GiveOffer.asked_at, GiveOffer.id).where(
        GiveOffer.n == latest, ~answered, GiveOffer.asked_by_id != actor.id
    )
    found = oldest(session, rows)
    title = n_("change of the page for donors to look at", "changes of the page for donors to look at", found.count)
    page = "giving.answer" if found.count == 1 else "giving.index"
    hint = _("Gifts go where it says: it is shown once somebody else agrees.")
    return Waiting(page, found.count, title, hint, found.since, patience=2, values=found.alone("offer_id"))
