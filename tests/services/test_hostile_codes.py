"""Wrong, mutated, voided, expired, foreign and replayed codes: none is accepted, none is an error. `bench collect`
tries a hundred thousand.
"""

import random
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.codes import voucher_code
from aid.domain.collections import GUESSES, GUESSES_AT_POINT, RefusalCode
from aid.domain.families import WithdrawalReason
from aid.domain.ids import new_id
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.collections import RefusedCollection
from aid.models.people import Person
from aid.perform import look
from aid.services.collections.checking import Checked, Refused, check
from aid.services.collections.handing_out import collect
from aid.services.withdrawals import withdraw
from aid.vault.actor import Actor
from tests.make import do, rows
from tests.make.fund import FoundedFund
from tests.make.vouchers import MadeVoucher, later, make_voucher
from tests.services.test_collections import refusal_of

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)

EACH = 20


def mutated(good: str, chance: random.Random) -> str:
    """One or two digits otherwise."""
    digits = list(good)
    for place in chance.sample(range(len(digits)), chance.choice((1, 2))):
        digits[place] = str((int(digits[place]) + chance.randint(1, 9)) % 10)
    return "".join(digits)


def test_no_code_that_is_not_good_is_accepted_and_none_is_an_error(fund: FoundedFund) -> None:
    chance = random.Random(6)
    good, used, left, foreign = (make_voucher(fund, point=point) for point in ("club", "club", "club", "school-5"))
    do(collect, actor=fund.distributor, order=used.order())
    do(withdraw, actor=fund.registrar, family_id=left.family_id, reason=WithdrawalReason.OWN_WISH)
    codes = [code for _each in range(EACH) for code in (voucher_code(), mutated(good.digits, chance), foreign.digits)]
    codes += [used.digits, left.digits] * EACH
    moment, outcomes = this_moment(), Counter[RefusalCode]()

    for code in codes:
        moment = Instant(moment.instant + timedelta(minutes=2), moment.today)
        answer = look(check, actor=fund.distributor, now=moment, point_id=good.point_id, code=code)
        assert isinstance(answer, Refused), code
        outcomes[answer.code] += 1
    expired = look(check, actor=fund.distributor, now=later(moment, days=60), point_id=good.point_id, code=good.digits)

    assert outcomes == {
        RefusalCode.UNKNOWN: 3 * EACH,
        RefusalCode.ALREADY_COLLECTED: EACH,
        RefusalCode.CANCELLED: EACH,
    }
    assert refusal_of(expired) is RefusalCode.EXPIRED
    assert len(rows(select(RefusedCollection))) == len(codes) + 1


def test_many_who_guess_in_turns_close_their_point_and_no_other(fund: FoundedFund) -> None:
    """Forty unknown codes of people who each stayed below their own bound."""
    here, there, moment = make_voucher(fund), make_voucher(fund, point="school-5"), this_moment()
    others = rows(select(Person.id).where(Person.id != fund.distributor.id))[: GUESSES_AT_POINT // (GUESSES - 1) + 1]
    tried = [others[turn % len(others)] for turn in range(GUESSES_AT_POINT - 1)]
    with Session(db.engine.execution_options(writes=True)) as session:
        session.add_all(_guess(here.point_id, who, moment) for who in tried)
        session.commit()
    assert isinstance(at(fund.distributor, here, moment), Checked)
    look(check, actor=fund.distributor, now=moment, point_id=here.point_id, code=voucher_code())

    assert refusal_of(at(fund.distributor, here, moment)) is RefusalCode.TOO_MANY_TRIES
    assert isinstance(at(fund.distributor_elsewhere, there, moment), Checked)
    assert isinstance(at(fund.distributor, here, later(moment, minutes=10)), Checked)


def at(who: Actor, voucher: MadeVoucher, moment: Instant) -> Checked | Refused:
    return look(check, actor=who, now=moment, point_id=voucher.point_id, code=voucher.digits)


def _guess(point_id: UUID, person_id: UUID, moment: Instant) -> RefusedCollection:
    code = RefusalCode.UNKNOWN.value
    return RefusedCollection(
        id=new_id(), point_id=point_id, person_id=person_id, voucher_id=None, reason=code, at=moment.instant
    )
