"""Five people found a fund in one sitting: every page of it, over HTTP."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from aid.domain.fund import PersonPlan
from aid.domain.languages import Language
from aid.domain.permissions import Role
from aid.models.audit import AuditLine
from aid.models.committee import Certificate
from aid.models.founding import FoundingAct, Seat
from aid.models.founding import Sitting as SittingRow
from aid.models.fund import Fund
from aid.models.people import Person, PersonState, VotingKey
from aid.models.recovery import RecoveryShare
from aid.security import Guard
from aid.services import people
from aid.services.verification import verify
from aid.vault.signatures import fingerprint_of
from tests.conftest import BrowserOf
from tests.make import rows, see
from tests.make.browser import Browser, Form
from tests.make.fund import LEAST, FoundedFund
from tests.make.sitting import EVERYBODY, MEMBERS, PAGES, PEOPLE, PLAN, RECOVERY, Sitting, password_of

SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    keys, invitation = people.prepare_keys, people.prepare_invitation
    monkeypatch.setattr("aid.blueprints.seats.prepare_keys", lambda **what: keys(**what, cost=LEAST))
    monkeypatch.setattr(people, "prepare_invitation", lambda handle, cost=LEAST: invitation(handle, cost=LEAST))


def begun(app: Flask, until: str = "") -> Sitting:
    """A sitting in which the code was typed, and some pages."""
    sitting = Sitting(app, until=until)
    sitting.begin()
    return sitting


def founded(app: Flask) -> Sitting:
    """A sitting that has come to its end."""
    sitting = begun(app, until="recovery")
    sitting.seat_quickly(*EVERYBODY)
    assert sitting.found().heading == "The fund is founded"
    return sitting


def typed_in(form: Form, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in these fields of a form."""
    kept = {name: form.filled.get(name, []) for name in fields}
    return {
        name: value[0] if isinstance(value, list) and name != "languages" else value for name, value in kept.items()
    }


def test_five_people_found_a_fund_in_one_sitting(app: Flask) -> None:
    sitting = begun(app)
    sitting.fill()
    sitting.everybody_sits()
    page = sitting.found()

    assert (page.status, page.heading) == (200, "The fund is founded")
    [fund] = rows(select(Fund))
    assert (fund.names["kk"], fund.currency, fund.languages) == ("Ынтымақ", "KZT", ["kk", "ru", "en"])
    there = {person.handle: person for person in rows(select(Person))}
    assert set(there) == set(EVERYBODY)
    assert {person.state for person in there.values()} == {PersonState.ACTIVE}
    [act] = rows(select(FoundingAct))
    assert act.hash.hex() in page.text.replace(" ", "")
    assert all(fingerprint_of(key.public) in page.text for key in rows(select(VotingKey)))
    assert rows(select(AuditLine).where(AuditLine.seq == 1))[0].previous == act.hash
    assert len(rows(select(RecoveryShare))) == len(EVERYBODY)
    assert len(rows(select(Certificate))) == 1
    assert list(see(verify)) == []
    assert rows(select(Seat)) == []

    signed_in = Browser(app)
    here = signed_in.submit(
        "/sign-in", handle="dina", password=password_of("dina"), code=sitting.shown("dina", later=1)
    )
    assert (here.path, here.heading) == ("/", "Бүгін")


@SQLITE
def test_a_code_from_the_sitting_is_not_accepted_a_second_time(app: Flask) -> None:
    sitting = begun(app, until="recovery")
    sitting.sit("askar")
    sitting.seat_quickly(*EVERYBODY[:-1])
    sitting.found()

    page = Browser(app).submit("/sign-in", handle="askar", password=password_of("askar"), code=sitting.typed["askar"])

    assert page.path.startswith("/sign-in")


@SQLITE
@pytest.mark.parametrize("path", ["/", "/sign-in", "/families/", "/people", "/recovery/", "/founding/fund", "/me"])
def test_while_there_is_no_fund_every_page_leads_to_the_founding(app: Flask, path: str) -> None:
    page = Browser(app).get(path)

    assert (page.status, page.path, page.heading) == (200, "/founding/", "Found the fund")


@SQLITE
def test_a_wrong_code_opens_nothing(app: Flask) -> None:
    sitting = Sitting(app)

    page = sitting.browser.submit("/founding/", code="aaaa-bbbb-cccc-dddd-eeee")

    assert (page.status, page.heading) == (409, "Found the fund")
    assert "This is not the code" in page.text
    assert sitting.browser.get("/founding/sitting").heading == "Found the fund"


@SQLITE
def test_the_code_is_known_however_it_is_typed(app: Flask) -> None:
    sitting = Sitting(app)

    page = sitting.browser.submit("/founding/", code=f"  {sitting.code.upper().replace('-', ' ')} ")

    assert page.heading == "Founding the fund"


@SQLITE
def test_who_types_the_code_elsewhere_takes_the_sitting_along(app: Flask) -> None:
    sitting = begun(app, until="fund")
    elsewhere = Browser(app)

    page = elsewhere.submit("/founding/", code=sitting.code)

    assert page.heading == "Founding the fund"
    assert "Ынтымақ" in elsewhere.get("/founding/fund").html
    assert sitting.browser.get("/founding/fund").heading == "Found the fund"


@SQLITE
def test_a_strangers_browser_sees_nothing_of_the_sitting(app: Flask) -> None:
    begun(app, until="people")

    for path in ("/founding/sitting", "/founding/people", "/founding/seats/dina", "/founding/check", "/founding/done"):
        page = Browser(app).get(path)
        assert (page.path, page.heading) == ("/founding/", "Found the fund")


@SQLITE
def test_what_was_typed_is_there_when_one_comes_back(app: Flask) -> None:
    sitting = begun(app, until="recovery")

    for name, fields in PAGES.items():
        form = sitting.browser.get(f"/founding/{name}").form_with(set(fields) or {"purposes-0-kk"})
        assert typed_in(form, fields) == dict(fields)


@SQLITE
@pytest.mark.parametrize(
    ("name", "typed", "why"),
    [
        ("fund", {"languages": []}, "Choose at least one language."),
        ("fund", {"name_ru": ""}, "Name: Русский – The fund’s name is missing in Русский"),
        ("fund", {"paper_en": ""}, "On paper: English – What stands on vouchers is missing in English"),
        ("localities", {f"localities-0-{language}": "" for language in ("kk", "ru", "en")}, "no locality"),
        ("people", {"members-0-handle": ""}, "Write a handle"),
        ("people", {"administrator-handle": ""}, "Administrator. Handle – Write a handle"),
        ("people", {"members-0-handle": "Мара"}, "is not possible"),
        ("people", {"coordinator-handle": "erlan"}, "stands twice"),
        ("people", {"members-1-alternate": ""}, "names no alternate"),
        ("rules", {"quorum": "4"}, "Votes in favour – The quorum"),
        ("rules", {"notice_hours": "721"}, "Hours of notice – The notice is between 0 and 720 hours"),
        ("rules", {"delay_hours": "0"}, "Hours until a change holds – The delay"),
        ("rules", {"absence_hours": "23"}, "Hours before an alternate sits down – Before an alternate"),
        ("rules", {"absence_hours": "many"}, "Not a valid integer"),
        ("recovery", {"holders-0-country": ""}, "in which country"),
        ("recovery", {"holders-2-country": "KZ"}, "one country"),
        ("recovery", {"recipients": "age1nothing"}, "no age public key"),
    ],
)
def test_a_page_that_does_not_hold_says_so_and_loses_nothing(
    app: Flask, name: str, typed: dict[str, str], why: str
) -> None:
    before = list(PAGES)[list(PAGES).index(name) - 1]
    sitting = begun(app, until="" if name == "fund" else before)
    fields = {**PAGES[name], **typed}

    page = sitting.fill_in(name, fields)

    assert (page.status, page.path) == (409, f"/founding/{name}")
    assert why in page.text
    form = page.form_with(set(fields) - {"languages"})
    assert typed_in(form, fields) == fields


@SQLITE
def test_enough_shares_in_one_country_are_asked_about_and_then_allowed(app: Flask) -> None:
    sitting = begun(app, until="rules")
    together = {**RECOVERY, "holders-2-country": "KZ"}
    asked = sitting.fill_in("recovery", together)
    assert "one country" in asked.text

    page = sitting.browser.send(asked, despite_country="y")

    assert page.heading == "Everybody takes their seat"


@SQLITE
def test_lines_come_and_go_without_scripts(app: Flask) -> None:
    sitting = begun(app, until="points")

    longer = sitting.browser.submit("/founding/people", PEOPLE, button="Add a member")
    shorter = sitting.browser.send(longer, {"members-3-handle": "zhanna"}, button="Remove Member 1")

    assert 'name="members-3-handle"' in longer.html
    assert "saule" in shorter.html
    assert 'value="marat"' not in shorter.html


@SQLITE
def test_a_seat_needs_the_right_code_and_then_a_password_that_holds(app: Flask) -> None:
    sitting = begun(app, until="people")
    address = "/founding/seats/marat"

    wrong = sitting.browser.submit(address, code="000000")

    assert "This is not the code" in wrong.text
    pictures = [page.html.partition("otpauth:")[2][:200] for page in (wrong, sitting.browser.get(address))]
    assert pictures[0] == pictures[1]
    assert sitting.sit("marat").heading == "The seat is taken"
    assert fingerprint_of(rows(select(Seat))[0].voting_public or b"") in sitting.browser.get(address).text


@SQLITE
@pytest.mark.parametrize(
    ("password", "again", "why"),
    [("short", "short", "too short"), ("one of these is long", "one of these is not", "The two passwords differ")],
)
def test_a_password_that_does_not_hold_asks_for_no_second_code(app: Flask, password: str, again: str, why: str) -> None:
    sitting = begun(app, until="people")
    asked = sitting.show_phone("askar")

    page = sitting.browser.send(asked, password=password, again=again)

    assert (page.status, page.heading) == (409, "Your password")
    assert why in page.text


@SQLITE
def test_a_seat_can_be_begun_anew(app: Flask) -> None:
    sitting = begun(app, until="people")
    sitting.sit("marat")
    before = sitting.seeds["marat"]

    page = sitting.browser.press("/founding/seats/marat", "Begin this seat anew")
    sitting.sit("marat")

    assert page.heading == "Your phone"
    assert sitting.seeds["marat"] != before


@SQLITE
def test_who_is_no_longer_in_the_plan_gives_their_seat_back(app: Flask) -> None:
    sitting = begun(app, until="recovery")
    sitting.seat_quickly("marat", "dina")

    sitting.fill_in("people", {**PEOPLE, "members-0-handle": "zhanna", "members-0-alternate": "zhanna-2"})

    assert {seat.handle for seat in rows(select(Seat))} == {"dina"}


@SQLITE
def test_an_office_that_votes_now_needs_a_seat_of_its_own(app: Flask) -> None:
    """The coordinator's keys sign no votes: as a member, the same person makes others."""
    sitting = begun(app, until="people")
    sitting.seat_quickly("dina")

    sitting.fill_in("people", {**PEOPLE, "coordinator-handle": "marat", "members-0-handle": "dina"})

    assert rows(select(Seat)) == []


@SQLITE
def test_nothing_is_founded_while_a_seat_is_empty(app: Flask) -> None:
    sitting = begun(app, until="recovery")
    sitting.seat_quickly(*EVERYBODY[:-1])

    page = sitting.browser.get("/founding/check")
    assert "Seats still empty: askar" in page.text
    assert not [form for form in page.forms() if "Found the fund" in form.buttons]

    token = page.forms()[0].filled["csrf_token"]
    pressed = sitting.browser.post("/founding/check", {"csrf_token": token, "key": "0" * 32})
    assert "Seats still empty" in pressed.text
    assert rows(select(Fund)) == []


@SQLITE
def test_the_sitting_is_sealed_on_the_disk(app: Flask) -> None:
    sitting = begun(app, until="recovery")

    [row] = rows(select(SittingRow))

    assert row.plan is not None
    assert row.jar is not None
    for word in ("dina", "Тестова", "Ынтымақ", sitting.code, sitting.code.replace("-", "")):
        assert word.encode() not in row.plan + row.jar + row.code_check + row.code_salt


@SQLITE
def test_the_founding_is_over_once_there_is_a_fund(app: Flask) -> None:
    sitting = founded(app)

    assert sitting.browser.get("/founding/fund").heading == "The fund is founded"
    assert Browser(app).get("/founding/").heading == "Sign in"
    assert Browser(app).post("/founding/", {"code": sitting.code}).heading != "Found the fund"
    assert len(rows(select(Fund))) == 1
    left = sitting.browser.press("/founding/done", "We have everything: to the sign-in")
    assert left.heading == "Sign in"
    assert sitting.browser.get("/founding/done").status == 404
    assert rows(select(func.count()).select_from(SittingRow)) == [0]


def test_the_sittings_pages_are_not_there_in_a_founded_fund(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of("dina")
    pages = [
        rule.rule.replace("<handle>", "dina")
        for rule in fund.app.url_map.iter_rules()
        if getattr(fund.app.view_functions[rule.endpoint], "allows", None) is Guard.FOUNDING
        and "GET" in (rule.methods or ())
    ]

    assert len(pages) >= 12
    assert {browser.get(path).status for path in pages} == {404}


@SQLITE
def test_who_sees_the_committee_reads_the_act_and_prints_it(fund: FoundedFund, browser_of: BrowserOf) -> None:
    [act] = rows(select(FoundingAct))
    for who in ("dina", "marat", "erlan", "olga"):
        page = browser_of(who).get("/founding/act")
        assert act.hash.hex() in page.text.replace(" ", "")
    assert browser_of("aigul").get("/founding/act").status == 403
    pdf = browser_of("dina").get("/founding/act.pdf")
    assert pdf.content.startswith(b"%PDF")


def test_a_member_reads_who_their_alternate_is(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of("marat").get("/founding/act")

    assert all(f"{member}-alternate" in page.text for member in MEMBERS)


@SQLITE
def test_a_fund_whose_shares_are_not_on_paper_says_so_on_every_page(app: Flask) -> None:
    sitting = founded(app)
    browser = Browser(app)
    code = sitting.shown("marat", later=1)
    today = browser.submit("/sign-in", handle="marat", password=password_of("marat"), code=code)

    assert "of the 3 recovery shares that are enough, 0 are on paper" in browser.send(today, button="Eng English").text
    assert "/recovery/mine" in browser.get("/allocations/").links


@SQLITE
def test_a_whole_fund_has_no_such_band(fund: FoundedFund, browser_of: BrowserOf) -> None:
    assert "recovery shares that are enough" not in browser_of("marat").get("/").text


@SQLITE
def test_who_was_not_there_is_told_a_first_password_in_that_browser_only(app: Flask) -> None:
    auditor = PersonPlan("olga", None, Language.EN, frozenset({Role.AUDITOR}))
    sitting = Sitting(app, until="recovery", plan=replace(PLAN, people=(*PLAN.people, auditor)))
    sitting.begin()
    assert "olga" in sitting.browser.get("/founding/people").text
    sitting.seat_quickly(*EVERYBODY)

    page = sitting.found()

    [password] = re.findall(r"(?:[a-z2-9]{4}-){4}[a-z2-9]{4}", page.text)
    assert password in sitting.browser.get("/founding/done").text
    assert Browser(app).get("/founding/done").status == 404
    enrolling = Browser(app).submit("/sign-in", handle="olga", password=password)
    assert enrolling.heading == "Make your keys"


@SQLITE
def test_the_button_pressed_twice_founds_once(app: Flask) -> None:
    sitting = begun(app, until="recovery")
    sitting.seat_quickly(*EVERYBODY)
    form = sitting.browser.get("/founding/check").form_to(button="Found the fund")

    pages = [sitting.browser.post("/founding/check", form.filled) for _press in range(2)]

    assert [page.heading for page in pages] == ["The fund is founded"] * 2
    assert len(rows(select(Fund))) == 1
