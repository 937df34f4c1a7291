"""What a committee member signs: one message that means one vote and nothing else.

Message: canonical CBOR (see cbor) of
["komek/vote/1", fund id, allocation id, allocation version, content root (32), policy version, member's person id,
choice, number], signed with Ed25519 (see signatures). The number counts a member's votes on this allocation from 1:
the newest counts, and none can be played again. Errors: ValueError for a content root of another length.
"""

from typing import Final
from uuid import UUID

from aid.vault.cbor import canonical
from aid.vault.content import HASH_LENGTH

_PURPOSE: Final = "komek/vote/1"


def vote_message(
    *,
    fund: UUID,
    allocation: UUID,
    version: int,
    content_root: bytes,
    policy_version: int,
    member: UUID,
    choice: str,
    number: int,
) -> bytes:
    """The bytes to sign. `choice` is the StrEnum's value: what is stored, never what is shown."""
    if len(content_root) != HASH_LENGTH:
        raise ValueError("a content root has 32 bytes")
    return canonical([_PURPOSE, fund, allocation, version, content_root, policy_version, member, choice, number])
