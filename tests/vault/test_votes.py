"""What is voted on, and what a vote says."""

from typing import Any
from uuid import UUID

import pytest

from aid.vault.content import content_root, facts_hash, line_hash, new_salt
from aid.vault.votes import vote_message

SALT = bytes(range(32))
FACTS = {"members": [{"kinship": "child", "grade": 3}], "reasons": [["per_child", 2, 1000]]}
VOTE: dict[str, Any] = {
    "fund": UUID(int=1),
    "allocation": UUID(int=2),
    "version": 3,
    "content_root": bytes(range(32)),
    "policy_version": 4,
    "member": UUID(int=5),
    "choice": "yes",
    "number": 1,
}
OTHERS: dict[str, Any] = VOTE | {
    "fund": UUID(int=9),
    "allocation": UUID(int=9),
    "version": 9,
    "content_root": bytes(32),
    "policy_version": 9,
    "member": UUID(int=9),
    "choice": "no",
    "number": 9,
}
LINE: dict[str, Any] = {
    "code": "123456789",
    "amount_minor": 150000,
    "currency": "KZT",
    "point": UUID(int=7),
    "items": [["rice", 2]],
    "facts_hash": facts_hash(SALT, FACTS),
}


def test_the_message_of_a_vote_never_changes() -> None:
    assert vote_message(**VOTE).hex() == (
        "896c6b6f6d656b2f766f74652f315000000000000000000000000000000001500000000000000000000000000000000203582000"
        "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f045000000000000000000000000000000005637965"
        "7301"
    )


@pytest.mark.parametrize("part", list(VOTE))
def test_a_vote_says_all_of_what_it_is_for(part: str) -> None:
    assert vote_message(**VOTE | {part: OTHERS[part]}) != vote_message(**VOTE)


def test_a_vote_is_given_to_a_whole_root() -> None:
    with pytest.raises(ValueError):
        vote_message(**VOTE | {"content_root": b"short"})


def test_the_hashes_never_change() -> None:
    assert facts_hash(SALT, FACTS).hex() == "e0526fb24ff57b5ee331800e187d0285cb6799ed75d9a4cb450139d08b0f2fe9"
    assert line_hash(**LINE).hex() == "5f8ded1d536e36b1ea74db49adc998c33a04aee99c5ff577a40c0d794d31fc54"
    assert (
        line_hash(None, 1, "EUR", None, [], None).hex()
        == "4fd76dc36c6dd9edd4618aed9dbcc7219833ff4cae302877ded5b95960c48e1c"
    )
    assert (
        content_root([line_hash(**LINE), bytes(32)]).hex()
        == "b496e147dc91f80eee98682de796d8eca9a54c8d8a19dab5e86ea5d6dff09052"
    )
    assert content_root([]).hex() == "c3e724a51f6ba49aeec9d81d4852fd2ba4edbee70ffc78123f2103fbff3fdd57"


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("code", "987654321"),
        ("code", None),
        ("amount_minor", 150001),
        ("currency", "KGS"),
        ("point", UUID(int=8)),
        ("point", None),
        ("items", [["rice", 3]]),
        ("facts_hash", None),
        ("facts_hash", facts_hash(bytes(32), FACTS)),
    ],
)
def test_a_line_hash_says_all_of_its_line(part: str, other: Any) -> None:
    assert line_hash(**LINE | {part: other}) != line_hash(**LINE)


def test_the_root_says_which_lines_and_in_what_order() -> None:
    first, second = line_hash(**LINE), bytes(32)

    roots = {content_root(lines) for lines in ([first, second], [second, first], [first], [first, first, second], [])}

    assert len(roots) == 5


def test_facts_cannot_be_guessed_without_their_salt() -> None:
    assert facts_hash(new_salt(), FACTS) != facts_hash(new_salt(), FACTS)
    with pytest.raises(ValueError):
        facts_hash(b"salt", FACTS)


def test_a_hash_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError):
        content_root([b"short"])
    with pytest.raises(ValueError):
        line_hash(**LINE | {"facts_hash": b"short"})
