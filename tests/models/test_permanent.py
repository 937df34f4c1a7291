"""The database itself refuses to change or delete what is permanent, and to write what can't be."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from aid.domain.ids import new_id
from aid.extensions import db
from aid.models import Base
from aid.models.allocations import Vote
from aid.models.base import Permanent
from aid.models.families import Family
from aid.models.ledger import Account, Available, Entry, Transfer
from tests.make.forging import PERMANENT_TABLES, fixed_columns, forge, key_of, some_row
from tests.make.fund import FoundedFund
from tests.make.lived import whole

__all__ = ["whole"]

KINDS: dict[str, type[Any]] = {str(mapper.class_.__tablename__): mapper.class_ for mapper in Base.registry.mappers}


@pytest.fixture
def session(whole: Flask) -> Iterator[Session]:
    """A transaction that is undone, with everything in force that is in force in real life."""
    with Session(db.engine.execution_options(writes=True)) as session:
        yield session
        session.rollback()


def refused(session: Session, statement: str, **values: Any) -> str:
    """What the database says to a statement that it refuses."""
    with pytest.raises(DatabaseError) as refusal, session.begin_nested():
        forge(session, statement, **values)
    return str(refusal.value.orig)


def where(session: Session, name: str) -> tuple[str, dict[str, Any]]:
    """A condition that finds one row of a table."""
    table = Base.metadata.tables[name]
    row = some_row(session, table, key_of(table)[0])
    assert row is not None
    keys = key_of(table)
    return " AND ".join(f'"{key}" = :{key}' for key in keys), {key: row[key] for key in keys}


def test_no_permanent_row_is_deleted(session: Session) -> None:
    for name in PERMANENT_TABLES:
        at, keys = where(session, name)

        assert f"{name} is permanent" in refused(session, f"DELETE FROM {name} WHERE {at}", **keys)


def test_no_permanent_column_is_changed_not_even_to_what_it_is(session: Session) -> None:
    for name in PERMANENT_TABLES:
        at, keys = where(session, name)
        for column in fixed_columns(name):
            said = refused(session, f'UPDATE {name} SET "{column}" = "{column}" WHERE {at}', **keys)
            assert f"{name} is permanent" in said, column


def test_what_may_change_can_be_changed(session: Session) -> None:
    changed = 0
    for name in PERMANENT_TABLES:
        at, keys = where(session, name)
        for column in KINDS[name].mutable_columns:
            changed += forge(session, f'UPDATE {name} SET "{column}" = "{column}" WHERE {at}', **keys)

    assert changed == sum(len(KINDS[name].mutable_columns) for name in PERMANENT_TABLES)


@pytest.mark.parametrize("name", ["entry", "vote", "donation", "voucher"])
def test_replacing_is_changing(session: Session, name: str) -> None:
    """SQLite's INSERT OR REPLACE deletes without a word unless triggers are told of it."""
    if session.get_bind().dialect.name == "postgresql":
        said = refused(session, f"TRUNCATE {name} CASCADE")
        assert "is permanent" in said
        return
    at, keys = where(session, name)
    said = refused(session, f"INSERT OR REPLACE INTO {name} SELECT * FROM {name} WHERE {at}", **keys)
    assert f"{name} is permanent" in said or (name == "entry" and "the month is closed" in said)


def test_every_permanent_model_has_its_triggers(session: Session) -> None:
    postgres = session.get_bind().dialect.name == "postgresql"
    asked = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal" if postgres else "SELECT name FROM sqlite_master"
    names = {name for (name,) in session.execute(text(asked))}

    wanted = {f"{table}_no_{event}" for table in PERMANENT_TABLES for event in ("update", "delete")}
    assert wanted - names == set()
    assert set(PERMANENT_TABLES) == {name for name, kind in KINDS.items() if issubclass(kind, Permanent)}


# ---------------------------------------------------------------- the ledger


def an_entry(session: Session, *, transfers: int = 1) -> Entry:
    entry = session.scalars(select(Entry).limit(1)).one()
    copied = {column.key: getattr(entry, column.key) for column in inspect(Entry).columns}
    later = {"posted_on": entry.posted_on + timedelta(days=400)}  # its own month may be closed
    new = Entry(**copied | later | {"id": new_id(), "number": 10_000, "transfers": transfers})
    session.add(new)
    session.flush()
    return new


def a_transfer(session: Session, entry: Entry, **changed: Any) -> Transfer:
    """One that could be written; or not, for what is changed."""
    transfer = session.scalars(select(Transfer).limit(1)).one()
    usual = {column.key: getattr(transfer, column.key) for column in inspect(Transfer).columns}
    return Transfer(**usual | {"entry_id": entry.id, "n": 1} | changed)


def write(session: Session, row: Base) -> None:
    with session.begin_nested():
        session.add(row)
        session.flush()


def test_an_entry_takes_as_many_transfers_as_it_counts(session: Session) -> None:
    entry = an_entry(session, transfers=2)
    write(session, a_transfer(session, entry, n=1))
    write(session, a_transfer(session, entry, n=2))

    with pytest.raises(IntegrityError, match="the entry is whole"):
        write(session, a_transfer(session, entry, n=3))


def test_nothing_is_added_to_an_entry_of_long_ago(session: Session) -> None:
    entry = session.scalars(select(Entry).limit(1)).one()

    with pytest.raises(IntegrityError, match="the entry is whole"):
        write(session, a_transfer(session, entry, n=entry.transfers + 1))


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"amount_minor": 0}, "amount_positive"),
        ({"amount_minor": -5}, "amount_positive"),
        ({"n": 0}, "from_one"),
    ],
)
def test_a_transfer_moves_something(session: Session, changed: dict[str, int], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        write(session, a_transfer(session, an_entry(session), **changed))


def test_a_transfer_has_two_accounts(session: Session) -> None:
    account_id = session.scalars(select(Account.id).limit(1)).one()

    with pytest.raises(IntegrityError, match="two_accounts"):
        write(session, a_transfer(session, an_entry(session), debit_id=account_id, credit_id=account_id))


def test_a_transfer_between_two_currencies_can_not_be_written(session: Session) -> None:
    """An entry is made of transfers, and each takes on one side what it gives on the other: none is unbalanced."""
    forge(session, "INSERT INTO currency (code, digits) VALUES ('CHF', 2)")
    abroad = Account(id=new_id(), key="bank:fund:CHF", kind="bank", currency="CHF")
    session.add(abroad)
    session.flush()
    entry = an_entry(session)

    for changed in ({"credit_id": abroad.id}, {"debit_id": abroad.id}, {"currency": "CHF"}):
        with pytest.raises(IntegrityError):
            write(session, a_transfer(session, entry, **changed))
    write(session, a_transfer(session, entry))


def test_an_entry_has_transfers(session: Session) -> None:
    with pytest.raises(IntegrityError, match="has_transfers"):
        an_entry(session, transfers=0)


def test_money_that_is_not_there_can_not_be_promised(session: Session) -> None:
    available = session.scalars(select(Available).limit(1)).one()
    available.amount_minor = 0
    session.flush()

    with pytest.raises(IntegrityError, match="never_overspent"), session.begin_nested():
        forge(session, "UPDATE available SET amount_minor = amount_minor - 1")


# ---------------------------------------------------------------- what can't be


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE family SET confirmed_version = version + 1", "confirmed_what_is"),
        ("UPDATE voucher SET papers = -1", "papers_not_negative"),
        ("UPDATE audit_head SET sole = 2", "only_one"),
        (
            "INSERT INTO committee_policy (version, quorum, notice_hours, set_at) "
            "SELECT 9, 2, 24, set_at FROM committee_policy",
            "quorum_at_least_three",
        ),
        (
            "INSERT INTO committee_policy (version, quorum, notice_hours, set_at) "
            "SELECT 9, 3, -1, set_at FROM committee_policy",
            "notice_not_negative",
        ),
    ],
)
def test_the_database_knows_what_can_not_be(session: Session, statement: str, constraint: str) -> None:
    assert constraint in refused(session, statement)


def test_a_recusal_has_a_reason_and_nothing_else_has(session: Session) -> None:
    vote = session.scalars(select(Vote).where(Vote.choice == "yes").limit(1)).one()
    copied = {column.key: getattr(vote, column.key) for column in inspect(Vote).columns}
    for changed in ({"choice": "recusal"}, {"recusal_reason": "relative"}):
        with pytest.raises(IntegrityError, match="recusal_has_reason"):
            write(session, Vote(**copied | {"id": new_id(), "number": 99} | changed))


def test_a_confirmation_is_given_once_a_version(session: Session) -> None:
    family = session.scalars(select(Family).where(Family.confirmed_version.is_not(None)).limit(1)).one()
    key = family.id if session.get_bind().dialect.name == "postgresql" else family.id.hex
    new = new_id() if session.get_bind().dialect.name == "postgresql" else new_id().hex

    said = refused(
        session,
        "INSERT INTO confirmation (id, family_id, version, by_id, at) "
        "SELECT :new, family_id, version, by_id, at FROM confirmation WHERE family_id = :key",
        new=new,
        key=key,
    )
    assert "unique" in said.lower()


def test_a_founded_fund_is_the_only_one(fund: FoundedFund) -> None:
    with Session(db.engine.execution_options(writes=True)) as session:
        said = refused(session, "INSERT INTO fund SELECT * FROM fund")

    assert "unique" in said.lower()
