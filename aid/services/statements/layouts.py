"""What columns of a bank's tables were taken for, for each account of the fund: kept by their headings' hash alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aid.domain.bank_tables import StatementMapping
from aid.domain.clock import Instant
from aid.domain.ids import new_id
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.models.statements import StatementLayout
from aid.services import audit
from aid.vault.actor import Actor

FORM = ("header_row", "dates", "point", "currency", "is_turned", "encoding", "separator", "sheet")
"""What is remembered beside the columns. Whose account a table is of is not: see signs."""


@dataclass(frozen=True, slots=True)
class KnownLayout:
    """A table's columns as somebody said them for one account."""

    id: UUID
    bank_id: UUID
    signature: bytes
    mapping: StatementMapping
    at: datetime
    by_id: UUID


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The columns have to be said anew."""


def layouts(session: Session, *, signature: bytes | None = None) -> list[KnownLayout]:
    """What is remembered, the latest of each account and headings, the last said first."""
    wanted = select(StatementLayout).order_by(StatementLayout.at.desc(), StatementLayout.id.desc())
    if signature is not None:
        wanted = wanted.where(StatementLayout.signature == signature)
    latest: dict[tuple[UUID, bytes], StatementLayout] = {}
    for row in session.scalars(wanted):
        latest.setdefault((row.bank_id, row.signature), row)
    return [
        KnownLayout(row.id, row.bank_id, row.signature, _mapping(row), row.at, row.by_id)
        for row in latest.values()
        if row.columns
    ]


def layout_for(session: Session, *, signature: bytes, bank_id: UUID | None) -> StatementMapping | None:
    """How a table with these headings was read for this account; where none is said, for whichever, if they agree."""
    known = layouts(session, signature=signature)
    if bank_id is not None and (own := [each.mapping for each in known if each.bank_id == bank_id]):
        return own[0]
    said = [each.mapping for each in known]
    return said[0] if said and all(each == said[0] for each in said) else None


def remember(
    session: Session, *, actor: Actor, now: Instant, bank_id: UUID, signature: bytes, mapping: StatementMapping
) -> list[StatementLayout]:
    """Note how a table was read for an account, unless that is known; the rows it made."""
    plain = _without_account(mapping).plain()
    known = (each.mapping for each in layouts(session, signature=signature) if each.bank_id == bank_id)
    if next(known, None) == _without_account(mapping):
        return []
    return [_put(session, actor, now, bank_id, signature, plain["columns"], {name: plain[name] for name in FORM})]


def forget_layout(session: Session, *, actor: Actor, now: Instant, layout_id: UUID) -> Forgotten:
    """Let a table's columns be forgotten for its account. What was brought in by them stays. Raises RuleBroken."""
    actor.must(Permission.IMPORT_STATEMENTS)
    known = next((each for each in layouts(session) if each.id == layout_id), None)
    if known is None:
        raise RuleBroken(_("This is forgotten already."))
    row = _put(session, actor, now, known.bank_id, known.signature, [], {})
    audit.say(session, "statement.layout_forgotten", subject=row.id, made=[row])
    return Forgotten()


def _put(
    session: Session,
    actor: Actor,
    now: Instant,
    bank_id: UUID,
    signature: bytes,
    columns: list[str],
    form: Mapping[str, Any],
) -> StatementLayout:
    assert actor.person_id is not None, "a person says it"
    row = StatementLayout(
        id=new_id(),
        bank_id=bank_id,
        signature=signature,
        columns=columns,
        form=dict(form),
        at=now.instant,
        by_id=actor.person_id,
    )
    session.add(row)
    session.flush()
    return row


def _mapping(row: StatementLayout) -> StatementMapping:
    if not row.columns:
        return StatementMapping(())
    return StatementMapping.from_plain({"columns": row.columns, **row.form})


def _without_account(mapping: StatementMapping) -> StatementMapping:
    """The account above the lines is read anew from each file, and stands nowhere else."""
    return replace(mapping, account="")
