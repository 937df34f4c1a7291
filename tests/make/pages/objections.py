"""Pages about what families ask and object to."""

from sqlalchemy import select

from aid.models.families import Family
from aid.models.objections import Objection
from aid.models.vouchers import Voucher
from tests.make.fund import FoundedFund
from tests.make.objections import make_answered, make_objection, make_reopened
from tests.make.pages.visits import Pages, Press, also, at, first, sent


def pages_of_objections(fund: FoundedFund) -> Pages:
    """By the handle of who opens them."""
    helped = first(Family.code, Family.id.in_(select(Voucher.family_id)), Family.point_id == fund.points["club"])
    waits, answered, reopened = (make(fund).objection_id for make in (make_objection, make_answered, make_reopened))
    own = first(Objection.id, Objection.number == 1)
    return {
        "aigul": [
            *at("/objections/", f"/objections/why/{helped}", f"/objections/{answered}"),
            *also(
                f"/objections/new/{helped}", "/objections/?show=answered", "/objections/?show=all", f"/objections/{own}"
            ),
            *also(sent("/objections/", {"code": "123456789"})),
            sent(f"/objections/new/{helped}", status=409),
        ],
        "dina": [
            *at("/objections/days"),
            *also(f"/objections/{waits}"),
            sent(f"/objections/{waits}", Press("/answer"), status=409),
        ],
        "saule": [*also("/objections/"), *at(f"/objections/{reopened}", f"/objections/{reopened}/committee")],
    }
