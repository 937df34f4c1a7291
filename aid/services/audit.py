"""The audit chain: what each act did, and the hash of every permanent row it made."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import bindparam, inspect, select, update
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.models.audit import AuditHead, AuditLine
from aid.models.base import Permanent
from aid.models.ready import Ready
from aid.services.collector import resting_collector
from aid.vault.cbor import canonical, canonical_list, canonical_ready, head_of_bytes, head_of_list, in_order

GENESIS = b"\x00" * 32
_PENDING = "komek.audit"


@dataclass(frozen=True, slots=True)
class Rows:
    """Many permanent rows of one table that a statement put in, as the plain values that it was given."""

    kind: type[Permanent]
    values: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class PlainRows:
    """The same for very many: with the key first, then the row's permanent columns in the order in which a map is
    written, all as plain as they are hashed: a UUID is its bytes, a day its text.
    """

    kind: type[Permanent]
    names: tuple[str, ...]
    rows: Sequence[tuple[bytes, tuple[Any, ...]]]


Made: TypeAlias = Permanent | Rows | PlainRows


@dataclass(frozen=True, slots=True)
class _Act:
    act: str
    subject: UUID | None
    made: tuple[Made, ...]


def say(session: Session, act: str, *, subject: UUID | None = None, made: Iterable[Made] = ()) -> None:
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
    [(seq, previous)] = _HEAD.rows(session, {})
    lines: list[dict[str, Any]] = []
    for act, rows in zip(acts, made, strict=True):
        seq += 1
        line = {"seq": seq, "at": now.instant, "actor_id": actor_id, "act": act.act, "subject_id": act.subject}
        line |= {"made": rows, "previous": previous}
        previous = _hash(line)
        lines.append({**line, "hash": previous})
    _INSERT.run(session, *lines)
    _MOVE_HEAD.run(session, {"newest": seq, "its_hash": previous})
    return len(acts)


_HEADS = AuditHead.__table__
_HEAD = Ready(select(_HEADS.c.seq, _HEADS.c.hash).with_for_update())
_INSERT = Ready(AuditLine.__table__.insert())  # type: ignore[attr-defined]
_MOVE_HEAD = Ready(update(_HEADS).values(seq=bindparam("newest"), hash=bindparam("its_hash")))  # type: ignore[arg-type]


def line_hash(line: AuditLine) -> bytes:
    """SHA-256 over the canonical CBOR of the line and of the line before it."""
    return _hash({name: getattr(line, name) for name in _HASHED})


_HASHED = ("seq", "at", "actor_id", "act", "subject_id", "made", "previous")


def _hash(line: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(canonical(["komek/audit/1", *(line[name] for name in _HASHED)])).digest()


@resting_collector()
def made_of(rows: Sequence[Made]) -> bytes:
    """The rows an act made, as canonical CBOR: [[table, [primary key…], row hash], …]."""
    return canonical_list([claim for row in rows for claim in _claims(row)])


def _claims(row: Made) -> Iterator[bytes]:
    """Each row's claim, written."""
    if isinstance(row, Rows):
        key, _names = _columns(row.kind)
        for values in row.values:
            yield _claim(row.kind, canonical([values[name] for name in key]), hash_of(row.kind, values))
    elif isinstance(row, PlainRows):
        yield from _plain_claims(row)
    else:
        yield _claim(type(row), canonical(key_of(row)), row_hash(row))


def _plain_claims(made: PlainRows) -> Iterator[bytes]:
    key, names = _columns(made.kind)
    assert made.names == in_order(names), "all of its permanent columns, in order"
    assert len(key) == 1
    assert not made.kind.later_columns
    assert not made.kind.hashed_as
    one = head_of_list(1) + head_of_bytes(16)
    table = made.kind.__tablename__  # type: ignore[attr-defined]
    before, head = _of_table(table), _row_head(table)
    for id_, values in made.rows:
        said = head + canonical_ready(dict(zip(made.names, values, strict=True)))
        yield b"".join((before, one, id_, _HASH, hashlib.sha256(said).digest()))


def _claim(kind: type[Permanent], key: bytes, row_hash: bytes) -> bytes:
    return b"".join((_of_table(kind.__tablename__), key, _HASH, row_hash))  # type: ignore[attr-defined]


_HASH: Final = head_of_bytes(32)
HASH_LENGTH: Final = len(_HASH) + 32
"""So much of a claim, at its end, is the row's hash; what comes before is its table and its key."""


@dataclass(frozen=True, slots=True)
class PlainClaims:
    """How rows of a table are claimed whose values are as plain already as they are hashed."""

    names: tuple[str, ...]  # of the columns whose values are asked for, in this order
    written: Callable[[Sequence[Any]], bytes]


_CLAIMS: dict[type, PlainClaims] = {}


def claim_of(kind: type[Permanent]) -> PlainClaims:
    """How each row of this table stands in what the act says that made it."""
    if kind not in _CLAIMS:
        key, names = _columns(kind)
        at_once = not kind.later_columns and not kind.hashed_as
        order = in_order(names) if at_once else names
        _CLAIMS[kind] = PlainClaims(order, (_in_one_way if at_once else _anyhow)(kind, key, order))
    return _CLAIMS[kind]


def _in_one_way(
    kind: type[Permanent], key: tuple[str, ...], names: tuple[str, ...]
) -> Callable[[Sequence[Any]], bytes]:
    """Of a table whose rows are all hashed by the same names."""
    places = tuple(map(names.index, key))
    head, sha256 = _row_head(kind.__tablename__), hashlib.sha256  # type: ignore[attr-defined]

    def written(values: Sequence[Any]) -> bytes:
        said = canonical_ready(dict(zip(names, values, strict=True)))
        return _claim(kind, canonical_ready([values[place] for place in places]), sha256(head + said).digest())

    return written


def _anyhow(kind: type[Permanent], key: tuple[str, ...], names: tuple[str, ...]) -> Callable[[Sequence[Any]], bytes]:
    """Of a table with columns that came later, or that were hashed under other names."""
    places = tuple(map(names.index, key))
    later = [(names.index(name), kind.later_columns[name]) for name in names if name in kind.later_columns]
    head, sha256 = _row_head(kind.__tablename__), hashlib.sha256  # type: ignore[attr-defined]
    orders: dict[tuple[bool, ...], list[tuple[str, int]]] = {}

    def written(values: Sequence[Any]) -> bytes:
        new = tuple([values[place] != older for place, older in later])
        order = orders.get(new)
        if order is None:
            silent = {place for (place, _older), says in zip(later, new, strict=True) if not says}
            order = orders[new] = _known_as(kind, names, silent)
        said = canonical_ready({known: values[place] for known, place in order})
        return _claim(kind, canonical_ready([values[place] for place in places]), sha256(head + said).digest())

    return written


def _known_as(kind: type[Permanent], names: tuple[str, ...], silent: set[int]) -> list[tuple[str, int]]:
    """Under which names columns are hashed, in their order, but for those that say nothing new."""
    telling = ((kind.hashed_as.get(name, name), place) for place, name in enumerate(names) if place not in silent)
    places = {known: place for known, place in telling if known}
    return [(known, places[known]) for known in in_order(tuple(places))]


@cache
def _of_table(table: str) -> bytes:
    """How the claim of a row of this table begins."""
    return head_of_list(3) + canonical(table)


@cache
def _row_head(table: str) -> bytes:
    """How what is hashed of a row begins; a map of its columns follows."""
    return head_of_list(3) + canonical("komek/row/1") + canonical(table)


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
    names = _columns(kind)[1]
    if later or named:
        telling = (name for name in names if name not in later or values[name] != later[name])
        said = {known: values[name] for name in telling if (known := named.get(name, name))}
    else:
        said = {name: values[name] for name in names}
    head = _row_head(kind.__tablename__)  # type: ignore[attr-defined]
    return hashlib.sha256(head + canonical(said)).digest()


_COLUMNS: dict[type, tuple[tuple[str, ...], tuple[str, ...]]] = {}


def _columns(kind: type[Permanent]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the primary key and of the permanent columns of a table."""
    if kind not in _COLUMNS:
        columns = inspect(kind).columns
        key = tuple(column.key for column in inspect(kind).primary_key)
        _COLUMNS[kind] = key, tuple(sorted(column.key for column in columns if column.key not in kind.mutable_columns))
    return _COLUMNS[kind]
