"""The catalogue of goods as pages show it, and the rules for grants."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.goods import in_order, whole_code
from aid.domain.grants import GrantRules
from aid.domain.permissions import Permission
from aid.models.people import Person
from aid.models.purchases import GrantRulesVersion
from aid.services.goods import GoodWords, catalogue
from aid.vault.actor import Actor


@dataclass(frozen=True, slots=True)
class GoodRow:
    """One good in its newest version; what a kit holds is said in the reader's language."""

    code: str
    version: int
    names: Mapping[str, str]
    variants: tuple[str, ...]
    contents: tuple[str, ...]
    plain_contents: tuple[str, ...]
    in_use: bool

    @property
    def codes(self) -> tuple[str, ...]:
        """Under which codes its stock is kept."""
        return tuple(whole_code(self.code, variant) for variant in self.variants) or (self.code,)


@dataclass(frozen=True, slots=True)
class RulesPage:
    """The rules for grants that count now."""

    version: int
    rules: GrantRules
    written_by: str
    written_at: datetime


def goods(session: Session, *, actor: Actor) -> tuple[GoodRow, ...]:
    """The whole catalogue, by code."""
    actor.must(Permission.SEE_STOCK)
    known = catalogue(session)
    words = GoodWords(known)
    return tuple(
        GoodRow(
            code=good.code,
            version=good.version,
            names=good.names,
            variants=tuple(good.variants),
            contents=words.say_all(good.contents, actor.language),
            plain_contents=tuple(good.contents),
            in_use=good.in_use,
        )
        for good in known.values()
    )


def choices_of(session: Session, *, actor: Actor, kits: bool | None = None) -> list[tuple[str, str]]:
    """What can be chosen in a form: each whole code with its name; kits alone, or all but kits."""
    known = catalogue(session)
    words = GoodWords(known)
    chosen = [
        whole_code(good.code, variant)
        for good in known.values()
        if good.in_use and (kits is None or bool(good.contents) is kits)
        for variant in good.variants or [""]
    ]
    return sorted(((code, words.name(code, actor.language)) for code in chosen), key=lambda choice: in_order(choice[1]))


def grant_rules(session: Session, *, actor: Actor) -> RulesPage | None:
    """The newest rules for grants, if any were written."""
    actor.must(Permission.SEE_ALLOCATIONS)
    found = session.execute(
        select(GrantRulesVersion, Person.handle)
        .join(Person, Person.id == GrantRulesVersion.written_by_id)
        .order_by(GrantRulesVersion.version.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    row, handle = found
    return RulesPage(row.version, GrantRules.from_plain(row.rules), handle, row.written_at)
