"""Migrations make what the models say, go back and forth over a living fund, and run once however many start."""

import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from aid import create_app, extensions
from aid.domain.vouchers import VoucherState
from aid.extensions import db, upgrade_once
from aid.models.collections import Collection
from aid.models.fund import Fund
from aid.models.vouchers import Voucher
from aid.services.collections.handing_out import collect
from aid.services.collections.parts import handed_of
from aid.services.verification import replay, verify
from config import Config
from tests.conftest import missing
from tests.make import do, rows
from tests.make.databases import start_server, tables
from tests.make.forked import FORKED, start_for_the_first_time
from tests.make.fund import FoundedFund, found_and_enrol
from tests.make.migrated import statements
from tests.make.vouchers import make_vouchers


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def new_config(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Config]:
    """A data folder, or a PostgreSQL database, in which there is nothing yet."""
    if request.param == "sqlite":
        yield Config(data=tmp_path, testing=True)
        return
    try:
        server = start_server()
    except (OSError, RuntimeError, subprocess.SubprocessError) as failure:
        missing(f"no PostgreSQL server here: {failure}")
    name = f"komek_new_{secrets.token_hex(4)}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield Config(data=tmp_path, database_url=server.get_uri(database=name), testing=True)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(autouse=True)
def _really(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the migrations themselves run."""
    monkeypatch.setattr(extensions, "upgrade", upgrade)


@pytest.fixture
def new_app(new_config: Config) -> Iterator[Flask]:
    """An app that was just started for the first time."""
    app = create_app(new_config)
    upgrade_once(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_models_are_what_the_migrations_make(new_app: Flask) -> None:
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []


@pytest.mark.parametrize("new_config", ["sqlite"], indirect=True)
def test_a_database_that_other_tests_begin_with_is_the_one_that_migrations_make(new_app: Flask, tmp_path: Path) -> None:
    other = create_app(Config(data=tmp_path / "other", testing=True))
    with db.engine.connect() as connection:
        migrated = [*statements(connection)]
        assert connection.exec_driver_sql("SELECT count(*) FROM audit_head").scalar_one() == 1
    with other.app_context(), db.engine.execution_options(writes=True).begin() as connection:
        for statement in migrated:
            connection.exec_driver_sql(statement)
        assert [*statements(connection)] == migrated
    with other.app_context(), db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []


def test_migrations_go_down_and_up_again_over_a_living_fund(new_app: Flask) -> None:
    found_and_enrol()
    fund = FoundedFund(new_app)
    [whole, waits] = make_vouchers(fund, 2)
    do(collect, actor=fund.distributor, order=whole.order())
    db.session.remove()

    downgrade(revision="0021")
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT collector FROM collection")).scalars().all() == [0]
    upgrade_once(new_app)

    with Session(db.engine) as session:
        turns = {row.id: (row.state, row.turns) for row in session.scalars(select(Voucher))}
        assert turns == {whole.id: (VoucherState.COLLECTED, 1), waits.id: (VoucherState.PRINTED, 0)}
        [collection] = session.scalars(select(Collection))
        assert (collection.turn, collection.collector, collection.amount_minor, collection.items) == (1, 0, None, None)
        voucher = session.get_one(Voucher, whole.id)
        assert handed_of(session, voucher).amount.minor == voucher.amount_minor, "what says nothing of parts was whole"
        proofs = ("states", "money", "stock", "papers")
        assert [finding for proof in proofs for finding in replay(session, proof)] == []
        with pytest.raises(DBAPIError, match="permanent"):
            session.execute(text("UPDATE collection SET turn = 2"))
        session.rollback()
    do(collect, actor=fund.distributor, order=waits.order())
    assert rows(select(Voucher.turns)) == [1, 1]
    db.session.remove()

    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}

    upgrade_once(new_app)
    assert set(inspect(db.engine).get_table_names()) == {"alembic_version", *tables()}
    new_app.extensions.pop("zone", None)
    found_and_enrol()
    assert len(rows(select(Fund))) == 1
    with Session(db.engine) as session:
        assert list(verify(session)) == []


def test_a_second_start_changes_nothing(new_app: Flask) -> None:
    found_and_enrol()

    upgrade_once(new_app)

    assert len(rows(select(Fund))) == 1


def test_three_processes_that_start_at_once_migrate_once(new_config: Config) -> None:
    config = replace(new_config, testing=False)
    started = [FORKED.Process(target=start_for_the_first_time, args=(config,)) for _each in range(3)]
    for process in started:
        process.start()
    for process in started:
        process.join(120)

    assert [process.exitcode for process in started] == [0, 0, 0]
    app = create_app(new_config)
    with app.app_context(), db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
        assert connection.execute(text("SELECT count(*) FROM audit_head")).scalar_one() == 1
        connection.rollback()
        db.engine.dispose()
