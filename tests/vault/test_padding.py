"""Sealed values of like size look alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.vault.padding import LONGEST, pad, unpad


@given(st.binary(max_size=5000))
def test_what_was_padded_comes_back(content: bytes) -> None:
    assert unpad(pad(content)) == content


@pytest.mark.parametrize(
    ("length", "padded"),
    [
        (0, 64),
        (1, 64),
        (62, 64),
        (63, 128),
        (126, 128),
        (127, 256),
        (254, 256),
        (255, 512),
        (65533, 65536),
        (65534, 1 << 17),
    ],
)
def test_the_length_is_64_times_a_power_of_two(length: int, padded: int) -> None:
    assert len(pad(bytes(length))) == padded


def test_the_layout_never_changes() -> None:
    assert pad(b"abc") == b"\x43abc" + bytes(60)
    assert pad(bytes(62))[:2] == b"\x58\x3e"


def test_more_than_we_seal_is_refused() -> None:
    assert len(pad(bytes(LONGEST - 5))) == LONGEST
    with pytest.raises(ValueError):
        pad(bytes(LONGEST - 4))


@pytest.mark.parametrize(
    "padded",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x43abc" + bytes(59) + b"\x01", id="not zeros behind"),
        pytest.param(b"\x43abc" + bytes(124), id="longer than it must be"),
        pytest.param(b"\x43abc", id="not padded"),
        pytest.param(b"\x58\x03abc" + bytes(59), id="another head"),
        pytest.param(b"\x63abc" + bytes(60), id="text"),
        pytest.param(b"\x58\xff" + bytes(62), id="longer inside than outside"),
        pytest.param(b"\x5a\xff\xff\xff\xff" + bytes(59), id="much longer inside than outside"),
    ],
)
def test_what_we_did_not_pad_is_refused(padded: bytes) -> None:
    with pytest.raises(ValueError):
        unpad(padded)
