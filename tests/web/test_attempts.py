"""What somebody may attempt who has one account, one cookie or one page too many: each is refused, and says why."""

import secrets
from uuid import UUID

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from aid.domain.membership import ChangeKind
from aid.domain.permissions import Role
from aid.models.allocations import Decision, Vote
from aid.models.donations import Donation
from aid.services import people
from aid.services.verification import verify
from aid.vault.cookies import SignInCookie
from tests.conftest import BrowserOf
from tests.make import rows, see
from tests.make.allocations import make_allocation
from tests.make.browser import Browser, Page
from tests.make.fund import LEAST, MEMBERS, FoundedFund
from tests.make.membership import later, make_anew, propose, sign
from tests.make.people import person

SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
PASSWORD = "plum harbour violin 88 dust"
FRIENDS = ("tanya", "kolya", "misha")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(people.prepare_invitation.__kwdefaults__ or {}, "cost", LEAST)
    monkeypatch.setitem(people.prepare_keys.__kwdefaults__ or {}, "cost", LEAST)


def votes_of(browser: Browser, allocation_id: UUID, password: str, **typed: str) -> Page:
    """A member's yes, as the page sends it."""
    return browser.submit(f"/committee/{allocation_id}/vote", {"choice": "yes", "password": password, **typed})


def count(kind: type) -> int:
    return rows(select(func.count()).select_from(kind))[0]


def comes(app: Flask, handle: str, first: str) -> Browser:
    """Somebody uses their first password, and makes their keys."""
    browser = Browser(app)
    page = browser.submit("/sign-in", handle=handle, password=first)
    secret = next(element.text for element in page.tree.iter("p") if "secret" in element.get("class", "")) or ""
    code = pyotp.TOTP(secret.replace(" ", "")).now()
    assert browser.send(page, password=PASSWORD, again=PASSWORD, code=code).heading == "Today"
    return browser


# ---------------------------------------------------------------- a committee of one's own


def test_an_administrator_who_invites_a_quorum_of_friends_has_no_vote_among_them(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    allocation_id, administrator = make_allocation(fund, families=1).allocation_id, browser_of("erlan")
    refusals = []
    for friend in FRIENDS:
        order = {"handle": friend, "language": ["en"], "roles": [Role.COMMITTEE_MEMBER.value]}
        told = administrator.submit("/people/invite", order)
        first = [element.text or "" for element in told.tree.iter("dd") if element.get("class") == "code"][1]
        browser = comes(fund.app, friend, first)
        refusals.append(votes_of(browser, allocation_id, PASSWORD))
        changed = browser.submit("/committee/members/propose/leave", subject=str(person("marat").id))
        assert changed.status in {403, 409}, changed.text

    assert {page.status for page in refusals} == {409}
    assert all("committee" in page.text for page in refusals)
    assert (count(Vote), count(Decision)) == (0, 0)
    assert list(see(verify)) == []


@SQLITE
def test_whose_key_was_replaced_does_not_vote_before_the_committee_signed_and_the_delay_is_over(
    fund: FoundedFund,
) -> None:
    allocation_id, marat = make_allocation(fund, families=1).allocation_id, make_anew(fund, "marat")
    password = "nine calm storks of marat"
    early = votes_of(Browser(fund.app, cookie=marat.sign_in()), allocation_id, password)
    change = propose(fund, ChangeKind.NEW_KEY, by=fund.members[1], subject_id=marat.person_id)
    holds_from = sign(fund, change, MEMBERS[1:4]).holds_from
    assert holds_from is not None
    signed = votes_of(Browser(fund.app, cookie=marat.sign_in()), allocation_id, password)
    with time_machine.travel(later(0.01, since=holds_from).instant, tick=True):
        after = votes_of(Browser(fund.app, cookie=marat.sign_in()), allocation_id, password)

    for page in (early, signed):
        assert (page.status, "voting key is a new one" in page.text) == (409, True), page.text
    assert count(Vote) == 1
    assert after.heading == "You have no keys for this yet", "what the vote rests on waits for a colleague"


# ---------------------------------------------------------------- a form that was seen before


def test_a_vote_that_is_replayed_counts_once_and_counts_for_nothing_else(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    """The same bytes again; for another allocation; by another member; and with another choice in them."""
    first, second = (make_allocation(fund, families=1).allocation_id for _each in range(2))
    marat = browser_of("marat")
    form = marat.get(f"/committee/{first}/vote").form_with({"content_root"})
    sent = {**form.filled, "choice": "yes", "password": fund.password("marat")}
    assert "signed and counted" in marat.post(f"/committee/{first}/vote", sent).text

    again = marat.post(f"/committee/{first}/vote", sent)
    elsewhere = marat.post(f"/committee/{second}/vote", sent)
    turned = marat.post(f"/committee/{first}/vote", {**sent, "choice": "no"})
    saule = browser_of("saule")
    token = saule.get(f"/committee/{first}/vote").form_with({"content_root"}).filled["csrf_token"]
    stolen = saule.post(f"/committee/{first}/vote", {**sent, "csrf_token": token})
    own = saule.post(f"/committee/{first}/vote", {**sent, "csrf_token": token, "password": fund.password("saule")})

    assert "signed and counted" in again.text
    assert {page.status for page in (elsewhere, turned, stolen, own)} == {409}
    assert "not your password" in stolen.text
    assert "already sent with other contents" in own.text
    [vote] = rows(select(Vote))
    assert (vote.allocation_id, vote.member_id) == (first, person("marat").id)


@SQLITE
@pytest.mark.parametrize("thief", ["timur", "erlan", None], ids=["a colleague", "another role", "a stranger"])
def test_an_idempotency_key_of_somebody_else_tells_nothing_of_what_they_did(
    fund: FoundedFund, browser_of: BrowserOf, thief: str | None
) -> None:
    order = {"amount": "12 500", "purpose": str(fund.purposes["school"]), "received_on": "2026-08-03"}
    donor = {"kind": "person", "name": "Ingrid Solheim", "language": "en"}
    treasurer = browser_of("timur")
    checked = treasurer.submit("/donations/new", {**order, **donor})
    key = checked.form_with({"key", "amount"}).filled["key"]
    assert "is booked" in treasurer.send(checked, button="Book the donation").text
    browser = browser_of(thief)
    token = browser.get("/sign-in" if thief is None else "/me").forms()[0].filled["csrf_token"]
    other = {**order, **donor, "amount": "99", "step": "book", "key": key, "csrf_token": token}

    page = browser.post("/donations/new", other)

    assert page.status in {200, 403, 409}
    assert "Donation 1" not in page.text
    assert "Ingrid" not in page.text or thief == "timur", "one's own form shows what one typed"
    assert count(Donation) == 1


# ---------------------------------------------------------------- one person, several windows


@SQLITE
def test_two_windows_of_one_person_send_one_form_once(fund: FoundedFund, browser_of: BrowserOf) -> None:
    allocation_id = make_allocation(fund, families=1).allocation_id
    phone, laptop = browser_of("marat"), browser_of("marat")
    form = phone.get(f"/committee/{allocation_id}/vote").form_with({"content_root"}).filled
    token = laptop.get(f"/committee/{allocation_id}/vote").form_with({"content_root"}).filled["csrf_token"]
    sent = {**form, "choice": "yes", "password": fund.password("marat")}

    answers = [
        phone.post(f"/committee/{allocation_id}/vote", sent),
        laptop.post(f"/committee/{allocation_id}/vote", {**sent, "csrf_token": token}),
    ]
    other = laptop.post(f"/committee/{allocation_id}/vote", sent)  # the other window's token: it is kept, and not sent
    phone.press("/", "Sign out")

    assert all("signed and counted" in page.text for page in answers)
    assert other.heading == "Your form was kept"
    assert phone.get("/").heading == "Sign in"
    assert laptop.get("/").heading == "Today"
    assert count(Vote) == 1


@SQLITE
def test_a_code_that_somebody_read_over_a_shoulder_is_dead_after_the_next_one(fund: FoundedFund) -> None:
    """A, B, A, and B again from another device; both stay known if half a minute ends meanwhile."""
    read, next_one = (fund.totp("dina", steps=steps) for steps in (0, 1))

    def signs_in(code: str) -> Page:
        order = {"handle": "dina", "password": fund.password("dina"), "code": code}
        return Browser(fund.app).submit("/sign-in", order)

    told = [signs_in(code) for code in (read, next_one, read, next_one)]

    assert [page.heading for page in told] == ["Today", "Today", "Sign in", "Sign in"]
    assert told[2].text.replace(" ", "") == told[3].text.replace(" ", "")


@SQLITE
def test_who_is_cut_off_is_refused_in_every_window_whatever_it_asks(fund: FoundedFund, browser_of: BrowserOf) -> None:
    reading, writing, idle = (browser_of("aigul") for _each in range(3))
    form = writing.get("/families/new").form_with({"address"}).filled
    browser_of("gulnar").press(f"/people/{person('aigul').id}/cut-off", "Arrested or detained")

    pages = [reading.get("/families/"), writing.post("/families/new", form), idle.get("/me"), idle.get("/")]

    assert {page.heading for page in pages} == {"Sign in"}
    order = {"handle": "aigul", "password": fund.password("aigul"), "code": fund.totp("aigul")}
    assert Browser(fund.app).submit("/sign-in", order).heading == "Sign in"


@SQLITE
@pytest.mark.parametrize("how", ["here", "everywhere"])
def test_a_session_that_was_copied_to_another_device_ends_with_the_sign_out(
    fund: FoundedFund, browser_of: BrowserOf, how: str
) -> None:
    owner = browser_of("dina")
    copied = SignInCookie.from_text(owner.cookie)
    thief = Browser(fund.app, cookie=copied)
    assert thief.get("/").heading == "Today"
    token = thief.get("/").forms()[0].filled["csrf_token"]

    if how == "here":
        owner.press("/", "Sign out")
    else:
        browser_of("dina").press("/me/security", "Sign out everywhere")
    pages = [thief.get("/"), thief.get("/families/")]
    posted = thief._ask("/sign-out", method="POST", data={"csrf_token": token, "key": secrets.token_hex(16)})

    assert {page.heading for page in pages} == {"Sign in"}
    assert posted.status_code in {302, 400}
    assert owner.get("/").heading == "Sign in"
