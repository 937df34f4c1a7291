"""The recovery key on paper: a secret of 32 bytes in n shares of 33 English words, of which any k give it back.

Shares: SLIP-39 (one group, member threshold k of n, extendable, iteration exponent 0, empty passphrase; an exponent
makes guesses at a passphrase slow, and there is none). Any SLIP-39 implementation can put them together.
From the secret by HKDF-Expand (see derive):
 "komek/1/recovery/hpke", 48 bytes, as a big-endian integer m: the P-256 private half is m mod (n - 1) + 1 (FIPS 186-5
 A.2.1), to which every ring is sealed (see rings, `RECOVERY_ID`);
 "komek/1/recovery/age", 32 bytes: the X25519 identity of age, to which backups are encrypted.
Until its holder has it on paper, a share is sealed to them by HPKE (see hpke): plaintext canonical CBOR
["komek/1/share", generation, number, words], info canonical CBOR ["komek/1/share", generation, number, person id].

The library computes in plain Python and is open to side channels: a secret is made and put together once, and not kept.

Errors: `check_share`, `combine` raise NotShares; `open_share` raises Tampered.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from pyrage import x25519
from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.wordlist import WORDLIST

from aid.vault import hpke
from aid.vault.bech32 import bech32
from aid.vault.cbor import NotCanonical, canonical, load
from aid.vault.derive import subkey
from aid.vault.failures import Tampered, VaultFailure

SECRET_LENGTH: Final = 32
WORDS: Final = 33
_PURPOSE: Final = "komek/1/share"
_HPKE: Final = "komek/1/recovery/hpke"
_AGE: Final = "komek/1/recovery/age"
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
_SHORTEST: Final = 4  # letters by which any word of the list is known
_BY_LETTERS: Final[dict[str, str]] = {word[:_SHORTEST]: word for word in WORDLIST}


class ShareFault(StrEnum):
    """What is wrong with words that should be shares."""

    LENGTH = "length"  # not 33 words
    WORD = "word"  # a word that is not in the list
    CHECKSUM = "checksum"  # a word mistaken for another
    MIXED = "mixed"  # shares of two secrets
    FEW = "few"


class NotShares(VaultFailure):
    """These words are no share, or these shares no secret. `word` is the number of the word at fault, if it is one."""

    def __init__(self, fault: ShareFault, word: int | None = None) -> None:
        super().__init__(fault.value)
        self.fault, self.word = fault, word


@dataclass(frozen=True, slots=True)
class RecoveryKeys:
    """What the secret opens: rings by HPKE, and backups by age. Only the public halves are shown."""

    private: bytes = field(repr=False)
    public: bytes
    age_identity: str = field(repr=False)
    backup_recipient: str


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """What one share says of itself: its number from 1, how many are enough, and which secret it is of."""

    number: int
    threshold: int
    identifier: int
    words: str = field(repr=False)  # spelled out


def new_secret() -> bytes:
    """Make a secret nobody else has."""
    return secrets.token_bytes(SECRET_LENGTH)


def split(secret: bytes, *, threshold: int, count: int) -> tuple[str, ...]:
    """The secret's shares, by number."""
    [shares] = generate_mnemonics(1, [(threshold, count)], secret, extendable=True, iteration_exponent=0)
    return tuple(shares)


def recovery_keys(secret: bytes) -> RecoveryKeys:
    """The keys that a secret stands for."""
    scalar = int.from_bytes(subkey(secret, _HPKE, length=48)) % (_ORDER - 1) + 1
    private = scalar.to_bytes(hpke.PRIVATE_LENGTH)
    identity = bech32("age-secret-key-", subkey(secret, _AGE)).upper()
    recipient = x25519.Identity.from_str(identity).to_public()
    return RecoveryKeys(private, hpke.public_of(private), identity, str(recipient))


def check_share(text: str) -> ShareFacts:
    """Read one share as somebody types it: any case, with or without numbers, words cut to four letters or more."""
    words = _spelled_out(text)
    if len(words) != WORDS:
        raise NotShares(ShareFault.LENGTH)
    try:
        share = Share.from_mnemonic(" ".join(words))
    except MnemonicError as error:
        raise NotShares(ShareFault.CHECKSUM) from error
    return ShareFacts(share.index + 1, share.member_threshold, share.identifier, " ".join(words))


def combine(texts: Iterable[str]) -> bytes:
    """The secret that enough shares of one generation give back; a share given twice counts once."""
    shares = {share.number: share for share in map(check_share, texts)}
    if len({(share.identifier, share.threshold) for share in shares.values()}) > 1:
        raise NotShares(ShareFault.MIXED)
    if not shares or len(shares) < next(iter(shares.values())).threshold:
        raise NotShares(ShareFault.FEW)
    enough = [shares[number].words for number in sorted(shares)][: next(iter(shares.values())).threshold]
    try:
        secret: bytes = combine_mnemonics(enough)
    except MnemonicError as error:
        raise NotShares(ShareFault.MIXED) from error
    if len(secret) != SECRET_LENGTH:
        raise NotShares(ShareFault.LENGTH)
    return secret


def seal_share(words: str, to_public: bytes, *, generation: int, number: int, person_id: UUID) -> bytes:
    """A share for its holder's eyes only."""
    return hpke.seal(to_public, canonical([_PURPOSE, generation, number, words]), _info(generation, number, person_id))


def open_share(sealed: bytes, private: bytes, *, generation: int, number: int, person_id: UUID) -> tuple[str, ...]:
    """The words of a share, with its holder's private half."""
    opened = hpke.open_(private, sealed, _info(generation, number, person_id))
    try:
        purpose, of, place, words = load(opened)
        share = check_share(words)
    except (NotCanonical, NotShares, AttributeError, TypeError, ValueError) as error:
        raise Tampered("not a share") from error
    if (purpose, of, place, share.number) != (_PURPOSE, generation, number, number):
        raise Tampered("another share, or none")
    return tuple(words.split())


def _info(generation: int, number: int, person_id: UUID) -> bytes:
    return canonical([_PURPOSE, generation, number, person_id])


def _spelled_out(text: str) -> Sequence[str]:
    """Words of the list, whole, without the numbers and dots that stand before them on paper."""
    bare = [word for word in ("".join(filter(str.isalpha, part)) for part in text.lower().split()) if word]
    return [_word(word, place) for place, word in enumerate(bare, start=1)]


def _word(word: str, place: int) -> str:
    whole = _BY_LETTERS.get(word[:_SHORTEST])
    if whole is None or not whole.startswith(word):
        raise NotShares(ShareFault.WORD, place)
    return whole
