"""Statements made ready: what they find and write is what SQLAlchemy finds and writes, on both databases."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from aid.extensions import db
from aid.models.families import Sighting
from aid.models.fund import Counter
from aid.models.people import Person, PersonState
from aid.models.ready import Ready, keep_connection
from aid.models.records import RecordKind
from tests.make.fund import FoundedFund

PEOPLE, SEEN, COUNTERS = Person.__table__, Sighting.__table__, Counter.__table__
THEIRS = (PEOPLE.c.id, PEOPLE.c.handle, PEOPLE.c.state, PEOPLE.c.hpke_public)
ONE = Ready(select(*THEIRS).where(PEOPLE.c.handle == bindparam("handle")))
TAKEN = Ready(
    update(COUNTERS)  # type: ignore[arg-type]
    .where(COUNTERS.c.name == bindparam("series"))
    .values(value=COUNTERS.c.value + bindparam("count"))
    .returning(COUNTERS.c.value)
)
PUT = Ready(insert(SEEN))  # type: ignore[arg-type]


def writing() -> Session:
    return Session(db.engine.execution_options(writes=True))


def a_look(fund: FoundedFund, family_id: UUID | None) -> dict[str, Any]:
    at = datetime(2026, 8, 1, 7, 30, tzinfo=UTC)
    person = fund.distributor.person_id
    return {"id": uuid4(), "person_id": person, "family_id": family_id, "what": RecordKind.SLIP, "why": "x", "at": at}


def test_what_it_finds_is_what_its_columns_say(fund: FoundedFund) -> None:
    with Session(db.engine) as session:
        found = ONE.first(session, {"handle": "nurlan"})
        same = session.execute(ONE.statement, {"handle": "nurlan"}).one()
        nobody = ONE.first(session, {"handle": "nobody"})

    assert found is not None
    assert list(found) == list(same)
    assert isinstance(found[0], UUID)
    assert found[2] is PersonState.ACTIVE
    assert nobody is None


def test_what_it_writes_belongs_to_the_transaction(fund: FoundedFund) -> None:
    asked = {"series": "voucher", "count": 3}
    with writing() as session:
        keep_connection(session)
        [(first,)] = TAKEN.rows(session, asked)
        session.rollback()
    with writing() as session:
        [(again,)] = TAKEN.rows(session, asked)
        [(more,)] = TAKEN.rows(session, asked)
        session.commit()
    with Session(db.engine) as session:
        kept = session.execute(select(Counter.value).where(Counter.name == "voucher")).scalar_one()

    assert (first, again, more, kept) == (first, first, first + 3, first + 3)


def test_what_the_database_refuses_is_refused_as_ever(fund: FoundedFund) -> None:
    with writing() as session, pytest.raises(IntegrityError) as refused:
        PUT.run(session, a_look(fund, uuid4()))

    assert "nurlan" not in str(refused.value)
    assert str(fund.distributor.person_id) not in str(refused.value).replace("-", "")


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_lists_of_any_length_are_no_ready_statements(app: Flask) -> None:
    some = Ready(select(PEOPLE.c.id).where(PEOPLE.c.handle.in_(bindparam("handles", expanding=True))))

    with Session(db.engine) as session, pytest.raises(AssertionError):
        some.rows(session, {"handles": ["nurlan"]})
