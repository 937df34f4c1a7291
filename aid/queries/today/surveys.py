"""Families that were drawn and are to be called, and answers that something is wrong."""

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.words import _, n_
from aid.models.surveys import SurveyCall
from aid.queries.survey_calls import callable_now
from aid.queries.survey_stories import stories_to_write
from aid.queries.today.waiting import Waiting, oldest
from aid.vault.actor import Actor


def to_call(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Families that this person may ask now whether aid arrived."""
    rows = callable_now(actor=actor, now=now).with_only_columns(SurveyCall.survey_id, maintain_column_froms=True)
    rows = rows.order_by(None)
    found = oldest(session, rows)
    title = n_("family to ask whether aid arrived", "families to ask whether aid arrived", found.count)
    hint = _("They were drawn by lot. Call in the evening, when people are at home.")
    return Waiting("surveys.index", found.count, title, hint)


def to_find_out(session: Session, _actor: Actor, _now: Instant) -> Waiting:
    """Families that say that aid did not arrive, or that somebody took something for it."""
    found = oldest(session, stories_to_write())
    title = n_("family says that something is wrong", "families say that something is wrong", found.count)
    hint = _("Find out what happened, and write it down.")
    one = found.alone("answer_id")
    page = "survey_calls.story" if one else "survey_calls.stories"
    return Waiting(page, found.count, title, hint, found.since, 2, values=one)
