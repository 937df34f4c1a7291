"""Families of the sample fund ask why: one is told, one is right, one goes to the committee, and one still waits."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from aid.cli.demo.people import key
from aid.documents.objections import answer_pdf, answer_sheet, why_pdf, why_sheet
from aid.domain.families import FamilyState
from aid.domain.languages import Language
from aid.domain.objections import ObjectionReason, RefusalReason, Remedy, Reply, ReplyOutcome
from aid.domain.permissions import Role
from aid.extensions import reading
from aid.models.allocations import AllocationLine
from aid.models.families import Family
from aid.models.vouchers import Voucher
from aid.perform import look, perform
from aid.queries.cases import objection
from aid.queries.families import family
from aid.queries.people import fund_face
from aid.services.explanations import explain
from aid.services.objections import (
    ObjectionOrder,
    ReplyOrder,
    answer,
    answer_for_committee,
    open_case,
    open_objection,
    remark,
    reopen,
)
from aid.vault.actor import Actor

if TYPE_CHECKING:
    from aid.cli.demo.story import Story

TOO_LITTLE = "Көршілер бізден көп алды. Бізде де үш бала бар, неге бізге аз берілді?"
EXPLAINED = (
    "Сома балалардың сыныбына қарай есептеледі: бесінші сыныптан жоғары балаға көбірек. Көршінің балалары үлкен."
)
WRONG = "Кіші қызымыз биыл мектепке барды, ал қағазда балабақшада деп тұр."
RIGHT = "Сыныбын түзетеміз, келесі тізімге кіреді."
LEFT_OUT = "Екінші тізімде біз жоқпыз, ал жағдайымыз бұрынғыдай."
NOT_ACCEPTED = "Бұл жауап дұрыс емес: басқа отбасы екі рет алды. Комитет қарасын."
COUNSEL = "Ереже бәріне бірдей, бірақ отбасыға жеке көмек ұсынуға болады."
GRANT = "Жағдайыңызды білеміз. Үйлестіруші сізге жеке көмек ұсынады."
NOT_YET = "Талонды әлі алған жоқпыз, хабар болмады."


def families_object(story: Story) -> None:
    """Four families protest, and the answers go home on paper."""
    story.say("Families ask why: one is told, one is right, one goes to the committee, one waits")
    registrar, coordinator = story.the(Role.REGISTRAR).actor(), story.the(Role.COORDINATOR).actor()
    asking, wrong, left_out, waiting = _families(registrar)
    _tell_why(story, registrar, asking)
    first = _objects(story, registrar, asking, ObjectionReason.TOO_LITTLE, TOO_LITTLE, is_about_a_list=True)
    _answers(story, coordinator, first, Reply(ReplyOutcome.EXPLAINED), EXPLAINED)
    _take_home(story, registrar, first, name="objection-answer.pdf")
    second = _objects(story, registrar, wrong, ObjectionReason.WRONG_FACTS, WRONG)
    _answers(story, coordinator, second, Reply(ReplyOutcome.UPHELD, remedy=Remedy.CORRECT_FACTS), RIGHT)
    third = _objects(story, registrar, left_out, ObjectionReason.LEFT_OUT, LEFT_OUT, is_about_a_list=True)
    _answers(story, coordinator, third, Reply(ReplyOutcome.REFUSED, refusal=RefusalReason.RULE), "")
    _to_the_committee(story, registrar, third)
    _objects(story, registrar, waiting, ObjectionReason.NEVER_RECEIVED, NOT_YET)


def _families(registrar: Actor) -> list[Family]:
    """Four of the registrar's locality that a voucher was made for, who speak Kazakh as the answers do."""
    chosen = (
        select(Family)
        .where(
            Family.locality_id.in_(registrar.localities),
            Family.state == FamilyState.CONFIRMED,
            Family.language == Language.KK,
            Family.id.in_(select(Voucher.family_id)),
        )
        .order_by(Family.code)
        .limit(4)
    )
    return list(reading().scalars(chosen))


def _tell_why(story: Story, registrar: Actor, asking: Family) -> None:
    told = look(explain, actor=registrar, now=story.now, family_id=asking.id)
    page, fund = family(reading(), actor=registrar, code=asking.code), fund_face(reading())
    assert page is not None, "the family is the registrar's own"
    assert fund is not None, "it is founded"
    story.print("why.pdf", why_pdf(why_sheet(fund, page, told.lists, today=story.now.today)))


def _objects(
    story: Story,
    registrar: Actor,
    who: Family,
    reason: ObjectionReason,
    words: str,
    *,
    is_about_a_list: bool = False,
) -> UUID:
    story.wait(hours=1)
    line = select(AllocationLine.allocation_id).where(AllocationLine.family_id == who.id).limit(1)
    about = reading().scalar(line) if is_about_a_list else None
    order = ObjectionOrder(who.id, reason, words, about)
    return perform(key(), open_objection, actor=registrar, now=story.now, order=order).objection_id


def _answers(story: Story, coordinator: Actor, objection_id: UUID, reply: Reply, words: str) -> None:
    story.wait(hours=2)
    order = ReplyOrder(objection_id, reply, words)
    perform(key(), answer, actor=coordinator, now=story.now, order=order)


def _to_the_committee(story: Story, registrar: Actor, objection_id: UUID) -> None:
    """The family does not accept the answer; two members speak, and one writes what they agree on."""
    first, second = (user.actor() for user in story.with_role(Role.COMMITTEE_MEMBER)[:2])
    story.wait(hours=3)
    perform(key(), reopen, actor=registrar, now=story.now, objection_id=objection_id, words=NOT_ACCEPTED)
    story.wait(hours=3)
    perform(key(), remark, actor=first, now=story.now, objection_id=objection_id, words=COUNSEL)
    story.wait(hours=1)
    order = ReplyOrder(objection_id, Reply(ReplyOutcome.UPHELD, remedy=Remedy.PROPOSE_GRANT), GRANT)
    perform(key(), answer_for_committee, actor=second, now=story.now, order=order)


def _take_home(story: Story, registrar: Actor, objection_id: UUID, *, name: str) -> None:
    """The answer, printed in the family's language."""
    case = objection(reading(), actor=registrar, now=story.now, objection_id=objection_id)
    words = look(open_case, actor=registrar, now=story.now, objection_id=objection_id)
    fund = fund_face(reading())
    assert case is not None, "it was answered just now"
    assert words is not None, "the registrar knows the family"
    assert fund is not None, "it is founded"
    story.print(name, answer_pdf(answer_sheet(fund, case, words, today=story.now.today)))
