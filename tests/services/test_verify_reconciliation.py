"""A voucher, a hand-out, a return or a move that somebody invents or takes away makes the vouchers not add up."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from aid.extensions import db
from aid.services.verification import replay
from tests.make.forging import forge, forging, found
from tests.make.lived import whole

__all__ = ["whole"]

ONE_COLLECTED = "(SELECT max(id) FROM voucher WHERE state = 'collected')"
ONE_PRINTED = "(SELECT max(id) FROM voucher WHERE state = 'printed')"
ONE_VOID = "(SELECT max(id) FROM voucher WHERE state = 'void')"
ITS_ENTRY = f"(SELECT entry_id FROM collection WHERE voucher_id = {ONE_COLLECTED} ORDER BY turn DESC LIMIT 1)"

FORGED = (
    (f"DELETE FROM voucher WHERE id = {ONE_PRINTED}", "Vouchers that the committee carried"),
    (f"UPDATE voucher SET amount_minor = amount_minor + 1 WHERE id = {ONE_PRINTED}", "but the vouchers are worth"),
    (f"UPDATE voucher SET state = 'collected' WHERE id = {ONE_PRINTED}", "Collected vouchers are worth"),
    (f"UPDATE voucher SET state = 'printed' WHERE id = {ONE_COLLECTED}", "say a part was collected"),
    (f"DELETE FROM collection WHERE voucher_id = {ONE_COLLECTED}", "Collected vouchers are worth"),
    (f"UPDATE voucher SET state = 'expired' WHERE id = {ONE_PRINTED}", "are cancelled or expired"),
    (f"UPDATE transfer SET amount_minor = amount_minor - 1 WHERE entry_id = {ITS_ENTRY}", "the ledger says otherwise"),
    ("UPDATE allocation_line SET items = '[\"9 notebook\"]' WHERE id = " + ONE_COLLECTED, "Of notebook"),
    (f"DELETE FROM goods_release WHERE voucher_id = {ONE_VOID}", "it was closed on no day"),
    ("DELETE FROM voucher_move", "Vouchers that the committee carried"),
    ("UPDATE collection SET collected_at = '2001-01-01 00:00:00'", "before it was decided"),
    ("UPDATE decision SET decided_at = '2099-01-01 00:00:00' WHERE carried", "before it was decided"),
    (
        f"UPDATE voucher SET issued_point_id = (SELECT id FROM point WHERE code = 'school-5') WHERE id = {ONE_PRINTED}",
        "day by day",
    ),
)


def test_vouchers_of_a_fund_that_only_the_program_wrote_add_up(whole: Flask) -> None:
    with Session(db.engine) as session:
        assert list(replay(session, "reconciliation")) == []


@pytest.mark.parametrize("whole", ["sqlite"], indirect=True)
def test_what_somebody_invents_or_takes_away_does_not_add_up(whole: Flask) -> None:
    for statement, words in FORGED:
        with forging() as session:
            assert forge(session, statement) >= 1
            told = [finding.text for finding in found(session, "reconciliation")]
            assert any(words in text for text in told), (statement, told)
