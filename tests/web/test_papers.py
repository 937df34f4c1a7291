"""How vouchers look, as a coordinator sets it: with a sample first, and refusals beside what is wrong."""

from io import BytesIO

from sqlalchemy import select

from aid.domain.vouchers import VoucherState
from aid.models.vouchers import PrintBatch
from tests.conftest import BrowserOf
from tests.documents.reading import Printed
from tests.make import rows
from tests.make.fund import FoundedFund
from tests.make.one_database import app as app
from tests.make.vouchers import make_voucher
from tests.readers.test_pictures import picture

LOOK = "/vouchers/look/"


def test_a_look_is_tried_kept_and_printed(fund: FoundedFund, browser_of: BrowserOf) -> None:
    voucher = make_voucher(fund, state=VoucherState.ISSUED)
    browser = browser_of(fund.coordinator)
    assert LOOK in browser.get("/vouchers/").links
    titles = {"title_kk": "Көмек тізімі", "title_ru": "Список помощи", "title_en": "The list"}

    tried = browser.submit(
        LOOK, {**titles, "footer_en": "Ask us", "logo": (BytesIO(picture()), "l.png")}, button="Show a sample"
    )
    assert tried.headers["Content-Type"] == "application/pdf"
    sheet = Printed(tried.content)
    assert all(words in sheet.text() for words in (*titles.values(), "Ask us", "SAMPLE"))
    assert len(sheet.width_of_pictures(0)) == 6
    assert "Earlier looks" not in browser.get(LOOK).text, "nothing was kept"

    done = browser.submit(LOOK, {**titles, "logo": (BytesIO(picture()), "l.png")}, button="Keep this look")
    assert "The look is kept" in done.text
    assert f"Version 1 by {fund.coordinator.handle}" in done.text
    [kept] = [form.filled for form in done.forms() if "title_kk" in form.names]
    assert {name: kept[name] for name in titles} == titles

    page = f"/vouchers/{voucher.allocation_id}/at/{voucher.point_id}/print"
    sheets = Printed(browser.submit(page, button="Print now").content)
    assert titles["title_kk"] in sheets.text()
    assert len(sheets.width_of_pictures(0)) == 2, "its square, and the logo"

    browser.submit(LOOK, {"without_logo": "y"}, button="Keep this look")
    assert "Print no logo" not in browser.get(LOOK).text


def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_kept(fund: FoundedFund, browser_of: BrowserOf) -> None:
    browser = browser_of(fund.coordinator)

    for typed, told in (
        ({"ink": "#eeee00"}, "Colour of the title – This colour is too pale"),
        ({"title_kk": "Ә" * 90}, "Title in Қазақша – The title is too long in Қазақша for “A4, four to a sheet”"),
        ({"logo": (BytesIO(b"<svg/>"), "l.svg")}, "Logo – Only PNG and JPEG"),
        ({"seen": "7"}, "Somebody changed the look a moment ago"),
    ):
        page = browser.submit(LOOK, typed, button="Keep this look")
        assert (page.status, told in page.text) == (409, True), page.text
    assert "Earlier looks" not in browser.get(LOOK).text


def test_a_pile_may_be_printed_on_another_paper_if_the_words_have_room_there(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    voucher = make_voucher(fund, state=VoucherState.ISSUED)
    browser, page = browser_of(fund.coordinator), f"/vouchers/{voucher.allocation_id}/at/{voucher.point_id}/print"
    long = browser.submit(LOOK, {"title_kk": "Анықтама тізімі, облыстың отбасыларына арналған"})
    assert "The look is kept" in long.text

    refused = browser.submit(page, format="eight", button="Print now")
    assert (refused.status, "The title is too long in Қазақша for “A4, eight to a sheet”" in refused.text) == (
        409,
        True,
    )
    sheets = Printed(browser.submit(page, format="a6", button="Print now").content)

    width, height = sheets.pdf[0].get_size()
    assert (round(width * 25.4 / 72), round(height * 25.4 / 72)) == (105, 148)
    assert "A6, one to a sheet" in browser.get("/vouchers/log").text

    again = f"/vouchers/batches/{rows(select(PrintBatch.id))[0]}/reprint"
    assert "The same as before A6, one to a sheet" in browser.get(again).text
    Printed(browser.submit(again, reason="lost_in_printer", button="Print now").content)
    browser.submit("/vouchers/reprint", serial=str(voucher.serial), reason="lost", format="receipt")
    browser.submit("/vouchers/reprint", serial=str(voucher.serial), reason="damaged")
    formats = select(PrintBatch.format).order_by(PrintBatch.number)
    assert rows(formats) == ["a6", "a6", "receipt", "receipt"]
