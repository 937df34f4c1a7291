"""The one-time code of a founding opens what the sitting keeps, and nothing else does."""

import pytest

from aid.vault.failures import Tampered
from aid.vault.sitting import SittingKey, open_kept, seal_kept
from tests.vault.keys import flipped

CODE = "abcd-efgh-jkmn-pqrs-tuvw"
SALT = bytes(range(16))


def test_the_code_is_the_same_however_it_is_typed() -> None:
    key = SittingKey.of(CODE, SALT)

    for typed in (CODE.upper(), CODE.replace("-", " "), f" {CODE.replace('-', '')}\n"):
        assert SittingKey.of(typed, SALT) == key
    assert key.is_right(key.check)
    assert not SittingKey.of(CODE[:-1] + "x", SALT).is_right(key.check)


def test_a_code_makes_the_same_keys_in_ten_years() -> None:
    key = SittingKey.of(CODE, SALT)

    assert key.check.hex() == "5fd25e3d7146700b40241e2bb2a21948"
    assert key.key.hex() == "594e37c0fc3e6429a65fe12418e9cc565c77ad42cd3f75ebf7ef93bfcf730d4b"
    assert key.key.hex() not in repr(key)


def test_two_sittings_of_one_code_have_different_keys() -> None:
    assert SittingKey.of(CODE).key != SittingKey.of(CODE).key


def test_what_is_kept_opens_under_its_own_key_and_salt_only() -> None:
    key = SittingKey.of(CODE, SALT).key
    sealed = seal_kept({"steps": {"fund": {"name_kk": "Қор"}}}, key=key, salt=SALT)

    assert open_kept(sealed, key=key, salt=SALT) == {"steps": {"fund": {"name_kk": "Қор"}}}
    for other in ({"key": bytes(32), "salt": SALT}, {"key": key, "salt": bytes(16)}):
        with pytest.raises(Tampered):
            open_kept(sealed, **other)
    with pytest.raises(Tampered):
        open_kept(flipped(sealed, 20), key=key, salt=SALT)
