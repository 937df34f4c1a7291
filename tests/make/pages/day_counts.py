"""Pages about opening and closing a point's day: what is counted, why it differs, who signs, and the report."""

from sqlalchemy import select

from aid.extensions import now as this_moment
from aid.models.day_counts import DayCount
from tests.make import rows
from tests.make.fund import FoundedFund
from tests.make.pages.visits import Pages, Press, also, at, sent


def pages_of_day_counts(fund: FoundedFund) -> Pages:
    """By the handle of who opens them: at the school one count waits, and then it is counted once more."""
    today, school = this_moment().today, fund.points["school-5"]
    signed, refused, waits = rows(select(DayCount.id).where(DayCount.point_id == school).order_by(DayCount.at))
    here, club = f"/day-counts/at/{school}", f"/day-counts/at/{fund.points['club']}"
    typed = {"cash-0-pieces": "1", "goods-0-quantity": "1", "stubs": "0"}
    return {
        "dina": [
            *at("/day-counts/", f"/day-counts/{waits}", f"{here}/{today}", f"{here}/closing"),
            *also(f"/day-counts/{signed}", f"/day-counts/{refused}", f"{here}/opening"),
            *also(sent(f"{here}/closing", status=409), sent(f"{here}/closing", Press(typed=typed, button="step=sum"))),
            sent(f"{here}/closing", typed),
            *also(sent(f"{here}/closing", typed, Press(to="/explain"), status=409)),
        ],
        "nurlan": also("/day-counts/", f"{club}/opening", f"{club}/{today}"),
        "olga": also("/day-counts/", f"/day-counts/{signed}", f"{here}/{today}"),
    }
