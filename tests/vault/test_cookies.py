"""One cookie that finds and opens a sign-in."""

import hashlib

import pytest

from aid.vault.cookies import SignInCookie
from aid.vault.failures import Tampered
from tests.vault.keys import flipped

COOKIE = SignInCookie.new()
FIXED = SignInCookie(bytes(range(32)))


def test_a_browser_gives_back_what_it_was_given() -> None:
    assert SignInCookie.from_text(COOKIE.text()) == COOKIE
    assert len(COOKIE.text()) == 43


@pytest.mark.parametrize(
    "text", ["", "x", FIXED.text() + "=", FIXED.text() + "\n", FIXED.text()[:-1], "ә" * 43, "A" * 42 + "B", "+" * 43]
)
def test_what_is_no_cookie_of_ours_is_nothing(text: str) -> None:
    assert SignInCookie.from_text(text) is None


def test_the_row_opens_with_its_own_cookie_only() -> None:
    private, jar = COOKIE.seal_private(b"p" * 32), COOKIE.seal_jar({"_id": "x"})

    assert COOKIE.open_private(private) == b"p" * 32
    assert COOKIE.open_jar(jar) == {"_id": "x"}
    half = SignInCookie(COOKIE.raw[:16] + SignInCookie.new().raw[16:])
    for other in (SignInCookie.new(), half, SignInCookie(SignInCookie.new().raw[:16] + COOKIE.raw[16:])):
        with pytest.raises(Tampered):
            other.open_private(private)
        with pytest.raises(Tampered):
            other.open_jar(jar)
    assert half.row_id == COOKIE.row_id


def test_the_private_half_and_the_jar_are_not_taken_for_each_other() -> None:
    with pytest.raises(Tampered):
        COOKIE.open_jar(COOKIE.seal_private(b"p" * 32))
    with pytest.raises(Tampered):
        COOKIE.open_private(COOKIE.seal_jar({}))


def test_every_flipped_bit_is_refused() -> None:
    sealed = COOKIE.seal_private(b"p" * 32)
    for bit in range(len(sealed) * 8):
        with pytest.raises(Tampered):
            COOKIE.open_private(flipped(sealed, bit))


def test_a_jar_does_not_tell_how_full_it_is() -> None:
    assert len(COOKIE.seal_jar({})) == len(COOKIE.seal_jar({"_flashes": [("message", "ok")]}))


def test_a_jar_keeps_plain_values_only() -> None:
    with pytest.raises(TypeError):
        COOKIE.seal_jar({"half": 0.5})


def test_a_cookie_does_not_show_itself() -> None:
    assert repr(COOKIE.raw) not in repr(COOKIE)


def test_the_derived_values_never_change() -> None:
    assert FIXED.row_id == hashlib.sha256(bytes(range(16))).digest()
    assert FIXED.csrf() == "2x0e6T1DnetJ-qgN1aMVuwf5_gi-9dZEWSPltvvAc14"
    assert FIXED.text() == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    assert FIXED.open_private(bytes.fromhex(PRIVATE_2026)) == b"p" * 32
    assert FIXED.open_jar(bytes.fromhex(JAR_2026)) == {"_id": "x"}


PRIVATE_2026 = (
    "06ec3ea46a2f0740a0d002e42779154451d6e6bf16de2e361bee0f5093a4623f0dacd786d2fd2aef3ed06455f83692a6fe9a781a"
    "b549afee79f406f0"
)
JAR_2026 = (
    "55d6d07776f0a2170404db2491899b2e3592f1ca329043c80122669d06e21640796a903ce8c5ddcf1bf2bbe00c0223614e9743bc"
    "246182a7ef17965fe25c9e07e0c252344f9c626719abb3db2d534f7e09b4357aa6bf7087f38e4878"
)
