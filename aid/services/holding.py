"""Holding rows until the commit, where the database can hold single rows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session


def hold(session: Session, rows: Select[Any], named: Mapping[str, Any] | None = None) -> None:
    """Let nobody change these rows before the commit; for rows that are not read, only held.

    SQLite has one lock for the whole file, and every write took it with its first word: there is nothing to ask.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.execute(rows, named)
