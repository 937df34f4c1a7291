"""Messages of support: what families see, what waits for a coordinator, and what treasurers took."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from aid.domain.permissions import Permission
from aid.domain.support import Support
from aid.domain.words import Message, _
from aid.models.donations import Donation, Donor, stands_for
from aid.models.people import Person
from aid.models.records import RecordKind
from aid.models.statements import LineEnd, LineReopened
from aid.models.support import SupportAnswer, SupportMessage, SupportTakenDown, SupportUnsigned
from aid.services import records
from aid.vault.actor import Actor

PAGE = 30
MOST = 300
"""So many messages, the newest, are looked through for those in a language."""


class SupportState(StrEnum):
    """How a message stands."""

    WAITS = "waits"
    SHOWN = "shown"
    REFUSED = "refused"
    DOWN = "down"


SUPPORT_TITLES: Final = MappingProxyType(
    {
        SupportState.WAITS: _("Waits for a second look"),
        SupportState.SHOWN: _("Families see it"),
        SupportState.REFUSED: _("Kept from families"),
        SupportState.DOWN: _("Taken down"),
    }
)
SUPPORT_TONES: Final = MappingProxyType(
    {
        SupportState.WAITS: "waits",
        SupportState.SHOWN: "good",
        SupportState.REFUSED: "quiet",
        SupportState.DOWN: "quiet",
    }
)


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """Words that families see; unsigned ones are a friend's."""

    id: UUID
    language: str
    words: str
    signature: str | None


@dataclass(frozen=True, slots=True)
class SupportRow:
    """A message as treasurers and coordinators see it; `said` is opened for them, and for nobody else."""

    id: UUID
    number: int
    language: str
    state: SupportState
    is_signed: bool
    from_line: UUID | None
    same_as: int | None  # the number of the message that it says in another language
    taken_at: datetime
    taken_by: str
    taken_by_id: UUID
    reason: str | None  # why it was kept from families, or taken down
    said: Support | None = field(repr=False)

    @property
    def title(self) -> Message:
        """How it stands, in words."""
        return SUPPORT_TITLES[self.state]

    @property
    def tone(self) -> str:
        """How it stands, as a colour."""
        return SUPPORT_TONES[self.state]


@dataclass(frozen=True, slots=True)
class SupportList:
    """A page of messages, the latest first."""

    rows: tuple[SupportRow, ...]
    before: int | None


def shown(session: Session, *, actor: Actor, language: str) -> tuple[ShownMessage, ...]:
    """What families see, the newest first: of each message the words in their language, or else as they were said."""
    actor.must(Permission.SHOW_MESSAGES)
    first = func.coalesce(SupportMessage.same_as_id, SupportMessage.id)
    rows = session.execute(
        select(first, SupportMessage.id, SupportMessage.language, SupportAnswer.words, SupportAnswer.signature)
        .join(SupportAnswer, SupportAnswer.message_id == SupportMessage.id)
        .where(SupportAnswer.words.is_not(None))
        .order_by(first.desc(), (SupportMessage.language == language).desc(), SupportMessage.number)
        .limit(MOST)
    )
    found: dict[UUID, ShownMessage] = {}
    for said, id_, spoken, words, signature in rows:
        found.setdefault(said, ShownMessage(id_, spoken, words or "", signature))
    own = [each for each in found.values() if each.language == language]
    return (*own, *(each for each in found.values() if each.language != language))


def messages(session: Session, *, actor: Actor, before: int | None = None, size: int = PAGE) -> SupportList:
    """A page of all messages, whatever became of them."""
    actor.must(Permission.TAKE_MESSAGES)
    wanted = _rows().order_by(SupportMessage.number.desc()).limit(size + 1)
    found = session.execute(wanted.where(SupportMessage.number < before) if before else wanted).all()
    return SupportList(
        _opened(session, actor, found[:size]), found[size - 1].SupportMessage.number if len(found) > size else None
    )


def waiting(session: Session, *, actor: Actor, size: int = PAGE) -> tuple[SupportRow, ...]:
    """Messages that nobody has looked at yet, the oldest first."""
    actor.must(Permission.RELEASE_MESSAGES)
    found = session.execute(_rows().where(unanswered()).order_by(SupportMessage.number).limit(size)).all()
    return _opened(session, actor, found)


def messages_of(session: Session, *, actor: Actor, donor_id: UUID) -> tuple[SupportRow, ...]:
    """What a donor said, the latest first."""
    actor.must(Permission.SEE_DONORS)
    theirs = select(Donor.id).where(stands_for() == donor_id)
    wanted = _rows().where(SupportMessage.donor_id.in_(theirs)).order_by(SupportMessage.number.desc()).limit(PAGE)
    return _opened(session, actor, session.execute(wanted).all())


def message(session: Session, *, actor: Actor, message_id: UUID) -> SupportRow | None:
    """One message, for who may take or release them; None for anybody else, and where there is none."""
    actor.must(Permission.SHOW_MESSAGES)
    if not (actor.may(Permission.TAKE_MESSAGES) or actor.may(Permission.RELEASE_MESSAGES)):
        return None
    rows = _opened(session, actor, session.execute(_rows().where(SupportMessage.id == message_id)).all())
    return rows[0] if rows else None


def giver_of(session: Session, *, actor: Actor, line_id: UUID) -> UUID | None:
    """Whose gift a line ended as, where it was one donor's."""
    actor.must(Permission.SEE_DONORS)
    undone = exists().where(LineReopened.end_id == LineEnd.id)
    gifts = select(stands_for()).join(Donation, Donation.donor_id == Donor.id)
    theirs = gifts.join(LineEnd, LineEnd.cause_id == Donation.id).where(LineEnd.line_id == line_id, ~undone)
    found = session.scalars(theirs.distinct().limit(2)).all()
    return found[0] if len(found) == 1 else None


def donor_of(session: Session, *, actor: Actor, message_id: UUID) -> UUID | None:
    """Whose words a message is."""
    actor.must(Permission.SEE_DONORS)
    said = select(stands_for()).join(SupportMessage, SupportMessage.donor_id == Donor.id)
    return session.scalar(said.where(SupportMessage.id == message_id))


def unanswered() -> Any:
    """Messages that nobody has looked at."""
    return ~exists().where(SupportAnswer.message_id == SupportMessage.id).correlate(SupportMessage)


def _rows() -> Select[Any]:
    first = select(SupportMessage.number.label("n"), SupportMessage.id.label("id")).subquery()
    unsigned = exists().where(SupportUnsigned.message_id == SupportMessage.id)
    return (
        select(SupportMessage, SupportAnswer, SupportTakenDown.reason, Person.handle, first.c.n, unsigned)
        .outerjoin(SupportAnswer, SupportAnswer.message_id == SupportMessage.id)
        .outerjoin(SupportTakenDown, SupportTakenDown.message_id == SupportMessage.id)
        .outerjoin(first, first.c.id == SupportMessage.same_as_id)
        .join(Person, Person.id == SupportMessage.taken_by_id)
    )


def _opened(session: Session, actor: Actor, found: Sequence[Any]) -> tuple[SupportRow, ...]:
    ids = [row[0].id for row in found]
    plain = records.take_out_all(session, kind=RecordKind.SUPPORT, row_ids=ids, keyring=actor.keyring)
    return tuple(
        SupportRow(
            id=said.id,
            number=said.number,
            language=said.language,
            state=_state(answer, down),
            is_signed=said.is_signed and not unsigned,
            from_line=said.line_id,
            same_as=same_as,
            taken_at=said.taken_at,
            taken_by=handle,
            taken_by_id=said.taken_by_id,
            reason=down or (answer.reason if answer else None),
            said=_without(Support.from_plain(plain[said.id]), unsigned=unsigned) if said.id in plain else None,
        )
        for said, answer, down, handle, same_as, unsigned in found
    )


def _without(said: Support, *, unsigned: bool) -> Support:
    return Support(said.words) if unsigned else said


def _state(answer: SupportAnswer | None, down: str | None) -> SupportState:
    if answer is None:
        return SupportState.WAITS
    if down is not None:
        return SupportState.DOWN
    return SupportState.SHOWN if answer.shows else SupportState.REFUSED
