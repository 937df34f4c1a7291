"""Families asked afterwards, for tests: drawn, called, and what was found out."""

from uuid import UUID

from sqlalchemy import select

from aid.domain.clock import Instant
from aid.domain.surveys.calls import Answer, Finding, Reach, Received, Said, Waited
from aid.domain.surveys.selection import Selection
from aid.domain.vouchers import VoucherState
from aid.models.surveys import SurveyAnswer, SurveyCall
from aid.perform import look
from aid.services.surveys.calling import CorrectionOrder, Tried, TryOrder, correct_answer, open_call, record_try
from aid.services.surveys.drawing import Drawn, SurveyOrder, draw_survey
from aid.services.surveys.settling import StoryOrder, close_survey, settle
from aid.vault.actor import Actor
from tests.make import do, rows
from tests.make.fund import FoundedFund
from tests.make.vouchers import make_vouchers

COLLECTED = VoucherState.COLLECTED
IN_ORDER = Answer(Received.ALL, waited=Waited.SHORT, respected=Said.YES, paid=Said.NO)
NOT_THERE = Answer(Received.NOTHING)
WORDS = "Көрші алып кеткен екен, кешке қайтарды."


def make_survey(fund: FoundedFund, allocation_id: UUID, size: int, *, now: Instant | None = None) -> Drawn:
    """So many families of an allocation, drawn."""
    return do(draw_survey, actor=fund.coordinator, now=now, order=SurveyOrder(Selection(allocation_id), size))


def calls_of(survey_id: UUID) -> list[SurveyCall]:
    """Whom a survey asks, in order."""
    return list(rows(select(SurveyCall).where(SurveyCall.survey_id == survey_id).order_by(SurveyCall.n)))


def ask(
    fund: FoundedFund,
    call_id: UUID,
    answer: Answer | None = IN_ORDER,
    *,
    reach: Reach = Reach.ANSWERED,
    by: Actor | None = None,
    now: Instant | None = None,
) -> Tried:
    """Open a family and call it."""
    actor = by or fund.coordinator
    look(open_call, actor=actor, now=now, call_id=call_id)
    said = answer if reach is Reach.ANSWERED else None
    return do(record_try, actor=actor, now=now, order=TryOrder(call_id, reach, said))


def answers_of(call_id: UUID) -> list[SurveyAnswer]:
    """What was written down of a call, the first first."""
    return list(rows(select(SurveyAnswer).where(SurveyAnswer.call_id == call_id).order_by(SurveyAnswer.n)))


def find_out(
    fund: FoundedFund, call_id: UUID, found: Finding = Finding.OTHER_MEMBER, *, by: Actor | None = None
) -> None:
    """A story for the latest answer of a call."""
    do(settle, actor=by or fund.coordinator, order=StoryOrder(answers_of(call_id)[-1].id, found, WORDS))


def make_surveys(fund: FoundedFund) -> None:
    """Of three families one has it all, one says at first that nothing arrived, and one is not reached; closed."""
    first, *_others = make_vouchers(fund, 3, state=COLLECTED)
    drawn = make_survey(fund, first.allocation_id, 3)
    whole, lacking, silent = calls_of(drawn.survey_id)
    ask(fund, whole.id)
    ask(fund, lacking.id, NOT_THERE)
    find_out(fund, lacking.id)
    do(correct_answer, actor=fund.coordinator, order=CorrectionOrder(lacking.id, 1, IN_ORDER))
    ask(fund, silent.id, reach=Reach.NO_ANSWER)
    do(close_survey, actor=fund.coordinator, survey_id=drawn.survey_id)
