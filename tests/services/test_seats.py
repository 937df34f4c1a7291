"""Whatever is proposed, one change after another: the committee stays one that may be."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.membership import ChangeKind, Rules
from aid.domain.refusals import RuleBroken
from aid.services.seats import Wanted, changed, check_whole
from aid.vault.certificates import NOTHING_BEFORE, Committee, Member


def member(n: int, *, key: int | None = None, alternate: str | None = None) -> Member:
    return Member(UUID(int=n), f"member-{n}", bytes([key or n]) * 32, alternate)


FIRST = Committee(
    fund=UUID(int=99),
    version=1,
    previous=NOTHING_BEFORE,
    members=tuple(member(n, alternate=f"other-{n}") for n in range(1, 5)),
    quorum=3,
    notice_hours=24,
    delay_hours=24,
    absence_hours=72,
)
hours = st.integers(-5, 1000)
wanted = st.builds(
    Wanted,
    kind=st.sampled_from(ChangeKind),
    seat=st.none()
    | st.builds(
        Member,
        st.integers(1, 8).map(lambda n: UUID(int=n)),
        st.sampled_from([*(f"member-{n}" for n in range(1, 9)), "other-1", "other-2"]),
        st.integers(1, 12).map(lambda n: bytes([n]) * 32) | st.just(b"short"),
        st.none() | st.sampled_from(["other-1", "other-9", "member-1", "No Handle"]),
    ),
    leaves=st.none() | st.integers(1, 8).map(lambda n: UUID(int=n)),
    rules=st.none()
    | st.builds(Rules, quorum=st.integers(-1, 9), notice_hours=hours, delay_hours=hours, absence_hours=hours),
)


@given(st.lists(wanted, max_size=12))
def test_no_row_of_changes_leaves_a_committee_too_small_or_two_seats_to_one_key(changes: list[Wanted]) -> None:
    committee = FIRST
    for change in changes:
        try:
            after = changed(committee, change)
        except RuleBroken:
            continue
        check_whole(after)
        assert 3 <= after.quorum <= len(after.members)
        assert len({seat.public for seat in after.members}) == len(after.members) == len(after.by_id)
        assert after.delay_hours >= 1
        assert (after.version, after.previous) == (committee.version + 1, committee.hash)
        assert len(set(after.by_id) ^ set(committee.by_id)) <= 2
        assert Committee.read(after.content()) == replace(
            after, members=tuple(sorted(after.members, key=lambda seat: seat.person_id.bytes))
        )
        committee = after


@given(wanted)
def test_only_a_change_of_rules_changes_rules_and_only_the_alternate_takes_a_seat(change: Wanted) -> None:
    try:
        after = changed(FIRST, change)
    except RuleBroken:
        return
    rules = (after.quorum, after.notice_hours, after.delay_hours, after.absence_hours)
    assert rules == (3, 24, 24, 72) or change.kind is ChangeKind.RULES
    new = [after.by_id[who] for who in set(after.by_id) - set(FIRST.by_id)]
    if change.kind is ChangeKind.ALTERNATE:
        assert change.leaves is not None
        assert [seat.handle for seat in new] == [FIRST.by_id[change.leaves].alternate]
    elif change.kind is not ChangeKind.ADMIT:
        assert new == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Wanted(kind=ChangeKind.ADMIT, seat=member(5, key=1)), "same key"),
        (Wanted(kind=ChangeKind.NEW_KEY, seat=member(2, key=1)), "same key"),
        (Wanted(kind=ChangeKind.NEW_KEY, seat=member(2)), "changes nothing"),
        (Wanted(kind=ChangeKind.ADMIT, seat=member(1)), "changed meanwhile"),
        (Wanted(kind=ChangeKind.NEW_KEY, seat=member(7)), "changed meanwhile"),
        (Wanted(kind=ChangeKind.LEAVE, leaves=UUID(int=7)), "changed meanwhile"),
        (Wanted(kind=ChangeKind.RULES), "by which rules"),
        (Wanted(kind=ChangeKind.ADMIT, seat=member(5, alternate="other-1")), "twice"),
        (
            Wanted(kind=ChangeKind.ADMIT, seat=Member(UUID(int=5), "other-1", bytes([5]) * 32, None)),
            "committee already",
        ),
    ],
)
def test_a_change_that_would_be_none_says_why(change: Wanted, why: str) -> None:
    with pytest.raises(RuleBroken, match=why):
        changed(FIRST, change)
