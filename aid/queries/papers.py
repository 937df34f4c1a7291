"""How the fund's papers look."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.languages import Language
from aid.domain.papers import PaperStyle, VoucherFormat
from aid.domain.permissions import Permission
from aid.models.base import in_language
from aid.models.fund import Fund
from aid.models.papers import PaperStyle as PaperStyleRow
from aid.models.people import Person
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class StyleVersion:
    """When a look was set, and by whom."""

    version: int
    set_at: datetime
    by: str
    titles: Mapping[str, str]
    format: VoucherFormat


def style(session: Session) -> PaperStyle:
    """The look that is in force; anyone who prints or previews may know it."""
    row = session.scalars(select(PaperStyleRow).order_by(PaperStyleRow.version.desc()).limit(1)).first()
    if row is None:
        founding = session.execute(select(Fund.paper_titles)).scalar_one()
        return PaperStyle(titles={language.value: in_language(founding, language) for language in Language})
    return PaperStyle(
        titles=row.titles,
        footers=row.footers,
        ink=row.ink,
        line=row.line,
        logo=row.logo,
        logo_kind=row.logo_kind,
        format=row.format,
    )


def versions(session: Session, *, actor: Actor) -> tuple[StyleVersion, ...]:
    """Each version of the look, the newest first."""
    actor.must(Permission.SET_LOOK)
    table = PaperStyleRow
    found = session.execute(
        select(table.version, table.set_at, Person.handle, table.titles, table.format)
        .join(Person, Person.id == table.set_by_id)
        .order_by(table.version.desc())
        .limit(50)
    )
    return tuple(StyleVersion(*row) for row in found)
