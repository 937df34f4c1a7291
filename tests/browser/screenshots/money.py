"""The money and what is decided about it: accounts, what is on its way, exchanges, statements, proposals, meetings."""

import re
from collections.abc import Callable, Mapping

from playwright.sync_api import Page

from aid.domain.permissions import Role
from tests.browser.people import type_into
from tests.browser.screenshots.camera import LANGUAGES, press
from tests.browser.screenshots.daily import at, first_of
from tests.browser.screenshots.served import Demo, Shot, Studio

CODE = re.compile(r"\b\d{3} \d{3} \d{3}\b")
MAIN = "main form button.btn-main"


def filled(path: str, typed: Mapping[str, object], *, button: str = MAIN) -> Callable[[Page, Demo], object]:
    """A form that was filled in and sent; a number stands for the place in a list to choose from."""

    def come(page: Page, _demo: Demo) -> None:
        page.goto(path)
        for name, value in typed.items():
            if isinstance(value, int):
                page.locator(f"main [name='{name}']").nth(value).check(force=True)
            else:
                type_into(page.locator("main"), name, value)
        press(page, button)

    return come


def then(come: Callable[[Page, Demo], object], link: str) -> Callable[[Page, Demo], object]:
    """And on by a link of the page that one came to."""

    def go_on(page: Page, demo: Demo) -> None:
        come(page, demo)
        page.goto(page.locator(link).first.get_attribute("href") or "")

    return go_on


def granting(page: Page, demo: Demo) -> None:
    """A grant for a family of a list that was carried."""
    page.goto("/allocations/")
    page.goto(page.locator("main a[href^='/allocations/0']").last.get_attribute("href") or "")
    found = CODE.search(page.inner_text("main").replace("\u00a0", " "))
    assert found, page.inner_text("main")
    typed = {"family_code": found[0], "reason": 2, "words": "3 × 30", "amount": "60 000", "purpose": 0}
    filled("/allocations/grant", typed)(page, demo)


def trying_out(page: Page, demo: Demo) -> None:
    """What a new programme would come to, with less money than it takes."""
    page.goto("/programmes/")
    ours = page.locator("main h2 a", has_text=re.compile("|".join(FUEL[f"title_{each}"] for each in LANGUAGES)))
    if ours.count():
        page.goto(ours.get_attribute("href") or "")
    else:
        filled("/programmes/new", {**FUEL, **RULE})(page, demo)
    filled(f"{page.url}/try-out", {"budget": "1 200 000", "tier_1": "ill"})(page, demo)


EXCHANGE = {"from_bank": 1, "to_bank": 0, "sold_0": "500", "bought": "294 000", "charges": "4,50"}
RATE = {"source": "ҚР Ұлттық Банкі", "rate": "612,35", "base": "EUR"}
FUEL = {"title_kk": "Қыстық отын", "title_ru": "Топливо на зиму", "title_en": "Fuel for winter"}
AMOUNTS = {"per_family": "40 000", "per_child": "7 500", "unit": "500"}
RULE: Mapping[str, object] = {"purpose_id": 2, "eligible": ["on_strike", "dismissed"], **AMOUNTS}
GOODS = {"supplier": "ИП Қасым", "purpose": 1, "lines-0-quantity": "120", "lines-0-each": "2 450"}
CASH = {"lines-0-amount": "600 000", "lines-1-amount": "250 000"}
ONE_REMITTANCE = first_of("/remittances/", "main table a")
ONE_EXCHANGE = first_of("/exchanges/", "main table a")

SHOTS = (
    Shot("401-charts", Role.TREASURER, at("/ledger/charts")),
    Shot("402-accounts", Role.TREASURER, at("/banks/")),
    Shot("403-on-its-way", Role.COORDINATOR, ONE_REMITTANCE),
    Shot("404-has-it-arrived", Role.COORDINATOR, then(ONE_REMITTANCE, "main a[href$='/receive']")),
    Shot("405-exchange", Role.TREASURER, filled("/exchanges/new", EXCHANGE | RATE)),
    Shot("406-second-person", Role.COORDINATOR, then(ONE_EXCHANGE, "main a[href$='/answer']")),
    Shot("407-months", Role.TREASURER, at("/months/")),
    Shot("408-statement", Role.AUDITOR, at("/ledger/statement")),
    Shot("410-programme", Role.COORDINATOR, filled("/programmes/new", {**FUEL, **RULE}, button="main [name=read]")),
    Shot("411-try-out", Role.COORDINATOR, trying_out),
    Shot("412-ways-to-share", Role.COORDINATOR, trying_out, part="main h2"),
    Shot("413-what-to-propose", Role.COORDINATOR, at("/allocations/kinds")),
    Shot("414-grant", Role.COORDINATOR, granting),
    Shot("415-purchase", Role.COORDINATOR, filled("/allocations/purchase", GOODS)),
    Shot("416-cash-for-points", Role.COORDINATOR, filled("/allocations/transfer", CASH)),
    Shot("417-meeting", Role.COMMITTEE_MEMBER, first_of("/meetings/", "main a[href^='/meetings/0']")),
    Shot("420-question", Role.COORDINATOR, first_of("/discussion/questions", "main a[href*='/questions/']")),
    Shot("421-help", Role.COMMITTEE_MEMBER, at("/help/committee_member")),
)


def show_the_money(studio: Studio) -> None:
    """The pages, and what is printed of them."""
    studio.shows(SHOTS)
    auditor, coordinator = studio.page_of(Role.AUDITOR), studio.page_of(Role.COORDINATOR)
    studio.camera.takes_paper(auditor, _paper(auditor, "/ledger/statement", "statement.pdf"), "409-statement")
    coordinator.goto("/meetings/")
    old = coordinator.locator("main a[href^='/meetings/0']").last.get_attribute("href") or ""
    studio.camera.takes_paper(coordinator, f"{old}/minutes.pdf", "418-minutes")
    coordinator.goto("/allocations/")
    first = coordinator.locator("main a[href^='/allocations/0']").last.get_attribute("href") or ""
    studio.camera.takes_paper(coordinator, _paper(coordinator, first, "record.pdf"), "419-record")


def _paper(page: Page, path: str, named: str) -> str:
    page.goto(path)
    return page.locator(f"main a[href*='{named}']").first.get_attribute("href") or ""
