"""A test's app on one database: where what is tried does not depend on which.

A file that imports `app` from here names the others itself, by `@both_databases`: races, locks, and what is counted or
proved by what the database sorts, sums or holds.
"""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import HouseOf, app_on


@pytest.fixture(params=["sqlite"])
def app(request: pytest.FixtureRequest, house_of: HouseOf) -> Iterator[Flask]:
    """The app, empty or founded, on SQLite unless the test names its databases."""
    yield from app_on(request, house_of)
