"""The daily work: a family is found, given to, voted on, handed its aid; and the books."""

from collections.abc import Callable, Sequence

from playwright.sync_api import Page

from aid.domain.permissions import Role
from tests.browser.hands import context_of
from tests.browser.screenshots.camera import LANGUAGES, press
from tests.browser.screenshots.served import Demo, Shot, Studio


def at(path: str) -> Callable[[Page, Demo], object]:
    return lambda page, _demo: page.goto(path)


def first_of(path: str, link: str) -> Callable[[Page, Demo], object]:
    """The first thing of a list."""

    def come(page: Page, _demo: Demo) -> None:
        page.goto(path)
        page.goto(page.locator(link).first.get_attribute("href") or "")

    return come


def searched(page: Page, _demo: Demo) -> None:
    page.goto("/families/")
    page.fill("[name=sought]", "Izbasov Serik")
    press(page, "main form button")


def found(page: Page, demo: Demo) -> None:
    searched(page, demo)
    page.goto(page.locator("main table a").first.get_attribute("href") or "")


def registering(page: Page, demo: Demo) -> None:
    searched(page, demo)
    press(page, "main button[name=start]")


def confirming(page: Page, _demo: Demo) -> None:
    page.goto("/families/waiting")
    press(page, "main form[action$='/open'] button")


def voting(page: Page, demo: Demo) -> None:
    first_of("/committee/", "main a[href^='/committee/']")(page, demo)
    page.goto(page.locator("main a[href*='/vote']").first.get_attribute("href") or "")


def may_be_collected(page: Page, demo: Demo) -> None:
    _read(page, demo.good, "answer-yes")


def was_collected(page: Page, demo: Demo) -> None:
    _read(page, demo.collected, "answer-no")


def _read(page: Page, vouchers: Sequence[str], answer: str) -> None:
    """Type a voucher's digits: one of this point's."""
    for digits in vouchers:
        page.goto("/collections/new")
        page.fill("[name=code]", digits)
        press(page, "main form button.btn-main")
        if page.locator(f"body.{answer}").count():
            return
    raise AssertionError(f"no voucher leads to {answer}")


def checking(page: Page, _demo: Demo) -> None:
    page.goto("/donations/new")
    page.locator("[name=bank]").first.check(force=True)
    page.fill("[name=amount]", "125 000")
    page.locator("[name=purpose]").first.check(force=True)
    page.fill("[name=name]", "Ingrid Solheim")
    page.locator("[name=language]").last.check(force=True)
    press(page, "main form button.btn-main")


SHOTS = (
    Shot("201-today", Role.COORDINATOR, at("/")),
    Shot("202-search", Role.REGISTRAR, searched),
    Shot("203-register", Role.REGISTRAR, registering),
    Shot("204-confirm", Role.CONFIRMER, confirming),
    Shot("205-donation", Role.TREASURER, checking),
    Shot("206-programmes", Role.COORDINATOR, at("/programmes/")),
    Shot("207-proposal", Role.COORDINATOR, first_of("/allocations/", "main a[href^='/allocations/0']")),
    Shot("208-decide", Role.COMMITTEE_MEMBER, first_of("/committee/", "main a[href^='/committee/']")),
    Shot("209-vote", Role.COMMITTEE_MEMBER, voting),
    Shot("210-vouchers", Role.COORDINATOR, at("/vouchers/")),
    Shot("211-hand-out", Role.DISTRIBUTOR, at("/collections/new")),
    Shot("212-may-be-collected", Role.DISTRIBUTOR, may_be_collected),
    Shot("213-not-again", Role.DISTRIBUTOR, was_collected),
    Shot("214-money", Role.TREASURER, at("/ledger/")),
    Shot("215-audit", Role.AUDITOR, at("/audit/")),
)
FOR_THE_EYE = (  # looked at, not kept
    Shot("today-registrar", Role.REGISTRAR, at("/")),
    Shot("today-committee", Role.COMMITTEE_MEMBER, at("/")),
    Shot("today-distributor", Role.DISTRIBUTOR, at("/")),
    Shot("families", Role.REGISTRAR, at("/families/")),
    Shot("family", Role.COORDINATOR, found),
    Shot("waiting", Role.CONFIRMER, at("/families/waiting")),
    Shot("donations", Role.TREASURER, at("/donations/")),
    Shot("donor", Role.TREASURER, at("/donations/donors")),
    Shot("thanks", Role.TREASURER, at("/thanks/")),
    Shot("entries", Role.TREASURER, at("/ledger/entries")),
    Shot("programme-new", Role.COORDINATOR, at("/programmes/new")),
    Shot("allocations", Role.COORDINATOR, at("/allocations/")),
    Shot("committee", Role.COMMITTEE_MEMBER, at("/committee/")),
    Shot("vouchers-list", Role.COORDINATOR, first_of("/vouchers/", "main a[href^='/vouchers/0']")),
    Shot("reprint", Role.COORDINATOR, at("/vouchers/reprint")),
    Shot("collections", Role.DISTRIBUTOR, at("/collections/")),
    Shot("re-seal", Role.COORDINATOR, at("/re-seal")),
    Shot("me", Role.COMMITTEE_MEMBER, at("/me")),
    Shot("refused", Role.AUDITOR, at("/families/")),
)


def show_the_door(studio: Studio) -> None:
    """The sign-in, as a browser that nobody has used yet shows it."""
    for language in LANGUAGES:
        page = context_of(studio.browser, studio.demo.address, language=language).new_page()
        page.goto("/sign-in")
        studio.camera.keeps(page, f"200-sign-in-{language}")
        page.context.close()
