"""Answers that something is wrong: a family has not all of it, or gave something for it. Each needs a story."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from aid.domain.permissions import Permission
from aid.domain.surveys.calls import Answer, Finding, Received, Said
from aid.models.collections import Collection
from aid.models.families import Family
from aid.models.fund import Point
from aid.models.people import Person
from aid.models.surveys import SurveyAnswer, SurveyCall, SurveyStory
from aid.services.surveys.calling import answer_of
from aid.vault.actor import Actor

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A family says that something is wrong: what the books say, and what was found out."""

    answer_id: UUID
    survey_id: UUID
    call_id: UUID
    n: int
    family_code: str
    collection_id: UUID
    voucher_id: UUID
    point: Names
    handed_by: str
    collected_at: datetime
    answer: Answer
    answered_at: datetime
    asked_by: str
    found: Finding | None
    found_by: str
    found_at: datetime | None


def exceptions(
    session: Session,
    *,
    actor: Actor,
    survey_id: UUID | None = None,
    answer_id: UUID | None = None,
    waiting: bool = False,
) -> tuple[Exceptional, ...]:
    """Answers that need a story, or have one: of a survey, by themselves, or all that wait."""
    actor.must(Permission.CALL_FAMILIES)
    asked = told_otherwise().order_by(SurveyAnswer.at, SurveyAnswer.id)
    if survey_id is not None:
        asked = asked.where(SurveyCall.survey_id == survey_id)
    if answer_id is not None:
        asked = asked.where(SurveyAnswer.id == answer_id)
    if waiting:
        asked = asked.where(SurveyStory.answer_id.is_(None))
    return tuple(_exceptional(row) for row in session.execute(asked))


def stories_to_write() -> Select[Any, Any]:
    """Since when answers wait for their story, and their ids."""
    waits = ~exists().where(SurveyStory.answer_id == SurveyAnswer.id)
    return select(SurveyAnswer.at, SurveyAnswer.id).where(is_newest(), is_exception(), waits)


def is_exception() -> ColumnElement[bool]:
    """Whether an answer says that something is wrong: as `Answer.is_exception`."""
    return (SurveyAnswer.received != Received.ALL) | (func.coalesce(SurveyAnswer.paid, "") == Said.YES.value)


def is_newest() -> ColumnElement[bool]:
    """Whether an answer is the one that counts."""
    later = aliased(SurveyAnswer)
    return ~exists().where(later.call_id == SurveyAnswer.call_id, later.n > SurveyAnswer.n)


def told_otherwise() -> Select[Any, Any]:
    """All such answers, each with its call, its collection and its story where it has one."""
    asker, finder, hand = aliased(Person), aliased(Person), aliased(Person)
    rows: Select[Any, Any] = (
        select(SurveyAnswer, SurveyCall, Collection, SurveyStory, Family.code, Point.names)
        .add_columns(asker.handle.label("asker"), finder.handle.label("finder"), hand.handle.label("hand"))
        .join(SurveyCall, SurveyCall.id == SurveyAnswer.call_id)
        .join(Family, Family.id == SurveyCall.family_id)
        .join(Collection, Collection.id == SurveyCall.collection_id)
        .join(Point, Point.id == Collection.point_id)
        .join(hand, hand.id == Collection.handed_by_id)
        .join(asker, asker.id == SurveyAnswer.by_id)
        .outerjoin(SurveyStory, SurveyStory.answer_id == SurveyAnswer.id)
        .outerjoin(finder, finder.id == SurveyStory.by_id)
        .where(is_newest(), is_exception())
    )
    return rows


def _exceptional(row: Any) -> Exceptional:
    answer, call, collection, story = row.SurveyAnswer, row.SurveyCall, row.Collection, row.SurveyStory
    return Exceptional(
        answer_id=answer.id,
        survey_id=call.survey_id,
        call_id=call.id,
        n=call.n,
        family_code=row.code,
        collection_id=collection.id,
        voucher_id=collection.voucher_id,
        point=row.names,
        handed_by=row.hand,
        collected_at=collection.collected_at,
        answer=answer_of(answer),
        answered_at=answer.at,
        asked_by=row.asker,
        found=story.found if story else None,
        found_by=row.finder or "",
        found_at=story.at if story else None,
    )
