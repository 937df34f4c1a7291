"""What nobody collected in time goes back to its purpose, once, and can't be collected any more."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from aid.domain.clock import Instant
from aid.domain.money import Money
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.vouchers import VoucherState
from aid.extensions import now as this_moment
from aid.models.ledger import Available
from aid.models.vouchers import Voucher
from aid.services.collections.handing_out import Collected, Refused, collect
from aid.services.verification import verify
from aid.services.vouchers.expiry import Returned, return_expired
from tests.make import do, rows, see
from tests.make.fund import FoundedFund
from tests.make.vouchers import later, make_vouchers


def available(fund: FoundedFund) -> int:
    [amount] = rows(select(Available.amount_minor).where(Available.purpose_id == fund.purposes["school"]))
    return amount


def long_after() -> Instant:
    return later(this_moment(), days=90)


def test_what_was_not_collected_goes_back_to_its_purpose(fund: FoundedFund) -> None:
    first, second, _third = make_vouchers(fund, 3)
    assert isinstance(do(collect, actor=fund.distributor, order=first.order()), Collected)
    before = available(fund)

    returned = do(return_expired, actor=fund.coordinator, now=long_after(), allocation_id=first.allocation_id)

    assert returned == Returned(2, Money(available(fund) - before, fund.currency))
    assert returned.amount.minor > 0
    states = rows(select(Voucher.state).order_by(Voucher.serial))
    assert states == [VoucherState.COLLECTED, VoucherState.EXPIRED, VoucherState.EXPIRED]
    assert isinstance(do(collect, actor=fund.distributor, order=second.order()), Refused)
    assert list(see(verify)) == []


def test_what_may_still_be_collected_stays(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)

    with pytest.raises(RuleBroken, match="nothing goes back"):
        do(return_expired, actor=fund.coordinator, allocation_id=voucher.allocation_id)

    assert rows(select(Voucher.state)) == [VoucherState.PRINTED]


def test_money_goes_back_once_however_many_ask(app: Flask, fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)
    when, before = long_after(), available(fund)

    def ask(_each: int) -> Returned | RuleBroken:
        with app.app_context():
            try:
                return do(return_expired, actor=fund.coordinator, now=when, allocation_id=voucher.allocation_id)
            except RuleBroken as refusal:
                return refusal

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))

    [returned] = [answer for answer in answers if isinstance(answer, Returned)]
    assert available(fund) == before + returned.amount.minor


def test_only_who_prints_vouchers_closes_them(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)

    with pytest.raises(NotAllowed):
        do(return_expired, actor=fund.distributor, now=long_after(), allocation_id=voucher.allocation_id)
