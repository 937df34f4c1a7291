"""Setting how the fund's papers look: each setting is a new version, and none is ever lost."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.papers import PaperStyle, check_style
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.fund import Fund
from aid.models.papers import PaperStyle as PaperStyleRow
from aid.services import audit
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class StyleSet:
    """Papers look like this version from now on."""

    version: int


def set_style(session: Session, *, actor: Actor, now: Instant, style: PaperStyle, seen: int) -> StyleSet:
    """Set how papers look. `seen` is the version that it was set over, 0 for none. Raises RuleBroken beside its field.

    Whether the words have room was asked of the press (`aid.documents.vouchers.fitting`).
    """
    actor.must(Permission.SET_LOOK)
    assert actor.person_id is not None, "a person sets a look"
    check_style(style)
    session.scalar(select(Fund.sole).with_for_update())  # of two who set it at once, the second sees the first's
    there: int = session.execute(select(func.coalesce(func.max(PaperStyleRow.version), 0))).scalar_one()
    if there != seen:
        raise RuleBroken(_("Somebody changed the look a moment ago. Look at theirs first."))
    row = PaperStyleRow(
        id=new_id(),
        version=there + 1,
        titles=dict(style.titles),
        footers={language: footer for language, footer in style.footers.items() if footer},
        ink=style.ink,
        line=style.line,
        logo=style.logo,
        logo_kind=style.logo_kind,
        format=style.format,
        set_at=now.instant,
        set_by_id=actor.person_id,
    )
    session.add(row)
    audit.say(session, "paper_style.set", subject=row.id, made=[row])
    return StyleSet(row.version)
