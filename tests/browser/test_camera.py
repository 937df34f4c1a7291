"""The table without typing: by camera, a creased voucher in a dim room; and by scanner, wherever the keyboard stands.

The camera is Chromium's fake one. What the browser itself can't read is read by zxing in a worker.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from aid.documents.press.layouts import Kept
from aid.documents.vouchers.sheets import voucher_sheets
from aid.domain.codes import grouped
from aid.domain.papers import PaperStyle
from aid.models.collections import Collection
from tests.browser.conftest import HandsOf
from tests.documents.test_vouchers import make_paper
from tests.make import rows
from tests.make.filmed import film, paper_of, seen, square_of
from tests.make.fund import FoundedFund
from tests.make.vouchers import MadeVoucher, make_vouchers

SAYS = "[data-camera-says]"
NATIVE = """code => {
  window.BarcodeDetector = class {
    static getSupportedFormats = async () => ["qr_code"];
    detect = async () => [{rawValue: code}];
  };
}"""


@pytest.fixture(scope="module")
def vouchers(lived: FoundedFund) -> list[MadeVoucher]:
    """Each is collected by one of these tests at most."""
    return make_vouchers(lived, 4)


@pytest.fixture
def table(hands_of: HandsOf) -> Page:
    """Whoever hands out, with the page for it before them."""
    page = hands_of("nurlan").page
    page.goto("/collections/new")
    return page


@pytest.fixture
def with_camera(table: Page) -> Iterator[Page]:
    """A browser that was allowed the camera."""
    table.context.grant_permissions(["camera"])
    yield table
    table.context.clear_permissions()


def is_told(page: Page, words: str) -> None:
    page.locator(f"{SAYS}:has-text('{words}')").wait_for()


QUICK = 0.04
"""Seconds: surely less than what the page takes for a hand’s pause (table.js)."""


def scans(page: Page, code: str, end: str = "Enter") -> None:
    """As a scanner types: at once, wherever the keyboard stands. A busy machine that was slower begins again."""
    if page.evaluate("document.activeElement.name === 'code'"):
        page.keyboard.type(code)
    else:
        while not all(_is_quick(page, digit) for digit in code):
            page.wait_for_timeout(200)  # what was typed so slowly is a hand's, and forgotten
    if end:
        page.keyboard.press(end)


def _ends_at_once(page: Page, code: str) -> bool:
    """Type into the field as a scanner does that ends with Tab; whether that came as quickly as a scanner's."""
    page.focus("[name=code]")
    page.keyboard.type(code[:-1])
    began = time.monotonic()
    page.keyboard.type(code[-1])
    page.keyboard.press("Tab")
    return time.monotonic() - began < QUICK


def _is_quick(page: Page, digit: str) -> bool:
    began = time.monotonic()
    page.keyboard.type(digit)
    return time.monotonic() - began < QUICK


def count(voucher: MadeVoucher) -> int:
    return len(rows(select(Collection).where(Collection.voucher_id == voucher.id)))


def test_a_creased_voucher_is_read_in_a_dim_room_and_collected_once(
    with_camera: Page, filmed: Path, kept: Kept, vouchers: list[MadeVoucher]
) -> None:
    page, voucher = with_camera, vouchers[0]
    paper = make_paper(digits=voucher.digits)
    pdf = b"".join(voucher_sheets([paper], style=PaperStyle(titles={}), kept=kept))
    film(filmed, [seen(square_of("elsewhere")), seen(paper_of(pdf), angle=24, light=0.25, creased=True)])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.click("[data-table-camera]")
    is_told(page, "not on a voucher of ours")
    page.wait_for_selector(".answer-yes")
    page.check("[name=collector]", force=True)
    page.click("main form .btn-main")
    page.wait_for_selector(".answer-done")
    page.click("[data-table-link]")
    is_told(page, "read just now")
    page.click("[data-camera-close]")

    assert page.evaluate("document.querySelector('video').srcObject") is None
    assert count(voucher) == 1
    home = page.url.split("/collections")[0]
    assert [url for url in asked if not url.startswith(home) or voucher.digits in url] == []
    assert any(url.endswith("zxing_reader.wasm") for url in asked)
    assert voucher.digits not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


def test_where_the_browser_reads_squares_itself_nothing_is_loaded_for_it(
    with_camera: Page, filmed: Path, vouchers: list[MadeVoucher]
) -> None:
    page, voucher = with_camera, vouchers[1]
    film(filmed, [square_of("nothing").resize((640, 480))], frames=3)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(NATIVE, voucher.digits)

    page.click("[data-table-camera]")
    page.wait_for_selector(".answer-yes")

    assert not any("zxing" in url for url in asked)


def test_who_allows_no_camera_is_told_what_to_do(table: Page) -> None:
    table.click("[data-table-camera]")
    is_told(table, "The camera is not allowed")
    table.click("[data-camera-close]")

    assert not table.locator("dialog[open]").count()


def test_a_scan_never_presses_what_waits_on_the_screen(table: Page, vouchers: list[MadeVoucher]) -> None:
    scans(table, grouped(vouchers[1].digits))
    table.wait_for_selector(".answer-yes")
    table.check("[name=collector]", force=True)
    table.focus("main form .btn-main")
    scans(table, vouchers[2].digits)
    table.wait_for_selector("[data-table-held]:visible")
    assert count(vouchers[1]) == 0

    table.click("main form .btn-main")
    table.wait_for_selector(".answer-done")
    table.focus("main a.answer-away")
    scans(table, vouchers[2].digits)
    table.wait_for_selector(".answer-yes")
    assert [count(vouchers[1]), count(vouchers[2])] == [1, 0]


@pytest.mark.parametrize("end", ["Enter", "Tab", ""])
def test_a_scan_is_taken_whatever_it_ends_with(table: Page, vouchers: list[MadeVoucher], end: str) -> None:
    code = vouchers[3].digits
    if end == "Tab":
        while not _ends_at_once(table, code):
            table.fill("[name=code]", "")  # a hand's Tab, on a busy machine: it only goes on
    else:
        table.focus("[data-table-camera]")
        scans(table, code, end)

    table.wait_for_selector(".answer-yes")
