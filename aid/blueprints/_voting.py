"""How the states of an allocation and the answers to it are said and coloured, in both rooms that show them."""

from collections.abc import Mapping
from typing import Any

from aid.domain.allocations import ALLOCATION_STATE_TITLES, AllocationState
from aid.domain.quorum import CHOICE_TITLES, Choice

WORDS: Mapping[str, Any] = {
    "state_titles": ALLOCATION_STATE_TITLES,
    "state_tones": {
        AllocationState.PROPOSED: "waits",
        AllocationState.CARRIED: "good",
        AllocationState.REJECTED: "bad",
        AllocationState.WITHDRAWN: "quiet",
    },
    "choice_titles": CHOICE_TITLES,
    "choice_tones": {Choice.YES: "good", Choice.NO: "bad", Choice.RECUSAL: "quiet"},
    "Choice": Choice,
}
