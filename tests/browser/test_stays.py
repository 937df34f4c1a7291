"""What was counted stays on the page when Komek does not answer, and is sent when it does again."""

from tests.browser.conftest import HandsOf
from tests.make.fund import FoundedFund


def test_a_count_stays_on_the_page_until_komek_answers_again(lived: FoundedFund, hands_of: HandsOf) -> None:
    page = hands_of("dina").page
    page.goto(f"/day-counts/at/{lived.points['school-5']}/closing")
    pieces, told = page.locator("[name=cash-0-pieces]"), page.locator("[data-no-answer]")
    pieces.fill("many")

    page.context.set_offline(True)
    try:
        page.click("main form .btn-main")
        told.wait_for()
    finally:
        page.context.set_offline(False)
    stayed = pieces.input_value()
    with page.expect_navigation():
        page.click("main form .btn-main")

    assert stayed == "many"
    assert not told.is_visible(), "Komek answered, and says what it can’t read"
    assert pieces.get_attribute("aria-invalid") == "true"
    assert pieces.input_value() == "many"
