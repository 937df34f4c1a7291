"""The recovery key on paper: shares that give the secret back, and the keys it stands for."""

import secrets
from itertools import combinations
from typing import Any
from uuid import UUID, uuid4

import pyrage
import pytest

from aid.vault import hpke
from aid.vault.bech32 import bech32
from aid.vault.cbor import canonical
from aid.vault.failures import Tampered
from aid.vault.rings import RECOVERY_ID, open_ring, seal_ring
from aid.vault.shares import (
    NotShares,
    ShareFault,
    check_share,
    combine,
    new_secret,
    open_share,
    recovery_keys,
    seal_share,
    split,
)
from tests.vault.keys import flipped, make_ring

SECRET = bytes(range(32))
SHARES = (
    "founder spend academic acid august artist activity inherit judicial smirk width tidy intend wolf ruler album "
    "flea domain stadium numb decrease apart finger island smear findings admit agency deploy privacy simple "
    "pacific ancestor",
    "founder spend academic agency alive being firm hazard wildlife cluster hairy leaves client jerky order "
    "gasoline mule syndrome location fortune penalty damage railroad intimate stick upgrade playoff jacket "
    "duckling kidney either decent raspy",
    "founder spend academic always apart vanish profile exceed single forward secret element space volume jewelry "
    "smith grief injury inside breathe plunge award market insect teammate flexible equation mild distance should "
    "jewelry science animal",
)
HOLDER, HOLDER_ID = hpke.new_pair(), uuid4()


def test_papers_of_today_are_read_in_ten_years() -> None:
    """Made once, and never again: two of three shares of bytes 0 to 31."""
    for pair in combinations(SHARES, 2):
        assert combine(pair) == SECRET


def test_the_keys_of_a_secret_never_change() -> None:
    keys = recovery_keys(SECRET)

    assert keys.private.hex() == "86da4dc51c2f731b20115eed42fac759f3c7b190bbab946dea85293a068002b5"
    assert keys.public.hex() == (
        "04ba53160bd8fda83cb519238df7a8b7ca3de88a008b7f3836f4df7bed033ea62dc67d02d48f761aeb7c0b23f1e3cd5dca79"
        "4163a420e47dab88ec8e3a6b0630a3"
    )
    assert keys.age_identity == "AGE-SECRET-KEY-1MY5S45CGJ4KWAXRXG67WD50GHV0TQGDPAWEWRZ6UWQ39WP03SS2SNFJS94"
    assert keys.backup_recipient == "age13l3a0j0390sf22n3uu8qmehmud8lh84k4q026uezpspn6jlcu32s90xnjg"


def test_bech32_is_that_of_its_standard() -> None:
    assert bech32("a", b"") == "a12uel5l"
    assert bech32("split", bytes.fromhex("c5f38b70305f519bf66d85fb6cf03058f3dde463ecd7918f2dc743918f2d")) == (
        "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w"
    )


def test_any_three_of_five_give_the_secret_back_in_any_order() -> None:
    secret = new_secret()
    shares = split(secret, threshold=3, count=5)

    for chosen in combinations(reversed(shares), 3):
        assert combine(chosen) == secret
    assert combine([shares[0], shares[0], shares[4], shares[2]]) == secret
    assert combine(shares) == secret


def test_two_of_three_that_are_needed_give_nothing() -> None:
    shares = split(new_secret(), threshold=3, count=5)

    for given in (shares[:2], [shares[0], shares[0], shares[0]], []):
        with pytest.raises(NotShares) as refusal:
            combine(given)
        assert refusal.value.fault is ShareFault.FEW


def test_shares_of_two_secrets_are_not_mixed() -> None:
    ours, others = (split(new_secret(), threshold=2, count=3) for _each in range(2))

    with pytest.raises(NotShares) as refusal:
        combine([ours[0], others[1]])
    assert refusal.value.fault is ShareFault.MIXED


def test_a_share_is_read_as_people_write_it() -> None:
    share = SHARES[1]
    written = "\n".join(f"{place}. {word[:4].upper()}" for place, word in enumerate(share.split(), start=1))

    assert check_share(written).words == share
    assert check_share(written).number == 2
    assert check_share(written).threshold == 2


@pytest.mark.parametrize(
    ("change", "fault", "word"),
    [
        (lambda words: words[:-1], ShareFault.LENGTH, None),
        (lambda words: [*words, "acid"], ShareFault.LENGTH, None),
        (lambda words: [*words[:5], "алма", *words[6:]], ShareFault.WORD, 6),
        (lambda words: [*words[:5], "academicx", *words[6:]], ShareFault.WORD, 6),
        (lambda words: [*words[:9], "acid" if words[9] != "acid" else "acne", *words[10:]], ShareFault.CHECKSUM, None),
        (lambda words: [*words[:5], words[6], words[5], *words[7:]], ShareFault.CHECKSUM, None),
    ],
)
def test_a_mistake_in_a_share_is_named(change, fault: ShareFault, word: int | None) -> None:
    with pytest.raises(NotShares) as refusal:
        check_share(" ".join(change(SHARES[0].split())))

    assert (refusal.value.fault, refusal.value.word) == (fault, word)


def test_the_recovery_key_opens_rings_and_backups() -> None:
    keys, ring = recovery_keys(new_secret()), make_ring()

    assert open_ring(seal_ring(ring, keys.public, RECOVERY_ID), keys.private, ring.ref, RECOVERY_ID) == ring
    sealed = pyrage.encrypt(b"a backup", [pyrage.x25519.Recipient.from_str(keys.backup_recipient)])
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(keys.age_identity)]) == b"a backup"


def test_a_holder_opens_their_share() -> None:
    sealed = seal_share(SHARES[1], HOLDER.public, generation=4, number=2, person_id=HOLDER_ID)

    words = open_share(sealed, HOLDER.private, generation=4, number=2, person_id=HOLDER_ID)

    assert words == tuple(SHARES[1].split())


def test_a_sealed_share_opens_for_nobody_else_and_as_nothing_else() -> None:
    sealed = seal_share(SHARES[1], HOLDER.public, generation=4, number=2, person_id=HOLDER_ID)

    usual: dict[str, Any] = {"generation": 4, "number": 2, "person_id": HOLDER_ID}
    for private, place in (
        (hpke.new_pair().private, usual),
        (HOLDER.private, usual | {"generation": 5}),
        (HOLDER.private, usual | {"number": 1}),
        (HOLDER.private, usual | {"person_id": UUID(int=1)}),
    ):
        with pytest.raises(Tampered):
            open_share(sealed, private, **place)
    for bit in range(0, len(sealed) * 8, 97):
        with pytest.raises(Tampered):
            open_share(flipped(sealed, bit), HOLDER.private, **usual)


@pytest.mark.parametrize(
    "written",
    [
        ["komek/1/share", 4, 2, SHARES[0]],  # share 1, sealed as 2
        ["komek/1/share", 3, 2, SHARES[1]],
        ["komek/1/ring", 4, 2, SHARES[1]],
        ["komek/1/share", 4, 2, "thirty-three words"],
        ["komek/1/share", 4, 2, 7],
        7,
    ],
)
def test_a_sealed_share_that_lies_is_refused(written: object) -> None:
    info = canonical(["komek/1/share", 4, 2, HOLDER_ID])
    sealed = hpke.seal(HOLDER.public, canonical(written), info)

    with pytest.raises(Tampered):
        open_share(sealed, HOLDER.private, generation=4, number=2, person_id=HOLDER_ID)


def test_nothing_shows_a_secret() -> None:
    keys = recovery_keys(SECRET)

    for hidden in (keys.private.hex(), repr(keys.private), keys.age_identity):
        assert hidden not in repr(keys)
    assert SHARES[0] not in repr(check_share(SHARES[0]))
    with pytest.raises(NotShares) as refusal:
        check_share(SHARES[0] + " acid")
    assert SHARES[0].split()[5] not in str(refusal.value)


def test_two_secrets_have_nothing_in_common() -> None:
    first, second = (recovery_keys(secrets.token_bytes(32)) for _each in range(2))

    assert first.public != second.public
    assert first.backup_recipient != second.backup_recipient
