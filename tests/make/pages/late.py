"""Pages about days without network: lists, what is typed from them, and what a coordinator decides."""

from sqlalchemy import select

from aid.models.late import PointList
from aid.services.collections.handing_out import collect
from tests.make import do, rows
from tests.make.fund import FoundedFund
from tests.make.late import conflicts, enter, make_list
from tests.make.pages.visits import Pages, also, at, sent
from tests.make.vouchers import make_vouchers


def pages_of_late(fund: FoundedFund) -> Pages:
    """By the handle of who opens them. A line is typed, and one waits for a coordinator."""
    first, second = make_vouchers(fund, 2)
    listed = make_list(fund)
    [closed, *_open] = rows(select(PointList.id).order_by(PointList.number))
    do(collect, actor=fund.distributor, order=second.order())
    enter(fund, listed, f"{second.serial} {listed.hour}")
    answered, *_others, waits = conflicts()
    page = f"/point-lists/{listed.id}"
    return {
        "nurlan": [
            *at("/point-lists/", "/point-lists/new", page, f"{page}/enter"),
            sent(f"{page}/enter", {"text": f"{first.serial} {listed.hour}\n999999"}),
            *also(sent(f"{page}/enter", {"text": "x"}, status=409)),
            *also(f"/point-lists/{closed}", f"/point-lists/lines/{waits}"),
        ],
        "dina": [
            *at(f"/point-lists/lines/{waits}"),
            *also("/point-lists/", page, f"/point-lists/lines/{answered}"),
            *also(sent(f"/point-lists/lines/{waits}", status=409)),
        ],
    }
