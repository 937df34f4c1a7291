"""What breaks says where, and never what somebody typed."""

import logging
from typing import NoReturn

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from aid.extensions import db
from aid.services import sign_ins
from tests.conftest import BrowserOf
from tests.make.browser import Browser
from tests.make.fund import FoundedFund

TYPED = "Қарлығаш Тілекқызы"


def test_a_page_that_breaks_logs_the_place_and_not_what_was_typed(
    app: Flask, fund: FoundedFund, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object, **_what: object) -> NoReturn:
        raise KeyError(TYPED) from ValueError(TYPED)

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(sign_ins, "recognise", broken)
    handler = logging.StreamHandler(shown := _Shown())
    app.logger.addHandler(handler)

    page = Browser(app).submit("/sign-in", handle="aigul", password=TYPED, code="123456")

    app.logger.removeHandler(handler)
    assert page.status == 500
    assert "Something broke" in page.text
    for log in (shown.text, caplog.text):
        assert "test_errors.py" in log
        assert "ValueError" in log
        assert "KeyError" in log
        assert TYPED not in log
        assert ascii(TYPED) not in log


class _Shown:
    """What a log shows."""

    text = ""

    def write(self, text: str) -> None:
        self.text += text


def test_a_statement_that_fails_does_not_say_what_it_was_given(fund: FoundedFund) -> None:
    with Session(db.engine) as session, pytest.raises(DBAPIError) as failure:
        session.execute(text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": TYPED})

    assert TYPED not in str(failure.value)


@pytest.mark.parametrize("handle", ["ai\0gul", "\0"])
def test_a_sign_in_with_what_nobody_types_is_refused_and_breaks_nothing(
    app: Flask, fund: FoundedFund, handle: str
) -> None:
    page = Browser(app).submit("/sign-in", handle=handle, password="any", code="123456")

    assert page.status == 400


def test_an_address_that_nobody_types_is_refused(fund: FoundedFund, browser_of: BrowserOf) -> None:
    assert browser_of(fund.registrar).get("/families/12345678%00").status == 400
    assert browser_of(fund.registrar).get("/families/?sought=%00").status == 400
