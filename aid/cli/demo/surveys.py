"""Families of the sample fund are asked whether aid arrived: most have it all, one has its story, one waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select

from aid.cli.demo.people import key
from aid.domain.permissions import Role
from aid.domain.surveys.calls import Answer, Finding, Reach, Received, Said, Waited
from aid.domain.surveys.selection import Selection
from aid.extensions import reading
from aid.models.collections import Collection
from aid.models.surveys import SurveyAnswer, SurveyCall
from aid.models.vouchers import Voucher
from aid.perform import look, perform
from aid.services.surveys.calling import TryOrder, open_call, record_try
from aid.services.surveys.drawing import SurveyOrder, draw_survey
from aid.services.surveys.settling import StoryOrder, settle

if TYPE_CHECKING:
    from aid.cli.demo.story import Story

MOST = 16
LEFT = 2  # not called yet
IN_ORDER = Answer(Received.ALL, waited=Waited.SHORT, respected=Said.YES, paid=Said.NO)
LONG = Answer(Received.ALL, waited=Waited.LONG, respected=Said.YES, paid=Said.NO)
STORY = "Үлкен ұлы алып, әжесіне апарып берген екен. Кешке үйіне жетті."
NOTHING = Answer(Received.NOTHING)
PART = Answer(Received.PART, waited=Waited.MIDDLE, respected=Said.NO)
OTHERWISE = {
    2: (Reach.NO_ANSWER, None),
    4: (Reach.ANSWERED, NOTHING),
    7: (Reach.ANSWERED, PART),
    9: (Reach.DECLINED, None),
}
"""What is said otherwise, by the place in the list."""


def ask_families(story: Story, allocation_id: UUID) -> None:
    """On two evenings after a distribution day."""
    collected = select(func.count(Voucher.family_id.distinct())).join(Collection, Collection.voucher_id == Voucher.id)
    families = reading().scalar(collected.where(Voucher.allocation_id == allocation_id)) or 0
    size = min(MOST, families)
    story.say(f"Asking {size} of {families} families, drawn by lot, whether aid arrived")
    actor = story.the(Role.COORDINATOR).actor()
    order = SurveyOrder(Selection(allocation_id), size)
    drawn = perform(key(), draw_survey, actor=actor, now=story.now, order=order)
    calls = reading().scalars(
        select(SurveyCall.id).where(SurveyCall.survey_id == drawn.survey_id).order_by(SurveyCall.n)
    )
    for place, call_id in enumerate(list(calls)[: size - LEFT], start=1):
        story.wait(minutes=4)
        look(open_call, actor=actor, now=story.now, call_id=call_id)
        reach, answer = OTHERWISE.get(place, (Reach.ANSWERED, IN_ORDER if place % 3 else LONG))
        perform(key(), record_try, actor=actor, now=story.now, order=TryOrder(call_id, reach, answer))
    _find_out(story)


def _find_out(story: Story) -> None:
    """Of who said that nothing came it is found out; the other story is still to be written."""
    story.wait(days=1)
    actor = story.the(Role.COORDINATOR).actor()
    lacking = reading().scalars(select(SurveyAnswer.id).where(SurveyAnswer.received == Received.NOTHING)).all()
    for answer_id in lacking:
        order = StoryOrder(answer_id, Finding.OTHER_MEMBER, STORY)
        perform(key(), settle, actor=actor, now=story.now, order=order)
