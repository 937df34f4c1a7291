"""What nobody collected in time goes back to its purpose, once, by night or when asked, and is collected no more."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import Mock

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from aid.domain.clock import Instant
from aid.domain.jobs import JobKind, JobState
from aid.domain.money import Money
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.vouchers import VoucherState
from aid.extensions import now as this_moment
from aid.jobs import running
from aid.jobs.running import run_job, tick
from aid.models.jobs import Job
from aid.models.ledger import Available
from aid.models.vouchers import Voucher
from aid.services.collections.checking import Refused
from aid.services.collections.handing_out import Collected, collect
from aid.services.verification import verify
from aid.services.vouchers.expiry import Returned, expire_some, return_expired
from aid.vault.actor import Actor
from tests.conftest import both_databases
from tests.make import do, rows, see
from tests.make.fund import FoundedFund
from tests.make.one_database import app as app
from tests.make.vouchers import later, make_vouchers


def available(fund: FoundedFund) -> int:
    [amount] = rows(select(Available.amount_minor).where(Available.purpose_id == fund.purposes["school"]))
    return amount


def long_after() -> Instant:
    return later(this_moment(), days=90)


@both_databases
def test_what_was_not_collected_goes_back_to_its_purpose(fund: FoundedFund) -> None:
    first, second, _third = make_vouchers(fund, 3)
    assert isinstance(do(collect, actor=fund.distributor, order=first.order()), Collected)
    before = available(fund)

    returned = do(return_expired, actor=fund.coordinator, now=long_after(), allocation_id=first.allocation_id)

    assert returned == Returned(2, Money(available(fund) - before, fund.currency))
    assert returned.amount
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


@both_databases
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
    assert returned.amount
    assert available(fund) == before + returned.amount.minor


def test_only_who_prints_vouchers_closes_them(fund: FoundedFund) -> None:
    [voucher] = make_vouchers(fund, 1)

    with pytest.raises(NotAllowed):
        do(return_expired, actor=fund.distributor, now=long_after(), allocation_id=voucher.allocation_id)


def test_the_night_closes_them_a_chunk_a_commit_and_nothing_twice(fund: FoundedFund) -> None:
    make_vouchers(fund, 3)
    before, when, system = available(fund), long_after(), Actor.system()

    closed = [do(expire_some, actor=system, now=when, most=2) for _each in range(3)]

    assert [each.vouchers for each in closed] == [2, 1, 0]
    assert available(fund) - before == sum(each.amount.minor for each in closed if each.amount)
    assert set(rows(select(Voucher.state))) == {VoucherState.EXPIRED}
    assert list(see(verify)) == []


def test_a_night_that_is_broken_off_goes_on_where_it_stopped(
    fund: FoundedFund, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_vouchers(fund, 3)
    monkeypatch.setattr(running, "CHUNK", 1)
    monkeypatch.setattr(running, "_still_ours", broken_off := Mock(side_effect=[None, KeyboardInterrupt]))
    with time_machine.travel(long_after().instant, tick=False):
        tick()
        [job] = rows(select(Job.id).where(Job.kind == JobKind.EXPIRY))
        with pytest.raises(KeyboardInterrupt):
            run_job(job)
        assert rows(select(Voucher.state)).count(VoucherState.EXPIRED) == 2
        assert list(see(verify)) == []
    broken_off.side_effect = None
    with time_machine.travel(long_after().instant + timedelta(hours=1), tick=False):
        assert run_job(job)

    assert set(rows(select(Voucher.state))) == {VoucherState.EXPIRED}
    assert rows(select(Job.state).where(Job.id == job)) == [JobState.DONE]
    assert list(see(verify)) == []
