"""Panic: one press, and every address in every process gives the same locked page, until two people open it."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from aid import create_app
from aid.cli._common import actor_as
from aid.domain.ids import new_id
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.custody import Lockdown, LockdownKey
from aid.models.people import SignIn
from aid.queries.lockdowns import is_locked
from aid.services.lockdowns import lock
from aid.services.verification import replay, verify
from tests.conftest import BrowserOf
from tests.make import do, rows, see
from tests.make.browser import Browser, Page
from tests.make.custody import key
from tests.make.families import make_family
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.vouchers import later

one_database = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
ADDRESSES = (
    "/",
    "/sign-in",
    "/families/",
    "/locked",
    "/lock",
    "/nothing/here",
    "/people",
    "/enrol",
    "/founding",
    "/me",
)


def turn(browser: Browser, fund: FoundedFund, who: str, **typed: str) -> Page:
    """Type handle, password and code on the locked page."""
    given = {"handle": who, "password": fund.password(who), "code": fund.totp(who), **typed}
    return browser.submit("/anything", given)


def without_tokens(page: Page) -> str:
    return re.sub(r'value="[^"]{20,}"', "", page.html)


@one_database
def test_one_press_locks_every_address_alike(fund: FoundedFund, browser_of: BrowserOf) -> None:
    panicking, colleague = browser_of("nurlan"), browser_of("dina")
    assert "They are at the door: lock the whole fund" in panicking.get("/colleagues").text

    locked = panicking.press("/lock", "Lock everything now")

    assert (locked.status, locked.heading) == (503, "Locked")
    assert rows(select(SignIn)) == []
    stranger = browser_of(None)
    pages = [stranger.get(way) for way in ADDRESSES]
    pages += [browser.get("/families/") for browser in (panicking, colleague)]
    pages += [stranger.post(way, {"csrf_token": "wrong"}) for way in ("/families/", "/sign-in", "/nothing/here")]
    assert {page.status for page in pages} == {503}
    assert len({without_tokens(page) for page in pages}) == 1
    for word in ("Solidarity", "Komek", "Menu", "dina", "nurlan"):
        assert word not in pages[0].text + pages[0].title


@one_database
def test_the_locked_page_is_read_in_the_language_of_whoever_has_the_key(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    do(lock, actor=fund.distributor)
    stranger = browser_of(None)

    page = stranger.press("/anything", "Қаз Қазақша")

    assert (page.status, page.heading) == (503, "Құлыптаулы")
    assert stranger.get("/elsewhere").heading == page.heading


@one_database
def test_what_looks_pages_up_is_served_and_nothing_else(fund: FoundedFund, browser_of: BrowserOf) -> None:
    do(lock, actor=fund.distributor)
    client = browser_of(None).client

    assert client.get("/static/css/komek.css").status_code == 200
    missing = client.get("/static/no-such-thing.css")
    assert missing.status_code == 404
    assert "Solidarity" not in missing.text
    assert client.post("/locked", data={"csrf_token": "wrong"}).status_code == 400
    assert "Solidarity" not in client.post("/locked", data={"csrf_token": "wrong"}).text


def test_another_process_is_locked_too(app: Flask, fund: FoundedFund) -> None:
    other = create_app(app.config["KOMEK"])
    assert other.test_client().get("/sign-in").status_code == 200

    do(lock, actor=fund.distributor)

    with other.app_context():
        assert is_locked(db.session())
        assert other.test_client().get("/sign-in").status_code == 503
        db.session.remove()
        db.engine.dispose()


@one_database
def test_commands_in_somebodys_name_are_refused_before_the_password(fund: FoundedFund, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(fund.password("dina"), encoding="utf-8")
    assert actor_as("dina", file).handle == "dina"

    do(lock, actor=fund.distributor)
    db.session.rollback()

    with pytest.raises(RuleBroken, match="fund is locked"):
        actor_as("dina", file)
    with pytest.raises(RuleBroken, match="fund is locked"):
        actor_as("nobody", None)


@one_database
def test_what_was_under_way_writes_nothing_any_more(fund: FoundedFund) -> None:
    """A request, or an import by command, that began before somebody pressed."""
    registrar = fund.registrar
    do(lock, actor=fund.distributor)

    with pytest.raises(NotAllowed, match="fund is locked"):
        make_family(fund, by=registrar, confirmed=False)

    key(fund.coordinator)
    key(fund.treasurer)
    make_family(fund, by=registrar, confirmed=False)


def test_two_people_with_different_roles_open_it(fund: FoundedFund, browser_of: BrowserOf) -> None:
    do(lock, actor=fund.distributor)
    browser = browser_of(None)

    first = turn(browser, fund, "dina")
    assert (first.status, "One of two" in first.text) == (503, True)
    second = turn(browser_of(None), fund, "timur")

    assert (second.status, second.heading) == (200, "The fund is open again")
    [lockdown] = rows(select(Lockdown))
    assert lockdown.lifted_at is not None
    assert {row.person_id for row in rows(select(LockdownKey))} == {
        fund.coordinator.person_id,
        fund.treasurer.person_id,
    }
    assert browser_of("nurlan").get("/").status == 200
    assert list(see(verify)) == []


@one_database
def test_one_person_twice_or_two_of_one_role_do_not(fund: FoundedFund, browser_of: BrowserOf) -> None:
    do(lock, actor=fund.distributor)
    browser = browser_of(None)

    turn(browser, fund, "marat")
    turn(browser, fund, "marat", code=fund.totp("marat", steps=1))
    page = turn(browser, fund, "saule")

    assert page.status == 503
    assert "nobody who shares a role with the first" in page.text
    assert see(is_locked)
    assert turn(browser, fund, "aigul").status == 200  # a registrar after two members


@one_database
def test_a_wrong_word_turns_no_key(fund: FoundedFund, browser_of: BrowserOf) -> None:
    do(lock, actor=fund.distributor)

    for typed in ({"password": "wrong words here"}, {"code": "000000"}, {"handle": "nobody"}):
        page = turn(browser_of(None), fund, "dina", **typed)
        assert page.status == 503
        assert "The handle, password or code is wrong." in page.text
    assert rows(select(LockdownKey)) == []


@one_database
def test_a_code_turns_one_key_once(fund: FoundedFund, browser_of: BrowserOf) -> None:
    do(lock, actor=fund.distributor)
    code = fund.totp("dina")
    turn(browser_of(None), fund, "dina", code=code)

    page = turn(browser_of(None), fund, "dina", code=code)

    assert "The handle, password or code is wrong." in page.text
    assert len(rows(select(LockdownKey))) == 1


@one_database
def test_the_second_key_comes_within_ten_minutes(fund: FoundedFund) -> None:
    now = this_moment()
    do(lock, actor=fund.distributor, now=now)

    assert not key(fund.coordinator, now=now).is_open
    assert not key(fund.treasurer, now=later(now, minutes=11)).is_open
    assert key(fund.auditor, now=later(now, minutes=20)).is_open


@one_database
def test_who_presses_again_changes_nothing(fund: FoundedFund) -> None:
    first = do(lock, actor=fund.distributor)

    assert do(lock, actor=fund.coordinator) == first
    assert len(rows(select(Lockdown))) == 1


@one_database
def test_an_open_fund_has_no_locked_page_and_takes_no_keys(fund: FoundedFund, browser_of: BrowserOf) -> None:
    assert browser_of("dina").get("/locked").heading == "Today"
    with pytest.raises(RuleBroken, match="fund is open"):
        key(fund.coordinator)


@one_database
@pytest.mark.parametrize(
    "forged",
    [
        "DELETE FROM lockdown_key",
        "UPDATE lockdown_key SET person_id = (SELECT id FROM person WHERE handle = 'dina')",
        "UPDATE lockdown SET lifted_at = :later",
        "UPDATE lockdown_key SET at = :long_before WHERE person_id = (SELECT id FROM person WHERE handle = 'dina')",
    ],
)
def test_a_lock_that_two_keys_did_not_lift_is_named(fund: FoundedFund, forged: str) -> None:
    do(lock, actor=fund.distributor)
    key(fund.coordinator)
    key(fund.treasurer)
    moment = this_moment().instant
    times: dict[str, Any] = {
        "later": _kept(moment + timedelta(minutes=1)),
        "long_before": _kept(moment - timedelta(minutes=11)),
    }

    with forging() as session:
        assert not [finding for finding in replay(session, "states") if finding.what == "lockdown"]
        forge(session, forged, **{name: value for name, value in times.items() if f":{name}" in forged})
        assert "lockdown" in {finding.what for finding in found(session, "states")}


@one_database
@pytest.mark.parametrize(
    ("reset", "named"),
    [
        ("'recovered', NULL, :lifted", False),
        ("'recovered', NULL, :later", True),
        ("'recovered', id, :lifted", True),
        ("'lost_password', NULL, :lifted", True),
    ],
)
def test_shares_open_a_lock_in_the_moment_in_which_they_let_somebody_begin_anew(
    fund: FoundedFund, reset: str, *, named: bool
) -> None:
    do(lock, actor=fund.distributor)
    lifted = this_moment().instant
    times = {"lifted": _kept(lifted), "later": _kept(lifted + timedelta(minutes=1))}

    with forging() as session:
        forge(session, "UPDATE lockdown SET lifted_at = :lifted", lifted=times["lifted"])
        used = {name: value for name, value in times.items() if f":{name}" in reset}
        forge(
            session,
            "INSERT INTO key_reset (id, person_id, reason, by_id, at) "
            f"SELECT :new, id, {reset} FROM person WHERE handle = 'dina'",
            new=new_id().hex,
            **used,
        )
        assert ("lockdown" in {finding.what for finding in found(session, "states")}) is named


def _kept(moment: datetime) -> str:
    """A moment as SQLite keeps it."""
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}"
