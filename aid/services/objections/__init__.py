"""Objections of families: written down, answered, taken to the committee, and read by who may."""

from aid.services.objections.answering import Answered, ReplyOrder, answer, answer_for_committee
from aid.services.objections.committee import Remarked, remark
from aid.services.objections.opening import ObjectionOrder, Opened, open_objection
from aid.services.objections.passing import PassedOn, hand_over, reopen
from aid.services.objections.reading import CaseWords, open_case
from aid.services.objections.rules import RuleSet, days_in_force, set_days

__all__ = [
    "Answered",
    "CaseWords",
    "ObjectionOrder",
    "Opened",
    "PassedOn",
    "Remarked",
    "ReplyOrder",
    "RuleSet",
    "answer",
    "answer_for_committee",
    "days_in_force",
    "hand_over",
    "open_case",
    "open_objection",
    "remark",
    "reopen",
    "set_days",
]
