"""Programmes that fit life: who is chosen when money is short, and what each computation rested on."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("allocation_version", sa.Column("basis", sa.JSON(), nullable=True))
    op.create_table(
        "short_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("family_code", sa.String(), nullable=False),
        sa.Column("facts_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["allocation_id", "version"],
            ["allocation_version.allocation_id", "allocation_version.version"],
            name=op.f("fk_short_line_allocation_id_version"),
        ),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_short_line_family_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_short_line")),
        sa.UniqueConstraint("allocation_id", "version", "n", name=op.f("uq_short_line_allocation_id_version_n")),
    )
    op.create_index(op.f("ix_short_line_family_id"), "short_line", ["family_id"], unique=False)
    guard({"short_line": ()})


def downgrade() -> None:
    op.drop_table("short_line")
    op.drop_column("allocation_version", "basis")
