"""Backups on their page: who may ask for one, what is said of each, and the pack for the safe."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from aid.domain.vouchers import VoucherState, printed_number
from aid.extensions import db, now
from aid.jobs.backups import back_up
from aid.jobs.running import run_job
from aid.models.audit import AuditHead, AuditLine
from aid.models.jobs import Job
from aid.models.recovery import RecoveryKey
from aid.vault.signatures import fingerprint_of
from tests.conftest import BrowserOf
from tests.documents.reading import Printed
from tests.make import rows
from tests.make.browser import Browser
from tests.make.families import make_family
from tests.make.fund import MEMBERS, FoundedFund, secrets_of_everyone
from tests.make.vouchers import make_vouchers

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def places(app: Flask, tmp_path: Path) -> Iterator[Path]:
    before = app.config["KOMEK"]
    app.config["KOMEK"] = replace(before, backups=tmp_path / "first", backups_copy=tmp_path / "second")
    yield tmp_path
    app.config["KOMEK"] = before


def test_an_administrator_has_a_backup_made_and_sees_it(browser_of: BrowserOf, fund: FoundedFund) -> None:
    browser = browser_of(fund.administrator)
    before = browser.get("/backups/")
    assert "There is no backup yet" in before.text

    asked = browser.press("/backups/", "Back up now")
    assert "is being made" in asked.text
    [job] = rows(select(Job))
    assert run_job(job.id)

    page = browser.get("/backups/")
    assert "The last backup" in page.text
    assert "kept" in page.text
    assert "copied" in page.text


def sent(browser: Browser, path: str) -> int:
    """What a form gets that this person's pages never showed."""
    token = browser.get("/").forms()[0].filled["csrf_token"]
    return browser.post(path, {"csrf_token": token, "key": "ab" * 16}).status


@pytest.mark.parametrize("handle", ["dina", "olga", "aigul"])
def test_others_do_not_have_backups_made(browser_of: BrowserOf, fund: FoundedFund, handle: str) -> None:
    assert sent(browser_of(handle), "/backups/now") == 403
    assert rows(select(Job)) == []


def test_a_registrar_does_not_see_them(browser_of: BrowserOf, fund: FoundedFund) -> None:
    assert browser_of(fund.registrar).get("/backups/").status == 403


def test_what_is_wrong_with_backups_is_said_first(browser_of: BrowserOf, fund: FoundedFund, places: Path) -> None:
    back_up().path.unlink()
    (places / "second").rename(places / "away")

    page = browser_of(fund.coordinator).get("/backups/")
    assert "1 file is not where it was written" in page.text
    assert "The second place is not there" in page.text
    with time_machine.travel(now().instant + timedelta(days=3)):
        late = browser_of(fund.coordinator)
        assert "A night was missed" in late.get("/backups/").text
        assert "days without a backup" in late.get("/").text


def test_without_recovery_shares_there_is_no_button(browser_of: BrowserOf, fund: FoundedFund) -> None:
    with Session(db.engine) as session, session.begin():
        session.execute(update(RecoveryKey).values(confirmed_at=None))

    page = browser_of(fund.administrator).get("/backups/")
    assert "Beside them" in page.text  # the founding act names another key
    assert "recovery shares together" not in page.text


# ---------------------------------------------------------------- the pack


def test_the_pack_has_open_papers_heads_and_keys_and_nobody_in_it(browser_of: BrowserOf, fund: FoundedFund) -> None:
    collected = make_vouchers(fund, 1, state=VoucherState.COLLECTED)[0]
    family = make_family(fund)
    out = make_vouchers(fund, 2)
    browser = browser_of(fund.coordinator)

    answer = browser.press("/backups/", "Continuity pack")
    text = Printed(answer.content).text()

    assert answer.headers["Content-Type"] == "application/pdf"
    for voucher in out:
        assert printed_number(voucher.serial) in text
        assert voucher.digits not in text.replace(" ", "")
    assert printed_number(collected.serial) not in text
    [head] = rows(select(AuditHead))
    assert head.hash.hex() in text.replace(" ", "")
    for handle in MEMBERS:
        key = secrets_of_everyone()[handle].keys.voting_public
        assert key is not None
        assert fingerprint_of(key) in text
        assert handle not in text
    assert family.code not in text.replace(" ", "")
    assert "Solidarity fund" not in text
    assert rows(select(AuditLine.act).order_by(AuditLine.seq.desc()))[0] == "continuity.printed"


@pytest.mark.parametrize("handle", ["erlan", "timur"])
def test_who_does_not_see_vouchers_gets_no_pack(browser_of: BrowserOf, fund: FoundedFund, handle: str) -> None:
    assert sent(browser_of(handle), "/backups/continuity") == 403
