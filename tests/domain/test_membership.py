"""Whatever is answered, whoever is cut off: no committee changes without its quorum, and none is left too small."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.membership import (
    Answer,
    Ballots,
    ChangeKind,
    Rules,
    Standing,
    StopAnswerKind,
    agree_on_stop,
    counted_from,
    holds_from,
    lapses_at,
    standing,
    why_not_press,
    why_rules_are_wrong,
    why_too_few_stay,
)

PEOPLE = [UUID(int=n) for n in range(1, 10)]
NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)
people = st.frozensets(st.sampled_from(PEOPLE))


@st.composite
def ballots(draw: st.DrawFn, *, absent: bool = False) -> Ballots:
    """Answers of anybody, strangers and suspended people too."""
    members = draw(st.frozensets(st.sampled_from(PEOPLE), min_size=3))
    return Ballots(
        answers=draw(st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(Answer))),
        members=members,
        suspended=draw(people),
        quorum=draw(st.integers(3, len(members))),
        absent=draw(st.sampled_from(sorted(members))) if absent else None,
    )


def said(asked: Ballots, answer: Answer) -> set[UUID]:
    """Who said this and may."""
    active = set(asked.members) - set(asked.suspended)
    return {who for who, what in asked.answers.items() if what is answer and who in active}


@given(ballots())
def test_nothing_is_agreed_without_a_quorum_of_members_who_are_not_cut_off(asked: Ballots) -> None:
    yes, no = said(asked, Answer.YES), said(asked, Answer.NO)

    agreed = standing(asked) is Standing.AGREED

    assert agreed == (len(yes) >= asked.quorum and len(yes) > len(no))
    assert not agreed or len(yes) >= 3


@given(ballots())
def test_what_is_rejected_can_not_be_agreed_whatever_the_others_say(asked: Ballots) -> None:
    if standing(asked) is Standing.REJECTED:
        rest = {who: Answer.YES for who in asked.members if who not in asked.answers}
        best = Ballots(
            answers={**asked.answers, **rest},
            members=asked.members,
            suspended=asked.suspended,
            quorum=asked.quorum,
        )
        assert standing(best) is Standing.REJECTED


@given(ballots(absent=True))
def test_an_alternate_takes_all_others_three_at_least_and_no_word_against(asked: Ballots) -> None:
    others = set(asked.members) - set(asked.suspended) - {asked.absent}

    agreed = standing(asked) is Standing.AGREED

    assert agreed == (len(others) >= 3 and others <= said(asked, Answer.YES) and not said(asked, Answer.NO))


@given(ballots(), st.sampled_from(PEOPLE))
def test_no_single_answer_of_a_stranger_or_of_somebody_cut_off_changes_anything(asked: Ballots, who: UUID) -> None:
    if who not in asked.members or who in asked.suspended:
        for answer in Answer:
            other = Ballots(
                answers={**asked.answers, who: answer},
                members=asked.members,
                suspended=asked.suspended,
                quorum=asked.quorum,
            )
            assert standing(other) is standing(asked)


@given(
    st.sampled_from(ChangeKind),
    st.integers(1, 720),
    st.integers(24, 720),
    st.integers(0, 1000),
)
def test_nothing_holds_before_its_delay_and_no_alternate_before_the_notice(
    kind: ChangeKind, delay: int, absence: int, signed_after: int
) -> None:
    from_ = counted_from(kind, proposed_at=NOON, delay_hours=delay, absence_hours=absence)
    made = max(from_, NOON + timedelta(hours=signed_after))

    holds = holds_from(made_at=made, delay_hours=delay)

    assert holds - made == timedelta(hours=delay)
    if kind is ChangeKind.ALTERNATE:
        assert holds >= NOON + timedelta(hours=absence)
    else:
        assert from_ == NOON


@pytest.mark.parametrize(
    ("field", "value", "is_right"),
    [
        ("quorum", 2, False),
        ("quorum", 3, True),
        ("quorum", 5, True),
        ("quorum", 6, False),
        ("notice_hours", 0, True),
        ("notice_hours", -1, False),
        ("notice_hours", 721, False),
        ("delay_hours", 0, False),
        ("delay_hours", 1, True),
        ("absence_hours", 23, False),
        ("absence_hours", 24, True),
        ("absence_hours", 721, False),
    ],
)
def test_rules_keep_a_quorum_of_three_and_time_to_notice(field: str, value: int, is_right: bool) -> None:
    plain = {"quorum": 3, "notice_hours": 24, "delay_hours": 24, "absence_hours": 72} | {field: value}

    wrong = why_rules_are_wrong(Rules(**plain), members=5)

    assert (wrong is None) == is_right
    assert wrong is None or wrong[1] == field


@given(st.integers(3, 20), st.integers(3, 20))
def test_who_leaves_leaves_a_quorum(members: int, quorum: int) -> None:
    if quorum <= members:
        assert (why_too_few_stay(members=members, quorum=quorum) is None) == (members - 1 >= quorum)


words = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(StopAnswerKind)))


@given(words, people, st.integers(3, 9))
def test_a_stop_is_confirmed_or_lifted_by_the_quorums_latest_words_only(
    given_: list[tuple[UUID, StopAnswerKind]], active: frozenset[UUID], quorum: int
) -> None:
    latest = {who: kind for who, kind in given_ if who in active}

    agreed = agree_on_stop(given_, active=active, quorum=quorum)

    if agreed is not None:
        assert sum(kind is agreed for kind in latest.values()) >= quorum
    else:
        assert all(sum(kind is each for kind in latest.values()) < quorum for each in StopAnswerKind)


def test_a_stop_lapses_after_three_days_and_is_not_pressed_again_for_thirty() -> None:
    assert lapses_at(NOON) - NOON == timedelta(hours=72)
    assert why_not_press(None, now=NOON) is None
    assert why_not_press(NOON, now=NOON + timedelta(days=30)) is None
    assert "after thirty days" in str(why_not_press(NOON, now=NOON + timedelta(days=30, seconds=-1)))
