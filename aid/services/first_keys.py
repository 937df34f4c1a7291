"""Keys before they are anybody's: a first password, a person's own pairs, and how their row keeps them sealed.

All of it takes as long as Argon2 takes, and so is done before anything is written.
"""

import secrets
from dataclasses import dataclass, field
from uuid import UUID

from aid.domain.ids import new_id
from aid.models.people import Person
from aid.vault import hpke, signatures
from aid.vault.bundles import DEFAULT_COST, Argon2Cost, PrivateHalves, SealedBundle, seal_bundle

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what looks alike on paper: i l o 0 1
_GROUPS, _GROUP = 5, 4


@dataclass(frozen=True, slots=True)
class Invitation:
    """A new person's first keys, under a first password that is told them once and never stored."""

    handle: str
    person_id: UUID
    public: bytes
    bundle: SealedBundle
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewKeys:
    """What a person's own keys leave with the fund. The other halves stay in the bundle."""

    public: bytes
    voting_public: bytes | None
    bundle: SealedBundle


def first_password() -> str:
    """Five groups of four letters and digits, 99 random bits: to be read from paper and typed once."""
    groups = ("".join(secrets.choice(_ALPHABET) for _letter in range(_GROUP)) for _group in range(_GROUPS))
    return "-".join(groups)


def first_password_of(typed: str) -> str:
    """A first password as it was made, however it was typed from paper: in capitals, with spaces or without dashes."""
    letters = "".join(filter(str.isalnum, typed.casefold()))
    return "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))


def prepare_invitation(handle: str, *, person_id: UUID | None = None, cost: Argon2Cost = DEFAULT_COST) -> Invitation:
    """Make someone's first keys and password; with `person_id`, for who is there already and begins anew.

    Slow on purpose: never inside a write transaction.
    """
    person_id, pair, password = person_id or new_id(), hpke.new_pair(), first_password()
    bundle = seal_bundle(PrivateHalves(pair.private), password, person_id, cost)
    return Invitation(handle, person_id, pair.public, bundle, password)


def prepare_keys(
    *, person_id: UUID, password: str, totp: bytes, votes: bool, cost: Argon2Cost = DEFAULT_COST
) -> tuple[NewKeys, PrivateHalves]:
    """Make a person's own keys under the password they chose. Slow on purpose: never inside a write transaction."""
    pair = hpke.new_pair()
    signing = signatures.new_signing_pair() if votes else None
    halves = PrivateHalves(pair.private, signing.private if signing else None, totp)
    bundle = seal_bundle(halves, password, person_id, cost)
    return NewKeys(pair.public, signing.public if signing else None, bundle), halves


def bundle_of(person: Person) -> SealedBundle:
    """The person's sealed private halves, as their row keeps them."""
    cost = Argon2Cost(time=person.bundle_time, memory_kib=person.bundle_memory_kib, lanes=person.bundle_lanes)
    return SealedBundle(person.bundle_salt, cost, person.bundle)
