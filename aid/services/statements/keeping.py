"""Keeping the lines of a step: the new ones as lines of the bank, the known ones as seen again."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from aid.domain.ids import new_id
from aid.domain.payments import Direction
from aid.models.base import Base
from aid.models.records import RecordKind
from aid.models.statements import BankLine, LineSeen
from aid.services import audit, counters, records
from aid.services.bulk import put_rows
from aid.services.statements.keys import LineKeys, packed
from aid.services.statements.knowing import Met
from aid.vault.actor import Actor
from aid.vault.cbor import canonical


def keep_new(session: Session, *, actor: Actor, keys: LineKeys, met: Sequence[Met]) -> list[audit.Rows]:
    """Lines that no statement has shown before: what the books need in plain, and what the bank wrote sealed."""
    new = [each for each in met if each.is_new]
    if not new:
        return []
    number = counters.take(session, "bank_line", count=len(new))
    rows = [_row(each, number + at, keys.epoch) for at, each in enumerate(new)]
    put_rows(session, BankLine.__table__, _KEPT, rows)  # type: ignore[arg-type]
    made = audit.Rows(BankLine, [_said(row) for row in rows])
    rings = [records.targets(session, [keys.ring_id])[keys.ring_id]]
    sealed = (records.New(each.id, None, each.line.written, rings) for each in new)
    records.put_all(session, sealed, kind=RecordKind.BANK_LINE, keyring=actor.keyring)
    more = [records.New(UUID(bytes=id_), None, piece, rings) for each in new for id_, piece in each.line.more]
    if more:
        records.put_all(session, more, kind=RecordKind.BANK_DETAILS, keyring=actor.keyring)
    return [made]


_KEPT = (
    *("id", "number", "bank_id", "currency", "statement_id", "n", "booked_on", "value_on"),
    *("amount_minor", "direction", "is_reversal", "code", "open_minor", "identity", "marks", "epoch"),
)


def _row(met: Met, number: int, epoch: int) -> tuple[Any, ...]:
    """A new line, column by column."""
    line, statement = met.line, met.statement
    minor = abs(line.signed)
    return (
        met.id,
        number,
        statement.bank_id,
        statement.currency,
        statement.id,
        line.n,
        date.fromisoformat(line.booked),
        line.value and date.fromisoformat(line.value),
        minor,
        Direction.CREDIT if line.signed > 0 else Direction.DEBIT,
        line.is_reversal,
        line.code,
        minor,
        met.identity,
        packed(met.marks),
        epoch,
    )


def _said(row: tuple[Any, ...]) -> dict[str, Any]:
    """A line's columns for the audit chain: as plain as they are hashed, so that this takes no time."""
    said = dict(zip(_KEPT, row, strict=True))
    for name in ("id", "bank_id", "statement_id"):
        said[name] = said[name].bytes
    said["booked_on"] = said["booked_on"].isoformat()
    said["value_on"] = said["value_on"] and said["value_on"].isoformat()
    said["direction"] = said["direction"].value
    return said


def keep_known(session: Session, *, actor: Actor, keys: LineKeys, met: Sequence[Met]) -> list[audit.Rows]:
    """That a known line was shown again; shown otherwise, by what it was known is sealed for new keys to come."""
    known = [(new_id(), each) for each in met if not each.is_new]
    if not known:
        return []
    rows = [
        {
            "id": id_,
            "statement_id": each.statement.id,
            "n": each.line.n,
            "line_id": each.id,
            "identity": each.identity,
            "marks": packed(each.marks),
            "epoch": keys.epoch,
        }
        for id_, each in known
    ]
    made = put(session, kind=LineSeen, rows=rows)
    rings = [records.targets(session, [keys.ring_id])[keys.ring_id]]
    otherwise = [
        records.New(id_, None, canonical({"id": each.line.identity, "marks": list(each.line.marks)}), rings)
        for id_, each in known
        if not each.is_alike
    ]
    if otherwise:
        records.put_all(session, otherwise, kind=RecordKind.BANK_SIGHT, keyring=actor.keyring)
    return [made]


def put(session: Session, *, kind: type[Base], rows: list[dict[str, Any]]) -> audit.Rows:
    """Insert the rows in one statement, and name them for the audit chain."""
    if rows:
        session.execute(insert(kind.__table__), rows)  # type: ignore[arg-type]
    return audit.Rows(kind, rows)  # type: ignore[arg-type]
