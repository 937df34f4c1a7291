"""Invoices of shops: a second person agrees before one is paid, and what is not paid may be withdrawn.

A collection is on one invoice that stands, and the number of an invoice that was withdrawn may be used again. What was
paid so far was paid on one person's word.
"""

from contextlib import AbstractContextManager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from migrations.guards import guard, open_up

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLES = ("shop_invoice_approval", "shop_invoice_withdrawal")
ONCE = ("collection_id", "late_line_id")
GUARDED = {
    "shop_invoice": (
        *("id", "point_id", "number", "their_number", "dated", "up_to", "claimed_minor", "accepted_minor"),
        *("currency", "has_list", "written_by_id", "written_at"),
    ),
    "shop_invoice_line": ("invoice_id", "n", "collection_id", "late_line_id", "amount_minor"),
}


def upgrade() -> None:
    """Every invoice that was there stands."""
    open_up(GUARDED)
    for table in GUARDED:
        op.add_column(table, sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False))
    with _anew("shop_invoice") as invoices:
        invoices.drop_constraint(op.f("uq_shop_invoice_point_id_their_number"), type_="unique")
        invoices.create_unique_constraint(op.f("uq_shop_invoice_id_written_by_id"), ["id", "written_by_id"])
    with _anew("shop_invoice_line") as lines:
        for column in ONCE:
            lines.drop_constraint(op.f(f"uq_shop_invoice_line_{column}"), type_="unique")
    _once_while_it_stands("shop_invoice", "their_number", ["point_id", "their_number"])
    for column in ONCE:
        _once_while_it_stands("shop_invoice_line", column, [column])
    _approvals()
    _withdrawals()
    guard({**GUARDED, **dict.fromkeys(TABLES, ())})


def downgrade() -> None:
    """Invoices that were withdrawn are forgotten, and who agreed to the others."""
    open_up(GUARDED)
    for table in reversed(TABLES):
        op.drop_table(table)
    gone = "(SELECT id FROM shop_invoice WHERE withdrawn)"
    open_up({"shop_invoice_difference": ()})
    for table in ("shop_invoice_line", "shop_invoice_difference"):
        op.execute(f"DELETE FROM {table} WHERE invoice_id IN {gone}")  # noqa: S608
    op.execute("DELETE FROM shop_invoice WHERE withdrawn")
    op.drop_index("ix_shop_invoice_their_number_stands", "shop_invoice")
    for column in ONCE:
        op.drop_index(f"ix_shop_invoice_line_{column}_stands", "shop_invoice_line")
    with _anew("shop_invoice_line") as lines:
        for column in ONCE:
            lines.create_unique_constraint(op.f(f"uq_shop_invoice_line_{column}"), [column])
        lines.drop_column("withdrawn")
    with _anew("shop_invoice") as invoices:
        invoices.drop_constraint(op.f("uq_shop_invoice_id_written_by_id"), type_="unique")
        invoices.create_unique_constraint(op.f("uq_shop_invoice_point_id_their_number"), ["point_id", "their_number"])
        invoices.drop_column("withdrawn")
    guard(dict.fromkeys((*GUARDED, "shop_invoice_difference"), ()))


def _approvals() -> None:
    op.create_table(
        "shop_invoice_approval",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("taken_by_id", sa.Uuid(), nullable=False),
        _by("shop_invoice_approval", "approved_by_id"),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("approved_by_id <> taken_by_id", name=op.f("ck_shop_invoice_approval_two_people")),
        sa.ForeignKeyConstraint(
            ["invoice_id", "taken_by_id"],
            ["shop_invoice.id", "shop_invoice.written_by_id"],
            name="fk_shop_invoice_approval_taken_by",
        ),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_shop_invoice_approval")),
    )


def _withdrawals() -> None:
    invoice = sa.ForeignKey("shop_invoice.id", name=op.f("fk_shop_invoice_withdrawal_invoice_id"))
    op.create_table(
        "shop_invoice_withdrawal",
        sa.Column("invoice_id", sa.Uuid(), invoice, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        _by("shop_invoice_withdrawal", "withdrawn_by_id"),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_shop_invoice_withdrawal")),
    )


def _once_while_it_stands(table: str, name: str, columns: list[str]) -> None:
    stands = sa.text("NOT withdrawn")
    op.create_index(
        f"ix_{table}_{name}_stands", table, columns, unique=True, sqlite_where=stands, postgresql_where=stands
    )


def _anew(table: str) -> AbstractContextManager[BatchOperations]:
    return op.batch_alter_table(table, recreate="auto" if _on_postgresql() else "always")


def _by(table: str, name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.Uuid(), sa.ForeignKey("person.id", name=op.f(f"fk_{table}_{name}")), nullable=False)


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
