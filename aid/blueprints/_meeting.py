"""How a meeting is found, and how its states are said and coloured."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort

from aid.blueprints._voting import WORDS as VOTING
from aid.domain.allocations import ALLOCATION_KIND_TITLES
from aid.domain.meetings import MEETING_TITLES, MeetingState
from aid.extensions import now, reading
from aid.queries import meetings as queries
from aid.security import current_actor

WORDS: Mapping[str, Any] = {
    **VOTING,
    "kind_titles": ALLOCATION_KIND_TITLES,
    "meeting_titles": MEETING_TITLES,
    "meeting_tones": {
        MeetingState.CALLED: "waits",
        MeetingState.UNDER_WAY: "info",
        MeetingState.OVERDUE: "waits",
        MeetingState.CLOSED: "good",
        MeetingState.CALLED_OFF: "quiet",
    },
    "MeetingState": MeetingState,
}


def meeting_at(meeting_id: UUID) -> queries.MeetingPage:
    """The meeting of this address, or the page that says there is none."""
    found = queries.meeting(reading(), actor=current_actor(), now=now(), meeting_id=meeting_id)
    if found is None:
        abort(404)
    return found
