from pathlib import Path

import pytest
from flask import Flask

from aid import create_app
from aid.domain.permissions import Permission
from aid.security import Guard, refuse_unguarded
from config import Config

# What anybody on the network may open. A longer list is a larger door: add to it with a reason.
OPEN_TO_ANYONE = {
    "figures.as_csv",  # released figures, while the fund makes them public, from what was kept
    "figures.as_json",
    "figures.gift",  # the code of a gift is asked for
    "figures.gift_shown",  # and opens that gift, without a name; guesses are slowed
    "figures.index",
    "figures.one",
    "figures.printed",
    "founding.index",  # where the one-time code is typed; not there once there is a fund
    "give.index",  # what donors may choose, while the fund has the page switched on
    "give.reference",  # and where to pay; what they write is sealed, and so many an hour are answered
    "health.live",  # a word to whoever watches the server, and nothing of the fund
    "health.ready",
    "lockdown.locked",  # a locked fund shows nothing else, and opens with two people's passwords and codes
    "people.sign_in",
    "people.speak",
    "static",
    "thanks.published",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(Config(data=tmp_path_factory.mktemp("house"), testing=True))


def test_every_route_says_who_may_open_it(app: Flask) -> None:
    guards = {name: getattr(view, "allows", None) for name, view in app.view_functions.items()}

    assert [name for name, guard in guards.items() if not isinstance(guard, Guard | Permission)] == []


def test_the_open_doors_are_the_ones_we_know(app: Flask) -> None:
    doors = {name for name, view in app.view_functions.items() if getattr(view, "allows", None) is Guard.ANYONE}

    assert doors - OPEN_TO_ANYONE == set()


def test_an_app_with_an_unguarded_route_does_not_start(tmp_path: Path) -> None:
    app = create_app(Config(data=tmp_path, testing=True))
    app.add_url_rule("/left-open", "left_open", lambda: "")

    with pytest.raises(RuntimeError, match="left_open"):
        refuse_unguarded(app)


def test_nothing_changes_by_following_a_link(app: Flask) -> None:
    """A route that writes takes POST; PUT, PATCH and DELETE are not what forms send."""
    methods = {method for rule in app.url_map.iter_rules() for method in rule.methods or ()}

    assert methods <= {"GET", "HEAD", "OPTIONS", "POST"}
