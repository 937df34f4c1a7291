"""Keeping that a statement's line is several known ones as one sum, or a part of one, with what it says, sealed."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, insert, select
from sqlalchemy.orm import Session

from aid.domain.ids import new_id
from aid.models.records import RecordKind
from aid.models.statements import BankLine, LineShare
from aid.services import audit, records
from aid.services.statements.summing import Share
from aid.vault.actor import Actor
from aid.vault.cbor import canonical


def keep_shares(session: Session, *, actor: Actor, ring_id: UUID, shares: Sequence[Share]) -> list[audit.Rows]:
    """Keep of each such line which lines it is, and what the statement says of it; the rows that were made."""
    if not shares:
        return []
    rows, new = [], []
    rings = [records.targets(session, [ring_id])[ring_id]]
    for share in shares:
        line = share.met.line
        value = {"id": line.identity, "marks": list(line.marks), "told": line.written}
        for place, (line_id, minor) in enumerate(share.of):
            row = {
                "id": new_id(),
                "statement_id": share.met.statement.id,
                "n": line.n,
                "line_id": line_id,
                "amount_minor": minor,
                "booked_on": date.fromisoformat(line.booked) if share.is_over_days else None,
            }
            rows.append(row)
            said = value if place == 0 else {"id": line.identity}
            new.append(records.New(row["id"], None, canonical(said), rings))  # type: ignore[arg-type]
    session.execute(insert(LineShare.__table__), rows)  # type: ignore[arg-type]
    records.put_all(session, new, kind=RecordKind.LINE_SHARE, keyring=actor.keyring)
    pieces = [records.New(UUID(bytes=id_), None, text, rings) for share in shares for id_, text in share.met.line.more]
    if pieces:
        records.put_all(session, pieces, kind=RecordKind.BANK_DETAILS, keyring=actor.keyring)
    return [audit.Rows(LineShare, rows)]


def shared_lines(session: Session, statements: Select[UUID]) -> int:
    """How many lines of these statements are nothing but sums or parts of known ones."""
    beside = exists().where(BankLine.statement_id == LineShare.statement_id, BankLine.n == LineShare.n)
    mine: ColumnElement[bool] = LineShare.statement_id.in_(statements)
    places = select(LineShare.statement_id, LineShare.n).where(mine, ~beside).distinct().subquery()
    return session.scalar(select(func.count()).select_from(places)) or 0
