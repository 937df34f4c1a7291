"""Registering, finding, correcting and confirming families: what the person sees."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from aid.domain.codes import grouped
from aid.domain.families import Family, FamilyState
from aid.models.families import Family as FamilyRow
from aid.models.families import Sighting
from aid.models.records import RecordKind
from aid.services import records
from aid.vault.actor import Actor
from tests.conftest import BrowserOf
from tests.make import rows, see
from tests.make.families import make_family
from tests.make.fund import FoundedFund

TYPED = {
    "members-0-name": "Нұрлан Серікқызы",
    "members-0-kinship": "worker",
    "members-0-born": "1.3.1985",
    "members-1-name": "Дана",
    "members-1-kinship": "child",
    "members-1-born": "2016",
    "members-1-grade": "3",
    "members-1-school": "№ 5",
    "members-1-clothes_size": "128",
    "members-1-shoe_size": "33",
    "phone": "8 701 123 45 67",
    "address": "Абай көшесі 12",
    "circumstances": ["on_strike", "dismissed"],
    "workplace": "Мұнайшы",
    "dismissed_on": "2026-05-20",
    "wages_stopped_on": "2026-05-01",
    "alternates": "Айгүл Серікқызы\n\n Сәуле  Серікқызы ",
    "check_word": "Алма",
    "language": "kk",
    "consent": "y",
    "consent_on": "2026-07-01",
}


def typed(fund: FoundedFund, **changed: Any) -> dict[str, Any]:
    return {**TYPED, "point": str(fund.points["club"]), **changed}


def the_family() -> FamilyRow:
    [row] = rows(select(FamilyRow))
    return row


def file_of(row: FamilyRow, actor: Actor) -> Family:
    plain = see(records.take_out, kind=RecordKind.FILE, row_id=row.id, keyring=actor.keyring)
    assert plain is not None
    return Family.from_plain(plain)


def test_a_registrar_registers_a_family_and_is_told_its_code(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.registrar)

    page = browser.submit("/families/new", typed(fund))

    row = the_family()
    assert page.path == f"/families/{row.code}?registered=1"
    assert f"Family {row.code[:3]} {row.code[3:6]} {row.code[6:]} is registered" in page.text
    assert "Waits for confirmation" in page.text
    family = file_of(row, fund.registrar)
    assert [(member.name, member.born and member.born.iso()) for member in family.members] == [
        ("Нұрлан Серікқызы", "1985-03-01"),
        ("Дана", "2016"),
    ]
    assert (family.phone, family.check_word, family.dismissed_on) == ("+77011234567", "алма", date(2026, 5, 20))
    assert family.collectors == ("Нұрлан Серікқызы", "Айгүл Серікқызы", "Сәуле Серікқызы")
    assert family.consent.wording == 1


def test_no_page_about_a_registered_family_shows_a_name(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of(fund.registrar).submit("/families/new", typed(fund))

    assert "Серік" not in page.html


def test_what_was_sought_is_typed_already_when_registering(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.registrar)
    found = browser.submit("/families/", sought="Нұрлан Серікқызы")

    page = browser.send(found, button="It is not here: register the family")

    assert "No family like this" in found.text
    assert 'value="Нұрлан Серікқызы"' in page.html
    assert "?" not in page.path


def test_who_seeks_a_code_of_another_place_is_not_asked_to_register_it_anew(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    code = make_family(fund).code

    elsewhere = browser_of(fund.registrar_elsewhere).submit("/families/", sought=code)
    here = browser_of(fund.registrar).submit("/families/", sought=code)

    assert "No family in your localities has this code." in elsewhere.text
    assert "register the family" not in elsewhere.text
    assert grouped(code) in here.text
    assert "No family" not in here.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"members-1-born": "31.2.2016"}, "Write day, month and year"),
        ({"members-1-born": "2030"}, "born in the future"),
        ({"members-0-grade": "3"}, "has a grade but is not a child"),
        ({"check_word": "a1"}, "The check word is one word"),
        ({"consent": None}, "Read this to the family first"),
        ({"phone": "unknown"}, "Write the phone number in digits"),
        ({"phone": "87011234567 87017654321"}, "A phone number has at most 15 digits"),
        ({"point": ""}, "Choose the point"),
        ({"dismissed_on": "2030-01-01"}, "is still to come"),
        ({"alternates": "\n".join("абвгдежз")}, "At most 5 people"),
    ],
)
def test_everything_typed_survives_an_error_that_names_the_remedy(
    fund: FoundedFund, browser_of: BrowserOf, wrong: dict[str, Any], said: str
) -> None:
    page = browser_of(fund.registrar).submit("/families/new", typed(fund, **wrong))

    assert said in page.text
    assert page.title.startswith("Error:")
    kept = page.form_with({"members-1-name"}).filled
    for name, value in typed(fund, **wrong).items():
        if value is not None and name not in ("circumstances", "language", "consent"):
            assert kept[name].replace("\r\n", "\n") == value, name
    assert sorted(kept["circumstances"]) == ["dismissed", "on_strike"]
    assert rows(select(FamilyRow)) == []


def test_members_come_and_go_without_a_script(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.registrar)
    page = browser.send(browser.get("/families/new"), {"members-0-name": "Нұрлан"}, button="Add a person")

    assert "members-2-name" in page.html
    page = browser.send(page, {"members-2-name": "Дана"}, button="Remove Person 2")

    kept = page.form_with({"members-2-name"}).filled
    assert (kept["members-0-name"], kept["members-2-name"]) == ("Нұрлан", "Дана")
    assert "members-1-name" not in kept
    assert not page.title.startswith("Error:")
    second_gone = {name: value for name, value in typed(fund).items() if not name.startswith("members-1")}
    browser.send(page, second_gone)
    family = file_of(the_family(), fund.registrar)
    assert [member.name for member in family.members] == ["Нұрлан Серікқызы", "Дана"]


def test_an_error_stands_beside_its_member_though_rows_before_it_are_empty(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    third = {name.replace("members-1", "members-2"): value for name, value in TYPED.items() if "members-1" in name}
    empty = {name: "" for name in TYPED if "members-1" in name} | {"members-1-kinship": "child"}
    browser = browser_of(fund.registrar)
    page = browser.send(browser.get("/families/new"), button="Add a person")

    page = browser.send(page, typed(fund, **{**empty, **third, "members-2-born": "2030"}))

    assert 'id="members-2-born-error"' in page.html


def test_a_family_that_is_there_already_is_shown_and_registered_only_on_purpose(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    first = make_family(fund, phone="+77011234567")
    browser = browser_of(fund.registrar)

    page = browser.submit("/families/new", typed(fund))

    assert "It looks like a family that is here already" in page.text
    assert f"/families/{first.code}" in page.links
    assert page.form_with({"despite"}).filled["members-0-name"] == "Нұрлан Серікқызы"
    again = browser.send(page)
    assert "It looks like a family" in again.text
    done = browser.send(again, despite=[first.code])
    assert "is registered" in done.text
    assert len(rows(select(FamilyRow))) == 2


def test_a_search_finds_a_family_and_masks_its_phone(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund, surname="Серікқызы", phone="+77011234567")

    page = browser_of(fund.registrar).submit("/families/", sought="serikkyzy")

    assert f"/families/{family.code}" in page.links
    assert "•••• 4567" in page.text
    assert "+7701" not in page.text
    assert page.path == "/families/"


def test_an_empty_search_is_refused_beside_its_field(fund: FoundedFund, browser_of: BrowserOf) -> None:
    assert "Type a name" in browser_of(fund.registrar).submit("/families/", sought=" ").text


def test_a_file_is_opened_with_a_reason_and_that_is_written_down(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund, surname="Серікқызы")
    browser = browser_of(fund.registrar)

    closed = browser.get(f"/families/{family.code}")
    unasked = browser.send(closed, button="Open the file")
    opened = browser.send(closed, why="family_asks", button="Open the file")

    assert "Серікқызы" not in closed.html + unasked.html
    assert "Say why you open the file" in unasked.text
    assert "Нұрлан Серікқызы" in opened.text
    assert "Серік" not in opened.title
    assert [sighting.why for sighting in rows(select(Sighting))] == ["family_asks"]


def test_a_correction_starts_from_what_is_written_and_waits_to_be_confirmed(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    family = make_family(fund, 4, surname="Серікқызы")
    browser = browser_of(fund.registrar)
    form = browser.send(browser.get(f"/families/{family.code}"), why="correct", button="Open the file")

    page = browser.send(form, check_word="бәйтерек")

    assert "waits to be confirmed again" in page.text
    row = the_family()
    assert (row.version, row.state) == (2, FamilyState.REGISTERED)
    corrected = file_of(row, fund.registrar)
    assert (corrected.check_word, len(corrected.members)) == ("бәйтерек", 4)
    assert corrected.consent.given_on == date(2026, 7, 1)


def test_a_correction_that_changes_nothing_keeps_the_confirmation(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund, 4)
    browser = browser_of(fund.registrar)
    form = browser.send(browser.get(f"/families/{family.code}"), why="correct", button="Open the file")

    assert "Nothing is different" in browser.send(form).text
    assert the_family().state is FamilyState.CONFIRMED


def test_of_two_who_correct_at_once_the_second_keeps_what_they_typed(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund)
    one, other = browser_of(fund.registrar), browser_of(fund.registrar2)
    forms = [
        who.send(who.get(f"/families/{family.code}"), why="correct", button="Open the file") for who in (one, other)
    ]
    one.send(forms[0], address="Сәтбаев 7")

    page = other.send(forms[1], address="Сәтбаев 8", check_word="қайың")

    assert "Somebody else wrote while you did" in page.text
    assert "Сәтбаев 7" in page.text
    assert page.form_with({"address"}).filled["address"] == "Сәтбаев 8"
    unsettled = other.send(page)
    assert "Choose what is right:" in unsettled.text
    done = other.send(unsettled, **{"take-address": "theirs"})
    assert "is corrected" in done.text
    kept = file_of(the_family(), fund.registrar)
    assert (kept.address, kept.check_word) == ("Сәтбаев 7", "қайың")


def test_of_three_who_correct_at_once_the_last_chooses_twice(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund)
    who = [browser_of(actor) for actor in (fund.registrar, fund.registrar2, fund.coordinator)]
    forms = [one.send(one.get(f"/families/{family.code}"), why="correct", button="Open the file") for one in who]
    who[0].send(forms[0], address="Сәтбаев 7")
    page = who[2].send(forms[2], address="Сәтбаев 9", **{"members-2-name": "Данагүл"})
    second = who[1].send(forms[1], address="Сәтбаев 8")
    who[1].send(second, **{"take-address": "mine"})

    again = who[2].send(page, **{"take-address": "mine"})
    assert "Сәтбаев 8" in again.text
    who[2].send(again, **{"take-address": "mine"})

    kept = file_of(the_family(), fund.registrar)
    assert (kept.address, kept.members[2].name) == ("Сәтбаев 9", "Данагүл")


def test_a_confirmer_opens_compares_and_confirms(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund, surname="Серікқызы", confirmed=False)
    browser = browser_of(fund.confirmer)
    listed = browser.get("/families/waiting")

    page = browser.send(listed, button="Open and compare")
    hasty = browser.send(page, seen="y")
    done = browser.send(hasty, seen="y", compared="y", told="y")

    assert "Серікқызы" not in listed.html
    assert "Нұрлан Серікқызы" in page.text
    assert "Compare each member" in hasty.text
    assert "Нұрлан Серікқызы" in hasty.text
    assert f"Family {family.code[:3]} {family.code[3:6]} {family.code[6:]} is confirmed" in done.text
    assert "No family waits" in done.text
    assert the_family().state is FamilyState.CONFIRMED
    assert {sighting.why for sighting in rows(select(Sighting))} == {"confirm"}


def test_who_wrote_a_family_down_is_told_that_somebody_else_confirms_it(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    family = make_family(fund, by=fund.registrar2, confirmed=False)
    browser = browser_of(fund.registrar2)

    listed = browser.get("/families/waiting")
    shown = browser.get(f"/families/{family.code}")
    form = {**shown.form_to(button="Open the file").filled, "seen": "y", "compared": "y", "told": "y", "version": "1"}
    refused = browser.post(f"/families/{family.code}/confirm", form)

    assert "1 family that you wrote down waits for somebody else" in listed.text
    assert "You wrote this family down, so somebody else confirms it" in shown.text
    assert "To confirm that the family is real" not in shown.text
    assert "someone else confirms it" in refused.text
    assert refused.status == 409
    assert not rows(select(Sighting))


@pytest.mark.parametrize("page", ["open", "correct", "confirm"])
def test_who_comes_back_to_an_open_file_by_its_address_starts_at_the_family(
    page: str, fund: FoundedFund, browser_of: BrowserOf
) -> None:
    family = make_family(fund)

    shown = browser_of(fund.registrar).get(f"/families/{family.code}/{page}")

    assert shown.path == f"/families/{family.code}"


def test_a_family_of_another_locality_is_not_there(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund)
    browser = browser_of(fund.registrar_elsewhere)

    assert browser.get(f"/families/{family.code}").status == 404
    assert browser.get("/families/123456789").status == 404


@pytest.mark.parametrize("who", ["treasurer", "distributor", "administrator", "auditor"])
def test_who_has_no_work_with_families_sees_none(fund: FoundedFund, browser_of: BrowserOf, who: str) -> None:
    family = make_family(fund)
    browser = browser_of(getattr(fund, who))

    paths = ("/families/", "/families/new", "/families/waiting", f"/families/{family.code}")

    assert [browser.get(path).status for path in paths] == [403] * 4


def test_the_same_form_sent_twice_registers_one_family(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.registrar)
    form = browser.get("/families/new")

    pages = [browser.send(form, typed(fund)) for _time in range(2)]

    assert pages[0].path == pages[1].path == f"/families/{the_family().code}?registered=1"


def test_the_only_place_is_chosen_already_and_a_coordinator_chooses(fund: FoundedFund, browser_of: BrowserOf) -> None:
    own = browser_of(fund.registrar).get("/families/new").form_with({"point"}).filled
    every = browser_of(fund.coordinator).get("/families/new").form_with({"point"}).filled

    assert (own["locality"], own["point"]) == (str(fund.localities["old-town"]), str(fund.points["club"]))
    assert (every["locality"], every["point"]) == ("", "")


def test_a_corrected_phone_leaves_a_family_confirmed(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund)
    browser = browser_of(fund.registrar)
    form = browser.send(browser.get(f"/families/{family.code}"), why="correct", button="Open the file")

    assert "stays confirmed" in browser.send(form, phone="+7 701 222 33 44").text
    assert (the_family().version, the_family().state) == (2, FamilyState.CONFIRMED)
