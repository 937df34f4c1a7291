"""Proof that families see those words of donors that were released, and no others.

What is sealed can't be proved without keys. What stands in the clear is what was hashed when it was released; and it
stands there as long as nobody took it down, and is signed as long as its donor may be named.
"""

from collections.abc import Iterator
from functools import cache
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from aid.models.records import Record, RecordKind
from aid.models.support import SupportAnswer, SupportMessage, SupportTakenDown, SupportUnsigned
from aid.services.support import hash_of
from aid.services.verification.faults import Fault, faults_found, those
from aid.services.verification.findings import Finding


def prove_support(session: Session) -> Iterator[Finding]:
    """Messages that are shown otherwise than they were released, or by who took them."""
    yield from faults_found(session, _messages)
    for message_id, words, salt, words_hash, signature, salt_too, signature_hash in session.execute(_shown()):
        pairs = ((words, salt, words_hash), (signature, salt_too, signature_hash))
        if any(said and (not kept or hash_of(said, kept) != hashed) for said, kept, hashed in pairs):
            yield Finding("support_answer", str(message_id), "it does not say what was released")


def _messages() -> Iterator[Fault]:
    answer = SupportAnswer
    down = exists().where(SupportTakenDown.message_id == answer.message_id)
    unsigned = exists().where(SupportUnsigned.message_id == answer.message_id)
    stands = and_(answer.shows, ~down)
    there = answer.words.is_not(None)
    yield those(answer.message_id, there != stands, "its words are there, or gone, for no reason")
    signed = and_(stands, ~unsigned, answer.signature_hash.is_not(None))
    is_signed = answer.signature.is_not(None)
    yield those(answer.message_id, is_signed != signed, "its signature is there, or gone, for no reason")
    asked = exists().where(SupportMessage.id == answer.message_id, SupportMessage.is_signed)
    too_much = or_(and_(answer.signature_hash.is_not(None), ~asked), and_(down, ~answer.shows))
    yield those(answer.message_id, too_much, "it was signed by nobody, or taken down unseen")
    own = exists().where(SupportMessage.id == answer.message_id, SupportMessage.taken_by_id == answer.answered_by_id)
    yield those(answer.message_id, own, "whoever took it has answered it")
    sealed = exists().where(Record.kind == RecordKind.SUPPORT, Record.row_id == SupportMessage.id)
    yield those(SupportMessage.id, ~sealed, "what it says is gone")


@cache
def _shown() -> Select[UUID, str | None, bytes | None, bytes | None, str | None, bytes | None, bytes | None]:
    """What families see, or could."""
    said = (SupportAnswer.words, SupportAnswer.words_salt, SupportAnswer.words_hash)
    signed = (SupportAnswer.signature, SupportAnswer.signature_salt, SupportAnswer.signature_hash)
    there = or_(SupportAnswer.words.is_not(None), SupportAnswer.signature.is_not(None))
    return select(SupportAnswer.message_id, *said, *signed).where(there).execution_options(yield_per=1000)
