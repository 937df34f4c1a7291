"""Messages of support: a treasurer takes a donor's words, a coordinator looks, families see them.

Until a coordinator has looked, the words are sealed to treasurers and coordinators. No message names its donor, unless
by the line that they wished to be named by; and a donor who is never to be named is named by none.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.rings import RingKind
from aid.domain.support import Support, check_words, refuse_names, signature_of
from aid.domain.thanks import is_language
from aid.domain.words import _
from aid.models.people import Ring
from aid.models.records import RecordKind
from aid.models.statements import BankLine
from aid.models.support import SupportAnswer, SupportMessage, SupportTakenDown, SupportUnsigned
from aid.services import audit, counters, records
from aid.services.donors.changing import reason_of
from aid.services.donors.entering import held_donor, opened
from aid.vault.actor import Actor
from aid.vault.cbor import canonical

READERS = (RingKind.DONORS, RingKind.MATCHING)
"""Treasurers, and the coordinators who look at what treasurers took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Words that a treasurer took from a line, or from a letter; `same_as`: the message that these say once more."""

    words: str = field(repr=False)
    language: str
    donor_id: UUID | None = None
    line_id: UUID | None = None
    same_as: UUID | None = None
    signed: bool = False
    looked: bool = False  # what looks like the donor's name is not


@dataclass(frozen=True, slots=True)
class Taken:
    """The message waits for a coordinator."""

    message_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class SupportSaid:
    """What became of a message."""

    message_id: UUID
    number: int
    shows: bool


def take_message(session: Session, *, actor: Actor, now: Instant, order: Taking) -> Taken:
    """Take a donor's words, to be shown when a coordinator has looked at them. Raises RuleBroken beside its field."""
    actor.must(Permission.TAKE_MESSAGES)
    assert actor.person_id is not None, "a person takes words"
    words = _tidy(order.words)
    check_words(words)
    if not is_language(order.language):
        raise RuleBroken(_("Choose the language that the words are in."), field="language")
    first = _first_of(session, order.same_as)
    if order.line_id and session.get(BankLine, order.line_id) is None:
        raise RuleBroken(_("There is no such line."))
    donor_id, signature = _of(session, actor, first.donor_id if first else order.donor_id, words, order)
    _refuse_again(session, actor, donor_id, words, order)
    message = SupportMessage(
        id=new_id(),
        number=counters.take(session, "support"),
        donor_id=donor_id,
        line_id=first.line_id if first else order.line_id,
        same_as_id=first.id if first else None,
        language=order.language,
        is_signed=signature is not None,
        taken_at=now.instant,
        taken_by_id=actor.person_id,
    )
    session.add(message)
    session.flush()
    _seal(session, actor, message, Support(words, signature))
    audit.say(session, "support.taken", subject=message.id, made=[message])
    return Taken(message.id, message.number)


def release(session: Session, *, actor: Actor, now: Instant, message_id: UUID) -> SupportSaid:
    """Let families see a message. Raises RuleBroken for who took it, and where somebody answered before."""
    message = _to_answer(session, actor, message_id)
    told = support_of(session, actor=actor, message_id=message.id)
    unsigned = session.get(SupportUnsigned, message.id) is not None
    signature = None if unsigned else told.signature
    salts = [secrets.token_bytes(16) for _each in range(2)]
    answer = SupportAnswer(
        message_id=message.id,
        shows=True,
        words=told.words,
        words_salt=salts[0],
        words_hash=hash_of(told.words, salts[0]),
        signature=signature,
        signature_salt=salts[1] if signature else None,
        signature_hash=hash_of(signature, salts[1]) if signature else None,
        answered_at=now.instant,
        answered_by_id=actor.person_id,
    )
    session.add(answer)
    audit.say(session, "support.shown", subject=message.id, made=[answer])
    return SupportSaid(message.id, message.number, shows=True)


def refuse(session: Session, *, actor: Actor, now: Instant, message_id: UUID, reason: str) -> SupportSaid:
    """Keep a message from families, and say why. A treasurer may take the words again. Raises RuleBroken."""
    why = reason_of(reason)
    message = _to_answer(session, actor, message_id)
    answer = SupportAnswer(
        message_id=message.id, shows=False, reason=why, answered_at=now.instant, answered_by_id=actor.person_id
    )
    session.add(answer)
    audit.say(session, "support.refused", subject=message.id, made=[answer])
    return SupportSaid(message.id, message.number, shows=False)


def take_down(session: Session, *, actor: Actor, now: Instant, message_id: UUID, reason: str) -> SupportSaid:
    """Let families see a message no more; its words are deleted. Raises RuleBroken."""
    actor.must(Permission.RELEASE_MESSAGES)
    assert actor.person_id is not None, "a person takes it down"
    why = reason_of(reason)
    answer = session.get(SupportAnswer, message_id, with_for_update=True, populate_existing=True)
    if answer is None or not answer.shows or session.get(SupportTakenDown, message_id) is not None:
        raise RuleBroken(_("Families don’t see this message."))
    answer.words = answer.words_salt = answer.signature = answer.signature_salt = None
    down = SupportTakenDown(
        message_id=message_id, reason=why, taken_down_at=now.instant, taken_down_by_id=actor.person_id
    )
    session.add(down)
    audit.say(session, "support.taken_down", subject=message_id, made=[down])
    return SupportSaid(message_id, session.get_one(SupportMessage, message_id).number, shows=False)


def support_of(session: Session, *, actor: Actor, message_id: UUID) -> Support:
    """What a message says, for treasurers and coordinators. Raises NoKey."""
    plain = records.take_out(session, kind=RecordKind.SUPPORT, row_id=message_id, keyring=actor.keyring)
    assert plain is not None, "each message is sealed"
    return Support.from_plain(plain)


def hash_of(words: str, salt: bytes) -> bytes:
    """What stays of words: nothing, once their salt is gone."""
    return hashlib.sha256(canonical(["komek/1/support", salt, words])).digest()


def _tidy(typed: str) -> str:
    return "\n".join(filter(None, (" ".join(line.split()) for line in typed.splitlines())))


def _first_of(session: Session, same_as: UUID | None) -> SupportMessage | None:
    """The message that another says in another language: the first one of them."""
    message = session.get(SupportMessage, same_as) if same_as else None
    if same_as and message is None:
        raise RuleBroken(_("There is no such message."))
    return session.get_one(SupportMessage, message.same_as_id) if message and message.same_as_id else message


def _of(
    session: Session, actor: Actor, donor_id: UUID | None, words: str, order: Taking
) -> tuple[UUID | None, str | None]:
    """Whose words they are, and how they are signed. The donor is held: nobody makes them unnamed meanwhile."""
    if donor_id is None:
        return None, None
    donor = held_donor(session, donor_id)
    details = opened(session, keyring=actor.keyring, donor_id=donor.id)
    refuse_names(words, details, looked=order.looked)
    signature = signature_of(details) if order.signed else None
    if order.signed and signature is None:
        raise RuleBroken(_("This donor did not wish to be named: leave it unsigned."), field="signed")
    return donor.id, signature


def _refuse_again(session: Session, actor: Actor, donor_id: UUID | None, words: str, order: Taking) -> None:
    """The same words of the same donor or line wait already, or are shown: a second tab. Raises RuleBroken."""
    of_it = SupportMessage.line_id == order.line_id if order.line_id else SupportMessage.donor_id == donor_id
    gone = select(SupportAnswer.message_id).where(~SupportAnswer.shows).union(select(SupportTakenDown.message_id))
    wanted = select(SupportMessage).where(of_it, SupportMessage.language == order.language)
    rows = session.scalars(wanted.where(SupportMessage.id.not_in(gone))).all() if donor_id or order.line_id else []
    ids = [row.id for row in rows]
    plain = records.take_out_all(session, kind=RecordKind.SUPPORT, row_ids=ids, keyring=actor.keyring)
    for row in rows:
        if row.id in plain and Support.from_plain(plain[row.id]).words == words:
            raise RuleBroken(_("These words were taken already, as message %(number)s.", number=row.number), "words")


def _seal(session: Session, actor: Actor, message: SupportMessage, support: Support) -> None:
    rings = session.scalars(select(Ring.id).where(Ring.kind.in_(READERS))).all()
    records.put(
        session,
        support.plain(),
        kind=RecordKind.SUPPORT,
        row_id=message.id,
        rings=list(records.targets(session, rings).values()),
        keyring=actor.keyring,
    )


def _to_answer(session: Session, actor: Actor, message_id: UUID) -> SupportMessage:
    """A message that waits, held; with its donor, so that a wish never to be named comes before it or after."""
    actor.must(Permission.RELEASE_MESSAGES)
    assert actor.person_id is not None, "a person looks"
    message = session.get(SupportMessage, message_id)
    if message is None:
        raise RuleBroken(_("There is no such message."))
    if message.donor_id:
        held_donor(session, message.donor_id)
    session.get(SupportMessage, message_id, with_for_update=True, populate_existing=True)
    if message.taken_by_id == actor.person_id:
        raise RuleBroken(_("Somebody else looks at the words that you took."))
    if session.get(SupportAnswer, message_id) is not None:
        raise RuleBroken(_("Somebody answered this a moment ago."))
    return message
