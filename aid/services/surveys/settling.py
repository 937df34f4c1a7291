"""What was found out about an answer that something is wrong; and closing a survey."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.objections import checked_words
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.rings import RingKind
from aid.domain.surveys.calls import Finding
from aid.domain.words import _
from aid.models.families import Erasure
from aid.models.people import Ring
from aid.models.records import RecordKind
from aid.models.surveys import Survey, SurveyAnswer, SurveyCall, SurveyClose, SurveyStory
from aid.services import audit, records, sightings
from aid.services.families import lock_family
from aid.services.surveys.calling import WHY, answer_of, must_have_no_part, newest_answer
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class StoryOrder:
    """What was found out about an answer, and in words for the coordinators."""

    answer_id: UUID
    found: Finding
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settled:
    """An answer has its story."""

    survey_id: UUID
    found: Finding


@dataclass(frozen=True, slots=True)
class Closed:
    """A survey's result stands."""

    survey_id: UUID
    number: int


def settle(session: Session, *, actor: Actor, now: Instant, order: StoryOrder) -> Settled:
    """Write down what was found out about an answer; never by who had a part in that aid. Raises RuleBroken."""
    actor.must(Permission.CALL_FAMILIES)
    assert actor.person_id is not None, "a person finds out"
    answer, call = _case(session, order.answer_id)
    family = lock_family(session, call.family_id)
    actor.must(Permission.CALL_FAMILIES, locality=family.locality_id)
    newest = newest_answer(session, call.id)
    if newest is None or newest.id != answer.id:
        raise RuleBroken(_("This answer was corrected meanwhile. Look at it again."))
    if not answer_of(answer).is_exception:
        raise RuleBroken(_("By this answer everything is in order."))
    if session.get(SurveyStory, answer.id) is not None:
        raise RuleBroken(_("What was found out is written down already."))
    must_have_no_part(session, call=call, actor=actor)
    if not order.words.strip():
        raise RuleBroken(_("Write down what was found out."), "words")
    said = checked_words(order.words)
    story = SurveyStory(answer_id=answer.id, found=order.found, by_id=actor.person_id, at=now.instant)
    session.add(story)
    session.flush()
    if session.get(Erasure, family.id) is None:  # of an erased family nothing is sealed any more
        _seal(session, said, answer.id, family.id, actor=actor)
    audit.say(session, "survey.settled", subject=call.survey_id, made=[story])
    return Settled(call.survey_id, story.found)


def read_story(session: Session, *, actor: Actor, now: Instant, answer_id: UUID) -> str | None:
    """What was found out, in words; none where the family was erased. Who reads it is written down: for `look`."""
    actor.must(Permission.CALL_FAMILIES)
    assert actor.person_id is not None, "only a person has keys"
    _answer, call = _case(session, answer_id)
    kind = RecordKind.SURVEY_STORY
    opened = records.take_out(session, kind=kind, row_id=answer_id, keyring=actor.keyring)
    if opened is None:
        return None
    sightings.saw(session, person_id=actor.person_id, families=[call.family_id], what=kind, why=WHY, now=now)
    words: str = opened["words"]
    return words


def close_survey(session: Session, *, actor: Actor, now: Instant, survey_id: UUID) -> Closed:
    """Call nobody of this survey any more. Whoever was not reached stays so. Raises RuleBroken."""
    actor.must(Permission.CALL_FAMILIES)
    assert actor.person_id is not None, "a person closes it"
    survey = session.get(Survey, survey_id, with_for_update=True)
    if survey is None:
        raise RuleBroken(_("This survey does not exist; choose one from the list."))
    if session.get(SurveyClose, survey_id) is not None:
        raise RuleBroken(_("This survey is closed already."))
    close = SurveyClose(survey_id=survey.id, by_id=actor.person_id, at=now.instant)
    session.add(close)
    audit.say(session, "survey.closed", subject=survey.id, made=[close])
    return Closed(survey.id, survey.number)


def _case(session: Session, answer_id: UUID) -> tuple[SurveyAnswer, SurveyCall]:
    found = session.execute(
        select(SurveyAnswer, SurveyCall)
        .join(SurveyCall, SurveyCall.id == SurveyAnswer.call_id)
        .where(SurveyAnswer.id == answer_id)
    ).one_or_none()
    if found is None:
        raise RuleBroken(_("This answer does not exist; choose one from the list."))
    return found[0], found[1]


def _seal(session: Session, words: str, answer_id: UUID, family_id: UUID, *, actor: Actor) -> None:
    """For coordinators alone: it may be about a registrar, or about who hands out."""
    ring_id = session.execute(select(Ring.id).where(Ring.kind == RingKind.MATCHING)).scalar_one()
    targets = records.targets(session, [ring_id])
    records.put(
        session,
        {"words": words},
        kind=RecordKind.SURVEY_STORY,
        row_id=answer_id,
        family_id=family_id,
        rings=[targets[ring_id]],
        keyring=actor.keyring,
    )
