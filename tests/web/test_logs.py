"""What the server logs: JSON lines of a list of fields, and nothing that anybody typed, is called or lives at."""

import json
import logging
import sys
from collections.abc import Iterator
from io import StringIO
from typing import Any, NoReturn

import pytest
from flask import Flask
from gunicorn.config import Config as GunicornConfig

from aid import logs
from aid.logs import ALLOWED, GunicornLog, JsonLines, only_allowed
from aid.services import sign_ins
from tests.conftest import BrowserOf
from tests.make.browser import Browser
from tests.make.families import make_family
from tests.make.fund import FoundedFund

NAME, PHONE = "Қарлығаш Тілекқызы", "+77011234567"
WORDS = (NAME, ascii(NAME), PHONE, PHONE[1:], "aigul", "127.0.0.1", "2001:db8::7")

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


class Said:
    """The lines that were written."""

    def __init__(self) -> None:
        self.file = StringIO()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.getvalue().splitlines()]

    @property
    def text(self) -> str:
        return self.file.getvalue()


@pytest.fixture
def said() -> Iterator[Said]:
    """Everything that is logged, as a server's standard error shows it."""
    said = Said()
    handler = logging.StreamHandler(said.file)
    handler.setFormatter(JsonLines())
    ours, root = logging.getLogger("komek"), logging.getLogger()
    before = ours.level
    ours.setLevel(logging.INFO)
    root.addHandler(handler)
    yield said
    root.removeHandler(handler)
    ours.setLevel(before)


@pytest.fixture
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing in breaks, with everything in the error's text."""

    def breaks(*_args: object, **_what: object) -> NoReturn:
        raise KeyError(NAME, PHONE) from ValueError(f"{NAME} {PHONE} can't be written")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(sign_ins, "recognise", breaks)


def test_a_request_is_one_line_without_address_or_person(fund: FoundedFund, browser_of: BrowserOf, said: Said) -> None:
    family = make_family(fund, surname=NAME, phone=PHONE)
    browser = browser_of(fund.registrar)

    assert browser.get(f"/families/{family.code}?from={PHONE}").status == 200
    assert PHONE[-4:] in browser.submit("/families/", sought=PHONE).text

    line = said.lines[0]
    assert set(line) == {"at", "event", "level", "pid", "request", "method", "endpoint", "status", "ms"}
    assert (line["event"], line["method"], line["endpoint"], line["status"]) == ("request", "GET", "families.show", 200)
    assert len(said.lines) == 3  # the page, the search's form, what it found
    assert [word for word in (*WORDS, family.code) if word in said.text] == []


@pytest.mark.usefixtures("broken")
def test_what_breaks_is_told_by_kind_and_place(app: Flask, fund: FoundedFund, said: Said) -> None:
    page = Browser(app).submit("/sign-in", handle="aigul", password=NAME, code="123456")

    assert page.status == 500
    [broken] = [line for line in said.lines if line["event"] == "log"]
    [asked] = [line for line in said.lines if line.get("status") == 500]
    assert broken["kinds"] == ["ValueError", "KeyError"] or broken["kinds"][-1] == "KeyError"
    assert any(place.startswith("tests/web/test_logs.py:") for place in broken["places"])
    assert broken["request"] == asked["request"]
    assert [word for word in WORDS if word in said.text] == []


def test_what_others_log_keeps_its_place_and_loses_its_text(app: Flask, said: Said) -> None:
    known, other = logging.getLogger("gunicorn.error"), logging.getLogger("somebody.else")
    for log in (known, other):
        log.propagate = True
        log.error("could not write %s", NAME)
        log.error(" ".join(["could not write", PHONE]))
        log.warning("%s".replace("s", "s of " + NAME), PHONE)
        log.error({"name": NAME})

    assert [line.get("template") for line in said.lines] == ["could not write %s", *[None] * 7]
    assert {line["logger"] for line in said.lines} == {"gunicorn.error", "somebody.else"}
    assert all(line["places"][0].startswith("tests/web/test_logs.py:") for line in said.lines)
    assert [word for word in WORDS if word in said.text] == []


def test_gunicorns_lines_say_where_it_was(app: Flask, said: Said) -> None:
    log = GunicornLog(GunicornConfig())

    log.error("could not read %s", NAME)
    log.warning(" ".join(["no request:", NAME]))

    assert [line["places"][0].split(":")[0] for line in said.lines] == ["tests/web/test_logs.py"] * 2
    assert NAME not in said.text


@pytest.mark.parametrize("value", [NAME, PHONE, "127.0.0.1", f"aigul {PHONE}", {"name": NAME}, [NAME], NAME.encode()])
def test_no_field_lets_a_name_or_a_number_through(app: Flask, value: object) -> None:
    fields = dict.fromkeys((*ALLOWED, "name", "phone", "path", "handle", "address", "message"), value)

    assert only_allowed(fields) == {}


@pytest.mark.parametrize("method", ["GET", "ҚАРЛЫҒАШ", "X" * 5000, "KARLYGASH"])
def test_a_method_that_somebody_made_up_is_not_repeated(fund: FoundedFund, said: Said, method: str) -> None:
    fund.app.test_client().open("/sign-in", method=method)

    assert said.lines[-1]["method"] == ("GET" if method == "GET" else "OTHER")


def test_a_process_that_is_taken_over_says_nothing_in_other_ways(
    app: Flask, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = logging.root.handlers[:], logging.root.level, sys.excepthook
    other = logging.getLogger("weasyprint.like")
    other.addHandler(logging.StreamHandler())
    try:
        logs.take_over()
        other.error(f"no such thing: {NAME}")
        sys.excepthook(ValueError, ValueError(NAME), None)
    finally:
        logging.root.handlers[:], logging.root.level, sys.excepthook = kept
        logging.captureWarnings(False)

    told = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["level"] for line in told] == ["error", "critical"]
    assert NAME not in "".join(told)
