"""A donation that was booked wrongly: what leaves less on an account is booked when a second person agrees."""

from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.refusals import NotAllowed, RuleBroken
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.donations import Donation, DonationCorrection
from aid.models.ledger import Available, Entry
from aid.queries.today import waiting_for
from aid.services.corrections import Asked, Corrected
from aid.services.ledger import NotEnoughMoney
from aid.services.verification import verify
from tests.conftest import both_databases
from tests.make import rows, see
from tests.make.allocations import make_carried
from tests.make.donations import make_donation
from tests.make.forging import forge, forging, found
from tests.make.fund import FoundedFund
from tests.make.money import make_agreed, make_asked, make_correction, tenge
from tests.services.test_committee import all_at_once

sqlite = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
GIFT = tenge(100)


def available(fund: FoundedFund) -> int:
    [minor] = rows(select(Available.amount_minor).where(Available.purpose_id == fund.purposes["school"]))
    return minor


def entries() -> int:
    [count] = rows(select(func.count()).select_from(Entry))
    return count


def holds() -> None:
    with Session(db.engine) as session:
        assert [str(finding) for finding in verify(session)] == []


def gift(fund: FoundedFund) -> UUID:
    return make_donation(fund, minor=GIFT.minor)


def asked(fund: FoundedFund, donation_id: UUID, major: int = 40) -> UUID:
    """A correction downward that waits."""
    outcome = make_asked(fund, donation_id, tenge(major))
    assert isinstance(outcome, Asked)
    return outcome.asked_id


@both_databases
def test_a_correction_downward_moves_nothing_until_a_second_person_agrees(fund: FoundedFund) -> None:
    waits = asked(fund, gift(fund))
    assert (available(fund), entries()) == (GIFT.minor, 1)
    with pytest.raises(RuleBroken, match="You asked for this yourself"):
        make_agreed(fund, waits, by=fund.treasurer)

    make_agreed(fund, waits)

    assert (available(fund), entries()) == (tenge(40).minor, 3)
    assert rows(select(DonationCorrection.corrected_by_id)) == [fund.treasurer.person_id]
    with pytest.raises(RuleBroken, match="does not wait"):
        make_agreed(fund, waits)
    holds()


@sqlite
def test_more_money_or_another_purpose_is_booked_at_once(fund: FoundedFund) -> None:
    donation_id = gift(fund)

    assert isinstance(make_asked(fund, donation_id, tenge(120)), Corrected)
    assert isinstance(make_asked(fund, donation_id, tenge(120), purpose="food", seen=1), Corrected)

    assert rows(select(DonationCorrection.takes_away)) == [False, False]
    holds()


@sqlite
def test_what_is_refused_or_taken_back_leaves_the_donation_as_it_was(fund: FoundedFund) -> None:
    donation_id = gift(fund)
    for by in (fund.coordinator, fund.treasurer):
        make_agreed(fund, asked(fund, donation_id), agrees=False, by=by)

    assert (available(fund), entries(), rows(select(DonationCorrection))) == (GIFT.minor, 1, [])
    holds()


@sqlite
def test_while_a_correction_waits_no_other_is_asked_for(fund: FoundedFund) -> None:
    donation_id = gift(fund)
    waits = asked(fund, donation_id)

    for other in (tenge(30), tenge(130)):
        with pytest.raises(RuleBroken, match="waits for a second person"):
            make_asked(fund, donation_id, other)
    make_agreed(fund, waits, agrees=False)
    make_correction(fund, donation_id, tenge(130))
    holds()


@sqlite
def test_who_may_not_confirm_money_has_no_word_on_it(fund: FoundedFund) -> None:
    waits = asked(fund, gift(fund))

    for stranger in (fund.members[0], fund.registrar, fund.auditor):
        with pytest.raises(NotAllowed):
            make_agreed(fund, waits, by=stranger)


@sqlite
def test_money_that_was_promised_meanwhile_is_not_taken_back(fund: FoundedFund) -> None:
    make_carried(fund, families=1)
    [whole_gift] = rows(select(Donation.id))
    waits = asked(fund, whole_gift, 0)

    with pytest.raises(NotEnoughMoney):
        make_agreed(fund, waits)
    make_agreed(fund, waits, agrees=False)
    holds()


@both_databases
def test_two_who_agree_at_once_correct_it_once(app: Flask, fund: FoundedFund) -> None:
    waits = asked(fund, gift(fund))

    outcomes = all_at_once(app, [partial(make_agreed, fund, waits)] * 2)

    assert sum(isinstance(outcome, RuleBroken) for outcome in outcomes) == 1
    assert available(fund) == tenge(40).minor
    holds()


@sqlite
def test_it_waits_for_others_than_who_asked(fund: FoundedFund) -> None:
    asked(fund, gift(fund))

    def waiting(who: str) -> list[str]:
        return [row.endpoint for row in see(waiting_for, actor=fund.actor(who), now=this_moment())]

    assert "donations.answer" in waiting("dina")
    assert "donations.answer" not in waiting("timur")


@sqlite
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE correction_answer SET answered_by_id = (SELECT asked_by_id FROM correction_asked)", "agreed to it"),
        ("UPDATE correction_asked SET amount_minor = amount_minor + 1", "another correction was booked"),
        ("UPDATE donation_correction SET takes_away = NOT takes_away", "says wrongly"),
        ("DELETE FROM correction_answer", "without a second person"),
    ],
)
def test_a_second_word_that_was_forged_is_named(fund: FoundedFund, statement: str, words: str) -> None:
    make_agreed(fund, asked(fund, gift(fund)))

    with forging() as session:
        assert forge(session, statement) == 1
        assert any(words in finding.text for finding in found(session, "money"))
