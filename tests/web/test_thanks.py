"""Thanks: the oldest first, each letter in its donor's language, and never a second time."""

import re
import secrets
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from aid.documents.thanking import in_public
from aid.documents.thanks import own_text
from aid.domain.donations import ThanksWish
from aid.domain.languages import Language
from aid.domain.mails import MailState
from aid.extensions import now
from aid.jobs.running import run_job
from aid.models.donations import Thanks
from aid.models.thanks import ThanksMail, ThanksText
from tests.conftest import BrowserOf
from tests.documents.reading import Printed
from tests.make import rows
from tests.make.browser import Browser, Page
from tests.make.donations import a_donor, make_donation, make_thanked
from tests.make.fund import FoundedFund
from tests.make.thanks import mail_server, make_gifts, press_send, reached_at, send_now

ONE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


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

    letter = browser.press("/thanks/", "By a letter")

    assert letter.headers["Content-Type"] == "application/pdf"
    assert "thanks-1.pdf" in letter.headers["Content-Disposition"]
    assert "Dear Ingrid Solheim" in Printed(letter.content).text()
    assert len(rows(select(Thanks))) == 1
    assert "Everybody was thanked" in browser.get("/thanks/").text


def test_the_letter_is_in_the_donors_language_not_the_treasurers(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_donation(fund, donor=a_donor(language=Language.KK))

    letter = browser_of(fund.treasurer).press("/thanks/", "By a letter")

    words = Printed(letter.content).text()
    assert "School (қаз)" in words
    assert "мың" in words


def test_who_is_never_to_be_named_gets_a_letter_without_a_name(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_donation(fund, donor=a_donor(never_named=True))

    letter = browser_of(fund.treasurer).press("/thanks/", "By a letter")

    words = Printed(letter.content).text()

    assert "Dear friend" in words
    assert "Solheim" not in words


def test_a_button_of_an_old_page_thanks_nobody_twice(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_donation(fund)
    browser = browser_of(fund.treasurer)
    old = browser.get("/thanks/")
    browser.press("/thanks/", "By a letter")

    page = browser.send(old, button="By a letter")

    assert page.status == 409
    assert "Donation 1 was thanked already" in page.text
    assert len(rows(select(Thanks))) == 1


def test_one_press_sent_twice_gives_the_letter_twice_and_thanks_once(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_donation(fund)
    browser = browser_of(fund.treasurer)
    page = browser.get("/thanks/")

    letters = [browser.send(page, button="By a letter") for _each in range(2)]

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


# ---------------------------------------------------------------- batches


def choose(browser: Browser, ids: list[UUID], button: str) -> Page:
    """Tick these donations, and press a button below the list."""
    form = browser.get("/thanks/").form_to(button=button)
    name, value, _elsewhere = form.buttons[button]
    return browser.post(form.action or "", {**form.filled, name: value, "donation": [str(each) for each in ids]})


def chosen_on(page: Page) -> list[str]:
    return re.findall(r'name="donation" value="([^"]+)"', page.html)


@ONE
def test_a_batch_of_letters_is_checked_and_comes_as_one_file(fund: FoundedFund, browser_of: BrowserOf) -> None:
    ids = make_gifts(fund, 3)
    browser = browser_of(fund.treasurer)
    page = choose(browser, ids[:2], "Letters to print")
    assert page.heading == "Check the letters"
    assert "2 letters will be printed" in page.text

    letters = browser.send(page, {"donation": chosen_on(page)}, button="Print the letters")

    assert Printed(letters.content).pages == 2
    assert {row.donation_id for row in rows(select(Thanks))} == set(ids[:2])


@ONE
def test_messages_are_shown_before_they_are_sent_and_their_progress_after(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    ids = [*make_gifts(fund, 2), make_donation(fund, donor=a_donor(name="No Address", email=None))]
    browser = browser_of(fund.treasurer)
    with mail_server() as server, reached_at(server.settings()):
        page = choose(browser, ids, "Messages by e-mail")
        assert "2 messages will be sent" in page.text
        assert "1 donor has no e-mail address" in page.text
        assert "Dear Giver0 Solheim," in page.text
        assert server.taken == []

        page = browser.send(page, {"donation": chosen_on(page)}, button="Send now")
        assert "Waits to be sent 2" in page.text
        assert "0 of 2" in browser.get("/thanks/").text
        assert server.taken == [], "the worker sends, and nobody else"
        run_job(rows(select(ThanksMail))[0].job_id)

        assert "Sent 2" in browser.get(page.path).text
        assert sorted(server.readers) == ["giver0@post.example.org", "giver1@post.example.org"]


@ONE
def test_without_a_mail_server_nobody_is_offered_to_send(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_gifts(fund, 1)

    page = browser_of(fund.treasurer).get("/thanks/")

    assert "No mail server is set up" in page.text
    assert "Messages by e-mail" not in page.text


@ONE
def test_a_treasurer_finds_out_what_became_of_a_message(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.treasurer)
    with mail_server() as server, reached_at(server.settings()):
        server.answer = lambda reader: f"550 <{reader}> is unknown"
        send_now(fund, make_gifts(fund, 1))
    [mail] = rows(select(ThanksMail))
    assert "1 message of thanks to find out about" in browser.get("/").text
    assert "donation to thank for" not in browser.get("/").text

    page = browser.get(f"/thanks/messages/{mail.id}")
    assert "550 … is unknown" in page.text
    assert "giver0" not in page.html
    refused = browser.send(page, became="lost", reason="")
    assert "Write how you know" in refused.text
    browser.send(refused, became="lost", reason="The mailbox is gone")

    assert [row.state for row in rows(select(ThanksMail))] == [MailState.REOPENED]
    assert "1 donation waits for thanks" in browser.get("/thanks/").text


@ONE
def test_a_message_on_its_way_is_shown_and_nothing_is_printed_beside_it(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    browser, [donation_id] = browser_of(fund.treasurer), make_gifts(fund, 1)
    with mail_server() as server, reached_at(server.settings()):
        press_send(fund, [donation_id])

    page = browser.get(f"/donations/{donation_id}")

    assert "Waits to be sent" in page.text
    assert "Thank and print the letter" not in page.text


@ONE
def test_the_first_button_is_what_the_donor_wishes_or_the_page_says_why_not(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    browser = browser_of(fund.treasurer)
    wished = make_donation(fund, donor=a_donor(thanks=ThanksWish.EMAIL))
    nowhere = make_donation(fund, donor=a_donor(name="Nowhere", email="ingrid+é@post.example", thanks=ThanksWish.EMAIL))
    assert "no mail server is set up for this fund" in browser.get(f"/donations/{wished}").text

    with mail_server() as server, reached_at(server.settings()):
        lost = browser.get(f"/donations/{nowhere}")
        assert "no e-mail address of theirs is known" in lost.text
        assert [link for link in lost.links if link.startswith("/donors/") and link.endswith("/change")]
        assert "Thank by e-mail" not in lost.text
        letters = choose(browser, [wished, nowhere], "Letters to print")
        assert "2 of these donors wish to be thanked in another way" in letters.text
        checked = browser.press(f"/donations/{wished}", "Thank by e-mail")
        assert "1 message will be sent" in checked.text
        sent = browser.send(checked, button="Send now")
        second = browser.send(checked, button="Send now")
        run_job(rows(select(ThanksMail.job_id))[0])

    assert sent.path == second.path, "the same form sent twice is told the same"
    assert server.readers == ["ingrid@example.org"]
    assert "Sent" in browser.get(f"/donations/{wished}").text


@ONE
def test_a_second_tab_is_told_what_became_of_it(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser, [first, other] = browser_of(fund.treasurer), make_gifts(fund, 2)
    with mail_server() as server, reached_at(server.settings()):
        server.answer = lambda reader: f"550 <{reader}> is unknown"
        send_now(fund, [first])
    [mail] = rows(select(ThanksMail.id))
    tabs = [browser.get(f"/thanks/messages/{mail}") for _each in range(2)]

    decided = browser.send(tabs[0], became="lost", reason="The mailbox is gone")
    late = browser.send(tabs[1], became="arrived", reason="They wrote")
    in_public(fund.treasurer, other, secrets.token_hex(16), line=None)
    done = browser.get(f"/thanks/{other}/publish")

    assert "the donation waits for thanks again" in decided.text
    assert "There is nothing to decide about this message any more" in late.text
    assert (done.path, "does not wait for thanks any more" in done.text) == (f"/donations/{other}", True)


# ---------------------------------------------------------------- texts


@ONE
def test_a_text_is_shown_before_it_is_kept(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.treasurer)
    page = browser.get("/thanks/texts/en")

    shown = browser.send(page, {"unnamed": "Dear comrade,"}, button="Show how it looks")
    assert "Dear comrade," in shown.text
    assert "€250" in shown.text
    assert rows(select(ThanksText)) == []

    browser.send(shown, button="Keep this text")
    [text] = rows(select(ThanksText))
    assert (text.language, text.n, text.unnamed) == ("en", 1, "Dear comrade,")
    assert "the fund’s own, version 1" in browser.get("/thanks/texts/").text
    assert "Version 1" in browser.get("/thanks/texts/en").text


@ONE
@pytest.mark.parametrize("planted", ["{{ config.SECRET_KEY }}", "{% for x in y %}", "{secret}", "{amount.__class__}"])
def test_nothing_but_places_stands_in_braces(fund: FoundedFund, browser_of: BrowserOf, planted: str) -> None:
    browser = browser_of(fund.treasurer)
    page = browser.get("/thanks/texts/en")

    refused = browser.send(page, {"body": f"{own_text('en').body}\n{planted}"}, button="Keep this text")

    assert "Braces" in refused.text or "can't stand here" in refused.text
    assert rows(select(ThanksText)) == []


@ONE
def test_a_language_is_added_and_offered_for_new_donors(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.treasurer)
    typed = {"language": "nb", "own_name": "Norsk", "subject": "Takk", "greeting": "Kjære {name},"}
    more = {"unnamed": "Kjære venn,", "body": "{amount} {day} {code} <b>takk</b>", "closing": "Hilsen\n\n{fund}"}

    shown = browser.submit("/thanks/texts/new", {**typed, **more}, button="Show how it looks")
    assert "<b>takk</b>" in shown.text
    browser.send(shown, button="Keep this text")

    assert "Norsk" in browser.get("/thanks/texts/").text
    assert "Norsk" in browser.get("/donations/new").text


# ---------------------------------------------------------------- in public


def test_a_gift_is_put_on_the_public_page_and_taken_off_again(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser, donation_id = browser_of(fund.treasurer), make_donation(fund)
    browser.submit(f"/thanks/{donation_id}/publish", line="From <b>Oslo</b>")

    page = browser_of(None).get("/thanks/published")
    assert "From <b>Oslo</b>" in page.text
    assert "3 August 2026" in page.text
    assert "Solheim" not in page.html

    kazakh = browser_of(None).get("/thanks/published?language=kk")
    assert kazakh.tree.get("lang") == "kk"
    assert "Set-Cookie" not in kazakh.headers

    tabs = [browser.get(f"/thanks/{donation_id}/take-off") for _each in range(2)]
    told = [browser.send(tab, reason="They asked for it").text for tab in tabs]
    assert ("It is off the public page" in told[0], "This is not on the public page" in told[1]) == (True, True)
    assert "Oslo" not in browser_of(None).get("/thanks/published").text
    assert "Thanked" in browser.get(f"/donations/{donation_id}").text


@ONE
def test_who_is_never_to_be_named_stands_there_as_a_friend(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser, donation_id = browser_of(fund.treasurer), make_donation(fund, donor=a_donor(never_named=True))

    refused = browser.submit(f"/thanks/{donation_id}/publish", line="Ingrid")
    assert "never to be named" in refused.text
    browser.send(refused, line="")

    page = browser_of(None).get("/thanks/published")
    assert "a friend" in page.text
    assert "Ingrid" not in page.html


@ONE
def test_only_treasurers_see_what_thanks_say(fund: FoundedFund, browser_of: BrowserOf) -> None:
    donation_id = make_donation(fund)
    in_public(fund.treasurer, donation_id, secrets.token_hex(16), line=None)

    browser = browser_of(fund.auditor)

    for path in ("/thanks/texts/", "/thanks/texts/en", f"/thanks/{donation_id}/publish"):
        assert browser.get(path).status == 403
    assert "in public" in browser.get(f"/donations/{donation_id}").text
