"""Objections that wait: for a coordinator too long, and for the committee at all."""

from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.words import _, n_
from aid.models.objections import Objection
from aid.queries.objections import Chosen, chosen_of, due_of
from aid.queries.today.waiting import Waiting, oldest
from aid.vault.actor import Actor


def overdue(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Objections whose day is over, and nobody answered."""
    found = oldest(session, _since(actor, now, Chosen.OVERDUE))
    title = n_("objection is overdue", "objections are overdue", found.count)
    hint = _("A family was promised an answer, and the day is over.")
    page, values = _page(found.count, found.id, Chosen.OVERDUE)
    return Waiting(page, found.count, title, hint, found.since, patience=0, values=values)


def before_committee(session: Session, actor: Actor, now: Instant) -> Waiting:
    """Objections that came before the committee."""
    found = oldest(session, _since(actor, now, Chosen.COMMITTEE))
    title = n_("objection for the committee to answer", "objections for the committee to answer", found.count)
    page, values = _page(found.count, found.id, Chosen.COMMITTEE)
    return Waiting(page, found.count, title, None, found.since, values=values)


def _since(actor: Actor, now: Instant, chosen: Chosen) -> Select[Any, Any]:
    found = chosen_of(actor=actor, now=now, chosen=chosen)
    rows: Select[Any, Any] = found.with_only_columns(due_of(chosen), Objection.id)
    return rows


def _page(count: int, id_: Any, chosen: Chosen) -> tuple[str, tuple[tuple[str, Any], ...]]:
    if count == 1:
        return "objections.show", (("objection_id", id_),)
    return "objections.index", (("show", chosen.value),)
