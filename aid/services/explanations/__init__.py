"""Why a family was given what it was, or nothing, list by list: from what was recorded when each was made.

What a line rests on was sealed with it. For a list that went without the family the reason is found again by the same
rule from what is recorded: when it was registered, confirmed or held out, what it had before, and its facts as long as
they were not corrected since. `recorded` asks the database, and no more often for ten lists than for one; `telling`
says what came of it.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.explanations import Explanation
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.families import Family
from aid.services.explanations.recorded import lists_about, recorded_of
from aid.services.explanations.telling import told
from aid.vault.actor import Actor

PAGE = 10


@dataclass(frozen=True, slots=True)
class Explained:
    """A page of lists, the newest first, and what each came to for the family."""

    lists: tuple[Explanation, ...]
    next_before: int | None


def explain(
    session: Session, *, actor: Actor, now: Instant, family_id: UUID, before: int | None = None, size: int = PAGE
) -> Explained:
    """Open why for a family of one's own locality. Call it by `look`. Raises RuleBroken."""
    family = session.get(Family, family_id)
    if family is None:
        raise RuleBroken(_("There is no such family."))
    actor.must(Permission.OPEN_OBJECTIONS, locality=family.locality_id)
    found = lists_about(session, family, before=before, size=size + 1)
    lists = found[:size]
    recorded = recorded_of(session, family=family, lists=lists, actor=actor, now=now, why="explain")
    more = lists[-1].Allocation.number if len(found) > size else None
    return Explained(tuple(told(recorded, each) for each in lists), more)


def explain_one(
    session: Session, *, family: Family, actor: Actor, now: Instant, allocation_id: UUID
) -> Explanation | None:
    """The same of one list, for who was let in to an objection about it already."""
    lists = lists_about(session, family, only=allocation_id, size=1)
    recorded = recorded_of(session, family=family, lists=lists, actor=actor, now=now, why="objection")
    return next((told(recorded, each) for each in lists), None)


__all__ = ["PAGE", "Explained", "explain", "explain_one"]
