"""What tests are made of: sensible by default, one line to vary."""

import secrets
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from aid.domain.clock import Instant
from aid.extensions import db
from aid.perform import perform
from aid.vault.actor import Actor

Outcome = TypeVar("Outcome")
Row = TypeVar("Row")


def do(action: Callable[..., Outcome], *, actor: Actor, now: Instant | None = None, **what: Any) -> Outcome:
    """Perform a service once, under a key of its own."""
    return perform(secrets.token_hex(16), action, actor=actor, now=now, **what)


def see(query: Callable[..., Outcome], **what: Any) -> Outcome:
    """Ask a query, of what is committed now."""
    with Session(db.engine) as session:
        return query(session, **what)


def rows(statement: Select[Row]) -> Sequence[Row]:
    """Rows as they are committed now."""
    with Session(db.engine, expire_on_commit=False) as session:
        return session.scalars(statement).all()
