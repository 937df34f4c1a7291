"""A distribution day of some decisions: whose vouchers come, where the planner chose among them."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """All that waited came so far."""
    op.create_table(
        "day_decision",
        sa.Column(
            "plan_id", sa.Uuid(), sa.ForeignKey("day_plan.id", name=op.f("fk_day_decision_plan_id")), nullable=False
        ),
        sa.Column(
            "allocation_id",
            sa.Uuid(),
            sa.ForeignKey("allocation.id", name=op.f("fk_day_decision_allocation_id")),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("plan_id", "allocation_id", name=op.f("pk_day_decision")),
    )
    guard({"day_decision": ()})


def downgrade() -> None:
    """It is forgotten that somebody chose; slots stay as they are."""
    op.drop_table("day_decision")
