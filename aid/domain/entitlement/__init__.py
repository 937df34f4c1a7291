"""What families are due under a programme, with the reasons, and how money that is short is shared among them.

`rule` is what a programme says, `checks` refuses what can't be meant, `due` computes one family, `shares` shares out,
`figures` shows what would come of it, `sentences` says a rule aloud, and `changes` what a new version does differently.
"""

from aid.domain.entitlement.checks import check_rule, check_terms
from aid.domain.entitlement.due import Earlier, Entitlement, History, NotEligible, entitlement
from aid.domain.entitlement.reasons import Reason, ReasonCode, describe
from aid.domain.entitlement.rule import (
    CircumstanceAmount,
    Gift,
    GradeAmount,
    Join,
    Per,
    ProgrammeRule,
    Rounding,
    Scope,
    Span,
    Variant,
)
from aid.domain.entitlement.sentences import SHORTAGE_TITLES, describe_rule
from aid.domain.entitlement.shares import Claim, Shortage, Terms, shares

__all__ = [
    "SHORTAGE_TITLES",
    "CircumstanceAmount",
    "Claim",
    "Earlier",
    "Entitlement",
    "Gift",
    "GradeAmount",
    "History",
    "Join",
    "NotEligible",
    "Per",
    "ProgrammeRule",
    "Reason",
    "ReasonCode",
    "Rounding",
    "Scope",
    "Shortage",
    "Span",
    "Terms",
    "Variant",
    "check_rule",
    "check_terms",
    "describe",
    "describe_rule",
    "entitlement",
    "shares",
]
