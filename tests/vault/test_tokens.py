"""Searching what is sealed."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.vault.tokens import TokenKind, TokenMaker

KEY = bytes(range(32))
terms = st.text(min_size=1).filter(lambda term: term.isprintable())


def token_of(maker: TokenMaker, kind: TokenKind, term: str) -> bytes:
    [token] = maker.tokens(kind, [term])
    return token


@given(terms, st.sampled_from(TokenKind))
def test_a_term_has_one_token_under_one_key(term: str, kind: TokenKind) -> None:
    first, second = TokenMaker(KEY), TokenMaker(KEY)

    assert token_of(first, kind, term) == token_of(first, kind, term) == token_of(second, kind, term)
    assert len(token_of(first, kind, term)) == 5
    assert len(first.fingerprint(kind, term)) == 32


def test_another_key_makes_other_tokens() -> None:
    here, there = TokenMaker(KEY), TokenMaker(bytes(32))

    assert token_of(here, TokenKind.PHONE, "+77011234567") != token_of(there, TokenKind.PHONE, "+77011234567")


def test_tokens_and_fingerprints_of_all_kinds_say_nothing_of_each_other() -> None:
    maker = TokenMaker(KEY)

    made = [token_of(maker, kind, "aigul") for kind in TokenKind]
    made += [maker.fingerprint(kind, "aigul")[:5] for kind in TokenKind]

    assert len(set(made)) == 2 * len(TokenKind)


@pytest.mark.parametrize(
    ("kind", "token"),
    [
        (TokenKind.NAME, "a0cf9c54a3"),
        (TokenKind.NAME_YEAR, "53be73a3a6"),
        (TokenKind.NAME_DAY, "50e306b511"),
        (TokenKind.NAME_BORN, "fa2533936e"),
        (TokenKind.PHONE, "2bcd02164e"),
        (TokenKind.ADDRESS, "da53421bcf"),
        (TokenKind.IMPORT, "1a10b1b37a"),
        (TokenKind.CODE, "6f110e38e3"),
    ],
)
def test_a_token_never_changes(kind: TokenKind, token: str) -> None:
    assert token_of(TokenMaker(KEY), kind, "айгүл").hex() == token


def test_a_fingerprint_and_a_codes_mac_never_change() -> None:
    assert (
        TokenMaker(KEY).fingerprint(TokenKind.IMPORT, "айгүл").hex()
        == "90d16dc30fb17c874116e1910203c5d91ee4a53e03c1bf25c15eefe6f7510b09"
    )
    assert (
        TokenMaker(KEY).code_mac("1234567890123482").hex()
        == "930e71d5c57293f709365835f7612432302d999f9406e65d36a64b116a93c728"
    )


def test_a_token_is_what_the_docstring_says() -> None:
    subkey = hmac.digest(KEY, b"komek/1/token/phone\x01", hashlib.sha256)

    assert token_of(TokenMaker(KEY), TokenKind.PHONE, "7") == hmac.digest(subkey, b"7", hashlib.sha256)[:5]


def test_an_empty_term_has_no_token() -> None:
    with pytest.raises(ValueError):
        token_of(TokenMaker(KEY), TokenKind.NAME, "")


def test_a_token_maker_does_not_show_its_key() -> None:
    maker = TokenMaker(b"k" * 32)
    token_of(maker, TokenKind.NAME, "a")

    assert "kkk" not in repr(maker)
    assert "sub" not in repr(maker)


@given(st.binary(min_size=1, max_size=200), st.binary(min_size=32, max_size=32))
def test_very_many_are_marked_as_one_is(content: bytes, key: bytes) -> None:
    maker = TokenMaker(key)
    subkey = hmac.digest(key, b"komek/1/mark/line_mark\x01", hashlib.sha256)

    assert maker.marker(TokenKind.LINE_MARK)(content) == maker.mark(TokenKind.LINE_MARK, content)
    assert maker.mark(TokenKind.LINE_MARK, content) == hmac.digest(subkey, content, hashlib.sha256)[:16]


def test_nothing_has_no_mark() -> None:
    maker = TokenMaker(KEY)

    for mark in (maker.marker(TokenKind.LINE_MARK), lambda content: maker.mark(TokenKind.LINE_MARK, content)):
        with pytest.raises(ValueError, match="empty"):
            mark(b"")
