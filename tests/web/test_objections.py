"""A family is told why in its language; what it objects to is written down, answered, printed, and reopened once."""

import pytest
from sqlalchemy import select

from aid.domain.languages import Language
from aid.domain.objections import ObjectionReason
from aid.models.objections import Objection
from tests.conftest import BrowserOf
from tests.documents.reading import Printed
from tests.make import rows
from tests.make.allocations import make_carried
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.goods import make_rules
from tests.make.objections import WORDS, make_answered, make_objection, make_reopened

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # pages


def test_a_registrar_tells_a_family_why_in_its_language_and_prints_it(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund, language=Language.RU)
    make_carried(fund, families=0)
    browser = browser_of(fund.registrar)

    page = browser.submit("/objections/", code=family.code)

    assert page.path == f"/objections/why/{family.code}"
    assert "Школьный набор" in page.text, "in the family’s language, not in the reader’s"
    assert 'lang="ru"' in page.html
    sheet = browser.get(next(link for link in page.links if link.endswith("sheet.pdf")))
    read = Printed(sheet.content).text()
    assert f"{family.code[:3]} {family.code[3:6]} {family.code[6:]}" in read
    assert "Школьный набор" in read


def test_a_card_misread_is_said_to_be(fund: FoundedFund, browser_of: BrowserOf) -> None:
    page = browser_of(fund.registrar).submit("/objections/", code="123 456 789")

    assert "mistyped" in page.text


def test_a_family_elsewhere_is_as_good_as_none(fund: FoundedFund, browser_of: BrowserOf) -> None:
    code = make_family(fund).code
    browser = browser_of(fund.registrar_elsewhere)

    for path in ("why", "new"):
        assert browser.get(f"/objections/{path}/{code}").status == 404
    assert browser.get(f"/objections/{make_objection(fund).objection_id}").status == 404


def test_an_objection_is_written_down_answered_and_printed(fund: FoundedFund, browser_of: BrowserOf) -> None:
    code = make_family(fund).code
    registrar, coordinator = browser_of(fund.registrar), browser_of(fund.coordinator)

    written = registrar.submit(f"/objections/new/{code}", reason="wrong_facts", words=WORDS)
    assert "Objection no. 1 is written down" in written.text
    assert WORDS in written.text
    assert "A coordinator answers it by" in written.text, "who wrote it down learns what happens now"
    refused = coordinator.submit(written.path, outcome="upheld", words="Түзетеміз.")
    assert "Say what is done for the family" in refused.text
    answered = coordinator.send(refused, outcome="upheld", remedy="correct_facts", words="Түзетеміз.")

    assert "The objection is answered" in answered.text
    paper = registrar.get(f"{written.path}/answer.pdf")
    read = Printed(paper.content).text()
    assert "Түзетеміз." in read
    assert "Серікқызы" not in read
    assert code[:3] in read


def test_an_objection_answered_with_a_grant_leads_to_its_form_with_the_family_filled_in(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    make_rules(fund)
    family = make_family(fund)
    case = make_objection(fund, family.family_id)
    coordinator = browser_of(fund.coordinator)

    answered = coordinator.submit(
        f"/objections/{case.objection_id}", outcome="upheld", remedy="propose_grant", words="Түзетеміз."
    )

    [way] = [link for link in answered.links if link.startswith("/allocations/grant?")]
    assert coordinator.get(way).form_with({"family_code"}).filled["family_code"] == family.code


def test_what_was_typed_is_not_lost_when_a_rule_is_broken(fund: FoundedFund, browser_of: BrowserOf) -> None:
    family = make_family(fund)
    make_objection(fund, family.family_id)

    page = browser_of(fund.registrar).submit(
        f"/objections/new/{family.code}", reason="too_little", words="Тағы айтамын"
    )

    assert page.status == 409
    assert "says the same and still waits" in page.text
    assert page.form_with({"words"}).filled["words"] == "Тағы айтамын"


def test_a_family_goes_to_the_committee_and_is_answered_without_a_name(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    family = make_family(fund, surname="Тұлпарбекова")
    allocation = make_carried(fund, families=0).allocation_id
    case = make_answered(fund, family.family_id, about=allocation).objection_id
    path = f"/objections/{case}"

    sent = browser_of(fund.registrar).submit(path, words="Бұған келіспейміз.")
    assert "The committee has this objection now" in sent.text
    member = browser_of(fund.members[0])
    listed = member.get("/objections/")
    assert path in listed.links
    seen = member.get(path)

    assert "Бұған келіспейміз." in seen.text
    assert "The committee gave your family" in seen.text
    assert "2016" in seen.text, "the children's years are facts of need"
    for name in ("Тұлпарбекова", "Old-Town", "aigul"):
        assert name not in seen.text, name
    remarked = member.send(seen, said="Құжаттарды қайта қарайық.")
    assert "Құжаттарды қайта қарайық." in remarked.text
    answered = member.submit(f"{path}/committee", outcome="explained", words="Ереже бәріне бірдей.")
    assert "Answered by the committee" in answered.text
    again = browser_of(fund.registrar).get(path)
    assert "Take it to the committee" not in again.text
    assert "Құжаттарды" not in again.text, "members speak among themselves"


def test_who_wrote_the_family_is_offered_the_committee_instead(fund: FoundedFund, browser_of: BrowserOf) -> None:

    family = make_family(fund, by=fund.coordinator).family_id
    case = make_objection(fund, family, reason=ObjectionReason.TREATED_BADLY).objection_id

    page = browser_of(fund.coordinator).get(f"/objections/{case}")
    assert "What is the answer?" not in page.text
    given = browser_of(fund.coordinator).press(f"/objections/{case}", "Give it to the committee")

    assert "Before the committee" in given.text


def test_a_member_sees_nothing_that_did_not_come_before_the_committee(fund: FoundedFund, browser_of: BrowserOf) -> None:
    case = make_answered(fund).objection_id
    member = browser_of(fund.members[0])

    assert member.get(f"/objections/{case}").status == 404
    assert "No objection here" in member.get("/objections/?show=all").text


def test_lists_are_chosen_and_go_on(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_answered(fund)
    make_reopened(fund)
    make_objection(fund)
    browser = browser_of(fund.coordinator)

    counted = {
        show: len({link for link in browser.get(f"/objections/?show={show}").links if link[-36:].count("-") == 4})
        for show in ("waiting", "overdue", "committee", "answered", "all")
    }

    assert counted == {"waiting": 2, "overdue": 0, "committee": 1, "answered": 1, "all": 3}


def test_a_coordinator_sets_the_days(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.coordinator)

    assert "between 3 and 60" in browser.submit("/objections/days", answer_days="1").text
    assert "within 7 days" in browser.submit("/objections/days", answer_days="7").text
    make_objection(fund)
    [row] = rows(select(Objection))
    assert (row.due_on - row.opened_at.date()).days in {7, 8}


def test_a_family_that_never_was_on_a_list_has_nothing_to_be_explained(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    page = browser_of(fund.coordinator).get(f"/objections/why/{make_family(fund).code}")

    assert "No list was made yet" in page.text
