"""A second person's word on donations that are corrected downward; the moment at which goods were set free."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("correction_asked", "correction_answer")
LATER: dict[str, tuple[str, Any]] = {
    "donation_correction": ("takes_away", sa.Boolean()),
    "goods_release": ("released_at", sa.DateTime(timezone=True)),
}
"""Columns that older rows have nothing in."""


def upgrade() -> None:
    """Each table and column."""
    op.create_table(
        "correction_asked",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("correction_asked", "donation_id", "donation.id"),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        _to("correction_asked", "purpose_id", "purpose.id"),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        _to("correction_asked", "asked_by_id", "person.id"),
        sa.CheckConstraint("n >= 1 AND seen >= 0", name=op.f("ck_correction_asked_counted")),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_correction_asked_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["bank_id", "currency"], ["account.id", "account.currency"], name="fk_correction_asked_bank"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_asked")),
        sa.UniqueConstraint("donation_id", "n", name=op.f("uq_correction_asked_donation_id_n")),
    )
    op.create_table(
        "correction_answer",
        sa.Column("asked_id", sa.Uuid(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        _to("correction_answer", "correction_id", "donation_correction.id", nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        _to("correction_answer", "answered_by_id", "person.id"),
        sa.CheckConstraint(
            "agrees = (correction_id IS NOT NULL)", name=op.f("ck_correction_answer_what_is_agreed_is_booked")
        ),
        sa.ForeignKeyConstraint(["asked_id"], ["correction_asked.id"], name=op.f("fk_correction_answer_asked_id")),
        sa.PrimaryKeyConstraint("asked_id", name=op.f("pk_correction_answer")),
        sa.UniqueConstraint("correction_id", name=op.f("uq_correction_answer_correction_id")),
    )
    guard(dict.fromkeys(TABLES, ()))
    for table, (name, kind) in LATER.items():
        op.add_column(table, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """What was asked and answered is gone; corrections that were booked stay."""
    for table in reversed(TABLES):
        op.drop_table(table)
    for table, (name, _kind) in LATER.items():
        op.drop_column(table, name)


def _to(table: str, name: str, key: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(key, name=op.f(f"fk_{table}_{name}")), nullable=nullable)
