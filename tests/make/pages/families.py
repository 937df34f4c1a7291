"""Pages about families, their files and what happens to them."""

from sqlalchemy import select

from aid.domain.families import FamilyState, TieKind
from aid.forms.families import Written
from aid.models.families import Erasure, Family
from aid.models.households import FamilyTie
from aid.models.vouchers import Voucher
from tests.make.families import a_family, make_family
from tests.make.fund import FoundedFund
from tests.make.pages.visits import Pages, Press, Visit, also, at, first, sent

SURNAME, OLD_PHONE, PHONE, NEW_PHONE = "Боранбай", "+77015550001", "+77015550002", "+77015550003"


def pages_of_families(fund: FoundedFund) -> Pages:
    """By the handle of who opens them."""
    helped = first(Family.code, Family.state == FamilyState.CONFIRMED, Family.id.in_(select(Voucher.family_id)))
    code = make_family(fund, surname=SURNAME, phone=PHONE).code
    other = make_family(fund).code
    waiting = make_family(fund, confirmed=False).code
    gone = select(Erasure.family_id)
    left = first(Family.code, Family.state == FamilyState.WITHDRAWN, Family.id.not_in(gone))
    erased = first(Family.code, Family.id.in_(gone))
    parted, united = (
        first(Family.code, Family.id.in_(select(FamilyTie.family_id).where(FamilyTie.kind == kind)))
        for kind in (TieKind.SPLIT, TieKind.UNITED)
    )
    return {
        "bolat": [
            *at("/families/", "/families/waiting", "/families/cards"),
            sent("/families/", {"sought": PHONE}),
            sent("/families/", {"sought": "ққққ"}),
            sent("/families/new"),
            *also("/families/new"),
            *also(sent("/families/new", Press(button="add=members"))),
            *at(f"/families/{code}", f"/families/{parted}"),
            *also(*(f"/families/{each}" for each in (helped, united, waiting))),
            *(_file(code, why) for why in ("family_asks", "correct", "life", "split", "move")),
            _file(left, "return"),
            _file(waiting, "confirm"),
            _file(code, "split", Press("/part", {"collector": ""})),
            *also(_file(waiting, "confirm", Press("/confirm"))),
            _file(code, "correct", _late(fund)),
            *at(f"/families/{code}/join"),
            *also(sent(f"/families/{code}/join", {"other": code})),
            sent(f"/families/{code}/join", {"other": other}),
        ],
        "dina": [
            *at(f"/families/{helped}", "/families/leaving", f"/families/{code}/withdraw"),
            *at(f"/families/{left}/erase"),
            *also(f"/families/{left}", f"/families/{erased}"),
        ],
    }


def _file(code: str, why: str, *more: Press) -> Visit:
    """A file that was opened for this, and what is sent from there."""
    return sent(f"/families/{code}", Press("/open", {"why": why}), *more)


def _late(fund: FoundedFund) -> Press:
    """A correction of what somebody else corrected meanwhile."""
    began = Written(fund.points["club"], a_family(surname=SURNAME, phone=OLD_PHONE))
    return Press("/correct", {"version": "0", "base": began.text(), "phone": NEW_PHONE})
