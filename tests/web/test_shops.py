"""Shops as people work with them: agreed by a coordinator, read at the till, invoiced and paid by the treasurer."""

import io

import pytest
from sqlalchemy import select

from aid.domain.shops import Claim
from aid.extensions import now as this_moment
from aid.models.fund import Point
from tests.conftest import BrowserOf
from tests.documents.reading import Printed
from tests.make import rows
from tests.make.browser import Browser
from tests.make.fund import FoundedFund
from tests.make.shops import an_invoice, bought, make_bought, make_in_parts, make_shop, take, till
from tests.make.vouchers import later, make_vouchers

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def printed(browser: Browser, path: str) -> str:
    return Printed(browser.client.get(path, headers={"Accept-Language": "en"}).data).text()


def test_a_coordinator_agrees_with_a_shop_and_changes_what_may_be_bought(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    browser = browser_of(fund.coordinator)
    assert "No shop takes vouchers yet" in browser.get("/shops/").text
    names = {"name_kk": "Береке", "name_ru": "Береке маркет", "name_en": "Bereke"}
    typed = {**names, "locality": str(fund.localities["old-town"]), "may_not_kk": "темекі", "may_not_ru": "табак"}
    refused = browser.submit("/shops/new", typed)
    assert "Write it in every language, or leave all of them empty." in refused.text
    checked = browser.send(refused, {"may_not_en": "tobacco"})
    assert "Береке · Береке маркет · Bereke" in checked.text

    page = browser.send(checked, button="Open the shop")

    assert "Nobody stands at the till yet" in page.text
    [shop] = rows(select(Point.id).where(Point.code == "shop-1"))
    changed = browser.submit(f"/shops/{shop}/agreement", {"may_kk": "нан", "may_ru": "хлеб", "may_en": "bread"})
    assert "bread" in changed.text
    assert "Nothing was changed." in browser.submit(f"/shops/{shop}/agreement", {"may_kk": "нан"}).text


def test_the_till_gives_goods_and_the_treasurer_pays_what_agrees(fund: FoundedFund, browser_of: BrowserOf) -> None:
    shop = make_shop(fund)
    first, second = make_vouchers(fund, 2, point="shop")
    counter = browser_of(till(fund))
    counter.submit("/collections/point", {"point": str(shop)})
    green = counter.submit("/collections/new", {"code": second.digits})
    assert "Goods, no cash. Worth:" in green.text
    assert "May not be bought: alcohol, tobacco" in green.text
    assert "Goods, no cash. Worth:" in counter.send(green, {"collector": "0"}).text

    earlier = later(this_moment(), minutes=-20)
    bought(fund, first, now=earlier)
    treasurer, today = browser_of(fund.treasurer), earlier.today.isoformat()
    listed = f"Voucher;Sum\n{first.serial:06};30 000\n{second.serial:06};30 000\nTotal;60 000\n".encode()
    typed = {"number": "17", "dated": today, "up_to": today, "amount": "60 000"}
    checked = treasurer.submit(f"/shops/{shop}/invoice", {**typed, "file": (io.BytesIO(listed), "list.csv")})
    assert "put it on the next one" in checked.text
    assert "₸30,000 was collected there in the last quarter of an hour." in checked.text
    kept = treasurer.send(checked, button="Keep the invoice")
    assert "then ₸30,000 is paid" in kept.text
    assert "You took it in." in kept.text
    assert treasurer.get(f"{kept.path}/pay").path == kept.path
    assert "of a shop to" not in treasurer.get("/").text
    coordinator = browser_of(fund.coordinator)
    assert "1 invoice of a shop to look at" in coordinator.get("/").text
    assert "You agreed: a treasurer pays it." in coordinator.submit(f"{kept.path}/agree", {}).text
    assert "1 invoice of a shop to pay" in treasurer.get("/").text

    late = treasurer.submit(f"{kept.path}/pay", {"bank": str(fund.bank), "value_on": "2999-01-01"})
    assert "has not come yet" in late.text
    paying = treasurer.send(late, {"value_on": today})
    assert "The payment is booked." in treasurer.send(paying, button="Book the payment").text
    assert treasurer.get(f"{kept.path}/pay").path == kept.path
    letter, statement = printed(treasurer, f"{kept.path}.pdf"), printed(treasurer, f"/shops/{shop}/statement.pdf")
    assert f"{second.serial:06}" in letter
    assert "put it on the next one" in letter
    assert "Owed to the shop ₸30,000" in statement
    assert "Owed to shops" in treasurer.get("/ledger/").text
    for days in ("first=0001-01-01&last=9999-12-31", "first=9999-12-31", "last=99"):  # that no calendar of ours has
        assert "Owed to the shop ₸30,000" in printed(treasurer, f"/shops/{shop}/statement.pdf?{days}")


def test_an_invoice_is_withdrawn_with_a_reason_that_the_shop_reads_and_taken_in_anew(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    shop, [voucher] = make_shop(fund), make_bought(fund, 1)
    order = an_invoice(fund, Claim(voucher.serial, 30_000_00), number="B-1")
    kept, treasurer = f"/shops/invoices/{take(fund, order).invoice_id}", browser_of(fund.treasurer)
    assert "Choose why." in treasurer.submit(f"{kept}/withdraw", {}).text

    page = treasurer.submit(f"{kept}/withdraw", {"reason": "mistyped", "words": "The sum"})

    assert "It was typed wrong, and is taken in anew: The sum" in page.text
    assert "It was typed wrong" in treasurer.get(f"/shops/{shop}").text
    statement = printed(treasurer, f"/shops/{shop}/statement.pdf")
    assert "Withdrawn: It was typed wrong" in " ".join(statement.split())
    assert treasurer.get(f"{kept}/withdraw").path == kept
    take(fund, order)


def test_a_family_may_take_goods_for_a_part_where_the_programme_allows_it(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    shop = make_shop(fund)
    voucher = make_in_parts(fund)
    counter = browser_of(till(fund))
    counter.submit("/collections/point", {"point": str(shop)})
    green = counter.submit("/collections/new", {"code": voucher.digits})

    refused = counter.send(green, {"collector": "0", "amount": "40 000"})
    assert "Only ₸30,000 is left" in refused.text
    part = counter.send(refused, {"amount": "12 500"})

    assert "₸12,500" in part.text
    assert "₸17,500" in part.text
    history = browser_of(fund.coordinator).get(f"/vouchers/no/{voucher.serial}").text
    assert "A part collected at Bereke shop: ₸12,500" in history

    green = counter.submit("/collections/new", {"code": voucher.digits})
    rest = counter.send(green, {"collector": "0", "amount": "17 500"})
    history = browser_of(fund.coordinator).get(f"/vouchers/no/{voucher.serial}").text
    listed = counter.get("/collections/").text
    assert "the last part: the voucher is collected whole" in rest.text
    assert "The last part collected at Bereke shop: ₸17,500. Now the voucher is collected whole" in history
    assert (history.count("A part collected"), listed.count("A part"), listed.count("The last part")) == (1, 1, 1)
