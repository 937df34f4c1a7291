"""What every test may ask for: the app on both databases, a founded fund, a browser that is signed in.

`app` is an empty migrated database and an app context; for a test that asks for `fund` it is founded, all enrolled.
Run on one database with `-k sqlite` or `-m "not postgres"`.

What a test costs, in milliseconds of one core: a way back to a known fund 4 (PostgreSQL 9), a page 10 to 40, a family
or a donation 10, a voucher on paper 80 (PostgreSQL 150), `verify` 90, another app 20, a page in Chromium 250, with axe
350. So one filled fund serves several sentences, on one database (`tests/make/one_database.py`) where it can't matter.
"""

import gc

gc.disable()  # until all is loaded: it stays for good, and is a third of the time that loading takes

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest
from flask import Flask

from aid.documents.press.layouts import Kept
from aid.vault.actor import Actor
from tests.make.browser import Browser
from tests.make.compiled import keep_compiled
from tests.make.databases import House, PostgresHouse, SqliteHouse
from tests.make.fund import FoundedFund, found_provisional, make_it_whole
from tests.make.markup import know_runs
from tests.make.migrated import know_migrated
from tests.make.routes import know_routes
from tests.thorough import is_thorough
from tests.thorough import pytest_addoption as pytest_addoption
from tests.thorough import pytest_configure as pytest_configure
from tests.turns import pytest_collection_modifyitems as pytest_collection_modifyitems
from tests.turns import pytest_make_parametrize_id as pytest_make_parametrize_id
from tests.turns import pytest_xdist_make_scheduler as pytest_xdist_make_scheduler

HouseOf = Callable[[str], House]
BrowserOf = Callable[..., Browser]


@pytest.fixture(scope="session", autouse=True)
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A template is compiled once a run, by whichever worker shows it first, for all apps of all workers.

    What migrating an empty SQLite database comes to is kept beside them; what writes addresses, in each worker.
    """
    folder = _of_all_workers(tmp_path_factory) / "templates"
    folder.mkdir(exist_ok=True)
    keep_compiled(folder)
    know_migrated(folder / "migrated")
    know_routes()
    know_runs()


def _of_all_workers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """The forms of papers that were laid out, once a run for all apps of all workers."""
    return Kept(_of_all_workers(tmp_path_factory) / "forms")


@pytest.fixture(scope="session")
def thorough(pytestconfig: pytest.Config) -> bool:
    """Whether the long way is gone: `./aid.sh test --thorough`."""
    return is_thorough(pytestconfig)


@pytest.fixture(scope="session")
def house_of(tmp_path_factory: pytest.TempPathFactory, kept: Kept) -> HouseOf:
    """Each database's house, built when a test first needs it."""
    built: dict[str, House] = {}

    def house(kind: str) -> House:
        if kind not in built:
            folder = tmp_path_factory.mktemp(kind)
            built[kind] = SqliteHouse(folder) if kind == "sqlite" else _postgres(folder)
            built[kind].app.extensions["komek.forms"] = kept
            with built[kind].app.app_context():
                found_provisional()
                built[kind].keep("provisional")
                make_it_whole()
            built[kind].keep("founded")
        return built[kind]

    def _postgres(folder: Path) -> House:
        try:
            return PostgresHouse(folder)
        except (OSError, RuntimeError, subprocess.SubprocessError, psycopg.OperationalError) as failure:
            missing(f"no PostgreSQL server here: {failure}")

    return house


def missing(reason: str) -> NoReturn:
    """Skip with a reason; but the build machine has everything, and there it is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


BOTH = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))
both_databases = pytest.mark.parametrize("app", BOTH, indirect=True)


@pytest.fixture(params=BOTH)
def app(request: pytest.FixtureRequest, house_of: HouseOf) -> Iterator[Flask]:
    """The app on one of the two databases: empty, or founded for who asks for the fund."""
    yield from app_on(request, house_of)


def app_on(request: pytest.FixtureRequest, house_of: HouseOf) -> Iterator[Flask]:
    """The app on the database that is named, as the test asks for it."""
    house = house_of(request.param)
    asked = request.fixturenames
    house.restore("provisional" if "provisional" in asked else "founded" if "fund" in asked else "empty")
    with house.app.app_context():
        yield house.app


@pytest.fixture
def fund(app: Flask) -> FoundedFund:
    """A founded fund whose people have all enrolled."""
    return FoundedFund(app)


@pytest.fixture
def provisional(fund: FoundedFund) -> FoundedFund:
    """A fund on its first day: everybody has keys, and nobody a recovery share."""
    return fund


@pytest.fixture
def browser_of(fund: FoundedFund) -> BrowserOf:
    """`browser_of(fund.registrar)` or `browser_of("aigul")` is signed in; `browser_of(None)` is a stranger."""

    def browser(who: Actor | str | None, *, language: str = "en") -> Browser:
        if who is None:
            return Browser(fund.app, language=language)
        return Browser(fund.app, cookie=fund.sign_in(who), language=language)

    return browser


def pytest_collection_finish() -> None:
    """All modules and tests are there to stay: Python need not look through them again at each of its collections."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # rows and pages come and go by the thousand, and nearly all go by themselves
    gc.enable()
