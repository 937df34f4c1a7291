"""Health: whether the server lives and is ready, and nothing else; and proxies, believed only when they are named."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask, Response, request
from sqlalchemy import text

from aid import create_app
from aid.extensions import db
from aid.security.proxies import NamedProxies, networks
from config import Config
from tests.conftest import BrowserOf
from tests.make.fund import FoundedFund

NOBODY_LISTENS = "postgresql://komek@127.0.0.1:1/komek"
FORWARDED = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "fund.example",
    "Forwarded": "host=fund.example",
    "X-Real-IP": "203.0.113.7",
}


def test_a_server_that_works_says_so_in_one_word(app: Flask, fund: FoundedFund, browser_of: BrowserOf) -> None:
    answers = [browser_of(None)._ask(f"/health/{name}", method="GET") for name in ("live", "ready")]

    assert [(answer.status_code, answer.text) for answer in answers] == [(200, "live\n"), (200, "ready\n")]
    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store", "no-store"]


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_server_whose_tables_are_older_than_itself_is_not_ready(app: Flask) -> None:
    with db.engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    answer = app.test_client().get("/health/ready")

    assert (answer.status_code, answer.text) == (503, "not ready\n")
    assert app.test_client().get("/health/live").status_code == 200


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_server_whose_database_is_down_lives_and_is_not_ready(app: Flask) -> None:
    client = create_app(replace(app.config["KOMEK"], database_url=NOBODY_LISTENS)).test_client()

    answer = client.get("/health/ready")

    assert (answer.status_code, answer.text) == (503, "not ready\n")
    assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_health_is_the_same_before_there_is_a_fund(app: Flask) -> None:
    assert app.test_client().get("/health/ready").text == "ready\n"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_behind_a_named_proxy_with_tls_browsers_are_told_to_use_nothing_else(app: Flask) -> None:
    config = replace(app.config["KOMEK"], proxies=("127.0.0.1",), trusted_hosts=("fund.example",))
    client = create_app(config).test_client()

    answers = [client.get(path, headers=FORWARDED) for path in ("/health/live", "/static/css/komek.css", "/nowhere")]

    for answer in answers:
        assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert "Strict-Transport-Security" not in client.get("/health/live", headers={"Host": "fund.example"}).headers


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PUT", "DELETE"])
def test_a_method_that_no_page_knows_is_refused(app: Flask, method: str) -> None:
    assert app.test_client().open("/sign-in", method=method).status_code in {302, 405}
    assert app.test_client().open("/health/live", method=method).status_code == 405


@contextmanager
def behind(*named: str) -> Iterator[Flask]:
    """A small app that says what it believes."""
    app = Flask("believer")
    app.add_url_rule("/", view_func=lambda: Response(f"{request.scheme} {request.host} {request.remote_addr}"))
    app.wsgi_app = NamedProxies(app.wsgi_app, networks(named))  # type: ignore[method-assign]
    yield app


@pytest.mark.parametrize("named", [("10.0.0.0/8", "192.0.2.1"), ("192.0.2.0/24",), ("192.0.2.1",)])
def test_a_named_proxy_is_believed(named: tuple[str, ...]) -> None:
    with behind(*named) as app:
        answer = app.test_client().get("/", headers=FORWARDED, environ_base={"REMOTE_ADDR": "192.0.2.1"})

    assert answer.text == "https fund.example 203.0.113.7"


@pytest.mark.parametrize("address", ["192.0.2.2", "127.0.0.1", "::1", "", "192.0.2.1, 10.0.0.1"])
def test_nobody_else_is(address: str) -> None:
    with behind("192.0.2.1") as app:
        answer = app.test_client().get("/", headers=FORWARDED, environ_base={"REMOTE_ADDR": address})

    assert answer.text == f"http localhost {address}"


def test_of_several_steps_only_the_last_is_believed() -> None:
    with behind("192.0.2.1") as app:
        told = FORWARDED | {"X-Forwarded-For": "127.0.0.1, 198.51.100.9"}
        answer = app.test_client().get("/", headers=told, environ_base={"REMOTE_ADDR": "192.0.2.1"})

    assert answer.text.endswith(" 198.51.100.9")


def test_a_proxy_that_is_no_address_keeps_the_server_from_starting() -> None:
    with pytest.raises(ValueError, match="caddy"):
        networks(["caddy"])


def test_names_and_proxies_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOMEK_HOSTS", "fund.example, www.fund.example")
    monkeypatch.setenv("KOMEK_PROXIES", "127.0.0.1,::1")

    config = Config.from_environment()

    assert config.trusted_hosts == ("fund.example", "www.fund.example")
    assert config.proxies == ("127.0.0.1", "::1")
