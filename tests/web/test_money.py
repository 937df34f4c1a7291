"""The pages of money: accounts, remittances, exchanges, months, statements and corrections, as people use them."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from aid.models.donations import CorrectionAsked, DonationCorrection
from aid.models.exchanges import Exchange
from aid.models.ledger import BankAccount
from aid.models.months import MonthClosing
from aid.models.remittances import Remittance
from aid.models.second_words import MoneyAsked
from tests.conftest import BrowserOf
from tests.documents.reading import Printed
from tests.make import rows
from tests.make.browser import Browser, Page
from tests.make.donations import make_donation
from tests.make.fund import FoundedFund
from tests.make.money import (
    an_exchange,
    euros,
    make_bank,
    make_correction,
    make_euros,
    make_exchange,
    make_old_month,
    make_received,
    make_sent,
    tenge,
)

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def exchange_typed(fund: FoundedFund, abroad: UUID, **changed: str) -> dict[str, str]:
    return {
        "from_bank": str(abroad),
        "to_bank": str(fund.bank),
        "sold_0": "100",
        "bought": "60 000",
        "charges": "1,50",
        "side": "from",
        "exchanged_on": "2026-08-10",
        "source": "National Bank of Kazakhstan",
        "rate": "600",
        "base": "EUR",
    } | changed


def test_an_account_abroad_is_opened_in_a_trustee_s_name(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.treasurer)
    typed = {"name": "Euros in Gdańsk", "currency": "EUR", "holder": "trustee", "trustee": "dina", "iban": ""}

    page = browser.submit("/banks/new", typed | {"iban": "PL61 1090 1014 0000 0712 1981 2874"})

    assert page.heading == "Euros in Gdańsk"
    assert "dina, as trustee" in page.text
    assert "PL61109010140000071219812874" in page.text
    assert "Euros in Gdańsk" in browser.get("/banks/").text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"iban": "PL61 1090 1014 0000 0712 1981 2875"}, "its check digits do not fit"),
        ({"trustee": ""}, "Choose the person in whose name"),
        ({"name": "x" * 121}, "up to 120 letters"),
        ({"name": "main  Account"}, "Another account is called that"),
    ],
)
def test_an_account_that_cannot_be_is_refused_beside_its_field(
    fund: FoundedFund, browser_of: BrowserOf, changed: dict[str, str], words: str
) -> None:
    typed = {"name": "Euros", "currency": "EUR", "holder": "trustee", "trustee": "dina", "iban": ""}

    assert words in browser_of(fund.treasurer).submit("/banks/new", typed | changed).text
    assert len(rows(select(BankAccount))) == 1


def test_a_fee_lowers_the_account_and_stands_on_its_page(fund: FoundedFund, browser_of: BrowserOf) -> None:
    abroad = make_euros(fund)
    typed = {"amount": "2,50", "charged_on": "2026-08-10", "purpose": str(fund.purposes["general"])}

    page = browser_of(fund.treasurer).submit(f"/banks/{abroad}/fee", typed)

    assert "Fee 1 is booked." in page.text
    assert "€997.50" in page.text


def test_a_fee_above_the_bound_waits_and_the_second_person_sees_what_it_is(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    abroad = make_euros(fund)
    typed = {"amount": "250", "charged_on": "2026-08-10", "purpose": str(fund.purposes["general"])}
    treasurer, coordinator = browser_of(fund.treasurer), browser_of(fund.coordinator)
    page = treasurer.submit(f"/banks/{abroad}/fee", typed)
    assert "Write for the second person" in page.text
    page = treasurer.submit(f"/banks/{abroad}/fee", typed | {"reason": "For two lost cards"})
    assert "A second person looks at it first" in page.text
    assert "For two lost cards" in page.text
    assert "booking at a bank to look at" not in treasurer.get("/").text

    assert "booking at a bank to look at" in coordinator.get("/").text
    [asked_id] = rows(select(MoneyAsked.id))
    page = coordinator.get(f"/second-words/{asked_id}")
    for said in ("€250", "For two lost cards", "timur", "€15", "€1,000"):
        assert said in page.text
    page = treasurer.submit(f"/second-words/{asked_id}", {"answer": "yes", "reason": "It is right"})
    assert "You asked for this yourself" in page.text
    page = coordinator.submit(f"/second-words/{asked_id}", {"answer": "yes", "reason": "Seen on the statement"})

    assert "It is booked." in page.text
    assert "€750" in treasurer.get(f"/banks/{abroad}").text


def test_a_coordinator_sets_what_one_person_books_alone(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_euros(fund)
    coordinator = browser_of(fund.coordinator)
    assert "As Komek begins" in coordinator.get("/second-words/").text

    page = coordinator.submit("/second-words/bound/EUR", {"most": "75", "small": "80"})
    assert "no more than at all accounts together" in page.text
    page = coordinator.submit("/second-words/bound/EUR", {"most": "75", "small": "19"})

    assert "It holds from now on." in page.text
    assert {"€75", "€19"} <= set(page.text.split())
    assert coordinator.client.get("/second-words/bound/JPY").status_code == 404


def test_only_an_empty_account_is_taken_out_of_use(fund: FoundedFund, browser_of: BrowserOf) -> None:
    full, empty = make_euros(fund), make_bank(fund, "USD")
    browser = browser_of(fund.treasurer)
    assert "Take it out of use" not in browser.get(f"/banks/{full}").text

    page = browser.send(browser.get(f"/banks/{empty}"), button="Take it out of use")

    assert "no longer used" in page.text
    assert "USD account" not in browser.get("/remittances/new").text


def test_money_sent_home_is_confirmed_by_another_and_the_rest_decided_by_a_third(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    abroad, home = make_euros(fund), make_bank(fund, name="Euros at home")
    treasurer, coordinator, member = (browser_of(who) for who in (fund.treasurer, fund.coordinator, fund.members[0]))
    typed = {
        "from_bank": str(abroad),
        "to_bank": str(home),
        "amount": "300",
        "sent_on": "2026-08-10",
        "reference": "X1",
    }

    sent = treasurer.submit("/remittances/new", typed)
    assert "Remittance 1 is on its way." in sent.text
    assert "You sent this. Somebody else confirms" in sent.text
    [row] = rows(select(Remittance))

    came = coordinator.submit(f"/remittances/{row.id}/receive", {"amount": "290", "received_on": "2026-08-12"})
    assert "€10 has not arrived." in came.text
    assert "Decide about what did not arrive" not in coordinator.get(f"/remittances/{row.id}").text

    typed = {"kind": "charges", "purpose": str(fund.purposes["general"]), "reason": "The bank’s notice"}
    done = member.submit(f"/remittances/{row.id}/decide", typed)
    assert "What you decided is in the books." in done.text
    assert "Bank charges: €10" in done.text
    assert "Arrived" in treasurer.get("/remittances/").text


def test_what_is_refused_of_a_remittance_stands_beside_its_field(fund: FoundedFund, browser_of: BrowserOf) -> None:
    abroad, home = make_euros(fund), make_bank(fund, name="Euros at home")
    sent = make_sent(fund, abroad, home, euros(300)).remittance_id
    coordinator, member = browser_of(fund.coordinator), browser_of(fund.members[0])

    for amount, words in (
        ("301", "is still on its way"),
        ("1,234.567", "has too many digits"),
        ("", "Write the amount"),
    ):
        page = coordinator.submit(f"/remittances/{sent}/receive", {"amount": amount, "received_on": "2026-08-12"})
        assert words in page.text
    make_received(fund, sent, euros(290))
    page = member.submit(f"/remittances/{sent}/decide", {"kind": "charges", "reason": "Fee"})
    assert "Choose which purpose bears the charges" in page.text


def test_an_exchange_is_checked_with_its_rate_before_it_is_booked(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.treasurer)
    abroad = make_euros(fund)

    check = browser.submit("/exchanges/new", exchange_typed(fund, abroad))
    assert check.heading == "Check the exchange"
    assert "1 EUR = 600 KZT" in check.text
    assert rows(select(Exchange)) == []
    page = browser.send(check, button="Book the exchange")

    assert "The exchange is booked." in page.text
    assert page.heading == "Exchange 1"
    assert "€1.50" in page.text


def test_a_rate_that_is_off_is_put_before_a_second_person(fund: FoundedFund, browser_of: BrowserOf) -> None:
    treasurer, coordinator = browser_of(fund.treasurer), browser_of(fund.coordinator)
    abroad = make_euros(fund)

    check = treasurer.submit("/exchanges/new", exchange_typed(fund, abroad, rate="640"))
    assert "more than 3 percent off" in check.text
    page = treasurer.send(check, button="Put it before a second person")
    assert "A second person looks at it first" in page.text
    [row] = rows(select(Exchange))
    assert "exchange to look at" in coordinator.get("/").text

    answer = {"answer": "yes", "reason": "Asked two other banks"}
    refused = treasurer.submit(f"/exchanges/{row.id}/answer", answer)
    assert "You wrote this down yourself" in refused.text
    agreed = coordinator.submit(f"/exchanges/{row.id}/answer", answer)
    assert "The exchange is booked." in agreed.text
    assert "Asked two other banks" in agreed.text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sold_0": ""}, "how much of which purpose"),
        ({"sold_0": "x"}, "is not an amount"),
        ({"sold_0": "1001", "bought": "600 600"}, "General – This needs €1,001, but only €1,000 is available"),
        ({"rate": "zero"}, "Write the rate in digits"),
        ({"base": "KZT"}, "fits the other way round, as the price of one EUR"),
        ({"rate": "700", "sold_0": "1001", "bought": "600 600"}, "is available for this purpose"),
        ({"charges": "950", "side": "from"}, "only €1,000 on this account"),
        ({"to_bank": "same"}, "between two currencies"),
        ({"exchanged_on": "2126-01-01"}, "has not come yet"),
    ],
)
def test_what_cannot_have_been_exchanged_is_refused_and_nothing_typed_is_lost(
    fund: FoundedFund, browser_of: BrowserOf, changed: dict[str, str], words: str
) -> None:
    abroad, browser = make_euros(fund), browser_of(fund.treasurer)
    typed = exchange_typed(fund, abroad, **changed)
    typed["to_bank"] = str(abroad) if typed["to_bank"] == "same" else typed["to_bank"]

    page = browser.submit("/exchanges/new", typed)
    if page.heading == "Check the exchange":
        page = browser.send(page, button="Book the exchange")

    assert words in page.text
    assert 'value="National Bank of Kazakhstan"' in page.html
    assert rows(select(Exchange)) == []


def test_what_was_typed_of_an_exchange_can_be_changed_after_it_was_checked(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    browser = browser_of(fund.treasurer)
    check = browser.submit("/exchanges/new", exchange_typed(fund, make_euros(fund)))

    page = browser.send(check, button="Change something")

    assert 'value="60 000"' in page.html
    assert 'value="100"' in page.html


def test_a_month_is_closed_after_a_warning_and_stays_so(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_old_month(fund)
    abroad, home = make_euros(fund), make_bank(fund, name="Euros at home")
    make_sent(fund, abroad, home, euros(300))
    browser = browser_of(fund.treasurer)

    asked = browser.get("/months/2026-04/close")
    assert "still on their way: 1" in asked.text
    page = browser.send(asked, button="Close it for good")

    assert "April 2026 is closed for good." in page.text
    assert [row.month for row in rows(select(MonthClosing).order_by(MonthClosing.month))] == ["2026-03", "2026-04"]
    assert "is closed already" in browser.submit("/months/2026-04/close", {}).text
    assert browser.get("/months/nonsense/close").status == 404


def test_a_statement_shows_what_was_there_what_moved_and_what_is_left(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_old_month(fund)
    abroad = make_euros(fund)
    make_exchange(fund, an_exchange(fund, abroad))
    browser = browser_of(fund.auditor)

    march = browser.get("/ledger/statement?first=2026-03-01&last=2026-03-31")
    assert "Money in KZT" in march.text
    assert "Money in EUR" not in march.text
    now = browser.get("/ledger/statement")
    for words in ("Opening balance", "Exchange of currency", "Closing balance", "-€100", "₸60,001"):
        assert words in now.text
    assert "comes before the first" in browser.get("/ledger/statement?first=2026-03-02&last=2026-03-01").text


def test_the_statement_on_paper_says_the_same(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_euros(fund)
    browser = browser_of(fund.auditor)

    answer = browser._ask("/ledger/statement.pdf", method="GET")

    text = Printed(answer.data).text()
    for words in ("Statement of the books", "EUR account", "Opening balance", "Donation", "€1,000"):
        assert words in text
    assert browser.get("/ledger/statement.pdf?first=2026-03-02&last=2026-03-01").status == 404


def test_the_journal_is_downloaded_by_who_may(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_donation(fund)

    answer = browser_of(fund.auditor)._ask("/ledger/journal", method="GET")
    assert "assets:bank:main  12500.00 KZT" in answer.get_data(as_text=True)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert browser_of(fund.coordinator).get("/ledger/journal").status == 403


def test_charts_have_their_figures_in_tables(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_donation(fund)
    make_euros(fund)

    page = browser_of(fund.members[0]).get("/ledger/charts")

    assert "Money in EUR" in page.text
    assert page.html.count("The figures as a table") == 4
    assert "₸12,500" in page.text


def test_an_empty_fund_s_charts_say_so(fund: FoundedFund, browser_of: BrowserOf) -> None:
    assert "No entry yet" in browser_of(fund.auditor).get("/ledger/charts").text


def correction_typed(fund: FoundedFund, **changed: Any) -> dict[str, Any]:
    return {
        "bank": str(fund.bank),
        "amount": "1 250",
        "purpose": str(fund.purposes["food"]),
        "reason": "A nought too many",
        "seen": "0",
    } | changed


def correct(browser: Browser, donation_id: UUID, typed: dict[str, Any]) -> Page:
    """Type a correction, check it, and book it."""
    check = browser.submit(f"/donations/{donation_id}/correct", typed)
    assert check.heading == "Check the correction"
    return browser.send(check, button="Correct it")


def test_a_donation_is_corrected_and_both_entries_are_told(fund: FoundedFund, browser_of: BrowserOf) -> None:
    donation_id, browser = make_donation(fund), browser_of(fund.treasurer)

    check = browser.submit(f"/donations/{donation_id}/correct", correction_typed(fund, amount="125 000"))
    assert "One hundred and twenty-five thousand tenge" in check.text
    assert len(rows(select(DonationCorrection))) == 0
    changed = browser.send(check, button="Change something")
    assert "A nought too many" in changed.html
    page = browser.send(browser.send(changed), button="Correct it")

    assert "Donation 1 is corrected." in page.text
    assert "₸125,000" in page.text
    assert "entry 3 undoes entry 1, entry 2 is new" in page.text
    assert "corrects entry 1" in browser.get("/ledger/entries").text


def test_a_donation_of_which_nothing_came_is_taken_out_and_nobody_is_thanked(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    donation_id, browser = make_donation(fund), browser_of(fund.treasurer)

    asked = correct(browser, donation_id, correction_typed(fund, amount="0"))
    assert "A second person looks at it first." in asked.text
    assert "A correction waits for a second person" in asked.text
    assert "Taken out of the books" not in asked.text

    second = browser_of(fund.coordinator)
    [answering] = [link for link in second.get("/").links if link.startswith("/donations/corrections/")]
    assert "Donations to correct downward" in second.get("/donations/corrections").heading
    done = second.submit(answering, {"answer": "yes", "reason": "Line 3 of the statement"})
    assert "Donation 1 is corrected." in done.text
    assert "does not wait for an answer any more" in second.get(answering).text

    page = browser.get(f"/donations/{donation_id}")
    assert "Taken out of the books" in page.text
    assert "Thank and print the letter" not in page.text
    assert "Ingrid" not in browser.get("/thanks/").text


def test_a_correction_downward_that_is_refused_says_why_not(fund: FoundedFund, browser_of: BrowserOf) -> None:
    donation_id, browser = make_donation(fund), browser_of(fund.treasurer)
    correct(browser, donation_id, correction_typed(fund))
    answering = f"/donations/corrections/{rows(select(CorrectionAsked.id))[0]}"

    own = browser.submit(answering, {"answer": "yes", "reason": "I looked"})
    assert "You asked for this yourself" in own.text
    refused = browser_of(fund.coordinator).submit(answering, {"answer": "no", "reason": "The line says otherwise"})

    assert "stays in the books as it is" in refused.text
    down, up = (
        browser.submit(f"/donations/{donation_id}/correct", correction_typed(fund, amount=amount))
        for amount in ("1 000", "15 000")
    )
    assert "a second person looks at it before it is booked" in down.text
    assert "a second person looks" not in up.text
    assert "₸12,500" in refused.text


def test_a_correction_made_meanwhile_is_not_overwritten(fund: FoundedFund, browser_of: BrowserOf) -> None:
    donation_id, browser = make_donation(fund), browser_of(fund.treasurer)
    make_correction(fund, donation_id, tenge(7))

    page = correct(browser, donation_id, correction_typed(fund, seen="0"))

    assert "Somebody has corrected this donation since" in page.text


def test_pages_about_money_go_on_over_pages(fund: FoundedFund, browser_of: BrowserOf) -> None:
    abroad, home = make_euros(fund), make_bank(fund, name="Euros at home")
    for _each in range(52):
        make_sent(fund, abroad, home, euros(1))
    browser = browser_of(fund.auditor)

    [more] = [link for link in browser.get("/remittances/").links if link.endswith("?before=3")]
    assert browser.get(more).html.count("<tr>") == 3


def test_who_may_not_see_money_is_sent_away_from_all_of_it(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser: Browser = browser_of(fund.registrar)
    for path in ("/banks/", "/remittances/", "/exchanges/", "/months/", "/ledger/charts", "/ledger/statement"):
        assert browser.get(path).status == 403
