"""Proof that objections went the way they have to go: promised by the fund's rule, answered by who may, passed on once.

How far a case has come is nowhere written down: it follows from these rows, and so they have to follow each other.
"""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Exists, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from aid.domain.objections import ABOUT_WHO_WROTE, ANSWER_DAYS, PassedCause, due_on
from aid.models.families import Erasure, Family, FamilyVersion
from aid.models.fund import Fund
from aid.models.objections import Objection, ObjectionAnswer, ObjectionPassedOn, ObjectionRemark, ObjectionRule
from aid.models.people import VotingKey
from aid.models.records import Record, RecordKind
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding

_Before = aliased(ObjectionAnswer)


def prove_objections(session: Session) -> Iterator[Finding]:
    """Objections that were promised another day, answered by who may not, or passed on out of turn."""
    yield from _days(session)
    yield from faults_found(session, _answers, _passed_on, _remarks, _sealed, _strays)


def _days(session: Session) -> Iterator[Finding]:
    """Each promise is the rule's that held then."""
    rules = session.execute(select(ObjectionRule.set_at, ObjectionRule.answer_days).order_by(ObjectionRule.version))
    held = [(set_at, days) for set_at, days in rules]
    zone = session.scalar(select(Fund.time_zone))
    asked = (
        select(Objection.id, Objection.opened_at, Objection.due_on),
        select(ObjectionPassedOn.objection_id, ObjectionPassedOn.at, ObjectionPassedOn.due_on),
    )
    for question in asked:
        for id_, at, day in session.execute(question):
            days = {days for set_at, days in held if set_at == at}  # set in the same moment: either may have come first
            days.add(next((days for set_at, days in reversed(held) if set_at < at), ANSWER_DAYS))
            if zone is None or day not in {due_on(at.astimezone(ZoneInfo(zone)).date(), each) for each in days}:
                yield Finding("objection", str(id_), "its day is not the one that the fund's rule promised")


def _answers() -> Iterator[Fault]:
    of_case = Objection.id == ObjectionAnswer.objection_id
    early = exists().where(of_case, Objection.opened_at > ObjectionAnswer.at)
    yield _those(ObjectionAnswer, early, "it was answered before it was written down")
    passed = exists().where(
        ObjectionPassedOn.objection_id == ObjectionAnswer.objection_id, ObjectionPassedOn.at <= ObjectionAnswer.at
    )
    yield _those(
        ObjectionAnswer,
        and_(ObjectionAnswer.n == 1, passed),
        "a coordinator answered it after it was passed on",
    )
    yield _those(
        ObjectionAnswer, and_(ObjectionAnswer.n == 2, ~passed), "the committee answered what was not before it"
    )
    wrote = exists().where(
        of_case,
        Objection.reason.in_(ABOUT_WHO_WROTE),
        FamilyVersion.family_id == Objection.family_id,
        FamilyVersion.by_id == ObjectionAnswer.by_id,
        FamilyVersion.at <= ObjectionAnswer.at,
    )
    yield _those(
        ObjectionAnswer,
        and_(ObjectionAnswer.n == 1, wrote),
        "who wrote the family answered an objection to it",
    )
    sits = exists().where(VotingKey.person_id == ObjectionAnswer.by_id)
    yield _those(ObjectionAnswer, and_(ObjectionAnswer.n == 2, ~sits), "who answered for the committee never sat on it")
    yield _those(ObjectionAnswer, _after_erasure(ObjectionAnswer), "it was answered after its family was erased")


def _passed_on() -> Iterator[Fault]:
    answered = exists().where(
        _Before.objection_id == ObjectionPassedOn.objection_id, _Before.n == 1, _Before.at <= ObjectionPassedOn.at
    )
    reopened = ObjectionPassedOn.cause == PassedCause.REOPENED
    yield _those(ObjectionPassedOn, and_(reopened, ~answered), "it was opened again before it was answered")
    yield _those(ObjectionPassedOn, and_(~reopened, answered), "it was handed over though it was answered")


def _remarks() -> Iterator[Fault]:
    passed = exists().where(
        ObjectionPassedOn.objection_id == ObjectionRemark.objection_id, ObjectionPassedOn.at <= ObjectionRemark.at
    )
    yield _those(ObjectionRemark, ~passed, "it was spoken about before it came to the committee")


def _sealed() -> Iterator[Fault]:
    """What a family said is there until it is erased, and belongs to its own case."""
    for kind in (Objection, ObjectionPassedOn):
        case = kind if kind is Objection else aliased(Objection)
        there = exists().where(Record.kind == RecordKind.PROTEST, Record.row_id == kind.id)
        missing = select(kind.id).where(~there)
        if kind is Objection:
            missing = missing.where(~exists().where(Erasure.family_id == Objection.family_id))
        else:
            missing = missing.join(case, case.id == ObjectionPassedOn.objection_id).where(
                ObjectionPassedOn.cause == PassedCause.REOPENED, ~exists().where(Erasure.family_id == case.family_id)
            )
        yield Fault(missing, kind.__tablename__, "what the family said is gone")


def _strays() -> Iterator[Fault]:
    """Words that are sealed for another family than their case's."""
    spoken: tuple[tuple[RecordKind, Any], ...] = (
        (RecordKind.PROTEST, ObjectionPassedOn),
        (RecordKind.REPLY, ObjectionAnswer),
        (RecordKind.COUNSEL, ObjectionRemark),
    )
    for kind, row in spoken:
        own = exists().where(
            row.id == Record.row_id, Objection.id == row.objection_id, Objection.family_id == Record.family_id
        )
        first = exists().where(Objection.id == Record.row_id, Objection.family_id == Record.family_id)
        fits = or_(own, first) if kind is RecordKind.PROTEST else own
        strays = select(Record.id).where(Record.kind == kind, ~fits)
        yield Fault(strays, "record", "it is not of an objection of its family")


def _after_erasure(kind: type[ObjectionAnswer]) -> Exists:
    return exists().where(
        Objection.id == kind.objection_id,
        Family.id == Objection.family_id,
        Erasure.family_id == Family.id,
        Erasure.at < kind.at,
    )


def _those(
    kind: type[ObjectionAnswer] | type[ObjectionPassedOn] | type[ObjectionRemark],
    fault: ColumnElement[bool] | Exists,
    text: str,
) -> Fault:
    return those(kind.objection_id, fault, text, of="objection")
