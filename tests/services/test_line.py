"""Writes to one SQLite file wait in line: each begins when the one before it is over, and none waits for ever."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from aid.extensions import db, writing
from aid.models.line import Line

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@contextmanager
def a_write() -> Iterator[Connection]:
    with writing().begin() as connection:
        connection.execute(text("UPDATE counter SET value = value"))
        yield connection


def test_who_comes_while_another_writes_begins_when_that_is_over(app: Flask) -> None:
    order: list[str] = []

    def second() -> None:
        with app.app_context(), a_write():
            order.append("second")

    with a_write():
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.05)
        order.append("first")
    waiting.join()

    assert order == ["first", "second"]


def test_a_write_that_failed_lets_the_next_one_begin(app: Flask) -> None:
    with pytest.raises(OperationalError), a_write() as connection:
        connection.execute(text("UPDATE nothing SET value = 1"))

    with a_write() as connection:
        assert connection.in_transaction()


def test_who_waited_in_vain_asks_the_file_itself(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that nobody leaves any more holds nobody up for good."""
    monkeypatch.setattr(Line, "PATIENCE", 0.01)
    with db.engine.connect() as stuck:
        own = stuck.connection.dbapi_connection
        own.line.wait(own)  # type: ignore[union-attr]

        with a_write() as connection:
            assert connection.in_transaction()


def test_who_reads_does_not_wait(app: Flask) -> None:
    with a_write(), db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM counter")).scalar_one() >= 0
