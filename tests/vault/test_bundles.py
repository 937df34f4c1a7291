"""Private halves under a password."""

from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from aid.vault import bundles
from aid.vault.bundles import (
    DEFAULT_COST,
    Argon2Cost,
    Busy,
    PrivateHalves,
    SealedBundle,
    WrongPassword,
    open_bundle,
    seal_bundle,
    waste_time,
)
from aid.vault.failures import Tampered
from tests.vault.keys import flipped

LEAST = Argon2Cost(time=1, memory_kib=8, lanes=1)
PERSON = UUID("018f0000-0000-7000-8000-000000000003")
HALVES = PrivateHalves(hpke=b"h" * 32, ed25519=b"e" * 32, totp=b"t" * 20)


@pytest.mark.parametrize("halves", [HALVES, PrivateHalves(hpke=b"h" * 32)])
def test_the_right_password_opens_the_bundle(halves: PrivateHalves) -> None:
    assert open_bundle(seal_bundle(halves, "ақ боз ат", PERSON, LEAST), "ақ боз ат", PERSON) == halves


def test_a_wrong_password_is_called_wrong() -> None:
    bundle = seal_bundle(HALVES, "right", PERSON, LEAST)

    with pytest.raises(WrongPassword):
        open_bundle(bundle, "Right", PERSON)


def test_a_bundle_put_in_another_persons_row_is_not_called_a_wrong_password() -> None:
    bundle = seal_bundle(HALVES, "right", PERSON, LEAST)

    with pytest.raises(Tampered):
        open_bundle(bundle, "right", UUID(int=4))


def test_every_flipped_bit_is_refused() -> None:
    bundle = seal_bundle(HALVES, "right", PERSON, LEAST)
    for bit in range(len(bundle.sealed) * 8):
        with pytest.raises(WrongPassword if bit < 128 else Tampered):
            open_bundle(SealedBundle(bundle.salt, LEAST, flipped(bundle.sealed, bit)), "right", PERSON)


@pytest.mark.parametrize("length", [0, 15, 16, 40])
def test_a_bundle_cut_off_is_refused(length: int) -> None:
    bundle = seal_bundle(HALVES, "right", PERSON, LEAST)

    with pytest.raises((Tampered, WrongPassword)):
        open_bundle(SealedBundle(bundle.salt, LEAST, bundle.sealed[:length]), "right", PERSON)


def test_another_salt_or_cost_does_not_open_it() -> None:
    bundle = seal_bundle(HALVES, "right", PERSON, LEAST)

    for changed in (
        SealedBundle(flipped(bundle.salt, 0), LEAST, bundle.sealed),
        SealedBundle(bundle.salt, Argon2Cost(2, 8, 1), bundle.sealed),
    ):
        with pytest.raises(WrongPassword):
            open_bundle(changed, "right", PERSON)


def test_one_password_typed_in_two_ways_is_one_password() -> None:
    composed, decomposed, wide = "й1ﬁ", "и\u03061fi", "й１ﬁ"  # as phones, Macs and Asian keyboards send it

    bundle = seal_bundle(HALVES, composed, PERSON, LEAST)

    assert open_bundle(bundle, decomposed, PERSON) == open_bundle(bundle, wide, PERSON) == HALVES


def test_the_same_bundle_is_sealed_otherwise_each_time() -> None:
    first, second = (seal_bundle(HALVES, "right", PERSON, LEAST) for _ in range(2))

    assert first.salt != second.salt
    assert first.sealed != second.sealed


def test_the_default_cost_is_used_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Argon2Cost(time=3, memory_kib=65536, lanes=1) == DEFAULT_COST
    asked: list[dict[str, Any]] = []

    def argon2id(**given: Any) -> Argon2id:
        asked.append(given)
        return Argon2id(**given)

    monkeypatch.setattr(bundles, "Argon2id", argon2id)

    bundle = seal_bundle(HALVES, "right", PERSON)
    waste_time()

    assert bundle.cost == DEFAULT_COST
    assert open_bundle(bundle, "right", PERSON) == HALVES
    assert [(cost["iterations"], cost["memory_cost"], cost["lanes"]) for cost in asked] == [(3, 65536, 1)] * 3


def test_a_third_password_at_once_is_told_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle, done, started = seal_bundle(HALVES, "right", PERSON, LEAST), Event(), [Event(), Event()]
    waiting = iter(started)

    class Slow:
        def __init__(self, **given: Any) -> None:
            self.real = Argon2id(**given)

        def derive(self, password: bytes) -> bytes:
            next(waiting).set()
            done.wait(10)
            return self.real.derive(password)

    monkeypatch.setattr(bundles, "Argon2id", Slow)
    threads = [Thread(target=open_bundle, args=(bundle, "right", PERSON)) for _ in range(2)]
    for thread, running in zip(threads, started, strict=True):
        thread.start()
        assert running.wait(10)

    for third in (lambda: open_bundle(bundle, "right", PERSON), lambda: waste_time(LEAST)):
        with pytest.raises(Busy):
            third()

    done.set()
    for thread in threads:
        thread.join()
    monkeypatch.undo()
    assert open_bundle(bundle, "right", PERSON) == HALVES


def test_a_turn_is_given_back_when_the_password_was_wrong() -> None:
    bundle = seal_bundle(HALVES, "right", PERSON, LEAST)
    for _ in range(5):
        with pytest.raises(WrongPassword):
            open_bundle(bundle, "wrong", PERSON)


@pytest.mark.parametrize("cost", [(0, 8, 1), (17, 64, 1), (1, 7, 1), (1, 8, 0), (1, 64, 9), (3, (1 << 20) + 1, 1)])
def test_a_cost_that_would_exhaust_the_server_is_refused(cost: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError):
        Argon2Cost(*cost)


def test_nothing_shows_a_private_half() -> None:
    assert "hhh" not in repr(HALVES)
    assert "eee" not in repr(HALVES)
    assert "ttt" not in repr(HALVES)


def test_a_bundle_sealed_in_2026_still_opens() -> None:
    bundle = SealedBundle(bytes(range(16)), LEAST, bytes.fromhex(BUNDLE_2026))

    assert open_bundle(bundle, "күн", PERSON) == HALVES


BUNDLE_2026 = (
    "6c7f642c6e3116699528046ce9bf9f288764ad4a4a6d06ce704c5abb63458d4ebdd5a111aba9ab2c0516f09f5732ebbc4a39fd0c"
    "6cac2465120c806bef420ff6bb043a9d9dc4d818e9c032f297fa5bd6b8e05a4f6b8c974703fc5f876e3d2298a0176a7c09e0d4cd"
    "d90b743cb52bacdc7fdcd61f552bf03f7ebe5828c34f0206460e1ace6150f5a4dfc614547d876e99b224a18065"
)
