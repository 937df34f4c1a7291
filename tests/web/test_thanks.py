"""Thanks: the oldest first, each letter in its donor's language, and never a second time."""

from datetime import timedelta

from sqlalchemy import select

from aid.domain.languages import Language
from aid.extensions import now
from aid.models.donations import Thanks
from tests.conftest import BrowserOf
from tests.documents.reading import Printed
from tests.make import rows
from tests.make.donations import a_donor, make_donation, make_thanked
from tests.make.fund import FoundedFund


def test_who_waits_longest_stands_first_with_their_days(fund: FoundedFund, browser_of: BrowserOf) -> None:
    today = now().today
    make_donation(fund, donor=a_donor(name="Later Giver"), received_on=today - timedelta(days=3))
    make_donation(fund, donor=a_donor(name="Early Giver"), received_on=today - timedelta(days=40))

    page = browser_of(fund.treasurer).get("/thanks/")

    assert page.text.index("Early Giver") < page.text.index("Later Giver")
    assert "40 days" in page.text
    assert "2 donations wait for thanks" in page.text


def test_one_button_thanks_and_gives_the_letter(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_donation(fund)
    browser = browser_of(fund.treasurer)

    letter = browser.press("/thanks/", "Thank")

    assert letter.headers["Content-Type"] == "application/pdf"
    assert "thanks-1.pdf" in letter.headers["Content-Disposition"]
    assert "Dear Ingrid Solheim" in Printed(letter.content).text()
    assert len(rows(select(Thanks))) == 1
    assert "Everybody was thanked" in browser.get("/thanks/").text


def test_the_letter_is_in_the_donors_language_not_the_treasurers(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_donation(fund, donor=a_donor(language=Language.KK))

    letter = browser_of(fund.treasurer).press("/thanks/", "Thank")

    words = Printed(letter.content).text()
    assert "School (қаз)" in words
    assert "мың" in words


def test_who_is_never_to_be_named_gets_a_letter_without_a_name(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_donation(fund, donor=a_donor(never_named=True))

    letter = browser_of(fund.treasurer).press("/thanks/", "Thank")

    words = Printed(letter.content).text()

    assert "Dear friend" in words
    assert "Solheim" not in words


def test_a_button_of_an_old_page_thanks_nobody_twice(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_donation(fund)
    browser = browser_of(fund.treasurer)
    old = browser.get("/thanks/")
    browser.press("/thanks/", "Thank")

    page = browser.send(old, button="Thank")

    assert page.status == 409
    assert "Donation 1 was thanked already" in page.text
    assert len(rows(select(Thanks))) == 1


def test_one_press_sent_twice_gives_the_letter_twice_and_thanks_once(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_donation(fund)
    browser = browser_of(fund.treasurer)
    page = browser.get("/thanks/")

    letters = [browser.send(page, button="Thank") for _each in range(2)]

    assert [letter.status for letter in letters] == [200, 200]
    assert len(rows(select(Thanks))) == 1


def test_a_letter_is_printed_again_from_its_donation(fund: FoundedFund, browser_of: BrowserOf) -> None:
    donation_id = make_thanked(fund)

    letter = browser_of(fund.treasurer).press(f"/donations/{donation_id}", "Print the letter again")

    assert "Dear Ingrid Solheim" in Printed(letter.content).text()
    assert len(rows(select(Thanks))) == 1


def test_a_donation_is_thanked_from_its_own_page(fund: FoundedFund, browser_of: BrowserOf) -> None:
    donation_id = make_donation(fund)
    browser = browser_of(fund.treasurer)

    browser.press(f"/donations/{donation_id}", "Thank and print the letter")

    assert "Print the letter again" in browser.get(f"/donations/{donation_id}").text


def test_only_treasurers_thank(fund: FoundedFund, browser_of: BrowserOf) -> None:
    donation_id = make_donation(fund)

    browser = browser_of(fund.auditor)

    assert browser.get("/thanks/").status == 403
    assert "Thank and print" not in browser.get(f"/donations/{donation_id}").text
