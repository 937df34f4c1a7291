"""Allocations and goods by keyboard alone: a grant proposed, a programme tried out, a purchase taken in and counted."""

from sqlalchemy import select

from aid.models.allocations import AllocationLine
from aid.models.purchases import Delivery
from tests.browser.conftest import WITH_SCRIPTS, WITHOUT_SCRIPTS, HandsOf
from tests.make import rows
from tests.make.allocations import make_money
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.goods import carried, in_stock, make_good, make_purchase
from tests.make.programmes import make_programme


@WITHOUT_SCRIPTS
def test_a_grant_is_proposed(lived: FoundedFund, hands_of: HandsOf, scripts: bool) -> None:
    family = make_family(lived)
    coordinator = hands_of("dina", scripts=scripts)
    coordinator.page.goto("/allocations/kinds")
    coordinator.presses("main a[href='/allocations/grant']")
    coordinator.types("[name=family_code]", family.code)
    coordinator.types("[name=words]", "Пеш пен қысқы киім")
    coordinator.types("[name=amount]", "12 000")
    coordinator.chooses("purpose", str(lived.purposes["general"]))
    coordinator.presses("main form button.btn-main")
    coordinator.follows_error("[name=reason]")
    coordinator.chooses("reason", "home_burnt")
    coordinator.presses("main form button.btn-main")
    coordinator.presses("main form button[value=book]")

    assert "is put to the committee" in coordinator.page.inner_text("main")
    assert len(rows(select(AllocationLine).where(AllocationLine.family_id == family.family_id))) == 1


@WITH_SCRIPTS
def test_a_programme_is_tried_out(lived: FoundedFund, hands_of: HandsOf, scripts: bool) -> None:
    programme = make_programme(lived)
    coordinator = hands_of("dina", scripts=scripts)
    coordinator.page.goto(f"/programmes/{programme}")
    coordinator.presses("main a[href$='/try-out']")
    coordinator.types("[name=budget]", "much")
    coordinator.presses("main form button.btn-main")
    coordinator.follows_error("[name=budget]")
    coordinator.types("[name=budget]", "30 000")
    coordinator.chooses("shortage", "tiers")
    coordinator.selects("[name=tier_1]", "Someone is seriously ill")
    coordinator.presses("main form button.btn-main")

    assert "Ways to share, side by side" in coordinator.page.inner_text("main")


@WITH_SCRIPTS
def test_a_purchase_is_taken_in_and_counted(lived: FoundedFund, hands_of: HandsOf, scripts: bool) -> None:
    make_money(lived)
    name = "Boots"
    good = make_good(lived, name.lower(), names=dict.fromkeys(("kk", "ru", "en"), name))
    bought = carried(lived, make_purchase(lived, (good, 100, 150_00, "club")))
    table = hands_of("nurlan", scripts=scripts)
    table.page.goto("/deliveries/")
    table.presses(f"main a[href$='/deliveries/purchases/{bought.allocation_id}']")
    table.presses("main a[href*='/take-in/']")
    table.presses("main form button.btn-main")
    table.is_refused()
    table.types("[name=lines-0-delivered]", "90")
    table.presses("main form button.btn-main")
    table.follows_error("[name=lines-0-fault]")
    table.selects("[name=lines-0-fault]", "Some are missing")
    table.presses("main form button.btn-main")
    table.presses("main form button[value=book]")
    assert len(rows(select(Delivery).where(Delivery.allocation_id == bought.allocation_id))) == 1
    assert in_stock(lived, good) == 90

    table.page.goto("/stock/")
    table.presses(f"main a[href='/stock/points/{lived.points['club']}']")
    table.presses("main a[href$='/count']")
    counted = table.page.get_by_role("group", name=name).locator("[name$='quantity']").get_attribute("name")
    table.types(f"[name='{counted}']", "91")
    table.presses("main form button.btn-main")
    table.follows_error("[name$='why']")
    table.selects("[name$='why']:focus", "Somebody had")
    table.presses("main form button.btn-main")
    table.presses("main form button[value=book]")
    assert in_stock(lived, good) == 91
