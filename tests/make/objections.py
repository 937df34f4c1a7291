"""Objections for tests: written down, answered, taken to the committee."""

from typing import Any
from uuid import UUID

from aid.domain.clock import Instant
from aid.domain.objections import ObjectionReason, RefusalReason, Remedy, Reply, ReplyOutcome
from aid.services.objections import (
    ObjectionOrder,
    Opened,
    ReplyOrder,
    answer,
    answer_for_committee,
    hand_over,
    open_objection,
    remark,
    reopen,
    set_days,
)
from aid.vault.actor import Actor
from tests.make import do
from tests.make.families import make_family
from tests.make.fund import FoundedFund

WORDS = "Көршілерге екі есе көп берілді, бізге неге аз?"
EXPLAINED = Reply(ReplyOutcome.EXPLAINED)
UPHELD = Reply(ReplyOutcome.UPHELD, remedy=Remedy.CORRECT_FACTS)
REFUSED = Reply(ReplyOutcome.REFUSED, refusal=RefusalReason.RULE)


def make_objection(
    fund: FoundedFund,
    family_id: UUID | None = None,
    *,
    by: Actor | None = None,
    reason: ObjectionReason = ObjectionReason.TOO_LITTLE,
    words: str = WORDS,
    about: UUID | None = None,
    now: Instant | None = None,
) -> Opened:
    """A family's objection, as the registrar wrote it down."""
    family = family_id or make_family(fund).family_id
    order = ObjectionOrder(family, reason, words, about)
    return do(open_objection, actor=by or fund.registrar, now=now, order=order)


def reply_to(
    objection_id: UUID, reply: Reply = EXPLAINED, words: str = "Ереже бәріне бірдей.", **more: Any
) -> ReplyOrder:
    """An answer to it."""
    return ReplyOrder(objection_id, reply, words, **more)


def make_answered(fund: FoundedFund, family_id: UUID | None = None, **of_objection: Any) -> Opened:
    """An objection that the coordinator explained."""
    opened = make_objection(fund, family_id, **of_objection)
    do(answer, actor=fund.coordinator, order=reply_to(opened.objection_id))
    return opened


def make_reopened(fund: FoundedFund, family_id: UUID | None = None, **of_objection: Any) -> Opened:
    """One whose answer the family did not accept: the committee has it."""
    opened = make_answered(fund, family_id, **of_objection)
    do(reopen, actor=fund.registrar, objection_id=opened.objection_id, words="Жауапқа келіспейміз.")
    return opened


def make_objections(fund: FoundedFund) -> None:
    """Everything that happens to objections, once: for the fund that lives."""
    do(set_days, actor=fund.coordinator, answer_days=10)
    make_objection(fund)
    do(answer, actor=fund.coordinator, order=reply_to(make_objection(fund).objection_id, REFUSED, ""))
    make_reopened(fund)
    final = make_reopened(fund).objection_id
    do(remark, actor=fund.members[0], objection_id=final, words="Ережені қайта қарау керек.")
    do(answer_for_committee, actor=fund.members[1], order=reply_to(final, UPHELD))
    own = make_family(fund, by=fund.coordinator).family_id
    against = make_objection(fund, own, reason=ObjectionReason.WRONG_FACTS)
    do(hand_over, actor=fund.coordinator, objection_id=against.objection_id)
