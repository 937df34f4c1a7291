"""What keeps permanent rows permanent, on both databases. Migrations from the fourth on use it.

Change nothing here that a migration which has landed rests on: add a function instead.
"""

from collections.abc import Mapping

from alembic import op


def guard(tables: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse to change or delete rows of these tables; where columns are named, only those are fixed."""
    for table, fixed in tables.items():
        _refuse(table, "UPDATE" + (f" OF {', '.join(fixed)}" if fixed else ""), "update")
        _refuse(table, "DELETE", "delete")
        if _on_postgresql():
            _refuse(table, "TRUNCATE", "truncate", each="STATEMENT")


def open_up(tables: Mapping[str, tuple[str, ...]]) -> None:
    """Take the guards away again, for a table that is made anew."""
    for table in tables:
        for name in ("update", "delete", *(["truncate"] if _on_postgresql() else [])):
            op.execute(f"DROP TRIGGER {table}_no_{name}" + (f" ON {table}" if _on_postgresql() else ""))


def _refuse(table: str, event: str, name: str, *, each: str = "ROW") -> None:
    does = (
        f"FOR EACH {each} EXECUTE FUNCTION komek_permanent()"
        if _on_postgresql()
        else f"BEGIN SELECT RAISE(ABORT, '{table} is permanent'); END"
    )
    op.execute(f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} {does}")


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
