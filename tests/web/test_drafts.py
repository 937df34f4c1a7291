"""A form sent after the sign-in had ended is kept for who sent it, and for nobody else."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.people import Draft, SignIn
from tests.conftest import BrowserOf
from tests.make import rows
from tests.make.fund import FoundedFund


def fall_asleep() -> None:
    """An hour passes without a request."""
    with Session(db.engine.execution_options(writes=True)) as session:
        session.execute(update(SignIn).values(seen_at=this_moment().instant - timedelta(hours=1)))
        session.commit()


def test_what_was_typed_waits_behind_the_next_sign_in(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.registrar)
    page = browser.get("/families/")
    fall_asleep()

    late = browser.send(page, sought="Айгүл Серікова")
    assert late.path == "/sign-in?next=/draft"
    again = browser_of(fund.registrar)
    kept = again.get("/draft")
    assert "Айгүл Серікова" in kept.html
    found = again.send(kept, button="Send it now")

    assert found.path == "/families/"
    assert found.status == 200


def test_a_form_of_a_tab_from_before_the_last_sign_in_waits_too(fund: FoundedFund, browser_of: BrowserOf) -> None:
    old, again = browser_of(fund.registrar), browser_of(fund.registrar)
    typed = old.get("/families/").form_with({"sought"}).filled | {"sought": "Айгүл Серікова"}

    kept = again.post("/families/", typed)
    nothing_typed = again.post("/families/", typed | {"sought": ""})
    never_ours = again.post("/families/", typed | {"csrf_token": "x"})
    elsewhere = again.client.open("/families/", method="POST", data=typed, headers={"Sec-Fetch-Site": "same-site"})

    assert kept.path == "/draft"
    assert "Айгүл Серікова" in kept.html
    assert "Nothing was done with it yet" in kept.text
    assert again.send(kept, button="Send it now").path == "/families/"
    assert [nothing_typed.status, never_ours.status, elsewhere.status_code] == [400, 400, 400]


def test_a_kept_form_is_sealed_to_its_owner(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.registrar)
    page = browser.get("/families/")
    fall_asleep()
    browser.send(page, sought="Айгүл Серікова")

    [sealed] = rows(select(Draft.sealed))
    assert "Айгүл".encode() not in sealed
    assert "Айгүл" not in browser_of(fund.coordinator).get("/draft").html


def test_a_kept_form_can_be_thrown_away(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.registrar)
    page = browser.get("/families/")
    fall_asleep()
    browser.send(page, sought="Айгүл Серікова")
    again = browser_of(fund.registrar)

    again.press("/draft", "Throw it away")

    assert rows(select(Draft)) == []
    assert "no form of yours" in again.get("/draft").text


def test_passwords_are_never_kept(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.registrar)
    page = browser.get("/families/")
    fall_asleep()
    browser.post("/families/", {**page.form_with({"sought"}).filled, "sought": "x", "password": "secret-of-mine"})

    assert "secret-of-mine" not in browser_of(fund.registrar).get("/draft").html
