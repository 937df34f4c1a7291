"""Where people go in a fund in which everything has happened once."""

from typing import Any

from sqlalchemy import Select, select

from aid.domain.families import FamilyState
from aid.models.allocations import Decision
from aid.models.collections import Collection
from aid.models.custody import Suspension
from aid.models.donations import Donation
from aid.models.families import Erasure, Family
from aid.models.programmes import Programme
from aid.models.vouchers import PrintBatch
from tests.make import rows
from tests.make.allocations import make_allocation
from tests.make.fund import FoundedFund
from tests.make.meetings import pages_of_meetings


def pages_of(fund: FoundedFund) -> dict[str, list[str]]:
    """Every page that people work with, by the handle of who opens it; nobody's for a stranger."""
    family, donation, programme = (_first(kind) for kind in (Family.code, Donation.id, Programme.id))
    decided, batch, collection = _first(Decision.allocation_id), _first(PrintBatch.id), _first(Collection.id)
    open_ = make_allocation(fund, families=1, purpose="food").allocation_id
    person, point = fund.actor("gulnar").person_id, fund.points["club"]
    suspended = fund.actor("sanzhar").person_id
    pages = {
        "": ["/sign-in", "/language/nowhere"],
        "bolat": [
            *("/", "/families/", "/families/new", "/families/waiting", "/families/cards", "/me"),
            *(f"/families/{family}", f"/families/{family}/join"),
        ],
        "dina": [
            *("/", "/programmes/", "/programmes/new", f"/programmes/{programme}", f"/programmes/{programme}/change"),
            *("/allocations/", "/allocations/new", f"/allocations/{open_}", f"/allocations/{decided}"),
            *(f"/allocations/{open_}/recompute", f"/allocations/{open_}/withdraw"),
            *("/vouchers/", f"/vouchers/{decided}", f"/vouchers/{decided}/at/{point}/print", "/vouchers/reprint"),
            *(f"/vouchers/batches/{batch}", f"/vouchers/batches/{batch}/reprint"),
            *("/recovery/", "/recovery/new"),
            *("/families/leaving", f"/families/{family}/withdraw", *_left()),
            *("/me/security", "/me/password", "/me/phone", "/me/codes", "/people/waiting"),
            *("/exposure", f"/exposure/{_first(Suspension.id)}", "/re-seal", f"/people/{suspended}/reinstate"),
        ],
        "timur": [
            *("/", "/donations/", f"/donations/{donation}", "/donations/donors", "/donations/new", "/thanks/"),
            *("/ledger/", "/ledger/entries"),
        ],
        "saule": [
            "/",
            "/recovery/mine",
            "/committee/",
            f"/committee/{open_}",
            f"/committee/{open_}/vote",
            f"/committee/{decided}",
        ],
        "nurlan": [
            "/",
            *("/colleagues", f"/people/{person}/cut-off", "/lock"),
            "/me/pin",
            "/collections/",
            "/collections/point",
            "/collections/new",
            f"/collections/{collection}",
        ],
        "erlan": [
            *("/", "/people", f"/people/{person}", f"/people/{person}/work", f"/people/{person}/begin-anew"),
            *("/people/invite", "/people/waiting"),
        ],
        "olga": ["/", "/audit/", f"/allocations/{decided}", f"/vouchers/{decided}"],
    }
    for handle, more in pages_of_meetings(fund).items():
        pages[handle] += more
    return pages


def _left() -> list[str]:
    """A family that waits to be erased, and one that was."""
    gone = select(Erasure.family_id)
    waits = select(Family.code).where(Family.state == FamilyState.WITHDRAWN, Family.id.not_in(gone))
    erased = select(Family.code).where(Family.id.in_(gone))
    [left, *_], [away, *_] = rows(waits), rows(erased)
    return [f"/families/{left}", f"/families/{left}/erase", f"/families/{away}"]


def _first(column: Any) -> Any:
    wanted: Select[Any] = select(column).limit(1)
    [found] = rows(wanted)
    return found
