"""Questions about lines that wait for an answer, and who can give it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from aid.domain.allocations import AllocationState
from aid.domain.meetings import QUESTION_TITLES
from aid.domain.permissions import Permission
from aid.domain.words import Message
from aid.models.allocations import Allocation, AllocationLine
from aid.models.families import Family
from aid.models.fund import Locality
from aid.models.meetings import LineQuestion, QuestionAnswer
from aid.vault.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class WaitingQuestion:
    """A question that waits for who knows the family."""

    id: UUID
    code: str | None
    locality: Mapping[str, str] | None
    number: int  # of the allocation
    reason: Message
    at: datetime


def waiting_questions(
    session: Session, *, actor: Actor, after: UUID | None = None, size: int = PAGE
) -> tuple[WaitingQuestion, ...]:
    """Open questions about families of the reader's localities, the oldest first; `after` is the last one shown."""
    actor.must(Permission.REGISTER_FAMILIES)
    wanted = (
        unanswered(select(LineQuestion, AllocationLine.family_code, Locality.names, Allocation.number))
        .outerjoin(Locality, Locality.id == Family.locality_id)
        .where(mine_to_answer(actor=actor))
        .order_by(LineQuestion.id)
        .limit(size)
    )
    if after is not None:
        wanted = wanted.where(LineQuestion.id > after)
    return tuple(
        WaitingQuestion(row.id, code, locality, number, QUESTION_TITLES[row.reason], row.at)
        for row, code, locality, number in session.execute(wanted)
    )


def unanswered(wanted: Select[Any, *tuple[Any, ...]]) -> Select[Any, *tuple[Any, ...]]:
    """Questions without an answer, about proposals that wait for votes."""
    answered = exists().where(QuestionAnswer.question_id == LineQuestion.id)
    return (
        wanted.select_from(LineQuestion)
        .join(AllocationLine, AllocationLine.id == LineQuestion.line_id)
        .join(Allocation, Allocation.id == LineQuestion.allocation_id)
        .outerjoin(Family, Family.id == AllocationLine.family_id)
        .where(Allocation.state == AllocationState.PROPOSED, ~answered)
    )


def mine_to_answer(*, actor: Actor) -> ColumnElement[bool]:
    """Of one's own localities; who proposes explains lines that have no family too."""
    here: ColumnElement[bool] = (
        AllocationLine.family_id.is_not(None)
        if actor.everywhere(Permission.REGISTER_FAMILIES)
        else Family.locality_id.in_(actor.localities)
    )
    return or_(here, AllocationLine.family_id.is_(None)) if actor.may(Permission.PROPOSE) else here
