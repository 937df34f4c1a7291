"""Each page opens on both databases, in each language, to who works with it; and no page is left out.

On PostgreSQL a page that is like one before it (`also`) is opened only by `--thorough`.

What is listed in `tests/make/pages` is what `tests/browser/test_pages.py` shows to axe.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, zip_longest
from typing import Any
from xml.etree.ElementTree import Element

import pytest
import tinyhtml5
from flask import Flask, request, request_finished, template_rendered
from werkzeug.wrappers import Response

from aid.services.lockdowns import lock
from tests.make import do
from tests.make.browser import Browser
from tests.make.fund import FoundedFund
from tests.make.hidden import HIDDEN, named_in
from tests.make.lived import whole as whole
from tests.make.markup import Markup
from tests.make.membership import stop
from tests.make.pages import pages_of, states
from tests.make.pages.people import cookie_of
from tests.make.pages.visits import Visit, opened
from tests.make.sitting import EVERYBODY, password_of

NO_PAGES = {
    "static": "parts of pages",
    "health.live": "read by machines",
    "health.ready": "read by machines",
    "act.done_paper": "a PDF",
    "act.paper": "a PDF",
    "committee.record": "a PDF",
    "day_counts.sheet": "a PDF",
    "days.packing_list": "a PDF",
    "days.poster": "a PDF",
    "figures.printed": "a PDF",
    "handovers.sheet": "a PDF",
    "paper_trail.log_pdf": "a PDF",
    "figures.as_csv": "a table",
    "figures.as_json": "read by machines",
    "ledger.statement_paper": "a PDF",
    "meetings.ballots": "a PDF",
    "meetings.minutes": "a PDF",
    "objections.paper": "a PDF",
    "objections.sheet": "a PDF",
    "reconciliation.paper": "a PDF",
    "reconciliation.sums_file": "a table",
    "reconciliation.vouchers_file": "a table",
    "shops.letter": "a PDF",
    "shops.statement": "a PDF",
    "support.sheet": "a PDF",
    "surveys.draw": "a file to draw again",
    "surveys.paper": "a PDF",
    "surveys.table": "a table",
    "imports.mend": "a table",
    "ledger.journal": "a text for hledger",
    "families.again": "leads to the family",
    "households.again": "leads to the family",
    "imports.show": "leads to the step that waits",
    "objections.again": "leads to the case",
    "recovery.again": "leads to one's own share",
}
FOUNDING = ("founding.", "seats.", "act.", "samples.")
"""Opened in the test of a founding, below."""
LAYOUTS = {"base.html", "collections/answer.html"}


PICTURES = {"svg", "g", "path", "circle", "rect", "line", "polyline", "polygon", "text", "tspan", "use", "title"}


class Seen:
    """Endpoints that answered a page, and templates that axe is shown too."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.templates: set[str] = set()
        self.pages: dict[str, list[bool]] = defaultdict(list)  # whether it had something on it
        self.refused: list[Any] = []
        self.told: dict[bool, list[tuple[str, bytes]]] = {False: [], True: []}  # all answers; True: a treasurer's
        self._shows_axe = True
        self._who = ""

    @contextmanager
    def looking(self) -> Iterator[None]:
        with (
            template_rendered.connected_to(self._shown, self.app),
            request_finished.connected_to(self._ended, self.app),
        ):
            yield

    def only_new(self, visits: Sequence[Visit]) -> Iterator[Visit]:
        """Those that are unlike all others, or that nobody has come to yet."""
        routes = self.app.url_map.bind("localhost")
        for visit in visits:
            path = visit.address.partition("?")[0]
            if visit.shown or not routes.test(path) or routes.match(path)[0] not in self.pages:
                yield visit

    def walk(self, browser: Browser, visits: Iterable[Visit], who: str = "") -> None:
        """Open all of these, in one language after the other."""
        self._who = who
        for visit, language in zip(visits, cycle(["kk", "ru", "en"])):
            browser.language, self._shows_axe = language, visit.shown
            page = opened(browser, visit)
            self.refused += [(who, visit, page.status, page.heading)] if page.status != visit.status else []

    def _shown(self, _app: Flask, template: Any, **_more: Any) -> None:
        if self._shows_axe:
            self.templates.add(template.name)

    def _ended(self, _app: Flask, response: Response, **_more: Any) -> None:
        if self.app.config["KOMEK"].database_url is None and not response.is_streamed:
            self.told[self._who == "timur"].append((f"{self._who}: {request.full_path}", response.get_data()))
        if (
            request.endpoint
            and request.method == "GET"
            and response.mimetype == "text/html"
            and response.status_code < 300
        ):
            if request.endpoint not in self.pages and self.app.config["KOMEK"].database_url is None:
                page = response.get_data(as_text=True)
                self.refused += [("read otherwise", request.path, way) for way in told_apart(page)]
            self.pages[request.endpoint].append('class="empty"' not in response.get_data(as_text=True))


def told_apart(page: str) -> list[Any]:
    """The first element that the rules of HTML read otherwise than it is written, if there is one."""
    pairs = zip_longest(drawn(Markup(page).tree), drawn(tinyhtml5.parse(page, namespace_html_elements=False)))
    return [pair for pair in pairs if pair[0] != pair[1]][:1]


def drawn(tree: Element) -> list[tuple[str, dict[str, str]]]:
    """All elements in their order, with what they say, but for what is inside pictures."""
    elements = ((element.tag.rpartition("}")[2], element.attrib) for element in tree.iter())
    return [(tag, said) for tag, said in elements if tag not in PICTURES]


def templates(app: Flask, *folders: str) -> Iterable[str]:
    """Templates that are pages of their own, not parts or papers; of these folders, where some are named."""
    assert app.jinja_loader is not None
    for name in app.jinja_loader.list_templates():
        is_part = "_" in (name[0], name.rpartition("/")[2][0]) or name.startswith("documents/")
        if not is_part and name not in LAYOUTS and name.startswith(folders or ""):
            yield name


def test_every_page_opens_on_both_databases_with_something_on_it(whole: Flask, thorough: bool) -> None:
    fund, seen = FoundedFund(whole), Seen(whole)
    opens_all = thorough or whole.config["KOMEK"].database_url is None
    with seen.looking():
        for handle, visits in pages_of(fund).items():
            opened_now = visits if opens_all else seen.only_new(visits)
            seen.walk(Browser(whole, cookie=cookie_of(fund, handle)), opened_now, handle)
        do(lock, actor=fund.distributor)
        seen.walk(Browser(whole), states.LOCKED)
        states.open_again(fund)
        seen.walk(Browser(whole), states.OPEN_AGAIN)

    assert seen.refused == []
    _nobody_else_is_told_of_the_hidden_donor(seen)
    endpoints = {rule.endpoint for rule in whole.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert {name for name in endpoints - set(seen.pages) - set(NO_PAGES) if not name.startswith(FOUNDING)} == set()
    assert set(NO_PAGES) <= endpoints
    assert [name for name, filled in seen.pages.items() if name not in NO_PAGES and not any(filled)] == []
    elsewhere = {*templates(whole, "founding/"), "families/sample.html"}
    assert set(templates(whole)) - seen.templates - elsewhere == set()


def _nobody_else_is_told_of_the_hidden_donor(seen: Seen) -> None:
    """No page, answer or flash of anybody but treasurers; what finds nothing there finds them on treasurers' pages."""
    if seen.told[False]:
        assert named_in(seen.told[False]) == []
        assert any(HIDDEN["name"] in found for found in named_in(seen.told[True]))


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_every_page_of_a_founding_and_of_the_days_after_it_opens(app: Flask) -> None:
    sitting, seen = states.table_laid(app), Seen(app)
    with seen.looking():
        seen.walk(sitting.browser, states.BEFORE_THE_CODE)
        sitting.browser.language = "en"
        sitting.begin()
        seen.walk(sitting.browser, states.AT_THE_TABLE)
        sitting.seat_quickly(*EVERYBODY)
        sitting.browser.language = "en"
        sitting.found()
        seen.walk(sitting.browser, states.FOUNDED)
        dina = Browser(app)
        dina.submit("/sign-in", handle="dina", password=password_of("dina"), code=sitting.shown("dina"))
        seen.walk(dina, states.IN_ITS_FIRST_DAYS)

    assert seen.refused == []
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert {name for name in endpoints - set(seen.pages) - set(NO_PAGES) if name.startswith(FOUNDING)} == set()
    assert {*templates(app, "founding/"), "families/sample.html"} - seen.templates == set()


@pytest.mark.parametrize("whole", ["sqlite"], indirect=True)
def test_pages_open_while_the_fund_is_stopped(whole: Flask) -> None:
    fund, seen = FoundedFund(whole), Seen(whole)
    stop(fund, "saule")
    seen.walk(Browser(whole, cookie=fund.sign_in("saule")), states.STOPPED)

    assert seen.refused == []
