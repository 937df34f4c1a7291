"""Pages are tried on one database: what they ask is the same on both, and `test_pages` opens each of them on both.

What depends on the database (races, kills, a full disk, what lies on the disk) names both: `both_databases`.
"""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import HouseOf, app_on


@pytest.fixture(params=["sqlite"])
def app(request: pytest.FixtureRequest, house_of: HouseOf) -> Iterator[Flask]:
    """The app, empty or founded, on SQLite unless the test names its databases."""
    yield from app_on(request, house_of)
