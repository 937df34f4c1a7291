"""Signing, and reading a public half aloud."""

import pytest

from aid.vault.signatures import fingerprint_of, new_signing_pair, sign, verify
from tests.vault.keys import flipped

PAIR = new_signing_pair()


def test_a_signature_holds_for_its_message_and_signer_only() -> None:
    signature = sign(PAIR.private, b"yes")

    assert verify(PAIR.public, signature, b"yes")
    assert not verify(PAIR.public, signature, b"no")
    assert not verify(new_signing_pair().public, signature, b"yes")


def test_every_flipped_bit_of_a_signature_is_refused() -> None:
    signature = sign(PAIR.private, b"yes")

    assert not any(verify(PAIR.public, flipped(signature, bit), b"yes") for bit in range(512))


@pytest.mark.parametrize(
    ("public", "signature"),
    [(b"", bytes(64)), (PAIR.public, b""), (PAIR.public[1:], bytes(64))],
    ids=["no key", "no signature", "a key too short"],  # the key is random, and every worker must name the same tests
)
def test_what_is_malformed_is_no_signature(public: bytes, signature: bytes) -> None:
    assert not verify(public, signature, b"yes")


def test_the_first_vector_of_rfc_8032() -> None:
    private = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")

    assert sign(private, b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )


def test_a_fingerprint_is_eight_groups_of_four() -> None:
    assert fingerprint_of(bytes(32)) == "6668 7aad f862 bd77 6c8f c18b 8e9f 8e20"


def test_a_pair_does_not_show_its_private_half() -> None:
    assert repr(PAIR.private) not in repr(PAIR)
