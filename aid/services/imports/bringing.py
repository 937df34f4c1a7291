"""Bringing lists of families in, a few households at a time; the same list brought again adds nothing.

An import is driven from outside, by the command or a page: each chunk is one `perform`, under a key made of what it
holds. A household once brought is known again by two marks, of its content and of the id it had in its list.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.outcomes import transient
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, n_
from aid.services.families import fresh_codes
from aid.services.imports.desk import Desk, Household, case_of
from aid.services.provisional import must_be_whole
from aid.vault.actor import Actor
from aid.vault.cbor import canonical
from aid.vault.derive import subkey

__all__ = ["CHUNK", "Household", "Imported", "NotAllGood", "chunk_key", "chunks", "import_households"]

CHUNK = 25


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a chunk: how many were added or known already, and which were held back, by place, and why.

    `fresh` is lost when the answer is only repeated: then nothing was added this time.
    """

    added: int
    known: int
    held: tuple[tuple[int, Message], ...]
    fresh: int | None = transient()


class NotAllGood(RuleBroken):
    """Some households of an all-or-nothing import can't be brought in, so none was."""

    def __init__(self, held: tuple[tuple[int, Message], ...]) -> None:
        super().__init__(n_("%(num)s household can't be imported.", "%(num)s households can't be imported.", len(held)))
        self.held = held


def chunks(households: Sequence[Household], size: int = CHUNK) -> Iterator[tuple[Household, ...]]:
    """The steps of an import."""
    for start in range(0, len(households), size):
        yield tuple(households[start : start + size])


def chunk_key(*, chunk: tuple[Household, ...], number: int, actor: Actor, attempt: int = 0) -> str:
    """The idempotency key of one step: the same person bringing the same households is answered the same.

    Made under that person's own key: from the households alone, a thief of the database could try who is among them.
    """
    assert actor.keyring.private is not None, "only a person has keys"
    asked = canonical(["komek/1/import", actor.person_id, number, attempt, chunk])
    return hmac.digest(subkey(actor.keyring.private, "komek/1/import/key"), asked, hashlib.sha256).hex()[:32]


def import_households(
    session: Session, *, actor: Actor, now: Instant, households: tuple[Household, ...], all_or_nothing: bool = False
) -> Imported:
    """Register households that are not known yet. What can't be brought in is held back and named by its place.

    With `all_or_nothing`, raises NotAllGood if any is held back.
    """
    actor.must(Permission.IMPORT_FAMILIES)
    must_be_whole(session)
    cases = [case_of(place, household) for place, household in enumerate(households)]
    desk = Desk(session, actor, now, fresh_codes(session, len(cases)))
    desk.prepare(cases)
    for case in cases:
        desk.take(case)
    if all_or_nothing and desk.held:
        raise NotAllGood(tuple(desk.held))
    desk.write()
    return Imported(len(desk.entered), desk.known, tuple(desk.held), fresh=1)
