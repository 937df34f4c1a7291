"""The open list as a treasurer works through it: one key accepts, a part is told, everything can be undone."""

import secrets
from uuid import UUID

import pytest
from sqlalchemy import select

from aid.models.donations import CorrectionAsked, Donation, Donor
from aid.models.ledger import Available
from aid.models.statements import BankLine, LineEnd, LineRule
from aid.services.lines.explaining import ByFee
from tests.conftest import BrowserOf
from tests.make import rows
from tests.make.browser import Browser, Page
from tests.make.donations import a_donor, make_donation
from tests.make.fund import FoundedFund
from tests.make.money import euros, make_agreed, make_fee
from tests.make.statements import A, a_line, agree_to_all, bring, make_ended, make_euro_bank, make_taught

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def bank(fund: FoundedFund) -> UUID:
    """An account with five open lines."""
    bank_id = make_euro_bank(fund)
    lines = [
        a_line(50_00),
        a_line(20_00, other="Dockers’ Union Local 17", account="NL91ABNA0417164300"),
        a_line(-3_00, other="", account="", text="Kontoführung Juli"),
        a_line(-50_00, other="", account="", text="Irrtum"),
        a_line(9_00, text="Again from Anna"),
    ]
    bring(fund.treasurer, A(lines, opening=0))
    return bank_id


@pytest.fixture
def browser(fund: FoundedFund, browser_of: BrowserOf, bank: UUID) -> Browser:
    """The treasurer's."""
    return browser_of(fund.treasurer)


def line(number: int) -> BankLine:
    return rows(select(BankLine).where(BankLine.number == number))[0]


def accept(browser: Browser, number: int, what: str) -> Page:
    """Press the button of this suggestion of a line."""
    found = line(number)
    page = browser.get(f"/lines/account/{found.bank_id}")
    offers = [form.filled for form in page.forms_to(f"/lines/{found.id}/accept")]
    [pressed] = [offer for offer in offers if offer["what"] == what]
    return browser.post(f"/lines/{found.id}/accept", pressed)


def last_end() -> LineEnd:
    return rows(select(LineEnd).order_by(LineEnd.id.desc()))[0]


def test_the_open_list_says_who_how_much_and_what_it_may_be(browser: Browser, bank: UUID) -> None:
    page = browser.get(f"/lines/account/{bank}")

    assert "5 lines are not explained yet" in page.text
    for said in ("Anna Muster", "For the families", "Dockers’ Union Local 17", "Nobody of this name or account gave"):
        assert said in page.text
    assert "The bank’s code or its words say that this is a fee." in page.text


def test_one_key_has_the_first_line_and_goes_on_to_the_next(fund: FoundedFund, browser: Browser, bank: UUID) -> None:
    general = fund.purposes["general"]
    page = browser.get(f"/lines/account/{bank}")
    assert page.html.count("autofocus") == 1

    page = accept(browser, 1, f"gift:new:{general}")

    assert "Line 1 is explained." in page.text
    assert "4 lines are not explained yet" in page.text
    assert page.html.count("autofocus") == 1
    assert page.html.index("autofocus") > page.html.index('id="line-2"')
    [donation] = rows(select(Donation))
    assert donation.amount_minor == 50_00


def test_a_known_giver_is_suggested_by_name_with_the_last_purpose(
    fund: FoundedFund, browser: Browser, bank: UUID
) -> None:
    accept(browser, 1, f"gift:new:{fund.purposes['general']}")
    [donor] = rows(select(Donor.id))

    page = browser.get(f"/lines/account/{bank}")

    assert "Gave from this account before." in page.text
    accept(browser, 5, f"gift:{donor}:{fund.purposes['general']}")
    assert len(rows(select(Donor))) == 1


def test_what_is_in_the_books_already_is_not_booked_again(fund: FoundedFund, browser: Browser, bank: UUID) -> None:
    make_donation(fund, bank_id=bank, minor=50_00, currency="EUR", received_on=line(1).booked_on)
    [entry_id] = rows(select(Donation.entry_id))
    [donation_id] = rows(select(Donation.id))
    assert f"/lines/{line(1).id}" not in browser.get(f"/donations/{donation_id}").links

    accepted = accept(browser, 1, f"entry:{entry_id}")
    assert f"/lines/{line(1).id}" in accepted.links  # the way back to it, to look or to undo
    assert f"/lines/{line(1).id}" in browser.get(f"/donations/{donation_id}").links
    assert len(rows(select(Donation))) == 1
    assert not last_end().made_here


def test_a_rule_changes_what_is_suggested(fund: FoundedFund, browser: Browser, bank: UUID) -> None:
    make_taught(fund, "NL91 ABNA 0417 1643 00", purpose="school")

    page = browser.get(f"/lines/account/{bank}")

    assert "A rule you taught says so of this account." in page.text
    accept(browser, 2, f"gift:new:{fund.purposes['school']}")
    assert rows(select(Donation.purpose_id)) == [fund.purposes["school"]]


def test_a_rule_is_taught_on_a_line_shown_and_ended(fund: FoundedFund, browser: Browser, bank: UUID) -> None:
    typed = {"known_by": "name", "words": "", "kind": "donation", "purpose": str(fund.purposes["food"])}
    page = browser.submit(f"/lines/{line(2).id}/rule", typed)
    for said in ("Money that comes from “Dockers’ Union Local 17” is a donation.", "for 1 of the open lines", "Food"):
        assert said in page.text
    assert not rows(select(LineRule))
    page = browser.send(page, button="Teach the rule")
    assert "The rule is taught" in page.text

    page = browser.send(browser.submit(f"/lines/{line(2).id}/rule", typed), button="Teach the rule")
    assert "There is a rule for this already" in page.text
    page = browser.get("/lines/rules")
    assert "Dockers’ Union Local 17" in page.text
    assert len(rows(select(LineRule))) == 1
    page = browser.press("/lines/rules", "End it")
    assert "The rule is ended" in page.text
    assert "Ended" in browser.get("/lines/rules").text


def test_a_rule_names_a_donor_and_rules_that_say_otherwise_are_told(
    fund: FoundedFund, browser: Browser, bank: UUID
) -> None:
    make_donation(fund, donor=a_donor(name="Ingrid Solheim"))
    [ingrid] = rows(select(Donor.id))
    make_taught(fund, "NL91 ABNA 0417 1643 00", purpose="school")
    address = f"/lines/{line(2).id}/rule"
    page = browser.submit(address, {"q": "solheim"}, button="Search")
    assert "Ingrid Solheim" in page.text
    typed = {"q": "solheim", "known_by": "text", "words": "families", "kind": "donation", "donor": str(ingrid)}

    page = browser.send(page, typed | {"purpose": str(fund.purposes["food"])}, button="Try the rule")

    for said in ("Who gives: Ingrid Solheim", "Another rule says otherwise", "Both fit 1 open line"):
        assert said in page.text
    browser.send(page, button="Teach the rule")
    assert [rule.donor_id for rule in rows(select(LineRule).order_by(LineRule.id))] == [None, ingrid]
    assert browser.get("/lines/rules").text.count("Another rule says otherwise of some open lines") == 2
    assert f"gift:{ingrid}:{fund.purposes['food']}" in browser.get(f"/lines/{line(1).id}").html


def test_a_line_is_split_between_a_known_donor_and_a_new_one(fund: FoundedFund, browser: Browser, bank: UUID) -> None:
    make_donation(fund, donor=a_donor(name="Ingrid Solheim"))
    [known] = rows(select(Donor.id))
    address = f"/lines/{line(1).id}/gift"
    page = browser.submit(address, {"q": "solheim"}, button="Search")
    assert "Ingrid Solheim" in page.text
    part = {"q": "solheim", "purpose": str(fund.purposes["school"]), "amount": "30"}

    page = browser.send(page, part | {"donor": str(known)})
    assert "still open" in page.text
    assert page.heading == "Bank line 1"
    new = {"donor": "new", "kind": "person", "name": "Anna Muster", "language": "en", "amount": "20"}
    page = browser.submit(address, part | new)

    assert "Line 1 is explained." in page.text
    assert sorted(rows(select(Donation.amount_minor)))[:2] == [20_00, 30_00]


def test_somebody_new_is_written_down_as_in_the_donors_room(
    fund: FoundedFund, browser: Browser, browser_of: BrowserOf, bank: UUID
) -> None:
    address = f"/lines/{line(2).id}/gift"
    new = {"donor": "new", "kind": "branch", "name": "Local 17", "language": "en", "union": "", "thanks": "email"}
    typed = new | {"amount": "20", "purpose": str(fund.purposes["food"]), "email": "treasurer@local17.example"}
    assert "A branch belongs to a union" in browser.submit(address, typed).text
    assert not rows(select(Donor))

    page = browser.submit(address, typed | {"kind": "union", "own_line": "Dockers of Rotterdam"})

    assert "Line 2 is explained." in page.text
    [donor] = rows(select(Donor.id))
    told = browser.get(f"/donors/{donor}").text
    assert all(said in told for said in ("Local 17", "treasurer@local17.example", "Dockers of Rotterdam", "By e-mail"))
    assert "local17" not in browser_of(fund.auditor).get(f"/lines/{line(2).id}").html


def test_more_than_the_line_has_is_refused_beside_the_amount(fund: FoundedFund, browser: Browser, bank: UUID) -> None:
    typed = {"donor": "new", "name": "A", "purpose": str(fund.purposes["school"]), "amount": "50,01", "kind": "person"}
    page = browser.submit(f"/lines/{line(1).id}/gift", typed | {"language": "en"})

    assert "of this line is still open" in page.text


def test_a_fee_and_lines_against_each_other_and_entries(fund: FoundedFund, browser: Browser, bank: UUID) -> None:
    accept(browser, 1, f"gift:new:{fund.purposes['general']}")
    typed = {"amount": "1", "purpose": str(fund.purposes["general"]), "reason": "The price list"}
    assert "€2 is still open" in browser.submit(f"/lines/{line(3).id}/fee", typed).text
    make_fee(fund, euros(2), bank_id=bank)
    page = browser.get(f"/lines/account/{bank}/entries")
    assert "Bank charges" in page.text
    page = browser.get(f"/lines/{line(3).id}/entry")
    assert "Bank charges: Fee 2" in page.text
    assert f"/banks/{bank}" in page.links
    entry_id = page.html.split('name="entry"')[1].split('value="')[1].split('"')[0]
    browser.submit(f"/lines/{line(3).id}/entry", {"amount": "2", "entry": entry_id})
    typed = {"amount": "9", "other": str(line(5).id), "kind": "mistake", "reason": "The bank wrote"}
    browser.submit(f"/lines/{line(4).id}/against", typed)
    agree_to_all(fund)

    assert [line(number).open_minor for number in (3, 4, 5)] == [0, 41_00, 0]
    assert "No entry waits for a line" in browser.get(f"/lines/account/{bank}/entries").text


def test_an_end_is_undone_with_a_reason_and_says_what_waits(fund: FoundedFund, browser: Browser, bank: UUID) -> None:
    accept(browser, 1, f"gift:new:{fund.purposes['general']}")
    address = f"/lines/{line(1).id}/ends/{last_end().id}/undo"

    page = browser.submit(address, {"reason": "It is of another"})
    assert "A second person looks at it first" in page.text
    assert "Waits for a second person" in page.text
    make_agreed(fund, rows(select(CorrectionAsked.id))[0])

    page = browser.get(f"/lines/{line(1).id}")
    assert "Undone" in page.text
    assert line(1).open_minor == 50_00


def test_a_line_that_the_bank_booked_by_itself_is_undone_from_the_explained_list(
    fund: FoundedFund, browser: Browser, bank: UUID
) -> None:
    accept(browser, 1, f"gift:new:{fund.purposes['general']}")
    make_ended(fund, line(3), ByFee(fund.purposes["general"], "The price list"))
    available = select(Available.amount_minor).where(Available.purpose_id == fund.purposes["general"])
    before = rows(available.where(Available.currency == "EUR"))
    explained = browser.get(f"/lines/account/{bank}/explained")
    [way] = [link for link in explained.links if link.startswith(f"/lines/{line(3).id}/ends/")]
    assert way in browser.get(f"/lines/{line(3).id}").links
    assert f"/lines/{line(3).id}" in browser.get("/ledger/entries").links  # from the books, too

    page = browser.submit(way, {"reason": "It was no fee"})

    assert "It is undone. €3 of the line is open." in page.text
    after = rows(available.where(Available.currency == "EUR"))
    assert [was + 3_00 for was in before] == after
    assert way not in browser.get(f"/lines/account/{bank}/explained").links


def test_the_books_stand_beside_the_bank_and_what_lies_between_is_told(
    fund: FoundedFund, browser: Browser, bank: UUID
) -> None:
    make_donation(fund, bank_id=bank, minor=77_00, currency="EUR")

    page = browser.get(f"/lines/account/{bank}")

    for said in ("€77", "€26", "The books beside the bank", "Less entries without a line (1)"):
        assert said in page.text
    assert "lie between these" not in page.text


def test_who_may_not_see_donors_sees_amounts_and_no_names(fund: FoundedFund, browser_of: BrowserOf, bank: UUID) -> None:
    for who in (fund.auditor, fund.coordinator):
        somebody = browser_of(who)
        for address in ("/lines/", f"/lines/account/{bank}", f"/lines/{line(1).id}", f"/lines/account/{bank}/entries"):
            page = somebody.get(address)
            assert "Muster" not in page.html
            assert "DE02" not in page.html
            assert "Accept" not in page.text


def test_what_nobody_suggested_is_not_accepted(browser: Browser, bank: UUID) -> None:
    form = browser.get(f"/lines/account/{bank}").forms_to(f"/lines/{line(1).id}/accept")[0]
    for what in ("gift", "gift:new:x", "nonsense:1", "against:1:2", "", f"entry:{bank}"):
        browser.post(f"/lines/{line(1).id}/accept", form.filled | {"what": what, "key": secrets.token_hex(16)})
        assert line(1).open_minor == 50_00


def test_somebody_new_who_is_known_by_now_is_not_entered_twice(fund: FoundedFund, browser: Browser, bank: UUID) -> None:
    """Two lines of one stranger on a page that was not looked at anew."""
    page = browser.get(f"/lines/account/{bank}")
    first, again = (page.forms_to(f"/lines/{line(number).id}/accept")[0].filled for number in (1, 5))
    browser.post(f"/lines/{line(1).id}/accept", first)

    page = browser.post(f"/lines/{line(5).id}/accept", again)

    assert "This can’t be accepted any more" in page.text
    assert (len(rows(select(Donor))), line(5).open_minor) == (1, 9_00)


def test_what_is_sent_twice_is_done_once_and_answered_alike(browser: Browser, bank: UUID) -> None:
    form = browser.get(f"/lines/account/{bank}").forms_to(f"/lines/{line(1).id}/accept")[0]

    pages = [browser.post(f"/lines/{line(1).id}/accept", form.filled) for _ in range(2)]

    assert all("Line 1 is explained." in page.text for page in pages)
    assert len(rows(select(Donation))) == 1


def test_today_says_how_many_lines_wait(browser: Browser, bank: UUID) -> None:
    page = browser.get("/")

    assert "bank lines to explain" in page.text
    assert f"/lines/account/{bank}" in page.html
