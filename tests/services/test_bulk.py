"""Very many rows, put in past the session: what is kept is what was given, whatever the driver is handed."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import CHAR, Column, Integer, LargeBinary, MetaData, Table, create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.types import Date, Uuid

from aid.domain.ids import new_id
from aid.services.bulk import put_rows

TABLES = MetaData()
PAPERS = Table(
    "papers",
    TABLES,
    Column("id", Uuid, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("copy", LargeBinary),
    Column("family_id", Uuid),
    Column("day", Date),
)
COUNTED = Table("counted", TABLES, Column("id", CHAR(1)), Column("n", Integer, server_default="7"))
ALL = ("id", "sealed", "copy", "family_id", "day")
Row = tuple[UUID, bytes, bytes | None, UUID | None, date | None]


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    TABLES.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.mark.parametrize(
    "rows",
    [
        [(new_id(), b"\0one", None, None, None), (new_id(), b"", None, None, None)],
        [(new_id(), b"one", None, None, date(2026, 11, 23)), (new_id(), b"two", b"\xff", new_id(), None)],
        [(new_id(), b"one", b"same", None, date(2026, 11, 23)), (new_id(), b"two", b"same", None, None)],
    ],
    ids=["nothing of a family", "some of it", "alike"],
)
def test_rows_are_kept_as_they_were_given(session: Session, rows: list[Row]) -> None:
    put_rows(session, PAPERS, ALL, rows)

    assert [tuple(row) for row in session.execute(select(PAPERS).order_by(PAPERS.c.id))] == rows


def test_a_table_that_fills_itself_in_is_refused(session: Session) -> None:
    with pytest.raises(AssertionError):
        put_rows(session, COUNTED, ("id", "n"), [("a", None)])
