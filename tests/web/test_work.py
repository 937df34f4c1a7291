"""Colleagues come, get keys, work otherwise and begin anew: what those see who do it."""

from collections.abc import Callable
from uuid import UUID

import pyotp
import pytest

from aid.blueprints import work as blueprint
from aid.domain.permissions import Role
from aid.models.people import PersonState
from aid.services import people
from aid.services.certificates import newest
from aid.vault.signatures import fingerprint_of
from tests.conftest import BrowserOf
from tests.make import see
from tests.make.browser import Browser, Page
from tests.make.fund import LEAST, FoundedFund, actor_with
from tests.make.people import enrolled, invited, person, work

NEW = "plum harbour violin 88 dust"
WRONG = "The handle, password or code is wrong."
ONE_DATABASE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys at the least cost: what the default costs is proved elsewhere."""
    monkeypatch.setitem(people.prepare_invitation.__kwdefaults__ or {}, "cost", LEAST)
    monkeypatch.setitem(people.prepare_keys.__kwdefaults__ or {}, "cost", LEAST)


def code_on(page: Page, place: int) -> str:
    """The handle or the password of the page that shows both."""
    return [element.text or "" for element in page.tree.iter("dd") if element.get("class") == "code"][place]


def phone_code(page: Page) -> str:
    secret = next(element.text for element in page.tree.iter("p") if "secret" in element.get("class", ""))
    assert secret is not None
    return pyotp.TOTP(secret.replace(" ", "")).now()


def invite(browser: Browser, fund: FoundedFund, typed: dict[str, object] | None = None) -> Page:
    order = {
        "handle": "Nurly",
        "name": "Нұрлы Серікқызы",
        "language": ["en"],
        "roles": ["distributor"],
        "points": [str(fund.points["club"])],
    }
    return browser.submit("/people/invite", order | (typed or {}))


def comes(fund: FoundedFund, browser_of: BrowserOf, handle: str, password: str) -> Browser:
    """Somebody signs in with a first password, and makes their keys."""
    browser = browser_of(None)
    page = browser.submit("/sign-in", handle=handle, password=password)
    assert page.heading == "Make your keys"
    assert browser.send(page, password=NEW, again=NEW, code=phone_code(page)).heading == "Today"
    return browser


def test_somebody_is_invited_comes_and_is_given_the_keys_of_their_work(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    administrator, coordinator = browser_of("erlan"), browser_of("dina")
    told = invite(administrator, fund)
    assert (told.heading, code_on(told, 0)) == ("The first password", "nurly")
    newcomer = comes(fund, browser_of, "nurly", code_on(told, 1))
    assert "You wait for keys" in newcomer.get("/").text

    assert "1 colleague waits for keys from you" in coordinator.get("/").text
    waiting = coordinator.get("/people/waiting")
    page = coordinator.get(next(link for link in waiting.links if link.endswith("/admit")))
    theirs = fingerprint_of(person("nurly").hpke_public)
    assert theirs in page.text
    assert theirs in newcomer.get("/me").text
    assert "Compare the fingerprint first" in coordinator.send(page, button="Give the keys").text
    done = coordinator.send(page, compared="y")

    assert "all the keys that their work needs" in done.text
    assert "You wait for keys" not in newcomer.get("/").text
    assert "Нұрлы Серікқызы" in coordinator.get("/people").text
    assert fund.coordinator.keyring.refs(_ring_of_club(fund)) == _refs("nurly", _ring_of_club(fund))


def _ring_of_club(fund: FoundedFund) -> UUID:
    [ring_id] = {ref.ring_id for ref in fund.distributor.keyring.memberships}
    return ring_id


def _refs(handle: str, ring_id: UUID) -> object:
    return tuple(
        sorted((ref for ref in actor_with(handle, None).keyring.memberships if ref.ring_id == ring_id), reverse=True)
    )


@ONE_DATABASE
def test_a_first_password_is_shown_until_it_was_handed_over(fund: FoundedFund, browser_of: BrowserOf) -> None:
    administrator = browser_of("erlan")
    told = invite(administrator, fund)
    password = code_on(told, 1)

    assert "/people/first-password" in administrator.get("/people").links, "a way back to it"
    assert password in administrator.get("/people/first-password").text
    done = administrator.send(told, button="I handed it over: hide it")
    assert (done.heading, "/people/first-password" in done.links) == ("People", False)
    assert administrator.get("/people/first-password").status == 404
    assert browser_of("erlan").get("/people/first-password").status == 404


@ONE_DATABASE
@pytest.mark.parametrize(
    "spelled", [str.upper, lambda made: made.replace("-", ""), lambda made: made.replace("-", " ")]
)
def test_a_first_password_may_be_typed_as_people_read_it_from_paper(
    fund: FoundedFund, browser_of: BrowserOf, spelled: Callable[[str], str]
) -> None:
    told = invite(browser_of("erlan"), fund)

    page = browser_of(None).submit("/sign-in", handle="nurly", password=spelled(code_on(told, 1)))

    assert page.heading == "Make your keys"


@ONE_DATABASE
def test_a_password_of_ones_own_is_typed_as_it_was_chosen(fund: FoundedFund, browser_of: BrowserOf) -> None:
    for spelled in (fund.password("dina").upper(), fund.password("dina").replace(" ", "")):
        assert spelled != fund.password("dina")
        typed = {"handle": "dina", "password": spelled, "code": fund.totp("dina", steps=1)}
        assert WRONG in browser_of(None).submit("/sign-in", typed).text


@ONE_DATABASE
@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"handle": "aigul"}, "Somebody is called so already"),
        ({"handle": "nurly serik"}, "small Latin letter"),
        ({"points": None}, "give at least one"),
        ({"roles": ["auditor", "registrar"]}, "nobody audits their own work"),
        ({"roles": None}, "no role"),
    ],
)
def test_nobody_is_invited_so(fund: FoundedFund, browser_of: BrowserOf, typed: dict[str, object], why: str) -> None:
    page = invite(browser_of("erlan"), fund, typed)

    assert (page.path, why in page.text) == ("/people/invite", True)


def test_a_role_that_is_taken_is_gone_at_the_next_click(fund: FoundedFund, browser_of: BrowserOf) -> None:
    administrator, bolat = browser_of("erlan"), browser_of("bolat")
    assert bolat.get("/families/waiting").status == 200
    way = f"/people/{person('bolat').id}/work"

    page = administrator.submit(way, roles=["registrar"])

    assert "It holds from their next click" in page.text
    assert bolat.get("/families/waiting").status == 403
    assert "Registrar" in administrator.get(f"/people/{person('bolat').id}").text


@ONE_DATABASE
def test_the_page_that_changes_work_shows_the_work_there_is(fund: FoundedFund, browser_of: BrowserOf) -> None:
    form = browser_of("erlan").get(f"/people/{person('bolat').id}/work").form_with({"roles"})

    assert set(form.filled["roles"]) == {"registrar", "confirmer"}
    assert len(form.filled["localities"]) == 2


@ONE_DATABASE
def test_an_administrator_makes_nobody_a_committee_member_of_who_is_there(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    browser = browser_of("erlan")
    page = browser.get(f"/people/{person('olga').id}/work")
    assert "committee_member" not in page.html

    sent = browser.post(page.path, page.form_with({"roles"}).filled | {"roles": ["committee_member"]})

    assert fund.actor("olga").roles == {Role.AUDITOR}
    assert sent.status == 200


def test_who_lost_the_password_begins_anew_with_a_first_one(fund: FoundedFund, browser_of: BrowserOf) -> None:
    aigul = browser_of("aigul")
    told = browser_of("erlan").submit(f"/people/{person('aigul').id}/begin-anew", button="Make a new first password")

    assert aigul.get("/").heading == "Sign in"
    old = {"handle": "aigul", "password": fund.password("aigul"), "code": fund.totp("aigul")}
    assert WRONG in browser_of(None).submit("/sign-in", old).text
    comes(fund, browser_of, "aigul", code_on(told, 1))
    assert person("aigul").state is PersonState.ACTIVE
    assert "aigul" in browser_of("dina").get("/people/waiting").text


@ONE_DATABASE
def test_the_form_that_was_sent_twice_makes_one_colleague_and_one_password(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    browser = browser_of("erlan")
    page = browser.get("/people/invite")
    order = {"handle": "nurly", "language": ["kk"], "roles": ["auditor"]}

    first = browser.send(page, order)
    again = browser.send(page, order)

    assert first.heading == "The first password"
    assert "Somebody is called so already" in again.text or "already sent" in again.text
    assert code_on(browser.get("/people/first-password"), 1) == code_on(first, 1)


@ONE_DATABASE
def test_a_member_whom_an_administrator_invites_has_no_vote(fund: FoundedFund, browser_of: BrowserOf) -> None:
    """An administrator who invites a quorum of friends has made no committee."""
    friends = [enrolled(invited(fund, f"friend{n}", work(Role.COMMITTEE_MEMBER))) for n in range(3)]

    certified = see(newest).committee.by_id
    assert not {friend.person_id for friend in friends} & set(certified)


def test_the_blueprint_offers_every_role_but_the_committees() -> None:
    assert set(blueprint.BY_HAND) == set(Role) - {Role.COMMITTEE_MEMBER}
