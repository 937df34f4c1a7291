"""Stock, payments, deliveries, cash and grants that were changed behind the program's back are named."""

import pytest
from flask import Flask
from sqlalchemy import select

from aid.extensions import now as this_moment
from aid.models.allocations import AllocationLine
from aid.services.cash import SendOrder, send_cash
from tests.make import do, rows
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.goods import carried, make_transfer
from tests.make.lived import whole

__all__ = ["whole"]

SQLITE = pytest.mark.parametrize("whole", ["sqlite"], indirect=True)
HAND = "(SELECT id FROM stock_move WHERE cause = '{}' LIMIT 1)"

FORGED = [
    ("stock", "UPDATE stock SET quantity = quantity + 1", "stock", "it is not the sum of its moves"),
    ("stock", "UPDATE stock SET moves = moves + 1", "stock", "it is not the sum of its moves"),
    ("stock", "DELETE FROM stock", "stock", "it is gone, but has moves"),
    (
        "stock",
        f"UPDATE stock_move SET quantity = quantity + 1 WHERE id = {HAND.format('delivered')}",
        "stock_move",
        "it does not follow from the move before it",
    ),
    (
        "stock",
        "UPDATE delivery_line SET delivered = delivered - 1",
        "delivery",
        "as it says",
    ),
    ("stock", "UPDATE stock_act_line SET quantity = quantity + 1 WHERE booked IS NULL", "stock_act", "as it says"),
    (
        "stock",
        "UPDATE write_off_answer SET by_id = (SELECT by_id FROM stock_act WHERE id = act_id)",
        "write_off_answer",
        "who reported the loss agreed to it alone",
    ),
    ("stock", "UPDATE stock_move SET cause_id = id", "stock_move", "nothing caused it"),
    ("spending", "UPDATE invoice SET amount_minor = amount_minor + 100000000", "allocation", "more was invoiced"),
    ("spending", "DELETE FROM payment", "invoice", "it has no payment"),
    (
        "spending",
        "UPDATE delivery SET point_id = (SELECT max(id) FROM point WHERE id <> point_id)",
        "delivery_line",
        "it was not ordered for this point",
    ),
    ("spending", "UPDATE cash_arrival SET amount_minor = amount_minor * 2", "cash_arrival", "more arrived than"),
    (
        "spending",
        "UPDATE decision SET notice_until = '2099-01-01' WHERE carried",
        "invoice",
        "no decision that was in force",
    ),
    ("money", "UPDATE invoice SET amount_minor = amount_minor - 1", "entry", "its transfers are not what its payment"),
    ("money", "UPDATE cash_arrival SET amount_minor = amount_minor - 1", "entry", "its cash_arrival asks for"),
    ("money", "DELETE FROM cash_sending", "entry", "say that it is theirs"),
    ("lines", "UPDATE allocation_line SET items = '[\"9 pen\"]' WHERE family_id IS NULL", "allocation_line", "hash"),
    ("lines", "UPDATE allocation_version SET basis = '{}' WHERE grant_rules_version = 1", "allocation_version", "root"),
]


@SQLITE
@pytest.mark.parametrize(("proof", "statement", "what", "words"), FORGED)
def test_what_was_forged_is_named(whole: Flask, proof: str, statement: str, what: str, words: str) -> None:
    with forging() as session:
        assert forge(session, statement) >= 1

        assert [finding for finding in found(session, proof) if finding.what == what and words in finding.text], [
            str(finding) for finding in found(session, proof)
        ][:5]


@SQLITE
def test_each_cash_sending_is_proved_by_its_own_decision(whole: Flask) -> None:
    fund = FoundedFund(whole)
    later_one = carried(fund, make_transfer(fund, ("school-5", 1_000_00)))
    [line] = rows(select(AllocationLine.id).where(AllocationLine.allocation_id == later_one.allocation_id))
    do(send_cash, actor=fund.treasurer, order=SendOrder(line_id=line, bank_id=fund.bank, value_on=this_moment().today))
    own = "UPDATE decision SET notice_until = '2099-01-01' WHERE allocation_id = :id"

    with forging() as session:
        assert found(session, "spending") == []
        forge(session, own, id=later_one.allocation_id.hex)

        assert [finding.item for finding in found(session, "spending") if finding.what == "cash_sending"] == [str(line)]


@SQLITE
def test_a_grant_beyond_its_rules_is_named(whole: Flask) -> None:
    with forging() as session:
        forge(session, "UPDATE grant_rules SET rules = replace(rules, '\"cap\": 30000000', '\"cap\": 100')")

        assert any("above what a family may get" in finding.text for finding in found(session, "spending"))


@SQLITE
def test_a_grant_of_exactly_what_its_rules_allow_holds(whole: Flask) -> None:
    with forging() as session:
        forge(session, "UPDATE grant_rules SET rules = replace(rules, '\"cap\": 30000000', '\"cap\": 12000000')")

        assert found(session, "spending") == []
