"""Collections in parts, undone within minutes, and by somebody who is not on the slip.

A voucher may be collected in several turns; each collection says what it handed out. Those that were there say nothing
of it, as they were written: they handed out all of their voucher.
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard, open_up

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = ("stranger_asked", "stranger_answer", "collection_undo")
CHECKS = {
    "turn_from_one": "turn >= 1",
    "amount_not_negative": "amount_minor >= 0",
    "money_has_entry": "(amount_minor > 0) = (entry_id IS NOT NULL)",
    "money_or_goods": "amount_minor > 0 OR CAST(items AS VARCHAR) <> '[]'",
    "whole_or_part": "(amount_minor IS NULL) = (items IS NULL)",
    "on_slip_or_stranger": "(collector IS NULL) = (stranger_id IS NOT NULL)",
}


def upgrade() -> None:
    """What was collected so far was collected whole, in one turn."""
    op.add_column("programme", sa.Column("in_parts", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("voucher", sa.Column("turns", sa.BigInteger(), server_default="0", nullable=False))
    op.execute("UPDATE voucher SET turns = 1 WHERE state = 'collected'")
    _strangers()
    open_up({"collection": ()})
    for column in _new_columns():
        op.add_column("collection", column)
    op.execute("UPDATE collection SET turn = 1")
    with op.batch_alter_table("collection", recreate="auto" if _on_postgresql() else "always") as collection:
        collection.drop_constraint(op.f("uq_collection_voucher_id"), type_="unique")
        collection.alter_column("turn", existing_type=sa.BigInteger(), nullable=False)
        collection.alter_column("collector", existing_type=sa.BigInteger(), nullable=True)
        collection.create_foreign_key(op.f("fk_collection_stranger_id"), "stranger_asked", ["stranger_id"], ["id"])
        collection.create_unique_constraint(op.f("uq_collection_voucher_id_turn"), ["voucher_id", "turn"])
        collection.create_unique_constraint(op.f("uq_collection_stranger_id"), ["stranger_id"])
        for name, says in CHECKS.items():
            collection.create_check_constraint(op.f(f"ck_collection_{name}"), says)
    op.create_index("ix_collection_point_id_collected_at", "collection", ["point_id", "collected_at"])
    _undone()
    guard(dict.fromkeys(("collection", *TABLES), ()))
    for whose in ("person_id", "point_id"):
        op.create_index(f"ix_refused_collection_{whose}_at", "refused_collection", [whose, "at"])
        op.drop_index(op.f(f"ix_refused_collection_{whose}"), "refused_collection")


def downgrade() -> None:
    """A collection that was undone is forgotten, of several parts the first is kept; the books stay as they are."""
    for whose in ("person_id", "point_id"):
        op.create_index(op.f(f"ix_refused_collection_{whose}"), "refused_collection", [whose])
        op.drop_index(f"ix_refused_collection_{whose}_at", "refused_collection")
    open_up({"collection": ()})
    op.execute("DELETE FROM collection WHERE id IN (SELECT collection_id FROM collection_undo)")
    op.drop_table("collection_undo")
    op.execute(
        "DELETE FROM collection WHERE collector IS NULL OR EXISTS (SELECT 1 FROM collection AS earlier "
        "WHERE earlier.voucher_id = collection.voucher_id AND earlier.turn < collection.turn)"
    )
    op.drop_index("ix_collection_point_id_collected_at", "collection")
    with op.batch_alter_table("collection", recreate="auto" if _on_postgresql() else "always") as collection:
        for name in CHECKS:
            collection.drop_constraint(op.f(f"ck_collection_{name}"), type_="check")
        for name in ("uq_collection_voucher_id_turn", "uq_collection_stranger_id"):
            collection.drop_constraint(op.f(name), type_="unique")
        collection.drop_constraint(op.f("fk_collection_stranger_id"), type_="foreignkey")
        for column in _new_columns():
            collection.drop_column(column.name)
        collection.alter_column("collector", existing_type=sa.BigInteger(), nullable=False)
        collection.create_unique_constraint(op.f("uq_collection_voucher_id"), ["voucher_id"])
    guard({"collection": ()})
    op.drop_table("stranger_answer")
    op.drop_table("stranger_asked")
    op.execute("UPDATE voucher SET state = 'collected' WHERE state = 'begun'")
    op.drop_column("voucher", "turns")
    op.drop_column("programme", "in_parts")


def _new_columns() -> tuple["sa.Column[object]", ...]:
    return (
        sa.Column("turn", sa.BigInteger(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("items", sa.JSON(), nullable=True),
        sa.Column("stranger_id", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
    )


def _strangers() -> None:
    op.create_table(
        "stranger_asked",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("stranger_asked", "voucher_id", "voucher.id"),
        _to("stranger_asked", "point_id", "point.id"),
        sa.Column("reason", sa.String(length=40), nullable=False),
        *_said("stranger_asked"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stranger_asked")),
    )
    op.create_index(op.f("ix_stranger_asked_voucher_id"), "stranger_asked", ["voucher_id"])
    op.create_index("ix_stranger_asked_point_id_at", "stranger_asked", ["point_id", "at"])
    op.create_table(
        "stranger_answer",
        _to("stranger_answer", "asked_id", "stranger_asked.id"),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        *_said("stranger_answer"),
        sa.PrimaryKeyConstraint("asked_id", name=op.f("pk_stranger_answer")),
    )


def _undone() -> None:
    op.create_table(
        "collection_undo",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("collection_undo", "collection_id", "collection.id"),
        sa.Column("reason", sa.String(length=40), nullable=False),
        *_said("collection_undo"),
        _to("collection_undo", "entry_id", "entry.id", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_undo")),
        sa.UniqueConstraint("collection_id", name=op.f("uq_collection_undo_collection_id")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_collection_undo_entry_id")),
    )


def _said(table: str) -> tuple["sa.Column[object]", ...]:
    return _to(table, "by_id", "person.id"), sa.Column("at", sa.DateTime(timezone=True), nullable=False)


def _to(table: str, name: str, key: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(key, name=op.f(f"fk_{table}_{name}")), nullable=nullable)


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
