"""The fund's own texts of thanks: each writing is a new version, and no version is ever lost."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.thanks import ThanksText, check_text
from aid.domain.words import _
from aid.models.fund import Fund
from aid.models.thanks import ThanksText as ThanksTextRow
from aid.services import audit
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class Written:
    """This version is used from now on."""

    text_id: UUID
    n: int


def write_text(session: Session, *, actor: Actor, now: Instant, text: ThanksText, seen: int) -> Written:
    """Write a text of thanks. `seen` is the version that it was written over. Raises RuleBroken beside its field."""
    actor.must(Permission.THANK_DONORS)
    assert actor.person_id is not None, "a person writes texts"
    check_text(text)
    session.scalar(select(Fund.sole).with_for_update())  # of two who write at once, the second sees the first's
    versions = select(func.count()).where(ThanksTextRow.language == text.language)
    there: int = session.execute(versions).scalar_one()
    if there != seen:
        raise RuleBroken(_("Somebody changed this text a moment ago. Look at theirs first."))
    row = ThanksTextRow(
        id=new_id(),
        language=text.language,
        n=there + 1,
        own_name=text.own_name,
        subject=text.subject,
        greeting=text.greeting,
        unnamed=text.unnamed,
        body=text.body,
        closing=text.closing,
        written_at=now.instant,
        written_by_id=actor.person_id,
    )
    session.add(row)
    audit.say(session, "thanks_text.written", subject=row.id, made=[row])
    return Written(row.id, row.n)
