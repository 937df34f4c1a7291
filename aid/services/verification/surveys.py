"""Proof of surveys: whom the lot fell on is drawn again, nobody who could be drawn was left out, and families were
asked by somebody who had no part in their aid. Where one says that something is wrong, what was found out is its own.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from aid.domain.surveys.calls import APART, Reach, Received, Said
from aid.domain.surveys.drawing import drawn, seed_of
from aid.domain.undoing import UNDO_WITHIN
from aid.models.audit import AuditLine
from aid.models.collections import Collection, CollectionUndo
from aid.models.families import Erasure, Sighting
from aid.models.records import Record, RecordKind
from aid.models.surveys import Survey, SurveyAnswer, SurveyCall, SurveyClose, SurveyFrame, SurveyStory, SurveyTry
from aid.models.vouchers import Voucher
from aid.services.surveys.calling import OPENED
from aid.services.surveys.drawing import ids_of, in_selection, selection_of
from aid.services.surveys.involved import had_part
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding

_Before = aliased(SurveyTry)


class _Row(NamedTuple):
    """A collection of a survey's selection, as it is now."""

    point_id: UUID
    family_id: UUID
    written_at: datetime
    undone_at: datetime | None


def prove_surveys(session: Session) -> Iterator[Finding]:
    """Surveys that were not drawn as they say, or asked by whom they may not."""
    for survey in session.scalars(select(Survey).order_by(Survey.number)):
        for text in [*_head(session, survey), *_draw(session, survey)]:
            yield Finding("survey", str(survey.id), text)
    yield from faults_found(session, _calls, _tries, _askers, _answers, _stories, _sealed)
    yield from _too_soon(session)


def _head(session: Session, survey: Survey) -> Iterator[str]:
    """It was drawn by the end of the chain as it was when it was drawn."""
    line = select(AuditLine.previous).where(AuditLine.act == "survey.drawn", AuditLine.subject_id == survey.id)
    if session.scalars(line).all() != [survey.head]:
        yield "it was not drawn by the end of the audit chain before it"


def _draw(session: Session, survey: Survey) -> Iterator[str]:
    """Drawn again, it falls on the same families; and all who could be drawn were there, each once."""
    rows = _rows_of(session, survey)
    frame: list[UUID] = []
    for each in session.scalars(select(SurveyFrame).where(SurveyFrame.survey_id == survey.id)):
        ids = ids_of(each.collections) if len(each.collections) == 16 * each.families else []
        if not ids or any(id_ not in rows or rows[id_].point_id != each.point_id for id_ in ids):
            yield "it could fall on something that is not of what it is over"
            return
        frame += ids
    frame.sort()
    if len(frame) != survey.families:
        yield "it was drawn of another number of families"
    yield from _whole(survey, frame, rows)
    calls = session.scalars(
        select(SurveyCall.collection_id).where(SurveyCall.survey_id == survey.id).order_by(SurveyCall.n)
    )
    places = drawn(seed_of(survey.head, survey.id), families=len(frame), size=min(survey.size, len(frame)))
    if [frame[place] for place in places] != list(calls):
        yield "drawn again, it falls on others"


def _whole(survey: Survey, frame: list[UUID], rows: Mapping[UUID, _Row]) -> Iterator[str]:
    """What was written down or undone just as it was drawn may have come before it or after."""
    families = [rows[id_].family_id for id_ in frame]
    if len(set(families)) != len(families):
        yield "a family could be drawn twice"
    before, after = survey.drawn_at - UNDO_WITHIN, survey.drawn_at + UNDO_WITHIN
    first: dict[UUID, UUID] = {}
    for id_, row in sorted(rows.items()):
        if row.written_at < before and (row.undone_at is None or row.undone_at > after):
            first.setdefault(row.family_id, id_)
    if not first.keys() <= set(families):
        yield "a family that collected could not be drawn"
    for id_, family_id in zip(frame, families, strict=True):
        undone_at = rows[id_].undone_at
        if rows[id_].written_at > after or (undone_at and undone_at < before) or id_ > first.get(family_id, id_):
            yield "a family could be drawn by a collection that was not its first"
            return


def _rows_of(session: Session, survey: Survey) -> dict[UUID, _Row]:
    written_at = func.coalesce(Collection.entered_at, Collection.collected_at, type_=Collection.collected_at.type)
    found = session.execute(
        select(Collection.id, Collection.point_id, Voucher.family_id, written_at, CollectionUndo.at)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .outerjoin(CollectionUndo, CollectionUndo.collection_id == Collection.id)
        .where(*in_selection(session, selection_of(survey)))
    )
    return {id_: _Row(point_id, family_id, at, undone) for id_, point_id, family_id, at, undone in found}


def _calls() -> Iterator[Fault]:
    own = exists().where(
        Collection.id == SurveyCall.collection_id,
        Voucher.id == Collection.voucher_id,
        Voucher.family_id == SurveyCall.family_id,
    )
    yield those(SurveyCall.id, ~own, "its collection is another family's")


def _tries() -> Iterator[Fault]:
    of = SurveyCall.id == SurveyTry.call_id
    line = and_(_Before.call_id == SurveyTry.call_id, _Before.n == SurveyTry.n - 1)
    missing = and_(SurveyTry.n > 1, ~exists().where(line))
    yield those(SurveyTry.id, missing, "the try before it is missing")
    over = exists().where(line, _Before.reach.in_((Reach.ANSWERED, Reach.DECLINED, Reach.NO_NUMBER)))
    yield those(SurveyTry.id, over, "the family was called again though its call was over")
    opened = (
        exists()
        .where(of, Sighting.family_id == SurveyCall.family_id, Sighting.person_id == SurveyTry.by_id, OPENED)
        .where(Sighting.at <= SurveyTry.at)
    )
    yield those(SurveyTry.id, ~opened, "who called the family had not opened it")
    late = exists().where(of, SurveyClose.survey_id == SurveyCall.survey_id, SurveyClose.at < SurveyTry.at)
    yield those(SurveyTry.id, late, "the family was called after its survey was closed")
    gone = exists().where(of, Erasure.family_id == SurveyCall.family_id, Erasure.at < SurveyTry.at)
    yield those(SurveyTry.id, gone, "the family was called after it was erased")


def _askers() -> Iterator[Fault]:
    """Who asked, corrected or found out had no part in that family's aid by then."""
    asked: tuple[tuple[Any, Any, Select[Any]], ...] = (
        (SurveyTry, SurveyTry.id, select(SurveyTry.id).join(SurveyCall, SurveyCall.id == SurveyTry.call_id)),
        (SurveyAnswer, SurveyAnswer.id, select(SurveyAnswer.id).join(SurveyCall)),
        (
            SurveyStory,
            SurveyStory.answer_id,
            select(SurveyStory.answer_id).join(SurveyAnswer, SurveyAnswer.id == SurveyStory.answer_id).join(SurveyCall),
        ),
    )
    for kind, key, rows in asked:
        own = rows.where(had_part(kind.by_id, SurveyCall.family_id, until=kind.at)).order_by(key)
        yield Fault(own, kind.__tablename__, "it is of somebody who had a part in that family's aid")


def _answers() -> Iterator[Fault]:
    answered = and_(SurveyTry.call_id == SurveyAnswer.call_id, SurveyTry.reach == Reach.ANSWERED)
    first = exists().where(answered, SurveyTry.by_id == SurveyAnswer.by_id, SurveyTry.at == SurveyAnswer.at)
    yield those(SurveyAnswer.id, and_(SurveyAnswer.n == 1, ~first), "no call answers for it")
    earlier = aliased(SurveyAnswer)
    before = exists().where(earlier.call_id == SurveyAnswer.call_id, earlier.n == SurveyAnswer.n - 1)
    yield those(SurveyAnswer.id, and_(SurveyAnswer.n > 1, ~before), "what it corrects is missing")
    said = exists().where(answered, SurveyAnswer.n == 1)
    yield those(
        SurveyTry.id, and_(SurveyTry.reach == Reach.ANSWERED, ~said), "the family answered, but nothing is said"
    )
    late = exists().where(
        SurveyCall.id == SurveyAnswer.call_id,
        SurveyClose.survey_id == SurveyCall.survey_id,
        SurveyClose.at < SurveyAnswer.at,
    )
    yield those(SurveyAnswer.id, late, "it was said or corrected after its survey was closed")


def _stories() -> Iterator[Fault]:
    wrong = or_(SurveyAnswer.received != Received.ALL, func.coalesce(SurveyAnswer.paid, "") == Said.YES.value)
    of = exists().where(SurveyAnswer.id == SurveyStory.answer_id, wrong, SurveyAnswer.at <= SurveyStory.at)
    yield those(SurveyStory.answer_id, ~of, "there was nothing to find out", of="survey_story")


def _sealed() -> Iterator[Fault]:
    """What was found out is there in words until its family is erased, and belongs to its own answer."""
    theirs = and_(SurveyAnswer.id == SurveyStory.answer_id, SurveyCall.id == SurveyAnswer.call_id)
    gone = exists().where(theirs, Erasure.family_id == SurveyCall.family_id)
    there = exists().where(Record.kind == RecordKind.SURVEY_STORY, Record.row_id == SurveyStory.answer_id)
    yield those(SurveyStory.answer_id, and_(~gone, ~there), "what was found out is gone", of="survey_story")
    own = exists().where(SurveyStory.answer_id == Record.row_id, theirs, SurveyCall.family_id == Record.family_id)
    strays = select(Record.id).where(Record.kind == RecordKind.SURVEY_STORY, ~own)
    yield Fault(strays, "record", "it is of no answer of its family")


def _too_soon(session: Session) -> Iterator[Finding]:
    """Tries that did not wait two hours after the one before. The databases add hours in two ways: it is done here."""
    pairs = select(SurveyTry.id, SurveyTry.at, _Before.at).join(
        _Before, and_(_Before.call_id == SurveyTry.call_id, _Before.n == SurveyTry.n - 1)
    )
    for id_, at, before in session.execute(pairs):
        if at < before + APART:
            yield Finding("survey_try", str(id_), "the family was called again too soon")
