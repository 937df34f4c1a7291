"""Grants, purchases and transfers; goods, stock and kits."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard, open_up

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = [
    "grant_rules",
    "good",
    "stock",
    "stock_move",
    "stock_act",
    "stock_act_line",
    "write_off_answer",
    "invoice",
    "payment",
    "purchase_closing",
    "delivery",
    "delivery_line",
    "cash_sending",
    "cash_arrival",
    "goods_release",
]
PERMANENT: dict[str, tuple[str, ...]] = {table: () for table in TABLES if table != "stock"}

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
MAY_LACK: dict[str, Sequence[tuple[str, Any]]] = {
    "allocation": (("programme_id", sa.Uuid()), ("purpose_id", sa.Uuid())),
    "allocation_version": (),
    "allocation_line": (("family_id", sa.Uuid()), ("family_code", sa.String())),
    "collection": (("entry_id", sa.Uuid()),),
    "voucher": (),
}


def upgrade() -> None:
    op.add_column("allocation", sa.Column("kind", sa.String(length=40), server_default="round", nullable=False))
    _rules()
    for table in AGAIN:
        _change(table, WAS[table], IS[table], nullable=True)
    _grants_name_their_rules()
    if _on_postgresql():
        open_up({"allocation": ()})
    guard(_unguarded(AGAIN["allocation"]))
    _goods()
    _purchases()
    guard(PERMANENT)


def downgrade() -> None:
    for table in reversed(TABLES[1:]):
        op.drop_table(table)
    with op.batch_alter_table("allocation_version") as versions:
        versions.drop_constraint(op.f("fk_allocation_version_grant_rules_version"), type_="foreignkey")
        versions.drop_column("grant_rules_version")
    op.drop_table("grant_rules")
    for table in reversed(AGAIN):
        _change(table, IS[table], WAS[table], nullable=False)
    if _on_postgresql():
        open_up({"allocation": ()})
    with op.batch_alter_table("allocation") as allocations:
        allocations.drop_column("kind")
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


def _grants_name_their_rules() -> None:
    with op.batch_alter_table("allocation_version") as versions:
        versions.add_column(sa.Column("grant_rules_version", sa.BigInteger(), nullable=True))
        versions.create_foreign_key(
            op.f("fk_allocation_version_grant_rules_version"), "grant_rules", ["grant_rules_version"], ["version"]
        )


def _rules() -> None:
    op.create_table(
        "grant_rules",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_grant_rules_from_one")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_grant_rules_written_by_id")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_grant_rules")),
    )


def _goods() -> None:
    op.create_table(
        "good",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("variants", sa.JSON(), nullable=False),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_good_from_one")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_good_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_good")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_good_code_version")),
    )
    op.create_table(
        "stock",
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("good", sa.String(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("moves", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_stock_point_id")),
        sa.PrimaryKeyConstraint("point_id", "good", name=op.f("pk_stock")),
    )
    op.create_table(
        "stock_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("good", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("n >= 1", name=op.f("ck_stock_move_from_one")),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_stock_move_moves_something")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_stock_move_by_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_stock_move_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
        sa.UniqueConstraint("point_id", "good", "n", name=op.f("uq_stock_move_point_id_good_n")),
    )
    op.create_index(op.f("ix_stock_move_cause_id"), "stock_move", ["cause_id"], unique=False)
    op.create_table(
        "stock_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("to_point_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'carried') = (to_point_id IS NOT NULL)", name=op.f("ck_stock_act_carried_somewhere")
        ),
        sa.CheckConstraint("point_id <> to_point_id", name=op.f("ck_stock_act_two_points")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_stock_act_by_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_stock_act_point_id")),
        sa.ForeignKeyConstraint(["to_point_id"], ["point.id"], name=op.f("fk_stock_act_to_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_act")),
    )
    op.create_index(op.f("ix_stock_act_point_id"), "stock_act", ["point_id"], unique=False)
    op.create_table(
        "stock_act_line",
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("good", sa.String(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("booked", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "booked IS NULL OR booked = quantity OR why IS NOT NULL",
            name=op.f("ck_stock_act_line_difference_has_reason"),
        ),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_stock_act_line_not_negative")),
        sa.ForeignKeyConstraint(["act_id"], ["stock_act.id"], name=op.f("fk_stock_act_line_act_id")),
        sa.PrimaryKeyConstraint("act_id", "good", name=op.f("pk_stock_act_line")),
    )
    op.create_table(
        "write_off_answer",
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["stock_act.id"], name=op.f("fk_write_off_answer_act_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_write_off_answer_by_id")),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_write_off_answer")),
    )


def _purchases() -> None:
    op.create_table(
        "invoice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_invoice_amount_positive")),
        sa.ForeignKeyConstraint(["allocation_id"], ["allocation.id"], name=op.f("fk_invoice_allocation_id")),
        sa.ForeignKeyConstraint(["currency"], ["currency.code"], name=op.f("fk_invoice_currency")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_invoice_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("allocation_id", "number", name=op.f("uq_invoice_allocation_id_number")),
    )
    op.create_index(op.f("ix_invoice_allocation_id"), "invoice", ["allocation_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("paid_by_id", sa.Uuid(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["bank_account.id"], name=op.f("fk_payment_bank_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_payment_entry_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_payment_invoice_id")),
        sa.ForeignKeyConstraint(["paid_by_id"], ["person.id"], name=op.f("fk_payment_paid_by_id")),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_payment")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_payment_entry_id")),
    )
    op.create_table(
        "purchase_closing",
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("freed_minor", sa.BigInteger(), nullable=False),
        sa.Column("closed_by_id", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(freed_minor > 0) = (entry_id IS NOT NULL)", name=op.f("ck_purchase_closing_freed_by_entry")
        ),
        sa.ForeignKeyConstraint(["allocation_id"], ["allocation.id"], name=op.f("fk_purchase_closing_allocation_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_purchase_closing_closed_by_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_purchase_closing_entry_id")),
        sa.PrimaryKeyConstraint("allocation_id", name=op.f("pk_purchase_closing")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_purchase_closing_entry_id")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("taken_in_by_id", sa.Uuid(), nullable=False),
        sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["allocation_id"], ["allocation.id"], name=op.f("fk_delivery_allocation_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_delivery_point_id")),
        sa.ForeignKeyConstraint(["taken_in_by_id"], ["person.id"], name=op.f("fk_delivery_taken_in_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index(op.f("ix_delivery_allocation_id"), "delivery", ["allocation_id"], unique=False)
    op.create_index(op.f("ix_delivery_point_id"), "delivery", ["point_id"], unique=False)
    op.create_table(
        "delivery_line",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("fault", sa.String(length=40), nullable=True),
        sa.CheckConstraint("delivered >= 0", name=op.f("ck_delivery_line_not_negative")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_line_delivery_id")),
        sa.ForeignKeyConstraint(["line_id"], ["allocation_line.id"], name=op.f("fk_delivery_line_line_id")),
        sa.PrimaryKeyConstraint("delivery_id", "line_id", name=op.f("pk_delivery_line")),
    )
    op.create_table(
        "cash_sending",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["bank_account.id"], name=op.f("fk_cash_sending_bank_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_cash_sending_entry_id")),
        sa.ForeignKeyConstraint(["line_id"], ["allocation_line.id"], name=op.f("fk_cash_sending_line_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_cash_sending_sent_by_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_cash_sending")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_cash_sending_entry_id")),
    )
    op.create_table(
        "cash_arrival",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fault", sa.String(length=40), nullable=True),
        sa.Column("counted_by_id", sa.Uuid(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(amount_minor > 0) = (entry_id IS NOT NULL)", name=op.f("ck_cash_arrival_booked_by_entry")),
        sa.CheckConstraint("n >= 1", name=op.f("ck_cash_arrival_from_one")),
        sa.ForeignKeyConstraint(["counted_by_id"], ["person.id"], name=op.f("fk_cash_arrival_counted_by_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_cash_arrival_entry_id")),
        sa.ForeignKeyConstraint(["line_id"], ["cash_sending.line_id"], name=op.f("fk_cash_arrival_line_id")),
        sa.PrimaryKeyConstraint("line_id", "n", name=op.f("pk_cash_arrival")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_cash_arrival_entry_id")),
    )
    op.create_table(
        "goods_release",
        sa.Column("voucher_id", sa.Uuid(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["voucher_id"], ["voucher.id"], name=op.f("fk_goods_release_voucher_id")),
        sa.PrimaryKeyConstraint("voucher_id", name=op.f("pk_goods_release")),
    )


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
