"""Money that arrives: the pages that everybody may read, bank statements, the open list, donors, thanks and figures."""

import re

import pypdfium2
from playwright.sync_api import Page

from aid.domain.permissions import Role
from tests.browser.hands import context_of
from tests.browser.people import type_into
from tests.browser.screenshots.camera import LANGUAGES, press
from tests.browser.screenshots.daily import at, first_of
from tests.browser.screenshots.money import MAIN, then
from tests.browser.screenshots.served import Demo, Shot, Studio

FOR_ALL = {"601-give": "/give/", "603-gifts-thanked-for": "/thanks/published", "604-figures": "/figures/"}
WISH = {"amount": "25", "name": "Ingrid Solheim", "own_line": "Solidarity from Bergen"}
ONE_ACCOUNT = first_of("/lines/", "main a[href*='/lines/account/']")
TABLE = """Bergen Sparebank;;;
Bokført;Beløp inn;Beløp ut;Melding
02.11.2026;250,00;;Solidarity with the school bags
02.11.2026;;3,50;Gebyr
31.02.2026;40,00;;Bags
"""
"""Of a bank that nobody has brought anything of yet, with a day that no calendar has."""

SHOTS = (
    Shot("612-statement", Role.TREASURER, first_of("/statements/", "main a[href^='/statements/0']")),
    Shot("613-bank-and-books", Role.TREASURER, at("/lines/")),
    Shot("614-open-list", Role.TREASURER, ONE_ACCOUNT),
    Shot("615-line", Role.TREASURER, then(ONE_ACCOUNT, "main a[href^='/lines/0']")),
    Shot("616-rules", Role.TREASURER, at("/lines/rules")),
    Shot("617-donors", Role.TREASURER, at("/donors/")),
    Shot("618-donor", Role.TREASURER, first_of("/donors/", "main a[href^='/donors/0']")),
    Shot("619-thanks", Role.TREASURER, at("/thanks/")),
    Shot("620-text", Role.TREASURER, at("/thanks/texts/en")),
    Shot("622-what-is-offered", Role.TREASURER, at("/giving/")),
    Shot("623-what-is-told", Role.COORDINATOR, at("/releases/new")),
    Shot("624-words-of-donors", Role.COORDINATOR, at("/support/")),
    Shot("626-second-words", Role.COORDINATOR, at("/second-words/")),
)


def show_the_gifts(studio: Studio) -> None:
    """As a donor sees the fund, and as the treasurer sees donors."""
    _show_what_all_may_read(studio)
    _show_a_table(studio)
    studio.shows(SHOTS)
    letter = next(path for path in studio.demo.documents if path.name.startswith("thanks"))
    studio.camera.keeps_paper(letter.read_bytes(), "621-letter-en")
    studio.camera.takes_paper(studio.page_of(Role.COORDINATOR), "/support/sheet.pdf", "625-words-on-paper")


def _show_what_all_may_read(studio: Studio) -> None:
    for language in LANGUAGES:
        page = context_of(studio.browser, studio.demo.address, language=language).new_page()
        for name, path in FOR_ALL.items():
            page.goto(f"{path}?language={language}")
            studio.camera.keeps(page, f"{name}-{language}")
        _ask_for_reference(page, language)
        studio.camera.keeps(page, f"602-reference-{language}")
        page.goto(f"/figures/gift?language={language}")
        type_into(page.locator("main"), "code", _gift_code(studio.demo))
        press(page, MAIN)
        studio.camera.keeps(page, f"605-your-gift-{language}")
        page.context.close()


def _ask_for_reference(page: Page, language: str) -> None:
    page.goto(f"/give/?language={language}")
    page.locator("[name=purpose]").first.check(force=True)
    page.locator("[name=thanks][value=published]").check(force=True)
    for name, value in WISH.items():
        type_into(page.locator("main"), name, value)
    press(page, MAIN)


def _gift_code(demo: Demo) -> str:
    """The private code of a letter of thanks, as it is printed."""
    for letter in demo.documents:
        if letter.name.startswith("thanks"):
            text = pypdfium2.PdfDocument(letter)[0].get_textpage().get_text_bounded()
            if found := re.search(r"\d{4} \d{4} \d{4} \d{4}", text):
                return found[0]
    raise AssertionError("no letter has a code")


def _show_a_table(studio: Studio) -> None:
    page = studio.page_of(Role.TREASURER)
    studio.camera.takes(page, "610-bring-a-statement", lambda there: there.goto("/statements/new"))
    page.goto("/statements/new")
    page.set_input_files("[name=file]", {"name": "bank.csv", "mimeType": "text/csv", "buffer": TABLE.encode()})
    press(page, MAIN)
    here = page.url
    studio.camera.takes(page, "611-how-it-is-read", lambda there: there.goto(here))
