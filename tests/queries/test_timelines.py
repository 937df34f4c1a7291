"""What happened to a family: in the order of time, by code, and no more than who asks may know."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from aid.domain.vouchers import VoucherState
from aid.domain.words import _
from aid.queries.timelines import Happening, acts_on, of_family
from aid.services.cards import print_cards
from aid.services.confirmations import confirm
from aid.vault.actor import Actor
from tests.make import do, see
from tests.make.families import make_family
from tests.make.fund import FoundedFund
from tests.make.households import make_born, make_moved, make_parted, row_of
from tests.make.vouchers import make_voucher

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def told(fund: FoundedFund, family_id: UUID, who: str = "coordinator") -> list[str]:
    rows = see(of_family, actor=getattr(fund, who), family_id=family_id)
    assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)
    return [str(row.what) for row in rows]


def test_a_familys_timeline_tells_of_its_entry_its_aid_and_its_paper(fund: FoundedFund) -> None:
    voucher = make_voucher(fund, state=VoucherState.COLLECTED)
    do(print_cards, actor=fund.registrar, codes=(row_of(voucher.family_id).code,))

    said = told(fund, voucher.family_id)

    assert {"Card printed", "Confirmed", "Registered"} <= set(said)
    for word in ("Proposed in allocation 1", "carried allocation 1", "printed", "collected"):
        assert any(word in line for line in said), word


def test_who_does_not_see_vouchers_is_told_of_the_entry_only(fund: FoundedFund) -> None:
    voucher = make_voucher(fund, state=VoucherState.COLLECTED)

    assert told(fund, voucher.family_id, "registrar") == ["Confirmed", "Registered"]


def test_what_life_did_is_told_without_saying_what_it_was(fund: FoundedFund) -> None:
    family = make_family(fund, 4)
    make_born(fund, family.family_id)
    parted = make_parted(fund, family.family_id, 1)
    make_moved(fund, family.family_id, by=fund.coordinator)
    do(confirm, actor=fund.registrar2, family_id=family.family_id, version=4)

    said = told(fund, family.family_id)

    assert said[0] == "Confirmed"
    assert said[1] == "Moved"
    assert said[3] == "Wrote down who came or went"
    assert "came of it" in said[2]
    assert "Came of family" in told(fund, parted.new_id)[0] + told(fund, parted.new_id)[1]


def test_the_audit_trail_of_anything_can_be_told(fund: FoundedFund) -> None:
    family = make_family(fund)

    rows = see(_acts, actor=fund.coordinator, subject=family.family_id)

    assert [(str(row.what), row.handle) for row in rows] == [("Written", "aigul")]


def _acts(session: Session, *, actor: Actor, subject: UUID) -> list[Happening]:
    assert actor.id is not None
    return list(acts_on(session, [subject], {"family.registered": _("Written")}))
