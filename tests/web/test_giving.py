"""The page for donors as a stranger meets it, without cookie or script; and as the fund keeps it."""

import base64
import io
import re
from uuid import UUID

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from aid.domain.codes import is_reference
from aid.models.audit import Performed
from aid.models.donations import Donation
from aid.models.giving import Campaign, GiftReference, GiveOffer, ReferenceGift
from aid.models.statements import BankLine
from aid.services.giving import references
from tests.conftest import BrowserOf
from tests.make import rows
from tests.make.browser import Browser, Page
from tests.make.fund import FoundedFund
from tests.make.giving import HOLDER, a_wish, line_with, make_campaign, make_offered, make_reference
from tests.make.statements import IBAN, make_euro_bank

PLAIN = {"thanks": "not_at_all", "amount": "12,50"}


@pytest.fixture
def bank(fund: FoundedFund) -> UUID:
    """An account in euros that the page shows."""
    bank_id = make_euro_bank(fund)
    make_offered(fund, bank_id, purposes=("school",))
    return bank_id


@pytest.fixture
def stranger(fund: FoundedFund, browser_of: BrowserOf, bank: UUID) -> Browser:
    return browser_of(None)


def scanned(page: Page) -> list[str]:
    """What a bank app reads in the code."""
    [picture] = re.findall(r'src="data:image/png;base64,([^"]+)"', page.html)
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(base64.b64decode(picture))))
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    return str(found.text).split("\n")


def code_on(page: Page) -> str:
    [code] = rows(select(GiftReference.code).order_by(GiftReference.asked_at.desc()).limit(1))
    assert f"{code[:4]} {code[4:8]} {code[8:]}" in page.text
    return code


def test_a_stranger_gets_a_reference_and_is_told_where_to_pay(stranger: Browser) -> None:
    page = stranger.submit("/give/", PLAIN)

    code = code_on(page)
    assert is_reference(code)
    for said in (HOLDER, "DE89 3704 0044 0532 0130 00", "COBADEFFXXX", "€12.50", "Pay until"):
        assert said in page.text
    assert scanned(page) == ["BCD", "002", "1", "SCT", "COBADEFFXXX", HOLDER, IBAN, "EUR12.50", "", "", code]


def test_without_an_amount_the_code_has_none(stranger: Browser) -> None:
    page = stranger.submit("/give/", PLAIN | {"amount": ""})

    assert scanned(page)[7] == ""


def test_no_answer_sets_a_cookie_and_the_language_stands_in_the_address(stranger: Browser) -> None:
    page = stranger.get("/give/?language=kk")
    sent = stranger.submit("/give/?language=ru", PLAIN)

    assert page.tree.get("lang") == "kk"
    assert sent.tree.get("lang") == "ru"
    assert "Set-Cookie" not in page.headers
    assert "Set-Cookie" not in sent.headers
    assert stranger.cookie == ""
    assert "?language=en" in page.links


def test_the_same_form_sent_again_is_told_the_same(stranger: Browser) -> None:
    page = stranger.get("/give/")
    filled = page.form_with({"thanks"}).filled | PLAIN

    first, again = stranger.post("/give/", filled), stranger.post("/give/", filled)

    assert code_on(first) == code_on(again)
    assert len(rows(select(GiftReference))) == 1


def test_the_browser_asks_first_for_what_must_be_chosen_and_the_answer_leads_on(stranger: Browser) -> None:
    page = stranger.get("/give/")
    [form] = page.tree.findall(".//main//form")
    assert form.get("novalidate") is None
    asked = {field.get("name") for field in form.iter("input") if field.get("required") is not None}
    assert asked == {"account", "purpose", "thanks", "language"}

    told = stranger.post("/give/", page.form_with({"thanks"}).filled | PLAIN | {"name": "Ingrid Solheim"})

    assert "/give/?language=en" in told.links, "nobody needs the browser’s way back, which would send a form anew"
    assert "Solheim" not in told.html, "people print and save it"


def test_what_a_way_of_thanks_needs_is_asked_for_and_nothing_typed_is_lost(stranger: Browser) -> None:
    page = stranger.submit("/give/", {"thanks": "letter", "name": "Ingrid Solheim"})

    assert "Write the postal address that the letter goes to." in page.text
    assert page.form_with({"thanks"}).filled["name"] == "Ingrid Solheim"
    assert not rows(select(GiftReference))


def test_nothing_of_who_asked_is_kept_but_the_seal(stranger: Browser) -> None:
    stranger.submit("/give/", {"thanks": "email", "email": "ingrid@example.org", "name": "Ingrid Solheim"})

    [row] = rows(select(Performed).where(Performed.action == "giving.references.issue"))
    assert row.actor_id is None
    assert "ngrid" not in row.outcome


def test_too_much_is_refused_unread(stranger: Browser) -> None:
    page = stranger.get("/give/")
    filled = page.form_with({"thanks"}).filled | PLAIN | {"address": "x" * 20_000}

    assert stranger.post("/give/", filled).status == 413
    long = filled | {"address": "", "name": "x" * 201}
    assert "Please look at this again" in stranger.post("/give/", long).text


def test_when_so_many_were_given_out_one_can_give_without(stranger: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "MOST_AN_HOUR", 0)

    page = stranger.submit("/give/", PLAIN)

    assert "none is given out for a while" in page.text
    assert HOLDER in page.text
    assert "data:image/png" not in page.html


def test_while_it_is_switched_off_there_is_no_such_page(fund: FoundedFund, browser_of: BrowserOf, bank: UUID) -> None:
    stranger = browser_of(None)
    filled = stranger.get("/give/").form_with({"thanks"}).filled | PLAIN

    page = browser_of(fund.coordinator).press("/giving/", "Switch it off now")

    assert "The page is switched off." in page.text
    assert stranger.get("/give/").status == 404
    assert stranger.post("/give/", filled).status == 404


def test_a_treasurer_asks_for_what_is_offered_and_a_coordinator_agrees(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    make_euro_bank(fund)
    typed = {"accounts-0-shows": "y", "accounts-0-holder": HOLDER, "purposes": [str(fund.purposes["school"])]}
    browser = browser_of(fund.treasurer)
    page = browser.submit("/giving/offer", typed | {"accounts-0-bic": "COBA"})
    assert "This is no BIC" in page.text

    page = browser.submit("/giving/offer", typed)

    assert "once a second person agrees" in page.text
    [offer_id] = rows(select(GiveOffer.id))
    own = browser.get(f"/giving/offers/{offer_id}")
    assert "You asked for this yourself" in own.text
    coordinator = browser_of(fund.coordinator)
    assert "page for donors to look at" in coordinator.get("/").text
    assert "page for donors to look at" not in browser.get("/").text
    page = coordinator.submit(f"/giving/offers/{offer_id}", {"answer": "yes"})
    assert "Donors see it now." in page.text
    assert browser_of(None).get("/give/").status == 200


def test_a_campaign_is_offered_while_it_runs(fund: FoundedFund, browser_of: BrowserOf, stranger: Browser) -> None:
    browser = browser_of(fund.treasurer)
    names = {f"name_{language}": f"Winter {language}" for language in ("kk", "ru", "en")}
    browser.submit("/giving/campaigns/new", names)
    [campaign] = rows(select(Campaign.id))
    assert "Winter en" in stranger.get("/give/").text

    stranger.submit("/give/", PLAIN | {"campaign": str(campaign)})
    page = browser.press("/giving/", "End it")

    assert "It is over." in page.text
    assert "Winter en" not in stranger.get("/give/").text


def test_a_line_with_the_reference_is_accepted_by_one_key_and_shows_what_it_came_by(
    fund: FoundedFund, browser_of: BrowserOf, bank: UUID
) -> None:
    winter = make_campaign(fund)
    code = make_reference(fund, bank, a_wish(fund, campaign=winter)).code
    line = line_with(fund, f"Ref {code[:4]} {code[4:]}", other="", account="")
    browser = browser_of(fund.treasurer)
    page = browser.get(f"/lines/account/{bank}")
    assert "which the fund gave out" in page.text
    assert "Ingrid Solheim" in page.text
    offer = page.forms_to(f"/lines/{line.id}/accept")[0].filled

    page = browser.post(f"/lines/{line.id}/accept", offer)

    assert "Line 1 is explained." in page.text
    [donation] = rows(select(Donation.id))
    assert rows(select(ReferenceGift.donation_id)) == [donation]
    assert rows(select(BankLine.open_minor)) == [0]
    page = browser.get(f"/donations/{donation}")
    assert f"{code[:4]} {code[4:8]} {code[8:]}" in page.text
    assert "Winter en" in page.text
    assert f"{code[:4]} {code[4:8]}" not in browser_of(fund.auditor).get(f"/donations/{donation}").text
