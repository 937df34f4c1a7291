"""What a line is by a reference in its text: ranked first, and told with all that a treasurer should know."""

from dataclasses import replace
from datetime import date

from aid.domain.entries import EntryKind
from aid.domain.ids import new_id
from aid.domain.money import Money
from aid.domain.payments import Direction
from aid.domain.referred import ReferenceFacts, by_references
from aid.domain.suggestions import (
    Candidates,
    DonorFacts,
    EntryFacts,
    Ground,
    LineFacts,
    Referred,
    Suggestion,
    by_one_key,
    suggest,
)

DAY = date(2026, 3, 2)
PURPOSE, GENERAL, ANNA, BORIS = (new_id() for _each in range(4))
LINE = LineFacts(direction=Direction.CREDIT, still=Money(50_00, "EUR"), booked_on=DAY, name="Anna Muster")
AMONG = Candidates(purpose_id=GENERAL)
REFERENCE = ReferenceFacts(
    id=new_id(), code="1234567889", last_day=date(2026, 4, 1), currency="EUR", purpose_id=PURPOSE
)


def suggested(line: LineFacts = LINE, among: Candidates = AMONG, *references: ReferenceFacts) -> tuple[Suggestion, ...]:
    return suggest(line, among, *by_references(references or (REFERENCE,), line, among))


def told(suggestion: Suggestion) -> list[str]:
    """The sentences of its reason."""
    why, said = suggestion.why, []
    while "more" in why.values:
        said.append(why.values["more"].id)  # type: ignore[union-attr]
        why = why.values["reason"]  # type: ignore[assignment]
    return [why.id, *reversed(said)]


def test_it_ranks_before_all_else_and_one_key_accepts_it() -> None:
    among = replace(AMONG, of_account=[DonorFacts(ANNA)])

    first = suggested(LINE, replace(among, of_account=[]))[0]

    assert first.ground is Ground.REFERENCE
    assert first.proposal == Referred(REFERENCE.id, None, PURPOSE)
    assert told(first) == ["Its text has reference %(code)s, which the fund gave out."]
    assert by_one_key(suggested()) == first


def test_of_two_references_nobody_chooses_by_one_key() -> None:
    found = suggested(LINE, AMONG, REFERENCE, replace(REFERENCE, id=new_id(), code="1000000064"))

    assert [each.ground for each in found[:2]] == [Ground.REFERENCE] * 2
    assert by_one_key(found) is None


def test_a_known_payer_may_be_the_same_or_another() -> None:
    found = suggested(LINE, replace(AMONG, of_account=[DonorFacts(ANNA)]))

    assert [each.proposal for each in found[:2]] == [
        Referred(REFERENCE.id, None, PURPOSE),
        Referred(REFERENCE.id, ANNA, PURPOSE),
    ]
    assert "is known already" in told(found[1])[1]
    assert by_one_key(found) is None


def test_a_namesake_is_offered_and_who_is_both_is_the_same() -> None:
    namesake = replace(REFERENCE, namesakes=[ANNA])

    assert "of the name that was written" in told(suggested(LINE, AMONG, namesake)[1])[1]
    both = suggested(LINE, replace(AMONG, of_account=[DonorFacts(ANNA)]), namesake)
    assert [each.proposal for each in both if each.ground is Ground.REFERENCE] == [
        Referred(REFERENCE.id, ANNA, PURPOSE)
    ]
    assert by_one_key(both) == both[0]


def test_what_came_by_it_before_was_of_the_same_giver() -> None:
    used = replace(REFERENCE, giver_id=ANNA, last_gift=7)

    [again] = [each for each in suggested(LINE, AMONG, used) if each.ground is Ground.REFERENCE]

    assert again.proposal == Referred(REFERENCE.id, ANNA, PURPOSE)
    assert "before: each gift is one of its own" in told(again)[1]
    assert again.is_sure


def test_from_somebody_elses_account_it_is_looked_at_first() -> None:
    used = replace(REFERENCE, giver_id=ANNA, last_gift=7)

    found = suggested(LINE, replace(AMONG, of_account=[DonorFacts(BORIS)]), used)

    assert "somebody else’s" in told(found[0])[2]
    assert by_one_key(found) is None


def test_what_may_be_in_the_books_is_looked_at_first() -> None:
    entry = EntryFacts(new_id(), 3, EntryKind.DONATION, Direction.CREDIT, LINE.still, DAY, ANNA)

    found = suggested(LINE, replace(AMONG, entries=[entry]))

    assert "may be this one" in told(found[0])[1]
    assert by_one_key(found) is None


def test_late_and_in_another_currency_is_told_and_taken() -> None:
    dollars = replace(LINE, still=Money(60_00, "USD"), booked_on=date(2026, 4, 2))

    found = suggested(dollars)

    assert [words.split(" %(")[0] for words in told(found[0])[1:]] == [
        "It was good until",
        "It was given out for an account in",
    ]
    assert by_one_key(found) == found[0]


def test_money_that_goes_out_or_is_the_funds_own_is_no_gift() -> None:
    for line, among in (
        (replace(LINE, direction=Direction.DEBIT), AMONG),
        (replace(LINE, is_reversal=True), AMONG),
        (LINE, replace(AMONG, is_own=True)),
    ):
        assert not [each for each in suggested(line, among) if each.ground is Ground.REFERENCE]
