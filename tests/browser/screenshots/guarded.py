"""What guards the fund: people and their accounts, the committee, backups, and what is pressed when somebody comes."""

import time

from playwright.sync_api import Page

from aid.domain.permissions import Role
from tests.browser.hands import context_of
from tests.browser.people import type_into
from tests.browser.screenshots.camera import LANGUAGES, press
from tests.browser.screenshots.daily import at
from tests.browser.screenshots.served import Demo, Shot, Studio

ARRESTED = "marina"
PATIENCE = 90  # seconds for a backup


def inviting(page: Page, _demo: Demo) -> None:
    page.goto("/people/invite")
    for name, typed in {"handle": "nurly", "roles": "distributor"}.items():
        type_into(page.locator("main"), name, typed)
    page.locator("main [name=points]").first.check(force=True)


def codes_on_paper(page: Page, demo: Demo) -> None:
    page.goto("/me/codes")
    page.fill("[name=present]", demo.users[Role.COMMITTEE_MEMBER]["password"])
    press(page, "main form button.btn-main")


def backed_up(page: Page, _demo: Demo) -> None:
    """The list, once it has one."""
    page.goto("/backups/")
    if page.locator("main table").count():
        return
    press(page, "main form[action$='/now'] button")
    deadline = time.monotonic() + PATIENCE
    while not page.locator("main table").count():
        assert time.monotonic() < deadline, page.inner_text("main")
        time.sleep(1)
        page.goto("/backups/")


def cutting_off(page: Page, _demo: Demo) -> None:
    page.goto("/colleagues")
    press(page, f"main li:has-text('{ARRESTED}') a[href$='/cut-off']")


def exposed(page: Page, demo: Demo) -> None:
    """Whom the colleague exposed; the coordinator cuts them off first."""
    page.goto("/exposure")
    if not page.locator("main a[href^='/exposure/']").count():
        cutting_off(page, demo)
        press(page, "main button[name=reason][value=arrested]")
        page.goto("/exposure")
    press(page, "main a[href^='/exposure/']")


def being_agreed(page: Page, demo: Demo) -> None:
    """A change that one member has announced and signed, and others not yet."""
    page.goto("/committee/members/")
    if not page.locator("main a[href*='/changes/']").count():
        page.goto("/committee/members/propose/rules")
        type_into(page.locator("main"), "delay_hours", 48)
        press(page, "main form button.btn-main")
        press(page, "main a[href$='/sign']")
        type_into(page.locator("main"), "answer", "yes")
        type_into(page.locator("main"), "password", demo.users[Role.COMMITTEE_MEMBER]["password"])
        press(page, "main form button.btn-main")
        page.goto("/committee/members/")


def agreed_by_one(page: Page, demo: Demo) -> None:
    being_agreed(page, demo)
    press(page, "main a[href*='/changes/']")


def stopped(page: Page, _demo: Demo) -> None:
    page.goto("/committee/stop/")
    if page.locator("main form[action$='/press']").count():
        press(page, "main form[action$='/press'] button")
        page.goto("/committee/stop/")


SHOTS = (
    Shot("301-people", Role.ADMINISTRATOR, at("/people")),
    Shot("302-invite", Role.ADMINISTRATOR, inviting),
    Shot("303-my-page", Role.COMMITTEE_MEMBER, at("/me")),
    Shot("304-my-sign-ins", Role.COMMITTEE_MEMBER, at("/me/security")),
    Shot("305-codes-on-paper", Role.COMMITTEE_MEMBER, codes_on_paper),
    Shot("306-recovery", Role.COORDINATOR, at("/recovery/")),
    Shot("307-backups", Role.ADMINISTRATOR, backed_up),
    Shot("308-committee-members", Role.COMMITTEE_MEMBER, being_agreed),
    Shot("309-change", Role.COMMITTEE_MEMBER, agreed_by_one),
    Shot("310-arrest-or-raid", Role.DISTRIBUTOR, at("/colleagues")),
    Shot("311-arrested", Role.DISTRIBUTOR, cutting_off),
    Shot("312-families-to-warn", Role.COORDINATOR, exposed),
    Shot("313-emergency-stop", Role.COMMITTEE_MEMBER, at("/committee/stop/")),
    Shot("314-stopped", Role.COMMITTEE_MEMBER, stopped),
    Shot("315-lock", Role.DISTRIBUTOR, at("/lock")),
)


def show_the_lock(studio: Studio) -> None:
    """Somebody is at the door: from now on every address shows this page."""
    distributor = studio.page_of(Role.DISTRIBUTOR)
    distributor.goto("/lock")
    press(distributor, "main form button")
    for language in LANGUAGES:
        page = context_of(studio.browser, studio.demo.address, language=language).new_page()
        page.goto("/")
        studio.camera.keeps(page, f"316-locked-{language}")
        page.context.close()
