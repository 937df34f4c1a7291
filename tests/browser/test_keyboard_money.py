"""Money by keyboard alone: a remittance that arrives, an exchange, a month that is closed."""

from sqlalchemy import select

from aid.models.exchanges import Exchange
from aid.models.months import MonthClosing
from aid.models.remittances import RemittanceReceipt
from tests.browser.conftest import WITH_SCRIPTS, WITHOUT_SCRIPTS, HandsOf
from tests.make import rows
from tests.make.fund import FoundedFund
from tests.make.money import euros, make_bank, make_euros, make_sent


@WITHOUT_SCRIPTS
def test_a_remittance_is_confirmed_by_who_receives_it(lived: FoundedFund, hands_of: HandsOf, scripts: bool) -> None:
    home = make_bank(lived, name=f"At home, {scripts}")
    sent = make_sent(lived, make_euros(lived), home, euros(200)).remittance_id
    receiver = hands_of("dina", scripts=scripts)
    receiver.page.goto("/remittances/")
    receiver.presses(f"main a[href='/remittances/{sent}']")
    receiver.presses("main a[href$='/receive']")
    receiver.types("[name=amount]", "")
    receiver.presses("main form button.btn-main")
    receiver.follows_error("[name=amount]")
    receiver.types("[name=amount]", "195,50")
    receiver.presses("main form button.btn-main")

    assert "€4.50 has not arrived" in receiver.page.inner_text("main")
    received = rows(select(RemittanceReceipt.amount_minor).where(RemittanceReceipt.remittance_id == sent))
    assert received == [195_50]


@WITH_SCRIPTS
def test_an_exchange_is_written_down_checked_and_booked(lived: FoundedFund, hands_of: HandsOf, scripts: bool) -> None:
    abroad = make_euros(lived)
    treasurer = hands_of("timur", scripts=scripts)
    treasurer.page.goto("/exchanges/")
    treasurer.presses("main a[href='/exchanges/new']")
    treasurer.chooses("from_bank", str(abroad))
    treasurer.types("[name=sold_0]", "100")
    treasurer.chooses("to_bank", str(lived.bank))
    treasurer.types("[name=bought]", "60 000")
    treasurer.types("[name=source]", "National Bank of Kazakhstan")
    treasurer.types("[name=rate]", "600")
    treasurer.presses("main form button.btn-main")
    treasurer.follows_error("[name=base]")
    treasurer.chooses("base", "EUR")
    treasurer.presses("main form button.btn-main")
    treasurer.comes_to("Check the exchange")
    treasurer.presses("main form button[value=book]")

    assert "The exchange is booked." in treasurer.page.inner_text("main")
    assert len(rows(select(Exchange).where(Exchange.from_bank_id == abroad))) == 1


@WITHOUT_SCRIPTS
def test_a_month_is_closed(lived: FoundedFund, hands_of: HandsOf, scripts: bool) -> None:
    before = len(rows(select(MonthClosing)))
    treasurer = hands_of("timur", scripts=scripts)
    treasurer.page.goto("/months/")
    treasurer.presses("main .buttons a[href$='/close']")
    treasurer.presses("main form button.btn-main")

    assert "is closed for good" in treasurer.page.inner_text("main")
    assert len(rows(select(MonthClosing))) == before + 1
