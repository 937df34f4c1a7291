"""References under new keys, under a race, and behind the program's back."""

import secrets
from functools import partial
from itertools import count
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.codes import reference_code
from aid.domain.suggestions import Referred
from aid.extensions import db, now
from aid.models.donations import Donor
from aid.models.giving import GiftReference, ReferenceGift
from aid.models.records import RecordKind
from aid.perform import perform
from aid.queries.lines import open_lines
from aid.services.giving import references
from aid.services.giving.references import Issued, issue
from aid.services.lines.ends import EndOrder, end_line
from aid.services.lines.explaining import ByReference, EndPart
from aid.services.resealing import reseal
from aid.services.verification import verify
from aid.vault.actor import Actor
from tests.conftest import both_databases
from tests.make import do, rows, see
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.giving import a_wish, line_with, make_campaign, make_offered, make_reference
from tests.make.money import euros
from tests.make.statements import make_ended, make_euro_bank
from tests.services.test_committee import all_at_once
from tests.services.test_resealing import _rotate, still_old

sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def bank(fund: FoundedFund) -> UUID:
    """An account in euros that the page shows."""
    bank_id = make_euro_bank(fund)
    make_offered(fund, bank_id)
    return bank_id


@sqlite
def test_after_a_rekeying_what_was_sealed_before_opens_and_is_sealed_anew(fund: FoundedFund, bank: UUID) -> None:
    before = make_reference(fund, bank)
    line_with(fund, before.code)
    with Session(db.engine.execution_options(writes=True)) as session:
        _rotate(session, next(ref.ring_id for ref in fund.treasurer.keyring.memberships))

    [offer, *_others] = see(open_lines, actor=fund.treasurer, now=now(), bank_id=bank).rows[0].offers
    assert offer.proposal == Referred(before.id, None, fund.purposes["school"])
    after = make_reference(fund, bank)
    while do(reseal, actor=fund.treasurer).goes_on:
        pass

    assert still_old() == set()
    with Session(db.engine) as session:
        opened = references.wishes_of(session, keyring=fund.treasurer.keyring, references=[before, after])
    assert set(opened) == {before.id, after.id}


@both_databases
def test_strangers_who_ask_at_once_never_get_the_same_number(
    app: Flask, fund: FoundedFund, bank: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = count()
    codes = ["1234567889", "1234567889", "1234567889", "1000000064", "1000000064"]
    monkeypatch.setattr(
        references, "reference_code", lambda: codes[at] if (at := next(drawn)) < 5 else reference_code()
    )

    def ask() -> Issued:
        wish = a_wish(fund)
        return perform(secrets.token_hex(16), issue, actor=Actor.system(), bank_id=bank, wish=wish)

    outcomes = all_at_once(app, [ask] * 4)

    assert len({outcome.code for outcome in outcomes if isinstance(outcome, Issued)}) == 4
    assert len(rows(select(GiftReference))) == 4


@both_databases
def test_two_gifts_under_one_reference_booked_at_once_are_of_one_donor(
    app: Flask, fund: FoundedFund, bank: UUID
) -> None:
    reference = make_reference(fund, bank)
    lines = [line_with(fund, reference.code, minor) for minor in (5_00, 7_00)]

    def order(line_id: UUID, major: int) -> EndOrder:
        return EndOrder(line_id=line_id, parts=(EndPart(euros(major), ByReference(reference.id, None)),))

    all_at_once(
        app,
        [
            partial(do, end_line, actor=fund.treasurer, order=order(line.id, major))
            for line, major in zip(lines, (5, 7), strict=True)
        ],
    )

    assert len(rows(select(ReferenceGift))) == 2
    assert len(rows(select(Donor))) == 1
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []


CHANGES = (
    ("UPDATE give_answer SET answered_by_id = (SELECT asked_by_id FROM give_offer)", "answered it too"),
    ("UPDATE give_account SET iban = 'DE75512108001245126199'", "another IBAN than the account's"),
    ("UPDATE give_offer SET purposes = '[\"nothing\"]'", "a purpose that there is not"),
    ("UPDATE give_offer SET n = 7", "one before it is missing"),
    ("DELETE FROM give_account", "it shows no account"),
    ("UPDATE gift_reference SET code = '1234567880'", "its check digits do not fit"),
    (f"DELETE FROM record WHERE kind = '{RecordKind.WISH}'", "gone before its time"),
    ("UPDATE gift_reference SET last_day = '2025-12-01', erased_on = '2026-01-01'", "erased long since"),
    ("UPDATE gift_reference SET asked_at = '2999-01-01 00:00:00'", "before its reference was given out"),
    ("UPDATE campaign SET opened_at = '2999-01-01 00:00:00'", "its campaign was not open"),
    ("UPDATE record SET row_id = id WHERE kind = 'wish'", "under a reference that there is not"),
)
"""What somebody with the database open might do, and what is said of it."""


@sqlite
def test_what_was_changed_behind_the_programs_back_is_named(fund: FoundedFund, bank: UUID) -> None:
    wish = a_wish(fund, campaign=make_campaign(fund))
    make_reference(fund, bank, wish)
    used = make_reference(fund, bank, wish)
    make_ended(fund, line_with(fund, used.code), ByReference(used.id, None))
    for change, text in CHANGES:
        with forging() as session:
            assert found(session, "giving") == []
            if "code" in change:
                forge(session, "DELETE FROM gift_reference WHERE id NOT IN (SELECT reference_id FROM reference_gift)")
            assert forge(session, change)
            assert text in " ".join(finding.text for finding in found(session, "giving")), change
