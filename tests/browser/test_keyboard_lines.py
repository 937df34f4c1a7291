"""A long open list by keyboard alone: Enter accepts, and the next line has it; nothing is lost on the way."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from aid.domain.payments import Direction, Party, Payment
from aid.models.donations import CorrectionAsked
from aid.models.statements import BankLine
from tests.browser.conftest import SCRIPTS, WITH_SCRIPTS, HandsOf
from tests.browser.hands import Hands
from tests.make import rows
from tests.make.fund import FoundedFund
from tests.make.statements import A, a_line, bring, make_euro_bank, make_taught

HERE = "document.activeElement.closest('article')?.id || document.activeElement.innerText || ''"


def brought(fund: FoundedFund, iban: str, lines: Sequence[Any]) -> tuple[UUID, list[BankLine]]:
    """An account of its own with these lines."""
    bank = make_euro_bank(fund, iban=iban, name=f"By keyboard {iban[:4]}")
    bring(fund.treasurer, A(lines, account=iban, name=iban))
    return bank, list(rows(select(BankLine).where(BankLine.bank_id == bank).order_by(BankLine.number)))


def enter(hands: Hands) -> None:
    with hands.page.expect_navigation():
        hands.page.keyboard.press("Enter")


def is_at(hands: Hands, line: BankLine) -> bool:
    """The keyboard stands at this line's button, and it is seen without scrolling."""
    box = hands.page.locator(":focus").bounding_box()
    assert box, hands.page.url
    assert 0 <= box["y"] <= box["y"] + box["height"] <= 740
    return bool(hands.page.evaluate(HERE) == f"line-{line.number}")


@WITH_SCRIPTS
def test_the_open_list_is_worked_down_by_one_key_with_a_batch_and_a_line_of_two(
    lived: FoundedFund, hands_of: HandsOf, scripts: bool
) -> None:
    batch = tuple(
        Payment(minor, "EUR", other=Party(who, ""), text="Gift", direction=Direction.CREDIT)
        for minor, who in ((6_01, "Batch Giver One"), (6_02, "Batch Giver Two"))
    )
    nobody: dict[str, Any] = {"other": "", "account": ""}
    bank, lines = brought(
        lived,
        "SE4550000000058398257466",
        [
            *(a_line(minor, other=f"Keyboard {minor}", account="") for minor in (11_00, 12_00)),
            a_line(13_00, text="Cash", **nobody),
            a_line(12_03, text="Collected", details=batch, **nobody),
            *(a_line(minor, other=f"Keyboard {minor}", account="") for minor in (20_00, 14_00)),
        ],
    )
    first, second, _cash, collected, of_two, last = lines
    treasurer = hands_of("timur", scripts=scripts)
    page = treasurer.page
    page.goto(f"/lines/account/{bank}")
    for line, after in ((first, second), (second, collected)):  # nobody knows what the cash is: it is passed over
        assert is_at(treasurer, line)
        enter(treasurer)
        assert is_at(treasurer, after)
    enter(treasurer)
    treasurer.comes_to(f"Payments in line {collected.number}")
    enter(treasurer)  # all that is chosen
    assert is_at(treasurer, of_two)
    treasurer.presses(f"#line-{of_two.number} a.bank-line-rest")
    treasurer.presses("main a[href$='/gift']")
    treasurer.types("[name=amount]", "8")
    treasurer.types("[name=name]", "The other of two")
    treasurer.presses("main form button.btn-main")
    treasurer.comes_to(f"Bank line {of_two.number}")
    assert "Accept" in page.evaluate(HERE)  # the rest, as it was suggested
    enter(treasurer)
    assert is_at(treasurer, last)
    enter(treasurer)

    assert "These were passed over" in page.inner_text("main")
    still = rows(select(BankLine.open_minor).where(BankLine.bank_id == bank).order_by(BankLine.number))
    assert still == [0, 0, 13_00, 0, 0, 0]


@SCRIPTS
def test_many_are_accepted_by_one_key_and_undone_by_one(lived: FoundedFund, hands_of: HandsOf, scripts: bool) -> None:
    iban, account = (
        ("FR1420041010050500013M02606", "NO9386011117947") if scripts else ("AT611904300234573201", "BE68539007547034")
    )
    make_taught(lived, account)
    given = [a_line(minor, other=f"Known {account}", account=account) for minor in (31_00, 32_00, 33_00)]
    bank, _lines = brought(lived, iban, given)
    treasurer = hands_of("timur", scripts=scripts)
    page = treasurer.page
    page.goto(f"/lines/account/{bank}")
    enter(treasurer)  # somebody new is looked at alone
    treasurer.presses("main a[href$='/certain']")
    assert page.evaluate("document.activeElement.type") == "checkbox"
    enter(treasurer)
    assert "Lines explained: 2." in page.inner_text("main")

    treasurer.presses("main a[href*='/undo?since=']")
    assert page.locator("[name^=end-]:checked").count() == 2
    treasurer.types("[name=reason]", account)
    treasurer.presses("main form button.btn-main")

    assert "Asked for: 2." in page.inner_text("main")

    coordinator = hands_of("dina", scripts=scripts)
    coordinator.page.goto("/donations/corrections/many")
    for asked_id in rows(select(CorrectionAsked.id).where(CorrectionAsked.reason == account)):
        coordinator.ticks(f"[name='asked-{asked_id}']")
    coordinator.types("[name=reason]", "Seen on the statement")
    coordinator.presses("main form button.btn-main")

    assert "Donations corrected: 2." in coordinator.page.inner_text("main")
    still = rows(select(BankLine.open_minor).where(BankLine.bank_id == bank).order_by(BankLine.number))
    assert still == [0, 32_00, 33_00]
