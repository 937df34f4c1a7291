"""Pages about the committee's meetings, and what members say of proposals and ask of lines."""

from sqlalchemy import select

from aid.models.meetings import CalledOff, Meeting, MeetingItem, Minutes
from tests.make.fund import FoundedFund
from tests.make.meetings import lines_of, make_question
from tests.make.pages.visits import Pages, Press, also, at, first, sent


def pages_of_meetings(fund: FoundedFund) -> Pages:
    """By the handle of who opens them."""
    closed, off = first(Minutes.meeting_id), first(CalledOff.meeting_id)
    ahead = first(Meeting.id, Meeting.id != closed, Meeting.id.not_in(select(CalledOff.meeting_id)))
    said = first(MeetingItem.allocation_id, MeetingItem.meeting_id == closed, MeetingItem.n == 1)
    line = lines_of(said)[0]
    question = make_question(fund, line.id, by=fund.members[3])
    asked = f"/discussion/{said}/versions/{line.version}/lines/{line.n}/question"
    paper = f"/meetings/{ahead}/paper/{fund.actor('saule').person_id}"
    return {
        "dina": [
            *at("/meetings/", f"/meetings/{closed}"),
            *also("/meetings/new", f"/meetings/{ahead}", f"/meetings/{off}"),
            *at(*(f"/meetings/{ahead}/{what}" for what in ("place", "table", "paper", "close", "call-off")), paper),
            *also(f"/discussion/{said}"),
            *at(f"/discussion/{said}/hold-out?line=2"),
            sent("/meetings/new", {"meets_on": "", "meets_time": ""}, status=409),
            *also(sent(f"/meetings/{ahead}/paper", status=409)),
        ],
        "saule": [
            *also(f"/meetings/{closed}"),
            *at(f"/meetings/{ahead}", f"/discussion/{said}", asked),
            *also(sent(asked, status=409)),
        ],
        "bolat": [
            *at("/discussion/questions", f"/discussion/questions/{question}"),
            *also(sent(f"/discussion/questions/{question}", Press(typed={"words": ""}), status=409)),
        ],
    }
