"""A server killed between the commit and the answer: the same form, sent again, gets the answer and has one effect.

It is sent again to this process, which knows as little of the one that was killed as a server that is started anew.
"""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.process import BaseProcess
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from aid.domain.entries import EntryKind
from aid.models.collections import Collection
from aid.models.ledger import Entry
from aid.security.sessions import COOKIE
from config import Config
from tests.conftest import both_databases
from tests.make import rows
from tests.make.browser import Form
from tests.make.forked import FORKED
from tests.make.fund import FoundedFund
from tests.make.markup import Markup
from tests.make.vouchers import make_voucher
from tests.web.dying_server import FATAL, KILLED, serve

pytestmark = [pytest.mark.slow, both_databases]


class Line:
    """A plain connection to a server, signed in by its cookie."""

    def __init__(self, process: BaseProcess, port: int, cookie: str) -> None:
        self.process = process
        self.port = port
        self.headers = {"Cookie": f"{COOKIE}={cookie}", "Content-Type": "application/x-www-form-urlencoded"}

    def ask(self, method: str, path: str, fields: dict[str, Any] | None = None) -> tuple[int, str, str]:
        """Status, where to, and page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, urlencode(fields or {}), self.headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location", ""), answer.read().decode()


@contextmanager
def server(config: Config, cookie: str, *, dies: str) -> Iterator[Line]:
    """A server in a process of its own."""
    told, tells = FORKED.Pipe(duplex=False)
    process = FORKED.Process(target=serve, args=(replace(config, testing=True), dies, tells))
    process.start()
    tells.close()
    try:
        yield Line(process, told.recv(), cookie)
    finally:
        process.kill()
        process.join()


def sent_again(app: Flask, cookie: str, order: dict[str, Any]) -> tuple[int, str]:
    """Status, and where to, of the same form in another process."""
    headers = {"Cookie": f"{COOKIE}={cookie}"}
    answer = app.test_client(use_cookies=False).post(FATAL, data=order, headers=headers)
    return answer.status_code, answer.headers.get("Location", "")


def form_of(page: str, *, field: str) -> dict[str, Any]:
    """What the form with this field would send."""
    tree = Markup(page).tree
    forms = (Form(element, tree) for element in tree.iter("form"))
    return next(form.filled for form in forms if field in form.names)


@pytest.mark.parametrize(("dies", "remain"), [("after-commit", 1), ("before-commit", 0)])
def test_a_collection_sent_again_after_a_kill_is_one_collection(
    fund: FoundedFund, app: Flask, dies: str, remain: int
) -> None:
    voucher, cookie = make_voucher(fund), fund.sign_in(fund.distributor).text()
    with server(app.config["KOMEK"], cookie, dies=dies) as line:
        digits = form_of(line.ask("GET", "/collections/new")[2], field="code") | {"code": voucher.digits}
        order = form_of(line.ask("POST", "/collections/new", digits)[2], field="collector") | {"collector": "0"}
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            line.ask("POST", FATAL, order)
        line.process.join(10)
        assert line.process.exitcode == KILLED
    assert len(rows(select(Collection))) == remain

    first, again = (sent_again(app, cookie, order) for _each in range(2))

    [collection] = rows(select(Collection))
    assert first == again == (302, f"/collections/{collection.id}")
    assert len(rows(select(Entry).where(Entry.kind == EntryKind.COLLECTION))) == 1
