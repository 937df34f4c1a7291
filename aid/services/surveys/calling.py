"""Calling a family that was drawn: its file is opened for it, and what became of the call is written down."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Exists, exists, func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.families import Family
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.surveys.calls import (
    IN_HAND,
    Answer,
    CallFacts,
    CallState,
    Reach,
    check_answer,
    state_of,
    why_not_call,
)
from aid.domain.words import _
from aid.models.collections import Collection
from aid.models.families import Erasure, Sighting
from aid.models.families import Family as FamilyRow
from aid.models.records import RecordKind
from aid.models.surveys import Survey, SurveyAnswer, SurveyCall, SurveyClose, SurveyTry
from aid.models.vouchers import Voucher
from aid.services import audit, sightings
from aid.services.collections.parts import MINOR, STANDS
from aid.services.families import lock_family
from aid.services.families.sealing import file_of
from aid.services.surveys.drawing import in_selection, selection_of
from aid.services.surveys.involved import had_part
from aid.vault.actor import Actor

WHY = "survey"
"""Why a file was opened, as its sighting remembers it."""
OPENED = (Sighting.why == WHY) & (Sighting.what == RecordKind.FILE)
NO_SUCH_CALL = _("This call does not exist; choose one from the list.")


@dataclass(frozen=True, slots=True)
class OpenedCall:
    """A family's file, open in front of the coordinator who calls it."""

    call_id: UUID
    family: Family = field(repr=False)


@dataclass(frozen=True, slots=True)
class TryOrder:
    """What became of a call, and what the family said where it answered."""

    call_id: UUID
    reach: Reach
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """A call was made."""

    survey_id: UUID
    state: CallState
    is_exception: bool


@dataclass(frozen=True, slots=True)
class CorrectionOrder:
    """What the family really said; `n` is the number of the answer that was on the screen."""

    call_id: UUID
    n: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Corrected:
    """An answer stands in the place of an earlier one, which stays."""

    survey_id: UUID
    is_exception: bool


def open_call(session: Session, *, actor: Actor, now: Instant, call_id: UUID) -> OpenedCall:
    """Open a family's file to call it. That it was seen is written down, and nobody else calls it meanwhile."""
    call, _row = _locked(session, call_id, actor=actor)
    _must_be_callable(session, call, actor=actor, now=now)
    assert actor.person_id is not None, "only a person has keys"
    family = file_of(session, actor=actor, family_id=call.family_id)
    sightings.saw(session, person_id=actor.person_id, families=[call.family_id], what=RecordKind.FILE, why=WHY, now=now)
    return OpenedCall(call.id, family)


def record_try(session: Session, *, actor: Actor, now: Instant, order: TryOrder) -> Tried:
    """Write down what became of a call, with the answer where there is one. Raises RuleBroken."""
    call, _row = _locked(session, order.call_id, actor=actor)
    _must_be_callable(session, call, actor=actor, now=now)
    assert actor.person_id is not None, "a person calls"
    if not session.scalar(select(_was_opened_by(actor.person_id, call))):
        raise RuleBroken(_("Open the family first: its number stands there."))
    if (order.answer is not None) != (order.reach is Reach.ANSWERED):
        raise RuleBroken(_("Write down what the family said."), "received")
    before = tries_of(session, call.id)
    made = SurveyTry(
        id=new_id(), call_id=call.id, n=len(before) + 1, reach=order.reach, by_id=actor.person_id, at=now.instant
    )
    rows: list[SurveyTry | SurveyAnswer] = [made]
    if order.answer is not None:
        rows.append(_answer_row(session, call, order.answer, n=1, actor=actor, now=now))
    session.add_all(rows)
    audit.say(session, "survey.called", subject=call.survey_id, made=rows)
    state = state_of([*(each.reach for each in before), order.reach], is_erased=False)
    return Tried(call.survey_id, state, bool(order.answer and order.answer.is_exception))


def correct_answer(session: Session, *, actor: Actor, now: Instant, order: CorrectionOrder) -> Corrected:
    """Write down anew what a family said; what was written before stays. Raises RuleBroken."""
    call, _row = _locked(session, order.call_id, actor=actor)
    newest = newest_answer(session, call.id)
    if newest is None or newest.n != order.n:
        raise RuleBroken(_("This answer was corrected meanwhile. Look at it again."))
    if _is_closed(session, call.survey_id):
        raise RuleBroken(_("This survey is closed: its answers stand."))
    must_have_no_part(session, call=call, actor=actor)
    if answer_of(newest) == order.answer:
        raise RuleBroken(_("Nothing was changed."))
    row = _answer_row(session, call, order.answer, n=newest.n + 1, actor=actor, now=now)
    session.add(row)
    audit.say(session, "survey.corrected", subject=call.survey_id, made=[row])
    return Corrected(call.survey_id, order.answer.is_exception)


def answer_of(row: SurveyAnswer) -> Answer:
    """What was said, as a value."""
    return Answer(row.received, row.amount_minor, row.received_on, row.waited, row.respected, row.paid)


def tries_of(session: Session, call_id: UUID) -> list[SurveyTry]:
    """The tries of a call, the first first."""
    return list(session.scalars(select(SurveyTry).where(SurveyTry.call_id == call_id).order_by(SurveyTry.n)))


def newest_answer(session: Session, call_id: UUID) -> SurveyAnswer | None:
    """The answer that counts."""
    answers = select(SurveyAnswer).where(SurveyAnswer.call_id == call_id).order_by(SurveyAnswer.n.desc()).limit(1)
    return session.scalars(answers).one_or_none()


def must_have_no_part(session: Session, *, call: SurveyCall, actor: Actor) -> None:
    """Refuse whoever wrote the family down, confirmed it or handed out to it."""
    if _has_part(session, call, actor=actor):
        raise RuleBroken(
            _("You wrote this family down, confirmed it or handed out to it. Another coordinator does this.")
        )


def _must_be_callable(session: Session, call: SurveyCall, *, actor: Actor, now: Instant) -> None:
    tries = tries_of(session, call.id)
    facts = CallFacts(
        state=state_of([each.reach for each in tries], is_erased=session.get(Erasure, call.family_id) is not None),
        is_involved=_has_part(session, call, actor=actor),
        is_closed=_is_closed(session, call.survey_id),
        in_hand=bool(session.scalar(select(is_in_hand(actor.person_id, call.family_id, now.instant)))),
        tried_at=max((each.at for each in tries), default=None),
    )
    if refusal := why_not_call(facts, now=now.instant):
        raise RuleBroken(refusal)


def _locked(session: Session, call_id: UUID, *, actor: Actor) -> tuple[SurveyCall, FamilyRow]:
    """The call and its family: nobody else calls it, or erases it, until the commit."""
    actor.must(Permission.CALL_FAMILIES)
    family_id = session.scalar(select(SurveyCall.family_id).where(SurveyCall.id == call_id))
    if family_id is None:
        raise RuleBroken(NO_SUCH_CALL)
    family = lock_family(session, family_id)
    actor.must(Permission.CALL_FAMILIES, locality=family.locality_id)
    return session.get_one(SurveyCall, call_id), family


def _has_part(session: Session, call: SurveyCall, *, actor: Actor) -> bool:
    theirs = had_part(actor.person_id, FamilyRow.id)
    return session.scalar(select(FamilyRow.id).where(FamilyRow.id == call.family_id, theirs)) is not None


def _is_closed(session: Session, survey_id: UUID) -> bool:
    return session.get(SurveyClose, survey_id) is not None


def is_in_hand(person_id: UUID | None, family_id: Any, at: datetime) -> Exists:
    """Whether somebody else has just opened this family to call it."""
    return exists().where(
        Sighting.family_id == family_id, OPENED, Sighting.person_id != person_id, Sighting.at > at - IN_HAND
    )


def _was_opened_by(person_id: UUID, call: SurveyCall) -> Exists:
    return exists().where(Sighting.family_id == call.family_id, OPENED, Sighting.person_id == person_id)


def _handed_minor(session: Session, call: SurveyCall) -> int:
    survey = session.get_one(Survey, call.survey_id)
    minor = (
        select(func.coalesce(func.sum(MINOR), 0))
        .select_from(Collection)
        .join(Voucher, Voucher.id == Collection.voucher_id)
        .where(STANDS, Voucher.family_id == call.family_id, *in_selection(session, selection_of(survey)))
    )
    return int(session.scalar(minor) or 0)


def _answer_row(
    session: Session, call: SurveyCall, answer: Answer, *, n: int, actor: Actor, now: Instant
) -> SurveyAnswer:
    check_answer(answer, today=now.today, handed_minor=_handed_minor(session, call))
    assert actor.person_id is not None, "a person calls"
    return SurveyAnswer(
        id=new_id(),
        call_id=call.id,
        n=n,
        received=answer.received,
        amount_minor=answer.amount_minor,
        received_on=answer.received_on,
        waited=answer.waited,
        respected=answer.respected,
        paid=answer.paid,
        by_id=actor.person_id,
        at=now.instant,
    )
