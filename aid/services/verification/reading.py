"""Reading whole tables in little memory, past rows that somebody made unreadable."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Integer, Select, String, bindparam, cast, inspect, select
from sqlalchemy.orm import InstrumentedAttribute, Session, raiseload

from aid.models.base import Base
from aid.services.verification.findings import named

CHUNK = 500
NOT_A_VALUE = (LookupError, TypeError, ValueError)
"""What reading raises where a column holds something it never could."""

Row = TypeVar("Row", bound=Base)
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row with a value that its column can't hold, and what stands in its key."""

    key: str


def rows_of(session: Session, kind: type[Row]) -> Iterator[Row | Unreadable]:
    """Every row of a table in the order of its key."""
    for row in read(session, kind, _in_order(kind)):
        yield row if isinstance(row, Unreadable) else row[0]


def columns_of(session: Session, kind: type[Base], *columns: Any) -> Iterator[Any]:
    """Some columns of every row of a table in the order of its key: quicker than rows, and as careful."""
    return read(session, kind, _some_in_order(kind, columns))


def read(session: Session, kind: type[Base], asked: Select[Any]) -> Iterator[Any]:
    """What is asked of every row of a table, in the order of its key from a place on that the question leaves open."""
    place = 0
    while True:
        try:
            for row in session.execute(asked, {"start": place}, execution_options={"yield_per": CHUNK}):
                yield row
                place += 1
        except NOT_A_VALUE:  # one of the next few: take them singly
            for each in _singly(session, kind, asked, place):
                yield each
                place += 1
        else:
            return


def _singly(session: Session, kind: type[Base], asked: Select[Any], start: int) -> Iterator[Any]:
    for place in range(start, start + CHUNK):
        try:
            row = session.execute(asked.limit(1), {"start": place}).one_or_none()
        except NOT_A_VALUE:
            yield Unreadable(_key_as_it_stands(session, kind, place))
            continue
        if row is None:
            return
        yield row


@cache
def _in_order(kind: type[Row]) -> Select[Row]:
    """Built once: there are many tables, and most have few rows."""
    entities = select(kind).options(raiseload("*")).execution_options(populate_existing=True)
    return entities.order_by(*_key(kind)).offset(bindparam("start", type_=Integer))


@cache
def _some_in_order(kind: type[Base], columns: tuple[Any, ...]) -> Select[Any]:
    return select(*columns).order_by(*_key(kind)).offset(bindparam("start", type_=Integer))


def _key_as_it_stands(session: Session, kind: type[Base], place: int) -> str:
    key = _key(kind)
    return named(session.execute(select(*(cast(c, String) for c in key)).order_by(*key).offset(place).limit(1)).one())


def _key(kind: type[Base]) -> list[InstrumentedAttribute[Any]]:
    return [getattr(kind, str(column.key)) for column in inspect(kind).primary_key]


def chunks(items: Iterator[Item]) -> Iterator[list[Item]]:
    """So many at a time."""
    while chunk := list(islice(items, CHUNK)):
        yield chunk
