"""How the fund's papers look: each setting of it is a version that stays. Without one the founding titles are used."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No look was set so far."""
    op.create_table(
        "paper_style",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("footers", sa.JSON(), nullable=False),
        sa.Column("ink", sa.String(length=7), nullable=False),
        sa.Column("line", sa.String(length=7), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("logo_kind", sa.String(length=40), nullable=True),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "set_by_id", sa.Uuid(), sa.ForeignKey("person.id", name=op.f("fk_paper_style_set_by_id")), nullable=False
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_paper_style_from_one")),
        sa.CheckConstraint("(logo IS NULL) = (logo_kind IS NULL)", name=op.f("ck_paper_style_logo_has_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_style")),
        sa.UniqueConstraint("version", name=op.f("uq_paper_style_version")),
    )
    guard({"paper_style": ()})


def downgrade() -> None:
    """Papers look as they did at the founding."""
    op.drop_table("paper_style")
