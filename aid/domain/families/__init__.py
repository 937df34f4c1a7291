"""A family as a volunteer writes it down: who lives in it, what happened to it, who may collect, what it agreed to."""

from aid.domain.families.check import CHECK_WORD_LENGTHS, LAST_GRADE, MOST_COLLECTORS, MOST_MEMBERS, check_family
from aid.domain.families.facts import Facts, Slip
from aid.domain.families.file import Consent, Family
from aid.domain.families.members import CHILD_UNTIL, BirthDate, Member, MemberFacts
from aid.domain.families.plainly import plain
from aid.domain.families.words import (
    CIRCUMSTANCE_TITLES,
    FAMILY_STATE_TITLES,
    KINSHIP_TITLES,
    ChangeKind,
    Circumstance,
    FamilyState,
    Kinship,
    TieKind,
    WithdrawalReason,
)

__all__ = [
    "CHECK_WORD_LENGTHS",
    "CHILD_UNTIL",
    "CIRCUMSTANCE_TITLES",
    "FAMILY_STATE_TITLES",
    "KINSHIP_TITLES",
    "LAST_GRADE",
    "MOST_COLLECTORS",
    "MOST_MEMBERS",
    "BirthDate",
    "ChangeKind",
    "Circumstance",
    "Consent",
    "Facts",
    "Family",
    "FamilyState",
    "Kinship",
    "Member",
    "MemberFacts",
    "Slip",
    "TieKind",
    "WithdrawalReason",
    "check_family",
    "plain",
]
