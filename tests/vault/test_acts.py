"""The founding act in bytes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aid.vault.acts import Act, act_hash, read_act
from aid.vault.cbor import canonical, load
from aid.vault.failures import Tampered
from tests.vault.test_certificates import FIRST

ACT = Act(
    fund=FIRST.fund,
    names={"kk": "Қор", "ru": "Фонд", "en": "Fund"},
    currency="KZT",
    languages=("kk", "ru", "en"),
    time_zone="Asia/Aqtau",
    committee=FIRST,
    keys={"dina": bytes([7]) * 32, "erlan": bytes([8]) * 32},
    backup_recipients=("age1example",),
    threshold=3,
    shares=5,
    at=datetime(2026, 8, 1, 7, 30, tzinfo=UTC),
)


def test_an_act_is_read_as_it_was_written() -> None:
    assert read_act(ACT.content()) == ACT


def test_its_bytes_never_change() -> None:
    assert act_hash(ACT.content()).hex() == "f78772ab91be606c5f24b200f86daf5330fb0b29c05a27472ddd3f27d14233c6"


def test_the_committee_it_names_is_part_of_its_hash() -> None:
    other = replace(ACT, committee=replace(FIRST, quorum=4))

    assert act_hash(other.content()) != act_hash(ACT.content())


def test_what_is_no_act_is_not_read() -> None:
    written = load(ACT.content())
    for wrong in (b"", canonical(["komek/act/2", *written[1:]]), canonical(written[:-1]), canonical([*written, 1])):
        with pytest.raises(Tampered):
            read_act(wrong)
