"""Pages about distribution days: the plan and its check, what is packed, and how a day goes."""

from datetime import timedelta

from aid.extensions import now as this_moment
from tests.make.days import make_day
from tests.make.fund import FoundedFund
from tests.make.pages.visits import Pages, also, at, sent
from tests.make.vouchers import make_vouchers

TIGHT = {"opens": "10:00", "closes": "10:30", "slot": "30", "tables": "1", "a_family": "30"}


def pages_of_days(fund: FoundedFund) -> Pages:
    """By the handle of who opens them. One day was cancelled, one is tomorrow, and one is today elsewhere."""
    make_vouchers(fund, 1, point="school-5")
    today = make_day(fund, days=0, point="school-5")
    club, tomorrow = fund.points["club"], this_moment().today + timedelta(days=1)
    held, planned = f"/days/{today.point_id}/{today.day}", f"/days/{club}/{tomorrow}"
    off = f"/days/{club}/{tomorrow + timedelta(days=1)}"
    return {
        "dina": [
            *at("/days/", "/days/new", planned, f"{planned}/packing", f"{held}/live", f"{planned}/change"),
            sent("/days/new", {**TIGHT, "day": str(tomorrow + timedelta(days=2))}),
            *at(f"{planned}/cancel", off),
            *also(held, sent(f"{planned}/change"), sent(f"{planned}/cancel", status=409)),
            *also(sent("/days/new", {"tables": "0"}, status=409), f"{off}/packing", f"{off}/live"),
        ],
        "nurlan": [*also("/days/", planned, f"{planned}/live", f"{planned}/packing")],
    }
