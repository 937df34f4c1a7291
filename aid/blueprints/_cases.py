"""What the pages of objections share: words, the family, the case, and what goes on paper."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort

from aid.domain.explanations import VERDICT_TITLES, Verdict
from aid.domain.families import CIRCUMSTANCE_TITLES, KINSHIP_TITLES
from aid.domain.languages import OWN_NAMES
from aid.domain.objections import (
    ABOUT_WHO_WROTE,
    CAUSE_TITLES,
    OUTCOME_TITLES,
    REASON_TITLES,
    REFUSAL_TITLES,
    REMEDY_TITLES,
    STATE_TITLES,
    ObjectionState,
    ReplyOutcome,
)
from aid.domain.words import InLanguages, Message, _
from aid.extensions import now, reading
from aid.queries.cases import ListRow, ObjectionPage, latest_lists, objection
from aid.queries.families import FamilyPage, family
from aid.queries.objections import Chosen
from aid.security import current_actor

WORDS: dict[str, Any] = {
    "reason_titles": REASON_TITLES,
    "outcome_titles": OUTCOME_TITLES,
    "remedy_titles": REMEDY_TITLES,
    "refusal_titles": REFUSAL_TITLES,
    "cause_titles": CAUSE_TITLES,
    "case_titles": STATE_TITLES,
    "case_tones": {
        ObjectionState.OPEN: "waits",
        ObjectionState.COMMITTEE: "waits",
        ObjectionState.ANSWERED: "good",
        ObjectionState.CLOSED: "good",
        ObjectionState.LAPSED: "quiet",
    },
    "outcome_tones": {
        ReplyOutcome.UPHELD: "good",
        ReplyOutcome.EXPLAINED: "info",
        ReplyOutcome.REFUSED: "bad",
        ReplyOutcome.WITHDRAWN: "quiet",
    },
    "verdict_titles": VERDICT_TITLES,
    "verdict_tones": {
        Verdict.GIVEN: "good",
        Verdict.PROPOSED: "waits",
        Verdict.REJECTED: "bad",
        Verdict.SHORT: "bad",
        Verdict.HELD_OUT: "waits",
        Verdict.LEFT_OUT: "quiet",
    },
    "chosen_titles": {
        Chosen.WAITING: _("Waiting"),
        Chosen.OVERDUE: _("Overdue"),
        Chosen.COMMITTEE: _("Before the committee"),
        Chosen.ANSWERED: _("Answered"),
        Chosen.ALL: _("All"),
    },
    "kinship_titles": KINSHIP_TITLES,
    "circumstance_titles": CIRCUMSTANCE_TITLES,
    "own_names": OWN_NAMES,
    "about_who_wrote": ABOUT_WHO_WROTE,
}
RESULTS: Mapping[str, Message] = {
    "reply": _("The objection is answered. Print the answer for the family, or read it aloud."),
    "committee": _("The objection is answered. Who knows the family prints the answer for it."),
    "remark": _("Your remark is sealed for the members of the committee."),
    "appeal": _("The committee has this objection now. It sees the code and what is said, not the name."),
    "over": _("The committee has this objection now. It sees the code and what is said, not the name."),
}


def family_of(code: str) -> FamilyPage:
    """A family of one's own locality, or no page."""
    return family(reading(), actor=current_actor(), code=code) or abort(404)


def case_of(objection_id: UUID) -> ObjectionPage:
    """A case that this reader may see, or no page."""
    return objection(reading(), actor=current_actor(), now=now(), objection_id=objection_id) or abort(404)


def lists_to_choose(of: FamilyPage) -> list[tuple[UUID, Message]]:
    """The latest lists, to say which of them an objection is about."""
    found = latest_lists(reading(), actor=current_actor(), family_id=of.id)
    return [(row.id, _title_of(row)) for row in found]


def _title_of(row: ListRow) -> Message:
    what = InLanguages.of(row.titles) if row.titles else _("Grant to one family")
    return _("No. %(number)s: %(what)s, %(day)s", number=row.number, what=what, day=row.proposed_at)
