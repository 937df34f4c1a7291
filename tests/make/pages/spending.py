"""Pages about programmes, allocations of each kind, goods in stock, deliveries and cash for points."""

from typing import Any
from uuid import UUID

from aid.domain.allocations import AllocationKind
from aid.domain.families import FamilyState
from aid.domain.goods import Item
from aid.domain.stock import Difference
from aid.extensions import now as this_moment
from aid.models.allocations import Allocation, AllocationLine
from aid.models.families import Family
from aid.models.purchases import PurchaseClosing
from aid.services.cash import SendOrder, send_cash
from aid.services.stock.keeping import LossOrder, ask_to_write_off
from tests.make import do
from tests.make.allocations import make_money
from tests.make.fund import FoundedFund
from tests.make.goods import carried, make_purchase, make_transfer
from tests.make.pages.visits import Pages, Press, Visit, also, at, first, merged, sent


def pages_of_spending(fund: FoundedFund, *, open_: UUID, programme: UUID) -> Pages:
    """By the handle of who opens them."""
    make_money(fund, minor=10_000_000_00)
    return merged(_programmes(programme), _allocations(fund, open_, programme), _stock(fund), _deliveries(fund))


def _programmes(programme: UUID) -> Pages:
    here = f"/programmes/{programme}"
    tried = {"budget": "30 000", "shortage": "tiers", "tier_1": "ill"}
    return {
        "dina": [
            *at("/programmes/", "/programmes/new", here, f"{here}/try-out"),
            *also(f"{here}/change"),
            sent("/programmes/new", status=409),
            sent(f"{here}/change", Press(button="read=1")),
            sent(f"{here}/try-out", tried),
            sent(f"{here}/try-out", Press("/try-out", tried), Press("/of/" + str(programme))),
        ],
    }


def _allocations(fund: FoundedFund, open_: UUID, programme: UUID) -> Pages:
    bought, *others = (
        first(Allocation.id, Allocation.kind == kind)
        for kind in (AllocationKind.PURCHASE, AllocationKind.GRANT, AllocationKind.TRANSFER)
    )
    here = f"/allocations/{open_}"
    return {
        "dina": [
            *at("/allocations/", "/allocations/kinds", "/allocations/new", "/allocations/grant-rules", here),
            *at(f"{here}/recompute", f"{here}/withdraw"),
            *also(*(f"/allocations/{each}" for each in (bought, *others))),
            *at("/allocations/grant", "/allocations/transfer"),
            *also("/allocations/purchase", f"{here}/once-more"),
            sent(f"{here}/once-more"),
            sent(f"{here}/recompute"),
            *also(sent("/allocations/new", {"programme_id": str(programme)})),
            *_proposals(fund),
        ],
        "saule": [*at(f"/committee/{bought}"), *also(*(f"/committee/{each}" for each in others))],
    }


def _proposals(fund: FoundedFund) -> list[Visit]:
    """Each other kind refused beside its fields, and checked."""
    club, general = str(fund.points["club"]), str(fund.purposes["general"])
    grant = {
        "family_code": first(Family.code, Family.state == FamilyState.CONFIRMED),
        "reason": "parcel_for_prisoner",
        "amount": "20 000",
        "purpose": general,
    }
    row = {"good": "notebook", "quantity": "50", "each": "150", "point": club}
    purchase = {"supplier": "Kitap Alemi", "purpose": general, **_line("lines", row)}
    return [
        *also(sent("/allocations/grant")),
        sent("/allocations/grant", grant),
        sent("/allocations/purchase"),
        *also(sent("/allocations/purchase", Press(button="add=lines"))),
        sent("/allocations/purchase", purchase),
        sent("/allocations/transfer", {"lines-0-amount": "100 000"}),
    ]


def _stock(fund: FoundedFund) -> Pages:
    club, school = fund.points["club"], str(fund.points["school-5"])
    loss = LossOrder(point_id=club, item=Item("pen", 2), why=Difference.DAMAGED)
    do(ask_to_write_off, actor=fund.distributor, order=loss)
    here = f"/stock/points/{club}"
    return {
        "dina": [
            *at("/stock/", "/stock/goods", "/stock/goods/school-kit/change", here),
            *at(f"{here}/carry", "/stock/losses"),
            *also(
                "/stock/goods/new",
                sent("/stock/goods/new", status=409),
                sent("/stock/goods/new", Press(button="add=items")),
            ),
            sent(f"{here}/carry", {**_line("items", {"good": "pen", "quantity": "1"}), "to": school}),
        ],
        "nurlan": [
            *at(f"{here}/count", f"{here}/pack", f"{here}/lose"),
            sent(f"{here}/count", {"lines-0-quantity": "1", "lines-0-why": "miscounted"}),
            *also(sent(f"{here}/lose", status=409)),
        ],
    }


def _deliveries(fund: FoundedFund) -> Pages:
    bought = carried(fund, make_purchase(fund, ("notebook", 100, 150_00, "club"), ("pen", 50, 80_00, "club")))
    cash, sent_off = (_cash(fund) for _each in range(2))
    order = SendOrder(line_id=sent_off, bank_id=fund.bank, value_on=this_moment().today)
    do(send_cash, actor=fund.treasurer, order=order)
    closed, today = first(PurchaseClosing.allocation_id), this_moment().today.isoformat()
    here, paid = f"/deliveries/purchases/{bought.allocation_id}", {"bank": str(fund.bank), "value_on": today}
    note = f"{here}/take-in/{fund.points['club']}"
    came = {"lines-0-delivered": "90", "lines-0-fault": "short", "lines-1-delivered": "50"}
    return {
        "dina": [*at("/deliveries/", f"{here}/close"), *also(f"/deliveries/purchases/{closed}")],
        "timur": [
            *at(here, f"{here}/invoice", f"/deliveries/cash/{cash}/send"),
            sent(f"{here}/invoice", {**paid, "number": "17", "dated": today, "amount": "10 000"}),
            *also(sent(f"{here}/invoice", status=409)),
            sent(f"/deliveries/cash/{cash}/send", paid),
            sent(f"/deliveries/cash/{cash}/send", {**paid, "value_on": "2020-01-01"}, status=409),
        ],
        "nurlan": [
            *also("/deliveries/"),
            *at(note, f"/deliveries/cash/{sent_off}/count"),
            sent(note, came),
            sent(f"/deliveries/cash/{sent_off}/count", {"amount": "90 000", "fault": "later"}),
            *also(sent(f"/deliveries/cash/{sent_off}/count", {"amount": ""}, status=409)),
        ],
    }


def _cash(fund: FoundedFund) -> UUID:
    """Money for the club that the committee carried."""
    proposed = carried(fund, make_transfer(fund, ("club", 100_000_00)))
    line: UUID = first(AllocationLine.id, AllocationLine.allocation_id == proposed.allocation_id)
    return line


def _line(name: str, row: dict[str, str]) -> dict[str, Any]:
    return {f"{name}-0-{field}": value for field, value in row.items()}
