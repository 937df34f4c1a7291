"""Pages about vouchers: their sheets, and the table where they are handed out."""

from aid.models.collections import Collection
from aid.models.vouchers import PrintBatch
from tests.make.fund import FoundedFund
from tests.make.goods import make_parcel
from tests.make.pages.visits import Pages, Press, also, at, first, sent
from tests.make.vouchers import REACHED, make_asked, make_voucher


def pages_of_table(fund: FoundedFund) -> Pages:
    """By the handle of who opens them. The table locks itself last."""
    batch, collection, asked = first(PrintBatch.id), first(Collection.id), make_asked(fund, make_voucher(fund))
    waits, printed, used = (make_voucher(fund, state=state) for state in REACHED)
    parcel = make_parcel(fund)
    return {
        "dina": [
            *at("/vouchers/", f"/vouchers/{printed.allocation_id}", f"/vouchers/no/{used.serial}", "/vouchers/reprint"),
            *at(f"/vouchers/{waits.allocation_id}/at/{waits.point_id}/print", f"/vouchers/batches/{batch}"),
            *at(f"/vouchers/batches/{batch}/reprint"),
            *at("/collections/refused", "/collections/strangers/", f"/collections/strangers/{asked}"),
            *also("/collections/"),
            *also(sent("/vouchers/reprint", status=409)),
        ],
        "nurlan": [
            *at("/collections/", "/collections/point", "/collections/new", f"/collections/{collection}", "/me/pin"),
            *also(sent("/collections/new")),
            sent("/collections/new", {"code": printed.digits}),
            sent("/collections/new", {"code": parcel.digits}),
            sent("/collections/new", {"code": printed.digits}, {"reason": "ill"}),
            *at("/collections/where"),
            sent("/collections/new", {"code": used.digits}, status=409),
            sent("/collections/new", Press("/lock-screen")),
        ],
    }
