"""A fixture for tests that need a fund in which everything has happened, and that undo what they do to it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import HouseOf
from tests.make.databases import House
from tests.make.fund import FoundedFund
from tests.make.practice import practise
from tests.make.whole import make_whole

_LIVED_IN: set[int] = set()  # houses by id(): made once a worker


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def whole(request: pytest.FixtureRequest, house_of: HouseOf) -> Iterator[Flask]:
    """The app with a fund in which everything has happened once."""
    house = house_of(request.param)
    _live_in(house)
    house.restore("whole")
    with house.app.app_context():
        yield house.app


def _live_in(house: House) -> None:
    if id(house) in _LIVED_IN:
        return
    house.restore("provisional")
    with house.app.app_context():
        fund = FoundedFund(house.app)
        practise(fund)
        make_whole(fund)
    house.keep("whole")
    _LIVED_IN.add(id(house))
