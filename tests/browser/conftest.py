"""A real server, a fund that has lived, and Chromium. Made once: these tests only add to it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from aid.domain.languages import Language
from aid.services.people import speak
from tests.browser.hands import CHROMIUM, PHONE, Hands, chromium, context_of, let_in
from tests.conftest import missing
from tests.make import do
from tests.make.databases import SqliteHouse
from tests.make.fund import FoundedFund, found_and_enrol
from tests.make.server import Server, serving
from tests.make.whole import make_whole

PageOf = Callable[..., Page]
HandsOf = Callable[..., Hands]
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
WITH_SCRIPTS = pytest.mark.parametrize("scripts", [True], ids=["scripts"])
WITHOUT_SCRIPTS = pytest.mark.parametrize("scripts", [False], ids=["no scripts"])


class Windows:
    """One window for each language, with scripts and without; and what is wrong in them."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.complaints: list[str] = []
        self._opened: dict[tuple[str, bool], Page] = {}

    def free(self, *, size: tuple[int, int] = PHONE, language: str = "en", scripts: bool = True) -> Page:
        """The one that is like this, as somebody has it who has just signed out."""
        page = self._opened.get((language, scripts)) or self._open(language, scripts=scripts)
        page.context.clear_cookies()
        page.set_viewport_size({"width": size[0], "height": size[1]})
        return page

    def _open(self, language: str, *, scripts: bool) -> Page:
        page = context_of(self.browser, self.address, language=language, scripts=scripts).new_page()
        page.on("console", lambda said: self.complaints.extend(_complaint(said)))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", lambda answer: self.complaints.extend(_missing(answer)))
        self._opened[language, scripts] = page
        return page

    def close(self) -> None:
        """All of them."""
        for page in self._opened.values():
            page.context.close()


@pytest.fixture(scope="session")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the browser's camera sees, when it is switched on."""
    return tmp_path_factory.mktemp("filmed") / "table.mjpeg"


@pytest.fixture(scope="session")
def browser(filmed: Path) -> Iterator[Browser]:
    if not CHROMIUM.exists():
        missing(f"there is no {CHROMIUM}: apt-get install chromium")
    with chromium(filmed) as opened:
        yield opened


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FoundedFund]:
    """A fund in which everything has happened once."""
    house = SqliteHouse(tmp_path_factory.mktemp("lived"))
    with house.app.app_context():
        found_and_enrol()
        fund = FoundedFund(house.app)
        make_whole(fund)
        yield fund


@pytest.fixture(scope="session")
def server(lived: FoundedFund, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(lived.app.config["KOMEK"], tmp_path_factory.mktemp("server") / "here") as running:
        yield running


@pytest.fixture(scope="session")
def windows(browser: Browser, server: Server) -> Iterator[Windows]:
    """The browser windows of all these tests: a new one takes as long as ten pages."""
    opened = Windows(browser, f"http://127.0.0.1:{server.port}")
    yield opened
    opened.close()


@pytest.fixture
def page_of(windows: Windows) -> Iterator[PageOf]:
    """A browser window in which nobody is signed in, of this language, with or without scripts.

    It goes from hand to hand: who asks for one like it has the same. What its console says in red is an error, and so
    is a part of a page that is not there.
    """
    yield windows.free
    complaints, windows.complaints[:] = [*windows.complaints], []
    assert complaints == []


@pytest.fixture
def hands_of(lived: FoundedFund, page_of: PageOf) -> HandsOf:
    """Somebody who is signed in, and reads English, at a phone's page that they work by keyboard."""

    def hands(handle: str, *, scripts: bool = True) -> Hands:
        page = page_of(scripts=scripts)
        do(speak, actor=lived.actor(handle), language=Language.EN)
        let_in(page, lived.sign_in(handle).text())
        return Hands(page, scripts=scripts)

    return hands


def _complaint(said: ConsoleMessage) -> list[str]:
    refused = said.text.startswith("Failed to load resource")  # a page may refuse; its parts are looked at below
    return [said.text] if said.type == "error" and not refused else []


def _missing(answer: Response) -> list[str]:
    is_part = answer.request.resource_type not in {"document", "fetch"}  # pages are fetched, and may refuse
    return [f"{answer.status}: {answer.url}"] if is_part and answer.status >= 400 else []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
