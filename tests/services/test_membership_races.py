"""Members who sign, stop and vote at the same moment: one certificate a version, and nothing decided under a stop."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.membership import ChangeKind, Rules
from aid.domain.refusals import RuleBroken
from aid.extensions import db
from aid.models.committee import Certificate, ChangeAnswer
from aid.services.verification import verify
from tests.make import rows
from tests.make.allocations import make_allocation, vote
from tests.make.fund import MEMBERS, FoundedFund
from tests.make.membership import answer, propose, sign, stop
from tests.services.test_committee import all_at_once

OTHERS = Rules(quorum=4, notice_hours=12, delay_hours=48, absence_hours=96)


def holds() -> None:
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []


def test_five_members_sign_at_once_and_one_certificate_comes_of_it(app: Flask, fund: FoundedFund) -> None:
    change = propose(fund, ChangeKind.RULES, rules=OTHERS)

    outcomes = all_at_once(app, [partial(answer, fund, change, member) for member in fund.members])

    signed = [outcome for outcome in outcomes if not isinstance(outcome, RuleBroken)]
    assert len(signed) == 3
    assert sum(outcome.holds_from is not None for outcome in signed) == 1
    assert rows(select(func.count()).select_from(Certificate)) == [2]
    assert rows(select(func.count()).select_from(ChangeAnswer)) == [3]
    holds()


def test_of_two_changes_signed_at_once_one_is_certified(app: Flask, fund: FoundedFund) -> None:
    first = propose(fund, ChangeKind.RULES, rules=OTHERS)
    second = propose(fund, ChangeKind.LEAVE, leaves_id=fund.actor("yerlan").id)
    for change in (first, second):
        sign(fund, change, MEMBERS[:2])

    outcomes = all_at_once(app, [partial(answer, fund, change, fund.members[2]) for change in (first, second)])

    assert sum(isinstance(outcome, RuleBroken) for outcome in outcomes) == 1
    assert rows(select(func.count()).select_from(Certificate)) == [2]
    holds()


def test_a_stop_and_a_deciding_vote_at_once_leave_books_that_hold(app: Flask, fund: FoundedFund) -> None:
    proposed = make_allocation(fund, families=1).allocation_id
    for member in fund.members[:2]:
        vote(fund, member, proposed)

    actions: list[Callable[[], Any]] = [partial(vote, fund, fund.members[2], proposed), partial(stop, fund, "yerlan")]
    voted, stopped = all_at_once(app, actions)

    assert not isinstance(stopped, RuleBroken)
    assert isinstance(voted, RuleBroken) or voted.decided == "carried"
    holds()
