from aid.domain.confirmations import why_not_confirm, why_not_hand_out
from aid.domain.families import FamilyState
from aid.domain.ids import new_id

AIGUL, SERIK = new_id(), new_id()


def test_a_second_person_may_confirm() -> None:
    assert why_not_confirm(actor_id=SERIK, touched_by={AIGUL}, state=FamilyState.REGISTERED) is None


def test_who_registered_or_corrected_a_family_may_not_confirm_it() -> None:
    refusal = why_not_confirm(actor_id=AIGUL, touched_by={AIGUL}, state=FamilyState.REGISTERED)

    assert "someone else" in str(refusal)


def test_nobody_confirms_twice_or_what_is_confirmed_or_withdrawn() -> None:
    assert why_not_confirm(actor_id=SERIK, touched_by=set(), already={SERIK}, state=FamilyState.REGISTERED)
    assert why_not_confirm(actor_id=SERIK, touched_by=set(), state=FamilyState.CONFIRMED)
    assert why_not_confirm(actor_id=SERIK, touched_by=set(), state=FamilyState.WITHDRAWN)
    assert why_not_confirm(actor_id=None, touched_by=set(), state=FamilyState.REGISTERED)


def test_who_vouched_for_a_family_does_not_hand_it_its_aid() -> None:
    assert why_not_hand_out(actor_id=AIGUL, vouched_by={AIGUL})
    assert why_not_hand_out(actor_id=None, vouched_by=set())
    assert why_not_hand_out(actor_id=SERIK, vouched_by={AIGUL}) is None
