"""Both ends of a voucher: its day, what is counted, whether all adds up, shops, and what families say afterwards."""

from playwright.sync_api import Page

from aid.domain.permissions import Role
from tests.browser.screenshots.daily import at, first_of
from tests.browser.screenshots.money import then
from tests.browser.screenshots.served import Demo, Shot, Studio

DAYS = "main a[href^='/days/0']"
ONE_DAY = first_of("/days/", DAYS)
ONE_SHOP = first_of("/shops/", "main a[href^='/shops/0']")
ONE_LIST = first_of("/point-lists/", "main table a")


def a_day_that_was(page: Page, _demo: Demo) -> None:
    """How the earliest planned day went, as its people saw it live."""
    page.goto("/days/")
    page.goto(f"{page.locator(DAYS).last.get_attribute('href')}/live")


SHOTS = (
    Shot("701-day", Role.COORDINATOR, ONE_DAY),
    Shot("703-live", Role.DISTRIBUTOR, a_day_that_was),
    Shot("704-counted", Role.COORDINATOR, first_of("/day-counts/", "main a[href^='/day-counts/0']")),
    Shot("706-paper-and-books", Role.COORDINATOR, then(ONE_LIST, "main a[href*='/lines/']")),
    Shot("708-do-they-add-up", Role.COORDINATOR, at("/reconciliation/")),
    Shot("709-what-went-another-way", Role.AUDITOR, at("/reconciliation/exceptions/")),
    Shot("710-shop", Role.TREASURER, ONE_SHOP),
    Shot("711-invoice", Role.COORDINATOR, then(ONE_SHOP, "main a[href*='/invoices/']")),
    Shot("712-did-aid-arrive", Role.COORDINATOR, first_of("/surveys/", "main a[href^='/surveys/0']")),
)


def show_the_vouchers(studio: Studio) -> None:
    """The pages, and what is printed of them."""
    studio.shows(SHOTS)
    page, camera = studio.page_of(Role.COORDINATOR), studio.camera
    ONE_DAY(page, studio.demo)
    camera.takes_paper(page, f"{page.url}/poster.pdf", "702-poster")
    page.goto("/day-counts/")
    report = page.locator("main a[href*='/day-counts/at/'][href*='/20']").last.get_attribute("href")
    camera.takes_paper(page, f"{report}/report.pdf", "705-day-report")
    listed = next(path for path in studio.demo.documents if path.name.startswith("list-"))
    camera.keeps_paper(listed.read_bytes(), "707-point-list-ru")
