"""Questions that name what is wrong: put together once, which takes longer than asking them, and asked every time."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from aid.services.verification.findings import Finding


class Fault(NamedTuple):
    """What is asked of the database, and what is wrong with those it names."""

    whose: Select[Any]
    table: str
    text: str


Faults: TypeAlias = Callable[[], Iterator[Fault]]
"""A function of a module: what it puts together is kept for good."""


def those(key: InstrumentedAttribute[UUID], fault: ColumnElement[bool] | Exists, text: str, *, of: str = "") -> Fault:
    """The rows of a table of which this is so, by their key; who is known by a family's key is a family."""
    table = of or ("family" if key.key == "family_id" else str(key.class_.__tablename__))
    return Fault(select(key).where(fault).order_by(key), table, text)


def faults_found(session: Session, *asked: Faults, **values: Any) -> Iterator[Finding]:
    """Who is named now; `values` are those that the questions leave open."""
    for faults in asked:
        for fault in _put_together(faults):
            for (id_,) in session.execute(fault.whose, values):
                yield Finding(fault.table, str(id_), fault.text)


@cache
def _put_together(faults: Faults) -> tuple[Fault, ...]:
    return tuple(faults())
