"""The committee decides with enough yes, more yes than no, and never by the proposer or a stranger."""

from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.quorum import (
    CHOICE_TITLES,
    RECUSAL_TITLES,
    Ballot,
    Choice,
    Outcome,
    RecusalReason,
    outcome,
    why_quorum_is_wrong,
    why_reason_is_wrong,
)

A, B, C, D, E, STRANGER = (UUID(int=n) for n in range(6))
MEMBERS = (A, B, C, D, E)


def ballots(said: str) -> list[Ballot]:
    """Ballots from "A+ B- C/": who, and yes, no or stepped out."""
    choices = {"+": Choice.YES, "-": Choice.NO, "/": Choice.RECUSAL}
    who = dict(zip("ABCDEX", (*MEMBERS, STRANGER), strict=True))
    return [Ballot(who[word[0]], choices[word[1]]) for word in said.split()]


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ("", Outcome.OPEN),
        ("A+ B+", Outcome.OPEN),
        ("A+ B+ C+", Outcome.CARRIED),
        ("A- B+ C+ D+", Outcome.CARRIED),
        ("A- B-", Outcome.OPEN),
        ("A- B- C-", Outcome.REJECTED),
        ("A- B- C+ D+", Outcome.OPEN),
        ("A- B- C+ D+ E+", Outcome.CARRIED),
        ("A/ B/ C/", Outcome.REJECTED),
        ("A/ B/ C+ D+ E+", Outcome.CARRIED),
        ("A+ A+ A+", Outcome.OPEN),
        ("A- A+ B+ C+", Outcome.CARRIED),
        ("A+ B+ A- C+", Outcome.OPEN),
        ("X+ A+ B+", Outcome.OPEN),
        ("A+ B+ C+ D- E-", Outcome.CARRIED),
        ("A+ B+ C+ A-", Outcome.OPEN),
        ("A- B- C- A+ B+ C+", Outcome.CARRIED),
    ],
)
def test_a_decision_stands_where_the_ballots_put_it(said: str, stands: Outcome) -> None:
    assert outcome(ballots(said), members=MEMBERS, proposer=None, quorum=3) is stands


def test_the_proposer_does_not_count() -> None:
    assert outcome(ballots("A+ B+ C+"), members=MEMBERS, proposer=A, quorum=3) is Outcome.OPEN
    assert outcome(ballots("A+ B+ C+ D+"), members=MEMBERS, proposer=A, quorum=3) is Outcome.CARRIED


def test_what_no_committee_left_could_carry_is_rejected() -> None:
    assert outcome([], members=(A, B), proposer=None, quorum=3) is Outcome.REJECTED


# A slow model: it tries every way the members still out could answer.
def model(cast: list[Ballot], members: tuple[UUID, ...], proposer: UUID | None, quorum: int) -> Outcome:
    entitled = [member for member in members if member != proposer]
    latest = {ballot.member_id: ballot.choice for ballot in cast if ballot.member_id in entitled}
    out = [member for member in entitled if member not in latest]
    if carries([*latest.values()], quorum):
        return Outcome.CARRIED
    possible = any(carries([*latest.values(), *rest], quorum) for rest in product(Choice, repeat=len(out)))
    return Outcome.OPEN if possible else Outcome.REJECTED


def carries(choices: list[Choice], quorum: int) -> bool:
    return choices.count(Choice.YES) >= quorum and choices.count(Choice.YES) > choices.count(Choice.NO)


casts = st.lists(st.builds(Ballot, st.sampled_from((*MEMBERS, STRANGER)), st.sampled_from(Choice)), max_size=8)
proposers = st.sampled_from((None, A, STRANGER))


@given(casts, proposers, st.integers(1, 5))
def test_the_count_agrees_with_trying_every_way(cast: list[Ballot], proposer: UUID | None, quorum: int) -> None:
    assert outcome(cast, members=MEMBERS, proposer=proposer, quorum=quorum) is model(cast, MEMBERS, proposer, quorum)


def test_after_a_suspension_a_no_still_counts_against() -> None:
    """Two stood against two when C was suspended: the next no must not carry it by coming after enough yes."""
    stayed = [member for member in MEMBERS if member != C]

    assert outcome(ballots("D- C- A+ B+ E+"), members=stayed, proposer=None, quorum=2) is Outcome.CARRIED
    assert outcome(ballots("D- C- A+ B+ E-"), members=stayed, proposer=None, quorum=2) is Outcome.REJECTED


@pytest.mark.parametrize(("quorum", "members"), [(3, 3), (3, 5), (5, 5)])
def test_a_quorum_from_three_to_the_whole_committee_is_right(quorum: int, members: int) -> None:
    assert why_quorum_is_wrong(quorum, members) is None


@pytest.mark.parametrize(
    ("quorum", "members", "why"), [(2, 5, "at least 3"), (0, 0, "at least 3"), (4, 3, "3 members")]
)
def test_a_smaller_or_impossible_quorum_is_wrong(quorum: int, members: int, why: str) -> None:
    assert why in str(why_quorum_is_wrong(quorum, members))


def test_who_steps_out_says_why_and_who_votes_does_not() -> None:
    assert why_reason_is_wrong(Choice.RECUSAL, RecusalReason.RELATIVE) is None
    assert why_reason_is_wrong(Choice.YES, None) is None
    assert why_reason_is_wrong(Choice.RECUSAL, None) is not None
    assert why_reason_is_wrong(Choice.NO, RecusalReason.RELATIVE) is not None


def test_every_choice_and_reason_has_a_title() -> None:
    assert set(CHOICE_TITLES) == set(Choice)
    assert set(RECUSAL_TITLES) == set(RecusalReason)
