"""Every address, asked by every role and by a stranger: open to whom it should be, and alike to everybody else."""

import re
from collections.abc import Iterator
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from aid.domain.codes import family_code
from aid.domain.custody import SuspensionReason
from aid.domain.permissions import ROLE_PERMISSIONS, Permission, Role
from aid.models.allocations import Allocation
from aid.models.collections import Collection
from aid.models.donations import Donation
from aid.models.families import Family
from aid.models.objections import Objection
from aid.models.people import SignIn
from aid.models.programmes import Programme
from aid.models.vouchers import PrintBatch
from aid.security import Guard
from aid.services.suspensions import suspend
from tests.conftest import BrowserOf
from tests.make import do, rows
from tests.make.browser import Browser
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.lived import whole as whole

WHO = {
    Role.REGISTRAR: "aigul",
    Role.CONFIRMER: "gulnar",
    Role.COORDINATOR: "dina",
    Role.TREASURER: "timur",
    Role.COMMITTEE_MEMBER: "marat",
    Role.DISTRIBUTOR: "nurlan",
    Role.ADMINISTRATOR: "erlan",
    Role.AUDITOR: "olga",
}
SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # guards ask no database anything of their own
GOES = {"people.sign_out", "account.end_all", "account.lock_screen", "lockdown.lock", "stop.press"}
"""After these nobody can ask on, or every page says what was pressed."""
WITHOUT_TOKEN = {"give.reference", "figures.gift_shown"}
"""Strangers write there without a cookie, and no sign-in does anything there: see docs/threat-model.md."""
NOBODYS = re.compile(r"[0-9a-f-]{36}|\d{9}")  # an id in an address


class Ask(NamedTuple):
    """One way to ask for one address."""

    endpoint: str
    method: str
    path: str
    is_last: bool  # of the methods that its view takes


def every_ask(app: Flask) -> Iterator[tuple[Ask, Guard | Permission]]:
    """Each route and method, filled with ids that are nobody's, and who may open it."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        guard: Any = app.view_functions[rule.endpoint]
        methods = sorted({"GET", "POST"} & (rule.methods or set()))
        for method in methods:
            yield Ask(rule.endpoint, method, filled(rule), method == methods[-1]), guard.allows


def filled(rule: Rule) -> str:
    """The rule's address, of something that does not exist."""
    values = {"uuid": lambda _of: str(uuid4()), "string": lambda _of: family_code(), "int": lambda _of: "99"}
    values["any"] = lambda of: str(of).split(",")[0].strip(" '")
    part = r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>"
    return re.sub(part, lambda found: values[found[1]](found[2]) if found[1] else "xx", rule.rule)


def send(browser: Browser, ask: Ask, *, token: str) -> TestResponse:
    """Ask, with a token and nothing else typed; redirects are looked at, not followed."""
    return browser._ask(ask.path, method=ask.method, data={"csrf_token": token} if ask.method == "POST" else None)


def token_of(browser: Browser) -> str:
    """The token of this browser's forms."""
    return str(browser.get("/sign-in").forms()[0].filled["csrf_token"])


def shape(answer: TestResponse, path: str) -> tuple[int, str, dict[str, str]]:
    """All that a person can tell two refusals apart by, but for what is theirs: the address, and the token's time."""
    page = re.sub(r'(name="csrf_token" value)="[^"]*"', r"\1", answer.get_data(as_text=True))
    page = page.replace(f'value="{path}"', "value")
    headers = {name: value for name, value in answer.headers.items() if name not in {"Content-Length", "Date"}}
    return answer.status_code, page, headers


def open_to(role: Role, guard: Guard | Permission) -> bool:
    return guard in ROLE_PERMISSIONS[role] if isinstance(guard, Permission) else True


def test_each_role_is_tried() -> None:
    assert set(WHO) == set(Role)


@SQLITE
@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_its_permissions_name_and_nothing_else(
    fund: FoundedFund, browser_of: BrowserOf, role: Role, thorough: bool
) -> None:
    """A view has one guard, whatever is asked: what is closed is asked for by one method, or thoroughly by all."""
    browser, wrong, refusals = browser_of(WHO[role]), [], set()
    token = token_of(browser)
    for ask, guard in every_ask(fund.app):
        is_open = open_to(role, guard)
        if ask.endpoint in GOES or not (is_open or ask.is_last or thorough):
            continue
        answer = send(browser, ask, token=token)
        if is_open:
            if answer.status_code == 302:
                browser._ask("/me", method="GET")  # says what was done, so that no refusal does
            expected = {302, 404, 409} if NOBODYS.search(ask.path) else {200, 302, 400, 404, 409}
        else:
            expected = {403}
            refusals.add(str(shape(answer, ask.path)))
        wrong += [(ask, answer.status_code)] if answer.status_code not in expected else []

    assert wrong == []
    assert len(refusals) == 1, "one refusal is told from another"


@SQLITE
def test_a_refusal_takes_as_long_wherever_it_comes_from(fund: FoundedFund, browser_of: BrowserOf) -> None:
    """What is behind a closed door can't be told by the clock: not by address, and not by whether it exists."""
    browser, refused = browser_of(WHO[Role.AUDITOR]), {}
    for ask, guard in every_ask(fund.app):
        if ask.method == "GET" and not open_to(Role.AUDITOR, guard):
            refused[ask.endpoint] = spent(browser, ask.path)
    registrar, code = browser_of("sauran"), make_family(fund).code
    real, none = (spent(registrar, f"/families/{which}", times=9) for which in (code, family_code()))
    typical = median(refused.values())

    print(f"refusals: {1000 * typical:.1f} ms, {max(refused.values()) / min(refused.values()):.2f} between extremes;")
    print(f"what exists elsewhere against what does not: {real / none:.2f}")
    assert len(refused) > 30
    assert 1 / 5 < real / none < 5


def spent(browser: Browser, path: str, *, times: int = 3) -> float:
    """Seconds that this answer takes: the middle of several."""
    measured = []
    for _each in range(times):
        began = perf_counter()
        browser._ask(path, method="GET")
        measured.append(perf_counter() - began)
    return median(measured)


@SQLITE
def test_a_stranger_is_sent_to_sign_in_from_everywhere(fund: FoundedFund, browser_of: BrowserOf) -> None:
    assert let_in(fund.app, browser_of(None)) == []


@SQLITE
def test_whoever_is_suspended_gets_nowhere_from_then_on_wherever_they_were_signed_in(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    """A coordinator opens most, and is signed in on a phone and on a desk."""
    phone, desk = (browser_of(WHO[Role.COORDINATOR]) for _each in range(2))
    assert (phone.get("/families/").status, desk.get("/families/").status) == (200, 200)

    do(suspend, actor=fund.administrator, person_id=fund.coordinator.person_id, reason=SuspensionReason.ARRESTED)

    assert let_in(fund.app, phone) == []
    assert desk.get("/families/").heading == "Sign in"
    assert rows(select(SignIn).where(SignIn.person_id == fund.coordinator.person_id)) == []


def let_in(app: Flask, browser: Browser) -> list[tuple[Ask, int, str | None]]:
    """All that answers otherwise than by sending to the page where one signs in."""
    token, wrong = token_of(browser), list[tuple[Ask, int, str | None]]()
    for ask, guard in every_ask(app):
        if guard in {Guard.ANYONE, Guard.FOUNDING}:
            continue
        answer = send(browser, ask, token=token)
        if (answer.status_code, (answer.location or "").partition("?")[0]) != (302, "/sign-in"):
            wrong.append((ask, answer.status_code, answer.location))
    return wrong


@SQLITE
def test_nothing_is_posted_without_the_token_of_the_page(fund: FoundedFund, browser_of: BrowserOf) -> None:
    """By who is signed in, neither without a token nor with somebody else's."""
    browser = browser_of("dina")
    anothers = token_of(browser_of("erlan"))

    answers = {
        (ask.endpoint, token): send(browser, ask, token=token).status_code
        for ask, _guard in every_ask(fund.app)
        if ask.method == "POST" and ask.endpoint not in WITHOUT_TOKEN
        for token in ("", anothers)
    }

    assert set(answers.values()) == {400}


@pytest.mark.parametrize("whole", ["sqlite"], indirect=True)
def test_somebody_elses_things_are_as_good_as_none(whole: Flask) -> None:
    """What exists, asked for by roles that may not see it, and by their colleagues elsewhere."""
    fund = FoundedFund(whole)
    there = {
        "/families/{}": rows(select(Family).where(Family.locality_id == fund.localities["old-town"]))[0].code,
        "/donations/{}": rows(select(Donation))[0].id,
        "/programmes/{}": rows(select(Programme))[0].id,
        "/allocations/{}": rows(select(Allocation))[0].id,
        "/committee/{}": rows(select(Allocation))[0].id,
        "/committee/{}/record.pdf": rows(select(Allocation))[0].id,
        "/objections/{}": rows(select(Objection))[0].id,
        "/vouchers/{}": rows(select(Allocation))[0].id,
        "/vouchers/batches/{}": rows(select(PrintBatch))[0].id,
        "/collections/{}": rows(select(Collection))[0].id,
    }
    browsers = {handle: Browser(whole, cookie=fund.sign_in(handle)) for handle in (*WHO.values(), "sauran")}
    opened, told_apart = set(), []
    for pattern, known in there.items():
        unknown = family_code() if pattern.startswith("/families") else uuid4()
        for handle, browser in browsers.items():
            paths = [pattern.format(which) for which in (known, unknown)]
            real, none = (browser._ask(path, method="GET") for path in paths)
            if real.status_code == 200:
                opened.add((handle, pattern))
            elif shape(real, paths[0]) != shape(none, paths[1]):
                told_apart.append((handle, pattern, real.status_code, none.status_code))

    assert told_apart == []
    assert ("aigul", "/families/{}") in opened
    assert ("sauran", "/families/{}") not in opened
    assert len(opened) > 15, "each thing is seen by somebody"
