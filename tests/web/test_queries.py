"""No page asks the database more questions because there are more rows: every list and detail page, for every role."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import event, select

from aid.domain.custody import SuspensionReason
from aid.domain.permissions import Role
from aid.domain.vouchers import VoucherState
from aid.extensions import db
from aid.models.people import Person, PersonState
from aid.services.suspensions import suspend
from tests.conftest import BrowserOf
from tests.make import do, rows
from tests.make.allocations import make_allocation
from tests.make.browser import Browser
from tests.make.donations import make_donation, make_thanked
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.lived import whole as whole
from tests.make.vouchers import make_vouchers
from tests.web.test_roles import WHO

SQLITE = pytest.mark.parametrize("whole", ["sqlite"], indirect=True)
OF_EACH_KIND = 3  # detail pages that are opened of one kind; thoroughly, at least one by each role
LEFT_OUT = ("/sign-out", "/language", "/static", "/lock", ".pdf", ".csv", ".xlsx", "/journal")


HOWEVER_MANY = re.compile(r"(\(\?|\b\S+ = \? AND \S+ [=<] \?)(?:, \?| OR \1)*")
"""Of what is looked for, however many there are: `(?, ?, ?)`, or `a = ? AND b = ? OR a = ? AND b = ?`."""


@contextmanager
def questions(app: Flask) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(HOWEVER_MANY.sub(r"\1…", statement))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def opened(browser: Browser, path: str) -> tuple[list[str], list[str]] | None:
    """What a page asks when it is opened, and where it leads; nothing where it leads elsewhere or is no page."""
    with questions(browser.app) as asked:
        answer = browser._ask(path, method="GET")
    if answer.status_code != 200:
        return None
    page = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
    return asked, [html.unescape(link) for link in re.findall(r'<a\b[^>]*?\bhref="([^"]*)"', page)]


def every_page(
    browser: Browser, app: Flask, kinds: Counter[str], *, thorough: bool
) -> Iterator[tuple[str, Counter[str]]]:
    """Each page there is a way to from Today, opened, with what it asked: all lists, and of each kind of thing some.

    Today is opened once before, for what is asked once and kept.
    """
    found, to_open, own = ["/"], ["/"], Counter[str]()
    routes = app.url_map.bind("localhost")
    opened(browser, "/")
    while to_open:
        here = to_open.pop(0)
        if (page := opened(browser, here)) is None:
            continue
        asked, links = page
        yield here, Counter(asked)
        for link in links:
            path = urlsplit(link).path if link.startswith("/") else ""
            if not path.startswith("/") or any(part in path for part in LEFT_OUT) or path in found:
                continue
            assert routes.test(path), f"{here} has a link that leads nowhere: {path}"
            endpoint, values = routes.match(path)
            if not values or (thorough and not own[endpoint]) or kinds[endpoint] < OF_EACH_KIND:
                own[endpoint] += 1
                kinds[endpoint] += 1
                found.append(path)
                to_open.append(path)


def live_on(fund: FoundedFund) -> None:
    """More of what is listed: families, donations, rounds at each stage, papers, an arrest."""
    for _each in range(4):
        make_family(fund, confirmed=False)
        make_donation(fund)
        make_thanked(fund)
        make_allocation(fund, families=1)
        make_vouchers(fund, 1, state=VoucherState.ISSUED)
        make_vouchers(fund, 1, state=VoucherState.COLLECTED)
        make_vouchers(fund, 2)
    others = rows(select(Person).where(Person.state == PersonState.ACTIVE, Person.handle.not_in(WHO.values())))
    for colleague in others[:2]:
        do(suspend, actor=fund.administrator, person_id=colleague.id, reason=SuspensionReason.ARRESTED)


@SQLITE
@pytest.mark.slow
def test_no_page_asks_more_because_there_are_more_rows(
    whole: Flask, browser_of_whole: BrowserOf, thorough: bool
) -> None:
    fund, kinds = FoundedFund(whole), Counter[str]()
    few = {
        (handle, path): asked
        for handle in (WHO[role] for role in Role)
        for path, asked in every_page(browser_of_whole(handle), whole, kinds, thorough=thorough)
    }
    live_on(fund)
    grown = {}
    browsers = {handle: browser_of_whole(handle) for handle in {handle for handle, _path in few}}
    for browser in browsers.values():
        opened(browser, "/")
    for (handle, path), before in few.items():
        page = opened(browsers[handle], path)
        if page is not None and (more := Counter(page[0]) - before):
            grown[handle, path] = more

    assert len({path for _handle, path in few}) > 60
    assert grown == {}


@pytest.fixture
def browser_of_whole(whole: Flask) -> BrowserOf:
    """Somebody's browser, in a fund where everything has happened."""
    fund = FoundedFund(whole)
    return lambda who, **_more: Browser(whole, cookie=fund.sign_in(who))
