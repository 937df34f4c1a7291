"""Batches and many lines: payments that the bank booked together, and lines that are certain, accepted at once."""

import secrets
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.documents.thanking import letters
from aid.domain.money import Money
from aid.domain.payments import Charge, Foreign, Party, Payment
from aid.extensions import db
from aid.models.donations import CorrectionAsked, Donation, Donor
from aid.models.statements import BankLine, LineEnd
from aid.services.lines.explaining import ByFee, ByGift
from aid.services.lines.undoing import ReopenOrder, reopen
from aid.services.verification import replay
from tests.conftest import BrowserOf
from tests.make import do, rows
from tests.make.browser import Browser, Page
from tests.make.donations import a_donor
from tests.make.fund import FoundedFund
from tests.make.money import euros, make_agreed, make_fee
from tests.make.statements import A, a_line, bring, make_ended, make_euro_bank, make_taught, open_lines

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)

ANNA, JONAS = "DE02120300000000202051", "DE02500105170137075030"


def paid(minor: int | None, name: str, account: str, text: str = "", *, sent: Money | None = None) -> Payment:
    charges = (Charge(Money(2_00, "EUR")),) if sent else ()
    foreign = Foreign(instructed=sent, rate="1.25") if sent else None
    return Payment(
        minor, "EUR", other=Party(name, account), text=text or "For the families", foreign=foreign, charges=charges
    )


BATCH = (
    paid(10_00, "Anna Muster", ANNA),
    paid(20_00, "Jonas Weber", JONAS),
    paid(8_00, "Mary Smith", "GB29NWBK60161331926819", sent=Money(12_50, "USD")),
    paid(5_00, "Jonas Weber", JONAS, "Once more"),
    paid(None, "Somebody", ""),
    paid(2_00, "Kim", "NL91ABNA0417164300"),
    paid(3_00, "Kim", "NL20INGB0001234567"),
)


@pytest.fixture
def bank(fund: FoundedFund) -> UUID:
    """An account in which Anna is known, with a batch of seven payments and a line of hers."""
    bank_id = make_euro_bank(fund)
    bring(fund.treasurer, A([a_line(6_00), a_line(50_00, details=BATCH, other="", account=""), a_line(7_00)]))
    make_ended(fund, open_lines()[0], ByGift(a_donor(name="Anna Muster"), fund.purposes["school"]))
    return bank_id


@pytest.fixture
def browser(browser_of: BrowserOf, fund: FoundedFund, bank: UUID) -> Browser:
    return browser_of(fund.treasurer)


def line(number: int) -> BankLine:
    return rows(select(BankLine).where(BankLine.number == number))[0]


def filled(page: Page) -> dict[str, str]:
    [form] = [form for form in page.forms() if "minor" in form.filled]
    return dict(form.filled)


def holds() -> None:
    with Session(db.engine) as session:
        for proof in ("line_ends", "statements", "money", "rows"):
            assert [str(finding) for finding in replay(session, proof)] == []


def test_payments_of_a_batch_are_shown_with_what_each_may_be_and_accepted_together(
    fund: FoundedFund, browser: Browser
) -> None:
    address = f"/lines/{line(2).id}/payments"
    page = browser.get(address)
    for said in ("Anna Muster", "Gave from this account before.", "Once more", "Sent: ", "12.50", "Charge: ", "€48"):
        assert said in page.text
    assert page.html.count("data-ready") == 1
    chosen = filled(page)
    assert [n for n in range(1, 8) if chosen.get(f"what-{n}")] == [1, 2, 3, 4]  # Kim is two, and one has no amount

    page = browser.post(address, chosen)

    assert "payments explained: 4" in page.text
    gifts = rows(select(Donation).order_by(Donation.number))
    assert [gift.amount_minor for gift in gifts] == [6_00, 10_00, 20_00, 8_00, 5_00]
    assert gifts[1].donor_id == gifts[0].donor_id  # Anna was known
    assert gifts[1].purpose_id == fund.purposes["school"]
    assert gifts[2].donor_id == gifts[4].donor_id  # Jonas gave twice, and is entered once
    assert len(rows(select(Donor))) == 3
    assert line(2).open_minor == 7_00
    holds()
    assert "payments explained: 4" in browser.post(address, chosen).text  # sent twice, done once
    assert len(rows(select(Donation))) == 5


def test_one_payment_is_changed_by_itself_and_undone_by_itself(fund: FoundedFund, browser: Browser) -> None:
    address = f"/lines/{line(2).id}/payments/6"
    typed = {"amount": "2", "donor": "new", "kind": "person", "name": "Kim of Delft", "language": "en"}
    page = browser.submit(address, typed | {"purpose": str(fund.purposes["food"])})
    assert "Payment 6 is explained." in page.text
    assert "Payment 1" in page.text  # those before it are there too
    page = browser.submit(address, typed | {"purpose": str(fund.purposes["food"])})
    assert "explained already" in page.text

    [end] = rows(select(LineEnd).where(LineEnd.payment == 6))
    do(reopen, actor=fund.treasurer, order=ReopenOrder(end_id=end.id, reason="It was another Kim"))
    make_agreed(fund, rows(select(CorrectionAsked.id))[0])
    page = browser.submit(address, typed | {"name": "The other", "purpose": str(fund.purposes["food"])})

    assert "Payment 6 is explained." in page.text
    assert line(2).open_minor == 48_00
    holds()


def test_who_gave_in_a_batch_is_known_again_by_their_own_account(
    fund: FoundedFund, browser: Browser, bank: UUID
) -> None:
    address = f"/lines/{line(2).id}/payments"
    browser.post(address, filled(browser.get(address)))
    [jonas] = rows(select(Donation.donor_id).where(Donation.amount_minor == 20_00))

    bring(fund.treasurer, A([a_line(15_00, other="Jonas Weber", account=JONAS)], name="2"))

    page = browser.get(f"/lines/account/{bank}")
    assert f"gift:{jonas}:" in page.html
    assert "Gave from this account before." in page.text


def test_a_payment_that_nobody_offered_is_not_accepted(browser: Browser, fund: FoundedFund) -> None:
    address = f"/lines/{line(2).id}/payments"
    for more in ({"what-5": f"gift:new:{fund.purposes['food']}"}, {"what-9": "gift:new:x"}, {"what-x": "fee:1"}):
        page = browser.post(address, filled(browser.get(address)) | more)
        assert "This can’t be accepted any more" in page.text
    assert line(2).open_minor == 50_00


def test_lines_that_are_certain_are_accepted_at_once_each_by_itself(
    fund: FoundedFund, browser: Browser, bank: UUID
) -> None:
    make_taught(fund, ANNA, purpose="food")
    bring(fund.treasurer, A([a_line(minor, text=f"R {minor}") for minor in (11_00, 12_00, 13_00)], name="2"))
    page = browser.get(f"/lines/account/{bank}/certain")
    assert "A rule you taught says so of this account." in page.text
    [form] = [form for form in page.forms() if any(name.startswith("what-") for name in form.filled)]
    ticked = dict(form.filled)
    assert sum(name.startswith("what-") for name in ticked) == 4
    [anna] = rows(select(Donor.id))
    make_ended(fund, open_lines()[-1], ByGift(anna, fund.purposes["school"]))  # by somebody else, meanwhile
    ticked.pop(f"what-{line(4).id}")

    page = browser.post(f"/lines/account/{bank}/certain", ticked)

    assert "Lines explained: 2." in page.text
    assert "1 could not be accepted any more" in page.text
    assert [line(number).open_minor for number in (3, 4, 5, 6)] == [0, 11_00, 0, 0]
    assert "Lines explained: 2." in browser.post(f"/lines/account/{bank}/certain", ticked).text
    holds()


def test_many_that_were_accepted_at_once_are_undone_at_once_and_what_is_not_is_told(
    fund: FoundedFund, browser: Browser, bank: UUID
) -> None:
    make_taught(fund, ANNA, purpose="food")
    lines = [a_line(minor, text=f"R {minor}") for minor in (11_00, 12_00, 13_00)]
    bring(fund.treasurer, A([*lines, a_line(-2_00, other="", account="", text="Kontoführung")], name="2"))
    make_ended(fund, line(7), ByFee(fund.purposes["school"], "The price list"))
    page = browser.get(f"/lines/account/{bank}/certain")
    page = browser.post(f"/lines/account/{bank}/certain", filled_any(page))
    assert "Lines explained: 4." in page.text
    [way] = [link for link in page.links if "/undo?since=" in link]
    shown = browser.get(way)
    ticked = dict(shown.form_with({"reason"}).filled)
    assert sum(name.startswith("end-") for name in ticked) == 4  # and not the fee, which was no part of it
    [gift] = rows(select(Donation.id).where(Donation.amount_minor == 11_00))
    letters(fund.treasurer, [gift], secrets.token_hex(16))
    make_fee(fund, euros(30), purpose="food", bank_id=bank)  # so that less is available than they gave

    page = browser.post(way, ticked | {"reason": "Another account"})

    assert "Asked for: 1. When a second person agrees" in page.text
    assert "Not undone, lines 4: The giver was thanked already" in page.text
    assert "Not undone, lines 5, 3: The money is promised already" in page.text
    assert "Thanked" in browser.get(way).text
    make_agreed(fund, rows(select(CorrectionAsked.id))[0])
    assert [line(number).open_minor for number in (3, 4, 5, 6)] == [0, 0, 0, 13_00]
    holds()


def test_a_line_of_somebody_new_is_not_certain(browser: Browser, fund: FoundedFund, bank: UUID) -> None:
    bring(fund.treasurer, A([a_line(9_00, other="Nobody Known", account="")], name="2"))
    page = browser.get(f"/lines/account/{bank}/certain")

    assert "Nobody Known" not in page.text
    forged = {f"what-{line(4).id}": f"gift:new:{fund.purposes['food']}", f"minor-{line(4).id}": "900"}
    page = browser.post(f"/lines/account/{bank}/certain", filled_any(page) | forged | {f"key-{line(4).id}": "ab" * 16})
    assert line(4).open_minor == 9_00


def filled_any(page: Page) -> dict[str, str]:
    return dict(next(form.filled for form in page.forms() if any(name.startswith("what-") for name in form.filled)))
