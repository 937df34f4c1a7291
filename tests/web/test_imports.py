"""Lists of families through the page: guessed, mapped, checked, brought in step by step, mended, undone."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.extensions import db
from aid.models.families import Family
from aid.models.imports import BroughtList, BroughtPart, FamilyImport, TableLayout
from aid.services.verification import verify
from tests.conftest import BrowserOf
from tests.make import rows
from tests.make.browser import Browser, Page
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.readers.conftest import SHARED, workbook

SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
HEADINGS = "Отбасы;Аты-жөні;Кім болады;Туған күні;Сынып;Телефон;Мекенжай"
ROWS = (
    "1;Серікбаев Нұрлан;жұмысшы;01.03.1985;;+7 701 000 11 22;Абай 12",
    "1;Серікбаева Айгүл;әйелі;12.05.1987;;;",
    "1;Серікбаева Дана;қызы;03.09.2016;3;;",
    "2;Қалиева Сәуле;жұмысшы;04.04.1990;;8 701 333 44 55;Абай 14",
)


def a_list(*lines: str, headings: str = HEADINGS) -> bytes:
    return "\n".join([headings, *(lines or ROWS)]).encode()


def brought(browser: Browser, payload: bytes, name: str = "list.csv") -> Page:
    return browser.submit("/imports/new", file=(BytesIO(payload), name))


def checked(browser: Browser, payload: bytes) -> Page:
    """A list as far as the check, with its columns as they were guessed."""
    page = browser.send(brought(browser, payload), button="Continue")
    if page.heading == "What each column is":
        page = browser.send(page, button="Continue")
    assert page.heading == "Check the list", page.text[:500]
    return page


def begun(browser: Browser, page: Page, **chosen: str) -> Page:
    typed = {"locality": "old-town", "point": "club", "consent": "y", "step": "begin", **chosen}
    form = page.form_with({"locality"})
    return browser.post(page.path, {**form.filled, **typed})


def through(browser: Browser, page: Page) -> Page:
    """Press Continue until the list is in."""
    while page.heading == "Bringing the list in":
        page = browser.send(page, button="Continue")
    return page


def real(name: str) -> bytes:
    if not (SHARED / name).exists():
        pytest.skip("the shared tables are not here")
    return (SHARED / name).read_bytes()


def holds() -> bool:
    with Session(db.engine) as session:
        return list(verify(session)) == []


def test_households_50_comes_in_through_the_page_and_the_same_again_adds_nothing(
    fund: FoundedFund, browser_of: BrowserOf
) -> None:
    browser = browser_of("aigul")
    page = browser.send(brought(browser, real("households_50.xlsx"), "households_50.xlsx"), button="Continue")
    assert page.heading == "Check the list"
    page = begun(browser, page, locality="", point="")
    print(page.status, page.path, page.text[200:1800])
    assert "Choose where these families live" in page.text

    done = through(browser, begun(browser, browser.get(page.path)))
    assert "Added 50" in done.text
    assert len(rows(select(Family))) == 50

    again = browser.send(brought(browser, real("households_50.xlsx"), "again.xlsx"), button="Continue")
    assert "Here already 50" in through(browser, begun(browser, again)).text
    assert len(rows(select(Family))) == 50
    assert holds()
