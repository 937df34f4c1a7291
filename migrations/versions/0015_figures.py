"""Figures for donors: the fund's choice, releases as they were told, their papers, and those that were withdrawn."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FIXED: dict[str, tuple[str, ...]] = {
    "figures_choice": (),
    "figures_release": (),
    "figures_paper": (),
    "figures_withdrawal": (),
}
COUNTERS = sa.table("counter", sa.column("name"), sa.column("value"))
SERIES = ("figures_choice", "figures_release")


def upgrade() -> None:
    """Each table, and the counters of its rows. Nothing is published until the fund chooses it."""
    op.bulk_insert(COUNTERS, [{"name": series, "value": 0} for series in SERIES])
    op.create_table(
        "figures_choice",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("delay_days", sa.BigInteger(), nullable=False),
        _moment("chosen_at"),
        _to("figures_choice", "chosen_by_id", "person.id"),
        sa.CheckConstraint("n >= 1", name=op.f("ck_figures_choice_from_one")),
        sa.CheckConstraint("delay_days BETWEEN 14 AND 365", name=op.f("ck_figures_choice_told_late")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_figures_choice")),
    )
    op.create_table(
        "figures_release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.String(), nullable=False),
        sa.Column("delay_days", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        _moment("released_at"),
        _to("figures_release", "released_by_id", "person.id"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_figures_release_from_one")),
        sa.CheckConstraint("delay_days BETWEEN 14 AND 365", name=op.f("ck_figures_release_told_late")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures_release")),
        sa.UniqueConstraint("number", name=op.f("uq_figures_release_number")),
    )
    op.create_table(
        "figures_paper",
        _to("figures_paper", "release_id", "figures_release.id"),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "language", name=op.f("pk_figures_paper")),
    )
    op.create_table(
        "figures_withdrawal",
        _to("figures_withdrawal", "release_id", "figures_release.id"),
        sa.Column("reason", sa.String(), nullable=False),
        _moment("withdrawn_at"),
        _to("figures_withdrawal", "withdrawn_by_id", "person.id"),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_figures_withdrawal")),
    )
    guard(FIXED)


def downgrade() -> None:
    """What was told is told; that it was is forgotten."""
    for table in reversed(FIXED):
        op.drop_table(table)
    op.execute(sa.delete(COUNTERS).where(COUNTERS.c.name.in_(SERIES)))


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _to(table: str, name: str, key: str) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(key, name=op.f(f"fk_{table}_{name}")), nullable=False)
