"""Every page that people work with, in Kazakh and English, on a phone and on a desk: axe finds nothing to mend.

Axe looks at the phone's page in Kazakh, whose words are longest; that nothing sticks out holds in English too.
"""

import pytest
from playwright.sync_api import Page

from aid.domain.languages import Language
from aid.security.sessions import COOKIE
from aid.services.people import speak
from tests.browser.conftest import PageOf
from tests.browser.hands import found_by, sticks_out
from tests.make import do
from tests.make.fund import FoundedFund
from tests.make.pages import pages_of
from tests.make.server import Server


@pytest.fixture(scope="session")
def addresses(lived: FoundedFund) -> dict[str, list[str]]:
    """Who opens what."""
    return pages_of(lived)


def signed_in(page: Page, server: Server, fund: FoundedFund, handle: str, language: str) -> None:
    """As if this person had signed in, and reads this language."""
    if handle:
        do(speak, actor=fund.actor(handle), language=Language(language))
        address = f"https://127.0.0.1:{server.port}"  # only so that the cookie may be put there
        page.context.add_cookies(
            [{"name": COOKIE, "value": fund.sign_in(handle).text(), "url": address, "secure": True}]
        )


@pytest.mark.parametrize("language", ["kk", "en"])
@pytest.mark.parametrize("handle", ["", "bolat", "dina", "timur", "saule", "nurlan", "erlan", "olga"])
def test_axe_finds_nothing_and_nothing_sticks_out(
    lived: FoundedFund,
    server: Server,
    page_of: PageOf,
    addresses: dict[str, list[str]],
    handle: str,
    language: str,
) -> None:
    page = page_of(language=language)
    signed_in(page, server, lived, handle, language)
    wrong: list[str] = []
    for address in addresses[handle]:
        page.goto(address)
        assert page.evaluate("document.documentElement.lang") == language
        wrong += sticks_out(page)
        if language == "kk":
            wrong += found_by(page)

    assert wrong == []
