"""Donors by rule: how they wish to be thanked, what two readings of one come to, and words that name nobody."""

from dataclasses import replace
from uuid import UUID

import pytest

from aid.domain.donations import DonorDetails, DonorKind, ThanksWish, check_donor
from aid.domain.donor_changes import FIELD_TITLES, choices, differences, roots_of, settled, united
from aid.domain.families.changes import Whose
from aid.domain.languages import Language
from aid.domain.refusals import RuleBroken
from aid.domain.support import LONGEST_WORDS, check_words, refuse_names, signature_of

DONOR = DonorDetails(kind=DonorKind.PERSON, name="Hope Solheim", language=Language.EN)
ONE, TWO, THREE = (UUID(int=n) for n in (1, 2, 3))


def test_every_field_but_the_wish_never_to_be_named_is_compared() -> None:
    assert {*DonorDetails.__slots__} == {*FIELD_TITLES, "never_named"}


def test_a_donor_reads_as_they_were_written_down() -> None:
    branch = replace(DONOR, kind=DonorKind.BRANCH, union_id=ONE, thanks=ThanksWish.EMAIL, email="a@b.example")
    old = {name: DONOR.plain()[name] for name in ("kind", "name", "address", "email", "language", "never_named")}

    assert DonorDetails.from_plain(branch.plain()) == branch
    assert DonorDetails.from_plain(old) == DONOR, "as who was entered before there were wishes"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"thanks": ThanksWish.LETTER}, "address"),
        ({"thanks": ThanksWish.EMAIL}, "email"),
        ({"own_line": "H", "never_named": True}, "own_line"),
        ({"own_line": "H" * 121}, "own_line"),
        ({"kind": DonorKind.BRANCH}, "union"),
        ({"union_id": ONE}, "union"),
        ({"kind": DonorKind.BRANCH, "union_id": ONE, "name": None}, "name"),
    ],
)
def test_a_wish_that_can_not_be_met_is_refused_beside_its_field(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_donor(replace(DONOR, **wrong))  # type: ignore[arg-type]

    assert refused.value.field == field
    check_donor(replace(DONOR, thanks=ThanksWish.LETTER, address=("Storgata 7",), own_line="Hope"))


def test_of_two_corrections_each_line_is_chosen() -> None:
    theirs, mine = replace(DONOR, email="a@b.example", never_named=True), replace(DONOR, name="Hope Berg")

    found = {line.key: line.suggested for line in differences(DONOR, theirs, mine)}
    both = settled(DONOR, theirs, mine, taken={"email": Whose.THEIRS, "name": Whose.MINE})

    assert found == {"email": Whose.THEIRS, "name": Whose.MINE}
    assert (both.name, both.email, both.never_named) == ("Hope Berg", "a@b.example", True)
    with pytest.raises(RuleBroken, match="Choose for each line"):
        settled(DONOR, theirs, mine, taken={"email": Whose.THEIRS})


def test_of_two_entries_never_to_be_named_wins_and_what_is_empty_does_not() -> None:
    kept, other = replace(DONOR, own_line="Hope"), replace(DONOR, never_named=True, email="a@b.example")

    found = {line.key: line.suggested for line in choices(kept, other)}
    one = united(kept, other, taken={"email": "other", "own_line": "kept"})

    assert found == {"email": "other", "own_line": "kept"}
    assert (one.never_named, one.own_line, one.email) == (True, None, "a@b.example")
    with pytest.raises(RuleBroken, match="Choose for each line"):
        united(kept, other, taken={"email": "mine"})


def test_whoever_was_merged_is_stood_for_by_the_last_in_the_row() -> None:
    assert roots_of({ONE: TWO, TWO: THREE}) == {ONE: THREE, TWO: THREE}
    assert roots_of({ONE: TWO, TWO: ONE}) != {}, "forged rows make no endless loop"


def test_words_that_name_their_giver_are_refused_and_chance_is_told_from_a_name() -> None:
    hidden = replace(DONOR, never_named=True)
    for words in ("We hope with you", "greetings, SOLHEIM"):
        with pytest.raises(RuleBroken, match="seems to be named"):
            refuse_names(words, DONOR)
        with pytest.raises(RuleBroken, match="seems to be named"):
            refuse_names(words, hidden, looked=True)
    refuse_names("We hope with you", DONOR, looked=True)
    refuse_names("We are with you", hidden)
    union = replace(DONOR, kind=DonorKind.UNION, name="Solidarity Union")
    refuse_names("In solidarity", union)
    with pytest.raises(RuleBroken, match="seems to be named"):
        refuse_names("Your solidarity union", union)


def test_a_message_is_as_long_as_a_wall_has_room_for() -> None:
    check_words("W" * LONGEST_WORDS)
    for words in ("", "W" * (LONGEST_WORDS + 1)):
        with pytest.raises(RuleBroken):
            check_words(words)


def test_only_who_wished_it_signs() -> None:
    assert signature_of(replace(DONOR, own_line="Hope")) == "Hope"
    assert signature_of(DONOR) is signature_of(None) is None
    assert signature_of(replace(DONOR, own_line="Hope", never_named=True)) is None
