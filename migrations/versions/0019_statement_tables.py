"""How tables of banks are read, what files call the fund's accounts, and sums that stand for several lines."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

FIXED = {
    "statement_layout": (),
    "account_sign": (),
    "line_share": (),
}


def upgrade() -> None:
    """Each table."""
    op.create_table(
        "statement_layout",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("statement_layout", "bank_id", "bank_account.id"),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        *_said("statement_layout", "at", "by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_layout")),
    )
    op.create_index("ix_statement_layout_signature_at", "statement_layout", ["signature", "at"])
    op.create_table(
        "account_sign",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("account_sign", "bank_id", "bank_account.id", nullable=True),
        *_said("account_sign", "at", "by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_sign")),
    )
    op.create_table(
        "line_share",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("line_share", "statement_id", "bank_statement.id"),
        sa.Column("n", sa.BigInteger(), nullable=False),
        _to("line_share", "line_id", "bank_line.id"),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_line_share_amount_positive")),
        sa.CheckConstraint("n >= 1", name=op.f("ck_line_share_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_share")),
        sa.UniqueConstraint("statement_id", "n", "line_id", name=op.f("uq_line_share_statement_id_n_line_id")),
    )
    op.create_index(op.f("ix_line_share_line_id"), "line_share", ["line_id"])
    guard(FIXED)


def downgrade() -> None:
    """What was learnt of files is forgotten; lines and what they ended as stay."""
    for table in reversed(FIXED):
        op.drop_table(table)


def _said(table: str, when: str, by: str) -> tuple[sa.Column[object], ...]:
    return sa.Column(when, sa.DateTime(timezone=True), nullable=False), _to(table, by, "person.id")


def _to(table: str, name: str, key: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(key, name=op.f(f"fk_{table}_{name}")), nullable=nullable)
