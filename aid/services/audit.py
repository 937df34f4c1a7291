"""The audit chain: what each act did, and the hash of every permanent row it made."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, inspect, select, update
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.models.audit import AuditHead, AuditLine
from aid.models.base import Permanent
from aid.services.collector import resting_collector
from aid.vault.cbor import canonical

GENESIS = b"\x00" * 32
_PENDING = "komek.audit"


@dataclass(frozen=True, slots=True)
class Rows:
    """Many permanent rows of one table that a statement put in, as the plain values that it was given."""

    kind: type[Permanent]
    values: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Act:
    act: str
    subject: UUID | None
    made: tuple[Permanent | Rows, ...]


def say(session: Session, act: str, *, subject: UUID | None = None, made: Iterable[Permanent | Rows] = ()) -> None:
    """Note an act for the audit chain. `perform` writes all notes as the last statements before the commit."""
    session.info.setdefault(_PENDING, []).append(_Act(act, subject, tuple(made)))


def begin_with(session: Session, hash_: bytes) -> None:
    """Let the chain begin with the hash of the founding act. It holds no line yet."""
    session.execute(update(AuditHead).where(AuditHead.seq == 0).values(hash=hash_))


def forget(session: Session) -> None:
    """Drop notes of an attempt that is tried again."""
    session.info.pop(_PENDING, None)


def write_down(session: Session, *, actor_id: UUID | None, now: Instant) -> int:
    """Append the noted acts to the chain under its one lock; return how many there were."""
    acts: list[_Act] = session.info.pop(_PENDING, [])
    if not acts:
        return 0
    session.flush()
    made = [made_of(act.made) for act in acts]
    connection = session.connection()
    head = connection.execute(_HEAD).one()
    seq, previous = head.seq, head.hash
    lines: list[dict[str, Any]] = []
    for act, rows in zip(acts, made, strict=True):
        seq += 1
        line = {"seq": seq, "at": now.instant, "actor_id": actor_id, "act": act.act, "subject_id": act.subject}
        line |= {"made": rows, "previous": previous}
        previous = _hash(line)
        lines.append({**line, "hash": previous})
    connection.execute(_INSERT, lines)
    connection.execute(_MOVE_HEAD, {"newest": seq, "its_hash": previous})
    return len(acts)


_HEADS = AuditHead.__table__
_HEAD = select(_HEADS.c.seq, _HEADS.c.hash).with_for_update()
_INSERT = AuditLine.__table__.insert()  # type: ignore[attr-defined]
_MOVE_HEAD = update(_HEADS).values(seq=bindparam("newest"), hash=bindparam("its_hash"))  # type: ignore[arg-type]


def line_hash(line: AuditLine) -> bytes:
    """SHA-256 over the canonical CBOR of the line and of the line before it."""
    return _hash({name: getattr(line, name) for name in _HASHED})


_HASHED = ("seq", "at", "actor_id", "act", "subject_id", "made", "previous")


def _hash(line: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(canonical(["komek/audit/1", *(line[name] for name in _HASHED)])).digest()


@resting_collector()
def made_of(rows: Sequence[Permanent | Rows]) -> bytes:
    """The rows an act made, as canonical CBOR: [[table, [primary key…], row hash], …]."""
    return canonical([claim for row in rows for claim in _claims(row)])


def _claims(row: Permanent | Rows) -> Iterator[list[Any]]:
    if not isinstance(row, Rows):
        yield [table_of(row), key_of(row), row_hash(row)]
        return
    table, (key, _names) = row.kind.__tablename__, _columns(row.kind)  # type: ignore[attr-defined]
    for values in row.values:
        yield [table, [values[name] for name in key], hash_of(row.kind, values)]


def table_of(row: Permanent) -> str:
    """The table of a row, by name."""
    return str(row.__tablename__)  # type: ignore[attr-defined]


def key_of(row: Permanent) -> list[Any]:
    """The primary key of a row."""
    return [getattr(row, name) for name in _columns(type(row))[0]]


def row_hash(row: Permanent) -> bytes:
    """SHA-256 over a row's permanent columns, in the order of their names, without later ones that say nothing new."""
    kind = type(row)
    return hash_of(kind, {name: getattr(row, name) for name in _columns(kind)[1]})


def hash_of(kind: type[Permanent], values: Mapping[str, Any]) -> bytes:
    """A row's hash, from the values of its columns."""
    later, named = kind.later_columns, kind.hashed_as
    telling = (name for name in _columns(kind)[1] if name not in later or values[name] != later[name])
    said = {known: values[name] for name in telling if (known := named.get(name, name))}
    content = ["komek/row/1", kind.__tablename__, said]  # type: ignore[attr-defined]
    return hashlib.sha256(canonical(content)).digest()


_COLUMNS: dict[type, tuple[tuple[str, ...], tuple[str, ...]]] = {}


def _columns(kind: type[Permanent]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the primary key and of the permanent columns of a table."""
    if kind not in _COLUMNS:
        columns = inspect(kind).columns
        key = tuple(column.key for column in inspect(kind).primary_key)
        _COLUMNS[kind] = key, tuple(sorted(column.key for column in columns if column.key not in kind.mutable_columns))
    return _COLUMNS[kind]
