"""Pages about the committee: its votes, its meetings, its members and the emergency stop."""

from uuid import UUID

from aid.domain.membership import ChangeKind
from aid.models.allocations import Decision
from aid.models.committee import MembershipChange
from tests.make.fund import FoundedFund
from tests.make.membership import make_newcomer, propose
from tests.make.pages.meetings import pages_of_meetings
from tests.make.pages.visits import Pages, also, at, first, merged, sent


def pages_of_committee(fund: FoundedFund, *, open_: UUID) -> Pages:
    """By the handle of who opens them."""
    return merged(_votes(open_), pages_of_meetings(fund), _membership(fund))


def _votes(open_: UUID) -> Pages:
    here, decided = f"/committee/{open_}", first(Decision.allocation_id)
    return {
        "saule": [
            *at("/committee/", here, f"{here}/vote"),
            *also(f"/committee/{decided}", sent(f"{here}/vote", {"choice": "yes"}, status=409)),
        ]
    }


def _membership(fund: FoundedFund) -> Pages:
    here, done = "/committee/members", first(MembershipChange.id)
    announced = propose(fund, ChangeKind.ADMIT, subject_id=make_newcomer(fund).person_id, alternate="aliya-sister")
    return {
        "saule": [
            *at(f"{here}/", f"{here}/propose", f"{here}/propose/admit"),
            *also(*(f"{here}/propose/{kind}" for kind in ChangeKind)),
            *also(f"{here}/changes/{done}"),
            *at(f"{here}/changes/{announced}", f"{here}/changes/{announced}/sign"),
            *at("/committee/stop/"),
        ],
    }
