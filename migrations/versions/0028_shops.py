"""Shops as points: what is agreed with them, their invoices, what of those agrees, and what was paid.

Every point that was there is a table of the fund.
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLES = ("shop_agreement", "shop_invoice", "shop_invoice_line", "shop_invoice_difference", "shop_payment")
COUNTERS = sa.table("counter", sa.column("name"), sa.column("value"))


def upgrade() -> None:
    """Nothing was agreed with a shop so far."""
    op.add_column("point", sa.Column("kind", sa.String(length=40), server_default="table", nullable=False))
    _agreements()
    _invoices()
    _matched()
    guard(dict.fromkeys(TABLES, ()))
    op.bulk_insert(COUNTERS, [{"name": "shop_invoice", "value": 0}])


def downgrade() -> None:
    """Shops stay as points; what was agreed with them, and their invoices, are forgotten. The books stay."""
    op.execute(COUNTERS.delete().where(COUNTERS.c.name == "shop_invoice"))
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("point", "kind")


def _agreements() -> None:
    op.create_table(
        "shop_agreement",
        _to("shop_agreement", "point_id", "point.id"),
        _number("version"),
        _currency("shop_agreement"),
        sa.Column("may_buy", sa.JSON(), nullable=False),
        sa.Column("may_not_buy", sa.JSON(), nullable=False),
        _to("shop_agreement", "written_by_id", "person.id"),
        _moment("written_at"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_shop_agreement_from_one")),
        sa.PrimaryKeyConstraint("point_id", "version", name=op.f("pk_shop_agreement")),
    )


def _invoices() -> None:
    op.create_table(
        "shop_invoice",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("shop_invoice", "point_id", "point.id"),
        _number("number"),
        sa.Column("their_number", sa.String(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("up_to", sa.Date(), nullable=False),
        _number("claimed_minor"),
        _number("accepted_minor"),
        _currency("shop_invoice"),
        sa.Column("has_list", sa.Boolean(), nullable=False),
        _to("shop_invoice", "written_by_id", "person.id"),
        _moment("written_at"),
        sa.CheckConstraint("claimed_minor > 0", name=op.f("ck_shop_invoice_claimed_positive")),
        sa.CheckConstraint("accepted_minor >= 0", name=op.f("ck_shop_invoice_accepted_not_negative")),
        sa.CheckConstraint("accepted_minor <= claimed_minor", name=op.f("ck_shop_invoice_accepted_as_claimed_at_most")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_shop_invoice_number")),
        sa.UniqueConstraint("point_id", "their_number", name=op.f("uq_shop_invoice_point_id_their_number")),
    )
    op.create_table(
        "shop_payment",
        _to("shop_payment", "invoice_id", "shop_invoice.id"),
        _to("shop_payment", "bank_id", "bank_account.id"),
        _to("shop_payment", "paid_by_id", "person.id"),
        _moment("paid_at"),
        _to("shop_payment", "entry_id", "entry.id"),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_shop_payment")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_shop_payment_entry_id")),
    )


def _matched() -> None:
    op.create_table(
        "shop_invoice_line",
        _to("shop_invoice_line", "invoice_id", "shop_invoice.id"),
        _number("n"),
        _to("shop_invoice_line", "collection_id", "collection.id", nullable=True),
        _to("shop_invoice_line", "late_line_id", "late_answer.line_id", nullable=True),
        _number("amount_minor"),
        sa.CheckConstraint("n >= 1", name=op.f("ck_shop_invoice_line_from_one")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_shop_invoice_line_amount_positive")),
        sa.CheckConstraint(
            "(collection_id IS NULL) <> (late_line_id IS NULL)", name=op.f("ck_shop_invoice_line_collection_or_loss")
        ),
        sa.PrimaryKeyConstraint("invoice_id", "n", name=op.f("pk_shop_invoice_line")),
        sa.UniqueConstraint("collection_id", name=op.f("uq_shop_invoice_line_collection_id")),
        sa.UniqueConstraint("late_line_id", name=op.f("uq_shop_invoice_line_late_line_id")),
    )
    op.create_table(
        "shop_invoice_difference",
        _to("shop_invoice_difference", "invoice_id", "shop_invoice.id"),
        _number("n"),
        sa.Column("reason", sa.String(length=40), nullable=False),
        _number("serial", nullable=True),
        _number("claimed_minor", nullable=True),
        _number("ours_minor", nullable=True),
        sa.CheckConstraint("n >= 1", name=op.f("ck_shop_invoice_difference_from_one")),
        sa.CheckConstraint("claimed_minor > 0", name=op.f("ck_shop_invoice_difference_claimed_positive")),
        sa.CheckConstraint("ours_minor >= 0", name=op.f("ck_shop_invoice_difference_ours_not_negative")),
        sa.CheckConstraint(
            "claimed_minor IS NOT NULL OR ours_minor IS NOT NULL", name=op.f("ck_shop_invoice_difference_of_somebody")
        ),
        sa.PrimaryKeyConstraint("invoice_id", "n", name=op.f("pk_shop_invoice_difference")),
    )


def _number(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _currency(table: str) -> "sa.Column[object]":
    reference = sa.ForeignKey("currency.code", name=op.f(f"fk_{table}_currency"))
    return sa.Column("currency", sa.String(), reference, nullable=False)


def _to(table: str, name: str, key: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(key, name=op.f(f"fk_{table}_{name}")), nullable=nullable)
