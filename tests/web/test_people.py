"""Signing in, making one's keys, and who works with the fund: what the person sees."""

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from aid.domain.custody import SuspensionReason
from aid.models.people import Person, PersonState, SignIn
from aid.services.founding import found
from aid.services.suspensions import suspend
from aid.vault import bundles
from aid.vault.actor import Actor
from aid.vault.bundles import DEFAULT_COST
from aid.vault.cookies import SignInCookie
from aid.vault.signatures import fingerprint_of
from tests.conftest import BrowserOf
from tests.make import do, rows
from tests.make.browser import Browser, Page
from tests.make.fund import PLAN, FoundedFund, secrets_of_everyone, those_who_come

WRONG = "The handle, password or code is wrong."


def sign_in(browser: Browser, fund: FoundedFund, typed: dict[str, str] | None = None, *, steps: int = 0) -> Page:
    """Aigul signs in, with some of it typed otherwise."""
    order = {"handle": "aigul", "password": fund.password("aigul"), "code": fund.totp("aigul", steps=steps)}
    return browser.submit("/sign-in", order | (typed or {}))


def test_a_person_signs_in_with_handle_password_and_code(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = sign_in(browser_of(None), fund)

    assert (page.path, page.heading) == ("/", "Today")
    assert "aigul" in page.text


def test_a_handle_is_known_however_it_is_typed(fund: FoundedFund, browser_of: BrowserOf) -> None:
    code = fund.totp("aigul")

    page = sign_in(browser_of(None), fund, {"handle": " Aigul ", "code": f"{code[:3]} {code[3:]}"})

    assert page.path == "/"


@pytest.mark.parametrize(
    "typed",
    [{"handle": "nobody"}, {"password": "not this one at all"}, {"code": "000000"}, {"code": ""}],
    ids=["handle", "password", "code", "no code"],
)
def test_whatever_was_wrong_the_page_says_the_same_after_the_same_work(
    fund: FoundedFund, browser_of: BrowserOf, typed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    costs: list[object] = []
    stretch = bundles._stretch

    def counted(password: str, salt: bytes, cost: bundles.Argon2Cost) -> tuple[bytes, bytes]:
        costs.append(cost)
        return stretch(password, salt, cost)

    monkeypatch.setattr(bundles, "_stretch", counted)

    page = sign_in(browser_of(None), fund, typed)

    assert page.path == "/sign-in"
    assert page.text.count(WRONG) == 1
    assert len(costs) == 1
    assert rows(select(SignIn)) == []


def test_a_stranger_is_asked_to_sign_in_and_then_brought_where_they_wanted(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    browser = browser_of(None)

    asked = browser.get("/people")
    there = browser.send(asked, handle="erlan", password=fund.password("erlan"), code=fund.totp("erlan"))

    assert asked.heading == "Sign in"
    assert there.path == "/people"


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "x"])
def test_nobody_is_sent_to_another_server(fund: FoundedFund, browser_of: BrowserOf, address: str) -> None:
    browser = browser_of("aigul")

    assert browser.get(f"/sign-in?next={address}").path == "/"


def test_a_code_is_accepted_once(fund: FoundedFund, browser_of: BrowserOf) -> None:
    assert sign_in(browser_of(None), fund).path == "/"

    again = sign_in(browser_of(None), fund)

    assert WRONG in again.text


def test_codes_are_accepted_only_forwards(fund: FoundedFund, browser_of: BrowserOf) -> None:
    """A, B, A: whoever read the first code over a shoulder can't use it after the second."""
    assert sign_in(browser_of(None), fund, steps=-1).path == "/"
    assert sign_in(browser_of(None), fund, steps=0).path == "/"

    assert WRONG in sign_in(browser_of(None), fund, steps=-1).text


@pytest.mark.parametrize(("steps", "arrives"), [(-2, False), (-1, True), (1, True), (3, False)])
def test_a_phone_may_be_one_step_early_or_late(
    fund: FoundedFund, browser_of: BrowserOf, steps: int, arrives: bool
) -> None:
    assert (sign_in(browser_of(None), fund, steps=steps).path == "/") is arrives


def test_a_person_may_be_signed_in_twice_and_one_may_leave(fund: FoundedFund, browser_of: BrowserOf) -> None:
    phone, laptop = browser_of("dina"), browser_of("dina")

    phone.press("/", "Sign out")

    assert phone.get("/").heading == "Sign in"
    assert laptop.get("/").heading == "Today"


def test_the_cookie_of_a_sign_in_that_ended_is_dead(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("dina")
    kept = SignInCookie.from_text(browser.cookie)
    left = browser.press("/", "Sign out")

    thief = Browser(fund.app, cookie=kept)

    assert left.heading == "Sign in"
    assert thief.get("/").heading == "Sign in"


def test_signing_in_gives_a_new_cookie(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(None)
    browser.get("/sign-in")
    before = browser.cookie

    sign_in(browser, fund)

    assert before
    assert browser.cookie != before


def test_the_database_holds_no_key_of_a_sign_in(fund: FoundedFund, browser_of: BrowserOf) -> None:
    sign_in(browser_of(None), fund)

    [kept] = rows(select(SignIn))

    assert fund.private("aigul") not in kept.private


def test_a_suspended_persons_next_request_is_refused(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("aigul")
    assert browser.get("/").heading == "Today"

    do(suspend, actor=fund.administrator, person_id=fund.registrar.person_id, reason=SuspensionReason.ARRESTED)

    assert browser.get("/").heading == "Sign in"
    assert WRONG in sign_in(browser_of(None), fund).text


def test_a_form_from_another_site_is_refused(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of("dina").post("/sign-out", {"csrf_token": "made-up"})

    assert page.status == 400
    assert page.heading == "This form has expired"


def test_when_too_many_passwords_are_tried_at_once_the_page_says_wait(fund: FoundedFund, browser_of: BrowserOf) -> None:
    with bundles._turn(), bundles._turn():
        page = sign_in(browser_of(None), fund)

    assert (page.status, page.heading) == (503, "Busy for a moment")


# First sign-in


NEW = "plum harbour violin 88 dust"


@pytest.fixture
def invited(app: Flask) -> Browser:
    """The browser of a person who just signed in with the first password."""
    do(found, actor=Actor.system(), plan=PLAN, demo=True, **those_who_come())
    browser = Browser(app)
    first = secrets_of_everyone()["aigul"].invitation.password
    browser.submit("/sign-in", handle="aigul", password=first)
    return browser


def phone_code(page: Page) -> str:
    """What an app shows that was given the key on the page."""
    secret = next(element.text for element in page.tree.iter("p") if "secret" in element.get("class", ""))
    assert secret is not None
    return pyotp.TOTP(secret.replace(" ", "")).now()


def test_whoever_is_invited_makes_their_keys_before_anything_else(invited: Browser) -> None:
    page = invited.get("/me")

    assert (page.path, page.heading) == ("/enrol", "Make your keys")
    assert "Demonstration" in page.text
    assert any(image.get("src", "").startswith("data:image/png") for image in page.tree.iter("img"))


def test_the_picture_stays_the_same_until_it_was_used(invited: Browser) -> None:
    assert phone_code(invited.get("/enrol")) == phone_code(invited.get("/enrol"))


def test_a_first_sign_in_ends_with_keys_of_ones_own(invited: Browser) -> None:
    first = secrets_of_everyone()["aigul"].invitation.password
    page = invited.get("/enrol")

    home = invited.send(page, password=NEW, again=NEW, code=phone_code(page))

    assert home.heading == "Today"
    [person] = rows(select(Person).where(Person.handle == "aigul"))
    assert person.state is PersonState.ACTIVE
    assert (person.bundle_time, person.bundle_memory_kib) == (DEFAULT_COST.time, DEFAULT_COST.memory_kib)
    assert WRONG in Browser(invited.app).submit("/sign-in", handle="aigul", password=first).text
    assert fingerprint_of(person.hpke_public) in invited.get("/me").text


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"password": "short", "again": "short"}, "too short"),
        ({"password": "aigul is my own name", "again": "aigul is my own name"}, "has your handle in it"),
        ({"password": "passwordpassword", "again": "passwordpassword"}, "easy to guess"),
        ({"again": "something else entirely"}, "The two passwords differ"),
        ({"code": "123"}, "This is not the code"),
    ],
)
def test_keys_are_not_made_until_all_is_right(invited: Browser, typed: dict[str, str], why: str) -> None:
    page = invited.get("/enrol")

    again = invited.send(page, {"password": NEW, "again": NEW, "code": phone_code(page)} | typed)

    assert why in again.text
    assert again.title.startswith("Error: ")
    [person] = rows(select(Person).where(Person.handle == "aigul"))
    assert person.state is PersonState.INVITED


# Languages


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_page_can_be_read_in_each_language(fund: FoundedFund, browser_of: BrowserOf, language: str) -> None:
    browser = browser_of(None)

    page = browser.send(
        browser.get("/sign-in"), button={"kk": "Қаз Қазақша", "ru": "Рус Русский", "en": "Eng English"}[language]
    )

    assert page.path == "/sign-in"
    assert page.tree.get("lang") == language


def test_a_persons_language_follows_them_to_the_next_device(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser_of("aigul").press("/me", "Рус Русский")

    assert browser_of("aigul").get("/").tree.get("lang") == "ru"


def test_there_is_no_fourth_language(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("aigul")
    token = browser.get("/").forms()[0].filled["csrf_token"]

    assert browser.post("/language/de", {"csrf_token": token}).status == 404


# People


def test_a_coordinator_sees_everyone_with_their_names(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of(fund.coordinator).get("/people")

    assert "Aigul Testova" in page.text
    assert "Suspend" not in page.text


def test_the_list_of_people_is_not_for_everyone(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of(fund.registrar).get("/people")

    assert page.status == 403
    assert "Testova" not in page.text


def test_nobody_suspends_themselves(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of("erlan").get(f"/people/{fund.administrator.person_id}/cut-off")

    assert page.status == 404


def test_my_page_says_what_i_do_and_where(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of("bolat").get("/me")

    assert "Confirmer, Registrar" in page.text
    assert "Old-Town" in page.text
    assert "New-Town" in page.text
