"""Keeping the lines of a step: the new ones as lines of the bank, the known ones as seen again."""

from collections.abc import Iterator, Sequence
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
from aid.services.statements.waiting import ReadLine
from aid.vault.actor import Actor
from aid.vault.cbor import canonical


def keep_new(session: Session, *, actor: Actor, keys: LineKeys, met: Sequence[Met]) -> list[audit.PlainRows]:
    """Lines that no statement has shown before: what the books need in plain, and what the bank wrote sealed."""
    new = [each for each in met if each.is_new]
    if not new:
        return []
    number = counters.take(session, "bank_line", count=len(new))
    rows = list(_rows(new, number, keys.epoch))
    put_rows(session, BankLine.__table__, _KEPT, rows)  # type: ignore[arg-type]
    made = audit.PlainRows(BankLine, _SAID, list(_said(new, number)))
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


def _rows(new: Sequence[Met], number: int, epoch: int) -> Iterator[tuple[Any, ...]]:
    """New lines, column by column."""
    days = _Days()
    for n, (line, statement, id_, _is_new, _is_alike, identity, marks) in enumerate(new, start=number):
        minor = abs(line.signed)
        yield (
            id_,
            n,
            statement.bank_id,
            statement.currency,
            statement.id,
            line.n,
            days[line.booked],
            days[line.value] if line.value else None,
            minor,
            Direction.CREDIT if line.signed > 0 else Direction.DEBIT,
            line.is_reversal,
            line.code,
            minor,
            identity,
            packed(marks),
            epoch,
        )


class _Days(dict[str, date]):
    """Days by their text: a step has few."""

    def __missing__(self, text: str) -> date:
        day = self[text] = date.fromisoformat(text)
        return day


_SAID = (
    *("n", "id", "code", "number", "bank_id", "currency", "value_on", "booked_on"),
    *("direction", "is_reversal", "amount_minor", "statement_id"),
)
"""What no line ever changes, in the order in which a map is written."""


def _said(new: Sequence[Met], number: int) -> Iterator[tuple[bytes, tuple[Any, ...]]]:
    """The same for the audit chain: as plain as it is hashed, so that this takes no time."""
    for at, (line, statement, id_, *_known) in enumerate(new, start=number):
        key = id_.bytes
        said = (
            *(line.n, key, line.code, at, statement.bank_id.bytes, statement.currency, line.value, line.booked),
            *("credit" if line.signed > 0 else "debit", line.is_reversal, abs(line.signed), statement.id.bytes),
        )
        yield key, said


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
        records.New(id_, None, canonical(_sight(each.line)), rings) for id_, each in known if not each.is_alike
    ]
    if otherwise:
        records.put_all(session, otherwise, kind=RecordKind.BANK_SIGHT, keyring=actor.keyring)
    more = (piece for _id, each in known if not each.is_alike for piece in each.line.more)
    pieces = [records.New(UUID(bytes=id_), None, text, rings) for id_, text in more]
    if pieces:
        records.put_all(session, pieces, kind=RecordKind.BANK_DETAILS, keyring=actor.keyring)
    return [made]


def _sight(line: ReadLine) -> dict[str, Any]:
    """By what a line is known as it is shown now; with its payments, which the line may not tell itself."""
    value: dict[str, Any] = {"id": line.identity, "marks": list(line.marks)}
    if line.more or _DETAILS in line.written:
        value["told"] = line.written
    return value


_DETAILS = canonical("details")
"""The key under which a line's payments are written."""


def put(session: Session, *, kind: type[Base], rows: list[dict[str, Any]]) -> audit.Rows:
    """Insert the rows in one statement, and name them for the audit chain."""
    if rows:
        session.execute(insert(kind.__table__), rows)  # type: ignore[arg-type]
    return audit.Rows(kind, rows)  # type: ignore[arg-type]
