"""The pages of a founding, and of the days after it, on a phone and in Kazakh: axe finds nothing to mend."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.hands import Hands, context_of
from tests.browser.visiting import wrong_with
from tests.make.databases import SqliteHouse
from tests.make.pages import states
from tests.make.server import Server, serving
from tests.make.sitting import EVERYBODY, Sitting, password_of


@pytest.fixture
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sitting, Server]]:
    """A sitting that is nearly at its end, and the server that its browser is at."""
    house = SqliteHouse(tmp_path_factory.mktemp("founding"))
    with house.app.app_context():
        sitting = states.table_laid(house.app)
        with serving(house.app.config["KOMEK"], tmp_path_factory.mktemp("server") / "here") as server:
            yield sitting, server


def test_axe_finds_nothing_from_the_first_code_to_the_first_day(
    browser: Browser, table: tuple[Sitting, Server]
) -> None:
    sitting, server = table
    page = context_of(browser, f"http://127.0.0.1:{server.port}", language="kk").new_page()
    hands = Hands(page)
    wrong = [*wrong_with(page, states.BEFORE_THE_CODE)]
    page.goto("/founding/")
    hands.types("[name=code]", sitting.code)
    hands.presses("main form button.btn-main")
    wrong += wrong_with(page, states.AT_THE_TABLE)
    sitting.seat_quickly(*EVERYBODY)
    page.goto("/founding/check")
    hands.presses("main form button.btn-main")
    wrong += wrong_with(page, states.FOUNDED)
    page.context.clear_cookies()
    hands.signs_in("dina", password_of("dina"), sitting.shown("dina"))
    wrong += wrong_with(page, states.IN_ITS_FIRST_DAYS)
    page.context.close()

    assert wrong == []
