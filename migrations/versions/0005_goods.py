"""Grants, purchases and transfers; goods, stock and kits."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard, open_up

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

AGAIN: dict[str, tuple[str, ...]] = {
    "allocation": ("id", "number", "kind", "programme_id", "purpose_id"),
    "allocation_version": (),
    "allocation_line": (),
    "collection": (),
    "voucher": (
        "allocation_id",
        "amount_minor",
        "currency",
        "family_id",
        "grace_until",
        "id",
        "point_id",
        "purpose_id",
        "serial",
        "valid_until",
    ),
}
"""Permanent tables that are made anew on SQLite, which can't change a constraint, and the columns that are fixed."""

WAS: dict[str, dict[str, str]] = {
    "allocation": {},
    "allocation_version": {"total_positive": "total_minor > 0"},
    "allocation_line": {"amount_positive": "amount_minor > 0"},
    "collection": {"collector_on_slip": "collector >= 0"},
    "voucher": {"amount_positive": "amount_minor > 0", "papers_not_negative": "papers >= 0"},
}
IS: dict[str, dict[str, str]] = {
    "allocation": {
        "round_has_programme": "(kind = 'round') = (programme_id IS NOT NULL)",
        "transfer_spends_nothing": "(kind = 'transfer') = (purpose_id IS NULL)",
    },
    "allocation_version": {"total_not_negative": "total_minor >= 0"},
    "allocation_line": {
        "amount_not_negative": "amount_minor >= 0",
        "money_or_goods": "amount_minor > 0 OR CAST(items AS VARCHAR) <> '[]'",
        "family_has_code": "(family_id IS NULL) = (family_code IS NULL)",
    },
    "collection": {"collector_on_slip": "collector >= 0"},
    "voucher": {"amount_not_negative": "amount_minor >= 0", "papers_not_negative": "papers >= 0"},
}
MAY_LACK: dict[str, Sequence[tuple[str, sa.types.TypeEngine[object]]]] = {
    "allocation": (("programme_id", sa.Uuid()), ("purpose_id", sa.Uuid())),
    "allocation_version": (),
    "allocation_line": (("family_id", sa.Uuid()), ("family_code", sa.String())),
    "collection": (("entry_id", sa.Uuid()),),
    "voucher": (),
}


def upgrade() -> None:
    op.add_column("allocation", sa.Column("kind", sa.String(length=40), server_default="round", nullable=False))
    for table in AGAIN:
        _change(table, WAS[table], IS[table], nullable=True)
    if _on_postgresql():
        open_up({"allocation": ()})
    guard(_unguarded(AGAIN["allocation"]))


def downgrade() -> None:
    for table in reversed(AGAIN):
        _change(table, IS[table], WAS[table], nullable=False)
    if _on_postgresql():
        open_up({"allocation": ()})
    with op.batch_alter_table("allocation") as table:
        table.drop_column("kind")
    guard(_unguarded(tuple(column for column in AGAIN["allocation"] if column != "kind")))


def _unguarded(of_allocation: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Tables that lost their guards: on SQLite all that were made anew, on PostgreSQL the one that was opened up."""
    return {"allocation": of_allocation} if _on_postgresql() else {**AGAIN, "allocation": of_allocation}


def _change(table: str, was: dict[str, str], is_: dict[str, str], *, nullable: bool) -> None:
    """Take one set of checks for the other, and let columns be empty or not."""
    with op.batch_alter_table(table, recreate="auto" if _on_postgresql() else "always") as changed:
        for name in sorted(was.keys() - is_.keys()):
            changed.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        for name in sorted(is_.keys() - was.keys()):
            changed.create_check_constraint(op.f(f"ck_{table}_{name}"), is_[name])
        for column, kind in MAY_LACK[table]:
            changed.alter_column(column, existing_type=kind, nullable=nullable)


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
