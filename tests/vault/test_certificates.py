"""What the committee is, in bytes: one way to write it, and nothing else is read as one."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from aid.vault.cbor import canonical, load
from aid.vault.certificates import NOTHING_BEFORE, Committee, Member, answer_message, hash_of, stop_message
from aid.vault.failures import Tampered

FUND = UUID(int=1)
MEMBERS = tuple(Member(UUID(int=n), f"member-{n}", bytes([n]) * 32, f"other-{n}" if n % 2 else None) for n in (2, 3, 4))
FIRST = Committee(
    fund=FUND,
    version=1,
    previous=NOTHING_BEFORE,
    members=MEMBERS,
    quorum=3,
    notice_hours=24,
    delay_hours=24,
    absence_hours=72,
)


def test_a_committee_is_read_as_it_was_written() -> None:
    assert Committee.read(FIRST.content()) == FIRST


def test_its_bytes_never_change() -> None:
    assert FIRST.hash.hex() == "356a06cd4693576023c91a1c71a86c18e99dc8c5f85879d4d83f2f7315e30c37"
    assert hash_of(FIRST.content()) == FIRST.hash


def test_the_order_in_which_members_are_named_does_not_matter() -> None:
    assert replace(FIRST, members=MEMBERS[::-1]).content() == FIRST.content()


def test_every_part_of_it_changes_its_hash() -> None:
    others = [
        replace(FIRST, fund=UUID(int=9)),
        replace(FIRST, version=2),
        replace(FIRST, previous=bytes([1]) * 32),
        replace(FIRST, members=MEMBERS[:2]),
        replace(FIRST, members=(replace(MEMBERS[0], public=bytes([9]) * 32), *MEMBERS[1:])),
        replace(FIRST, members=(replace(MEMBERS[0], alternate="another"), *MEMBERS[1:])),
        replace(FIRST, quorum=4),
        replace(FIRST, notice_hours=23),
        replace(FIRST, delay_hours=1),
        replace(FIRST, absence_hours=71),
    ]

    assert len({FIRST.hash, *(other.hash for other in others)}) == len(others) + 1


def test_what_is_no_committee_is_not_read() -> None:
    written = load(FIRST.content())
    for wrong in (
        b"",
        canonical(["komek/committee/2", *written[1:]]),
        canonical(written[:-1]),
        canonical([*written, 1]),
        canonical([*written[:4], written[4][::-1], *written[5:]]),  # members in another order
        FIRST.content() + b"\x00",
    ):
        with pytest.raises(Tampered):
            Committee.read(wrong)


def test_an_answer_means_one_change_one_member_and_one_word() -> None:
    said: dict[str, Any] = {
        "fund": FUND,
        "change": UUID(int=5),
        "hash_": FIRST.hash,
        "member": UUID(int=2),
        "answer": "yes",
    }
    messages = {
        answer_message(**said),
        answer_message(**{**said, "fund": UUID(int=9)}),
        answer_message(**{**said, "change": UUID(int=6)}),
        answer_message(**{**said, "hash_": bytes(32)}),
        answer_message(**{**said, "member": UUID(int=3)}),
        answer_message(**{**said, "answer": "no"}),
        stop_message(fund=FUND, stop=UUID(int=5), member=UUID(int=2), kind="confirm"),
        stop_message(fund=FUND, stop=UUID(int=5), member=UUID(int=2), kind="lift"),
    }

    assert len(messages) == 8
