"""Donors as a treasurer works with them; and words of theirs, from a payment's text to the wall of a point."""

import secrets

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from aid.documents.thanking import in_public
from aid.domain.donations import DonorKind, ThanksWish
from aid.extensions import db
from aid.models.donations import Donation, Donor, Thanks, ThanksWay
from aid.models.statements import DonorToken
from aid.models.support import SupportMessage
from aid.perform import perform
from aid.queries.donors import unions
from aid.services.donors.changing import DonorCorrection, correct_donor
from aid.services.verification import verify
from tests.conftest import BrowserOf
from tests.documents.reading import Printed
from tests.make import rows, see
from tests.make.donations import a_donor, make_donation
from tests.make.donors import make_donor, make_message, make_published, make_union, told
from tests.make.fund import FoundedFund
from tests.make.statements import A, a_line, bring, make_euro_bank, open_lines

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def test_a_donor_is_found_by_part_of_a_name_and_page_by_page(fund: FoundedFund, browser_of: BrowserOf) -> None:
    for n in range(23):
        make_donor(fund, name=f"Giver{n} Solheim", email=f"giver{n}@example.org")
    make_donor(fund, name="Ola Nordmann", email="ola@example.org")
    browser = browser_of(fund.treasurer)

    found = browser.submit("/donors/", q="ola nord")
    first = browser.submit("/donors/", q="SÓLHEIM giver")
    then = browser.send(first, button="More")

    assert "Ola Nordmann" in found.text
    assert "Giver1 " not in found.text
    assert first.path == then.path == "/donors/", "what is sought stays out of the address"
    assert "Giver22 " in first.text
    assert "Giver22 " not in then.text
    assert "Giver0 " in then.text


def test_who_corrects_second_is_shown_what_the_first_wrote_and_loses_nothing(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    donor_id, browser = make_donor(fund), browser_of(fund.treasurer)
    mine = browser.get(f"/donors/{donor_id}/change")
    theirs = DonorCorrection(donor_id, 1, a_donor(email="i@solheim.example"))
    perform(secrets.token_hex(16), correct_donor, actor=fund.treasurer, order=theirs)

    overtaken = browser.send(mine, name="Ingrid Berg", email="berg@example.org", thanks="letter")
    assert overtaken.heading == "This donor was changed meanwhile"
    assert "i@solheim.example" in overtaken.text
    unsure = browser.send(overtaken)
    assert "Choose for each line what is right" in unsure.text
    done = browser.send(unsure, **{"take-email": "theirs"})

    assert "is corrected" in done.text
    now = told(fund, donor_id)
    assert (now.name, now.email, now.thanks) == ("Ingrid Berg", "i@solheim.example", ThanksWish.LETTER)


def test_the_wish_never_to_be_named_is_written_down_and_what_was_public_is_told(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    donor_id, browser = make_donor(fund), browser_of(fund.treasurer)
    make_published(fund, donor_id, "Ingrid from Oslo")
    asked = browser.get(f"/donors/{donor_id}/never-named")
    assert "Ingrid from Oslo" in asked.text
    assert "Ingrid from Oslo" in browser_of(None).get("/thanks/published").text

    page = browser.send(asked, button="Never name this donor")

    assert "One line with their name is gone" in page.text
    assert "stood on the public page with their own line" in page.text
    assert "Ingrid from Oslo" not in browser_of(None).get("/thanks/published").text
    assert "Write in a few words why" in browser.submit(f"/donors/{donor_id}/may-be-named", reason="").text
    again = browser.submit(f"/donors/{donor_id}/may-be-named", reason="They wrote so")
    assert "They wrote so" in again.text


def test_two_entries_are_merged_from_the_page_that_suggests_them_and_parted(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    kept, other = make_donor(fund), make_donor(fund, name="Solheim, Ingrid", email=None, address=("Strandgata 1",))
    browser = browser_of(fund.treasurer)
    pairs = browser.get("/donors/merges/")
    assert "The same name, however it is spelled" in pairs.text

    both = browser.get(f"/donors/merges/{kept}/{other}")
    one = browser.send(both, button="They are one: merge them", **{"take-address": "other"})

    assert "They are one donor now" in one.text
    assert told(fund, other).address == ("Strandgata 1",)
    assert browser.get(f"/donors/{other}").path == f"/donors/{kept}"
    undo = next(link for link in one.links if link.endswith("/part"))
    assert "They are two donors again" in browser.submit(undo, reason="Mother and daughter").text
    assert "They stay two donors" in browser.press("/donors/merges/", "They are two").text
    assert see(verify_all) == []


def test_of_two_tabs_the_second_is_told_what_the_first_has_done(fund: FoundedFund, browser_of: BrowserOf) -> None:
    kept, other = make_donor(fund), make_donor(fund, name="Solheim, Ingrid", email=None)
    browser = browser_of(fund.treasurer)
    both = [browser.get(f"/donors/merges/{kept}/{other}") for _each in range(2)]
    change = browser.get(f"/donors/{other}/change")

    one, late = (browser.send(page, button="They are one: merge them", **{"take-email": "kept"}) for page in both)
    changed = browser.send(change, name="Ingrid Berg")
    undo = [browser.get(next(link for link in one.links if link.endswith("/part"))) for _each in range(2)]
    parted, again = (browser.send(page, reason="Mother and daughter") for page in undo)
    unnamed = [browser.send(page) for page in [browser.get(f"/donors/{kept}/never-named") for _each in range(2)]]

    assert (late.path, "These are one donor already" in late.text) == (f"/donors/{kept}", True)
    assert "was merged into this donor meanwhile" in changed.text
    assert "They are two donors again" in parted.text
    assert (again.path, "They are two again already" in again.text) == (f"/donors/{kept}", True)
    assert "never named from now on" in unnamed[0].text
    assert "never named already" in unnamed[1].text


def test_after_an_update_a_treasurer_lets_donors_be_found_again(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_donor(fund), make_union(fund)
    browser = browser_of(fund.treasurer)
    assert "can’t be found" not in browser.get("/").text
    with Session(db.engine.execution_options(writes=True)) as session:
        session.execute(delete(DonorToken))
        session.commit()
    assert "2 donors can’t be found by name or account" in browser.get("/").text
    for path in ("/donors/", "/donors/merges/"):
        assert "Not all donors are found" in browser.get(path).text
    assert see(unions, actor=fund.treasurer) == ()

    page = browser.send(browser.get("/donors/find-anew"), button="Begin")

    assert "All donors are found" in page.text
    assert len(see(unions, actor=fund.treasurer)) == 1
    assert "can’t be found" not in browser.get("/").text
    assert browser_of(fund.auditor).get("/donors/find-anew").status == 403
    assert see(verify_all) == []


def verify_all(session: object) -> list[str]:
    """All that does not hold."""
    return [str(finding) for finding in verify(session)]  # type: ignore[arg-type]


def test_a_branch_is_entered_from_its_unions_page_and_thanked_apart(fund: FoundedFund, browser_of: BrowserOf) -> None:
    union, browser = make_union(fund), browser_of(fund.treasurer)

    page = browser.submit(f"/donors/new?union={union}", name="Havnearbeiderne Bergen", language="en")

    assert "Havnearbeiderne" in page.text
    [branch] = rows(select(Donor.id).where(Donor.id != union))
    assert told(fund, branch).kind is DonorKind.BRANCH
    assert "Havnearbeiderne Bergen" in browser.get(f"/donors/{union}").text
    make_donation(fund, donor=branch)
    letter = browser.press(f"/donations/{rows(select(Donation.id))[-1]}", "Thank and print the letter")
    assert "Havnearbeiderne Bergen" in Printed(letter.content).text()


def test_a_letter_bears_the_address_where_an_envelope_shows_it_but_none_of_who_is_never_named(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    for never_named in (False, True):
        make_donation(fund, donor=a_donor(never_named=never_named))
    browser = browser_of(fund.treasurer)

    letters = [
        Printed(browser.press(f"/donations/{id_}", "Thank and print the letter").content).text()
        for id_ in rows(select(Donation.id).order_by(Donation.number))
    ]

    assert "Ingrid Solheim Storgata 7 0155 Oslo" in letters[0]
    assert not {"Solheim", "Storgata", "Oslo"} & set(letters[1].replace(",", " ").split())


def test_who_wished_no_thanks_is_left_alone_by_a_press(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_donation(fund, donor=a_donor(thanks=ThanksWish.NOT_AT_ALL))

    page = browser_of(fund.treasurer).press("/thanks/", "Leave without thanks")

    assert "as its donor wished" in page.text
    assert rows(select(Thanks.way)) == [ThanksWay.NOT_WISHED]


def test_words_of_a_payment_reach_the_families_after_a_second_look(fund: FoundedFund, browser_of: BrowserOf) -> None:
    make_euro_bank(fund)
    bring(fund.treasurer, A([a_line(50_00, text="Hold on, Anna Muster is with you")]))
    [line] = open_lines()
    treasurer, coordinator = browser_of(fund.treasurer), browser_of(fund.coordinator)
    assert f"/support/take?line={line.id}" in treasurer.get(f"/lines/{line.id}").links

    treasurer.submit(f"/support/take?line={line.id}", words="Hold on, we are with you", language="en")

    assert "message of support to look at" in coordinator.get("/").text
    assert "Nothing is shown yet" in browser_of(fund.distributor).get("/support/").text
    [message] = rows(select(SupportMessage))
    assert "Hold on, we are with you" in coordinator.get("/support/waiting").text
    tabs = [coordinator.get(f"/support/{message.id}") for _each in range(2)]
    assert "from now on" in coordinator.send(tabs[0], answer="show").text
    assert "Somebody has answered message 1 already" in coordinator.send(tabs[1], answer="keep").text
    for handle in (fund.distributor, fund.registrar):
        assert "Hold on, we are with you" in browser_of(handle).get("/support/").text
    sheet = browser_of(fund.distributor).get("/support/sheet.pdf?language=kk")
    assert "Hold on, we are with you" in Printed(sheet.content).text()
    coordinator.submit(f"/support/{message.id}/take-down", reason="They asked for it")
    assert "Nothing is shown yet" in browser_of(fund.distributor).get("/support/").text


def test_words_name_their_donor_only_as_the_donor_wished(fund: FoundedFund, browser_of: BrowserOf) -> None:
    named, quiet = make_donor(fund, own_line="Ingrid from Oslo"), make_donor(fund, never_named=True)
    treasurer, coordinator = browser_of(fund.treasurer), browser_of(fund.coordinator)

    refused = treasurer.submit(f"/support/take?donor={quiet}", words="Greetings from INGRID", language="en")
    treasurer.submit(f"/support/take?donor={quiet}", words="Greetings to you", language="en")
    tabs = [treasurer.get(f"/support/take?donor={named}") for _each in range(2)]
    _taken, again = (treasurer.send(tab, words="We see you", language="en", signed="y") for tab in tabs)
    assert "These words were taken already, as message 2" in again.text
    for message_id in rows(select(SupportMessage.id)):
        coordinator.submit(f"/support/{message_id}", answer="show")

    assert "seems to be named" in refused.text
    shown = browser_of(fund.distributor).get("/support/").text
    assert shown.count("A friend") == shown.count("Ingrid from Oslo") == 1
    treasurer.send(treasurer.get(f"/donors/{named}/never-named"), button="Never name this donor")
    assert "Ingrid" not in browser_of(fund.distributor).get("/support/").text
    in_public(fund.treasurer, make_donation(fund, donor=named), secrets.token_hex(16), line=None)
    assert see(verify_all) == []


def test_nobody_releases_the_words_that_they_took(fund: FoundedFund, browser_of: BrowserOf) -> None:
    message_id = make_message(fund)

    refused = browser_of(fund.treasurer).post(f"/support/{message_id}/answer", {"answer": "show"})
    kept = browser_of(fund.coordinator).submit(f"/support/{message_id}", answer="keep", reason="")

    assert refused.status in (400, 403)
    assert "Write in a few words why" in kept.text
