"""Cutting a colleague off and letting them back, as a frightened colleague and a coordinator meet it."""

import pytest
from sqlalchemy import select

from aid.models.custody import Suspension
from aid.models.people import Person, PersonState
from tests.conftest import BrowserOf
from tests.make import rows
from tests.make.custody import cut_off
from tests.make.families import make_family
from tests.make.fund import FoundedFund

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def state_of(handle: str) -> PersonState:
    [person] = rows(select(Person).where(Person.handle == handle))
    return person.state


@pytest.mark.parametrize("who", ["nurlan", "marat"])
def test_anybody_cuts_off_an_arrested_colleague_in_three_touches(
    fund: FoundedFund, browser_of: BrowserOf, who: str
) -> None:
    browser, arrested = browser_of(who), browser_of("aigul")
    assert arrested.get("/families/").status == 200

    people = browser.get("/colleagues")
    [way] = [link for link in people.links if link == f"/people/{fund.registrar.person_id}/cut-off"]
    page = browser.press(way, "Arrested or detained")

    assert "aigul is cut off: their next click is refused." in page.text
    assert "The coordinators now see which families have to be warned." in page.text
    assert arrested.get("/families/").heading == "Sign in"
    assert state_of("aigul") is PersonState.SUSPENDED


def test_the_list_of_colleagues_says_no_name_and_not_oneself(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of("nurlan").get("/colleagues")

    assert "Testova" not in page.html
    main = next(page.tree.iter("main"))
    handles = [" ".join(span.itertext()).strip() for span in main.iter("a") if "colleague" in span.get("class", "")]
    assert len(handles) == len(rows(select(Person.id))) - 1
    assert "nurlan" not in " ".join(main.itertext())


def test_the_button_twice_cuts_off_once(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("nurlan")
    page = browser.get(f"/people/{fund.registrar.person_id}/cut-off")
    form = page.form_to(button="Arrested or detained")

    for _each in range(2):
        answer = browser.post(page.path, {**form.filled, "reason": "arrested"})
        assert answer.status == 200

    assert len(rows(select(Suspension))) == 1


def test_nobody_cuts_off_themselves(fund: FoundedFund, browser_of: BrowserOf) -> None:
    assert browser_of("nurlan").get(f"/people/{fund.distributor.person_id}/cut-off").status == 404


def test_a_reason_that_is_none_does_nothing(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("nurlan")
    way = f"/people/{fund.registrar.person_id}/cut-off"

    filled = browser.get(way).form_to(button="Arrested or detained").filled
    browser.post(way, {**filled, "reason": "because"})

    assert state_of("aigul") is PersonState.ACTIVE


def test_cutting_off_the_last_coordinator_says_what_follows(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of("nurlan").get(f"/people/{fund.coordinator.person_id}/cut-off")

    assert "only the recovery shares let anybody back in" in page.text


def test_a_coordinator_lets_somebody_back_with_the_same_keys(fund: FoundedFund, browser_of: BrowserOf) -> None:
    cut_off(fund, "aigul")

    page = browser_of("dina").press(f"/people/{fund.registrar.person_id}/reinstate", "Back with the same keys")

    assert page.heading == "They may work again"
    assert "First password" not in page.text
    assert state_of("aigul") is PersonState.ACTIVE
    assert browser_of("aigul").get("/families/").status == 200


def test_a_coordinator_lets_somebody_back_with_new_keys_and_sees_the_password_once(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    cut_off(fund, "aigul")
    browser = browser_of("dina")
    way = f"/people/{fund.registrar.person_id}/reinstate"
    form = browser.get(way).form_to(button="Back with new keys")

    page = browser.post(way, {**form.filled, "keys": "new"})
    again = browser.post(way, {**form.filled, "keys": "new"})

    assert "First password, shown only now" in page.text
    assert "They still wait for keys" in page.text
    assert "First password" not in again.text
    assert state_of("aigul") is PersonState.INVITED


def test_nobody_else_lets_anybody_back(fund: FoundedFund, browser_of: BrowserOf) -> None:
    cut_off(fund, "gulnar")

    ways = [f"/people/{fund.confirmer.person_id}/reinstate"]
    assert {browser_of(who).get(way).status for who in ("erlan", "aigul", "marat") for way in ways} == {403}


def test_a_coordinator_seals_anew_step_by_step(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_family(fund)
    cut_off(fund, "aigul")
    browser = browser_of("dina")
    assert "still under old keys" in browser.get("/").text

    page = browser.press("/re-seal", "Begin")
    steps = 1
    while "Go on" in {button for form in page.forms() for button in form.buttons}:
        assert page.path == "/re-seal?on=1"
        page = browser.send(page, button="Go on")
        steps += 1

    assert steps == 3  # records, then how families are found, then the end of the old keys
    assert "Everything you can open is under the newest keys." in page.text
    assert "still under old keys" not in browser.get("/").text
