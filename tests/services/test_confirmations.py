import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.families import FamilyState
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.families import Confirmation
from aid.models.families import Family as FamilyRow
from aid.queries.families import waiting
from aid.queries.today import waiting_for
from aid.services.confirmations import Confirmed, confirm
from aid.services.families import Correction, Registered, correct
from aid.vault.actor import Actor
from tests.make import do, see
from tests.make.families import a_family, make_family
from tests.make.fund import FoundedFund
from tests.make.one_database import app as app


@pytest.fixture(name="waiting")
def waiting_family(fund: FoundedFund) -> Registered:
    return make_family(fund, confirmed=False)


def correction(fund: FoundedFund, family: Registered, *, by: Actor, version: int = 1) -> None:
    order = Correction(family.family_id, version, fund.points["club"], a_family(4))
    do(correct, actor=by, order=order)


def test_a_second_person_confirms_a_family(fund: FoundedFund, waiting: Registered) -> None:
    outcome = do(confirm, actor=fund.confirmer, family_id=waiting.family_id, version=1)

    assert outcome == Confirmed(waiting.family_id, waiting.code)
    with Session(db.engine) as session:
        row = session.get_one(FamilyRow, waiting.family_id)
        [confirmation] = session.scalars(select(Confirmation))
    assert (row.state, row.confirmed_version) == (FamilyState.CONFIRMED, 1)
    assert (confirmation.by_id, confirmation.version) == (fund.confirmer.person_id, 1)


def test_who_registered_a_family_does_not_confirm_it(fund: FoundedFund) -> None:
    family = make_family(fund, by=fund.registrar2, confirmed=False)

    with pytest.raises(RuleBroken, match="someone else confirms"):
        do(confirm, actor=fund.registrar2, family_id=family.family_id, version=1)


def test_who_corrected_a_family_does_not_confirm_it_either(fund: FoundedFund, waiting: Registered) -> None:
    correction(fund, waiting, by=fund.registrar2)

    with pytest.raises(RuleBroken, match="someone else confirms"):
        do(confirm, actor=fund.registrar2, family_id=waiting.family_id, version=2)


def test_a_registrar_is_not_a_confirmer(fund: FoundedFund, waiting: Registered) -> None:
    with pytest.raises(NotAllowed):
        do(confirm, actor=fund.registrar, family_id=waiting.family_id, version=1)


def test_a_confirmer_confirms_in_their_own_locality_only(fund: FoundedFund) -> None:
    family = make_family(fund, locality="new-town", point="school-5", confirmed=False)

    with pytest.raises(NotAllowed):
        do(confirm, actor=fund.confirmer, family_id=family.family_id, version=1)


def test_a_family_that_was_corrected_meanwhile_is_read_again_first(fund: FoundedFund, waiting: Registered) -> None:
    correction(fund, waiting, by=fund.registrar)

    with pytest.raises(RuleBroken, match="changed while you read it"):
        do(confirm, actor=fund.confirmer, family_id=waiting.family_id, version=1)


def test_a_family_is_confirmed_once(fund: FoundedFund, waiting: Registered) -> None:
    do(confirm, actor=fund.confirmer, family_id=waiting.family_id, version=1)

    with pytest.raises(RuleBroken, match="confirmed already"):
        do(confirm, actor=fund.registrar2, family_id=waiting.family_id, version=1)


def test_a_corrected_family_is_confirmed_anew(fund: FoundedFund, waiting: Registered) -> None:
    do(confirm, actor=fund.confirmer, family_id=waiting.family_id, version=1)
    correction(fund, waiting, by=fund.registrar)

    do(confirm, actor=fund.confirmer, family_id=waiting.family_id, version=2)

    with Session(db.engine) as session:
        assert session.get_one(FamilyRow, waiting.family_id).confirmed_version == 2


def test_who_registered_a_family_does_not_confirm_a_later_correction(fund: FoundedFund) -> None:
    family = make_family(fund, by=fund.registrar2, confirmed=False)
    do(confirm, actor=fund.confirmer, family_id=family.family_id, version=1)
    correction(fund, family, by=fund.registrar)

    with pytest.raises(RuleBroken, match="someone else confirms"):
        do(confirm, actor=fund.registrar2, family_id=family.family_id, version=2)
    assert see(waiting, actor=fund.registrar2).families == ()
    assert see(waiting_for, actor=fund.registrar2, now=this_moment()) == []
