"""Plans of distribution days: a point, its hours and tables, and which vouchers come in which slot."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLES = ("day_plan", "day_slot")


def upgrade() -> None:
    """No day was planned so far."""
    op.create_table(
        "day_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), sa.ForeignKey("point.id", name=op.f("fk_day_plan_point_id")), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(_number(name) for name in ("version", "opens", "closes", "slot", "tables", "a_family", "left_out")),
        sa.Column("cancelled", sa.String(length=40), nullable=True),
        sa.Column("by_id", sa.Uuid(), sa.ForeignKey("person.id", name=op.f("fk_day_plan_by_id")), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_day_plan_from_one")),
        sa.CheckConstraint("closes > opens", name=op.f("ck_day_plan_opens_first")),
        sa.CheckConstraint("slot >= 1 AND tables >= 1 AND a_family >= 1", name=op.f("ck_day_plan_work_is_done")),
        sa.CheckConstraint("left_out >= 0", name=op.f("ck_day_plan_left_out_not_negative")),
        sa.CheckConstraint("cancelled IS NULL OR version > 1", name=op.f("ck_day_plan_planned_before_cancelled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_plan")),
        sa.UniqueConstraint("point_id", "day", "version", name=op.f("uq_day_plan_point_id_day_version")),
    )
    op.create_table(
        "day_slot",
        sa.Column("plan_id", sa.Uuid(), sa.ForeignKey("day_plan.id", name=op.f("fk_day_slot_plan_id")), nullable=False),
        _number("n"),
        _number("families"),
        sa.Column("serials", sa.JSON(), nullable=False),
        sa.CheckConstraint("n >= 0", name=op.f("ck_day_slot_from_nought")),
        sa.CheckConstraint("families >= 0", name=op.f("ck_day_slot_not_negative")),
        sa.PrimaryKeyConstraint("plan_id", "n", name=op.f("pk_day_slot")),
    )
    guard(dict.fromkeys(TABLES, ()))


def downgrade() -> None:
    """Plans are forgotten; papers keep what they say."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)
