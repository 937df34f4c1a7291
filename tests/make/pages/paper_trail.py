"""Pages about printed papers: their log, what ends before its time or goes elsewhere, and piles from hand to hand."""

from sqlalchemy import select

from aid.models.handovers import Handover
from tests.make import rows
from tests.make.fund import FoundedFund
from tests.make.pages.visits import Pages, also, at, sent
from tests.make.papers import batch_of, make_pile
from tests.make.vouchers import make_expired, make_voucher, make_vouchers


def pages_of_paper_trail(fund: FoundedFund) -> Pages:
    """By the handle of who opens them. The distributor counts a pile last."""
    voucher, given = make_voucher(fund), make_vouchers(fund, 2)[0]
    make_expired(fund)
    [counted, *_more] = rows(select(Handover.id).order_by(Handover.number))
    pile = make_pile(fund, batch_of(given)).handover_id
    batch, club = f"/vouchers/batches/{batch_of(voucher)}", f"/handovers/at/{fund.points['club']}/new"
    move = f"/vouchers/no/{voucher.serial}/move"
    goes = {"to_point_id": str(fund.points["school-5"]), "reason": "came_here"}
    return {
        "dina": [
            *at("/vouchers/log", f"{batch}/spoiled", f"{batch}/gone", move, "/vouchers/expired"),
            *at("/handovers/", club, f"/handovers/{counted}"),
            *also(f"/vouchers/log?point_id={fund.points['club']}&allocation_id={voucher.allocation_id}"),
            *also(sent(f"{batch}/spoiled", {"serials": "x"}, status=409)),
            sent(f"{batch}/gone", {"reason": "stolen"}),
            sent(move, goes),
            *also(sent(move, goes | {"code": "1"}, status=409)),
            *also(sent(club, status=409)),
            *at("/vouchers/look/"),
            sent("/vouchers/look/", {"ink": "#eeee00"}, status=409),
        ],
        "timur": also("/vouchers/expired"),
        "nurlan": [
            *at(f"/handovers/{pile}/count"),
            *also("/handovers/", f"/handovers/{pile}", f"/handovers/{counted}/count"),
            *also(sent(f"/handovers/{pile}/count", status=409)),
        ],
    }
