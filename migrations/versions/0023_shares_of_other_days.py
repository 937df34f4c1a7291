"""A statement may book as one sum what an earlier notice listed singly: a share says on which day it stands."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was joined before stands on its line's day."""
    op.add_column("line_share", sa.Column("booked_on", sa.Date(), nullable=True))
    op.create_index(op.f("ix_line_share_booked_on"), "line_share", ["booked_on"])


def downgrade() -> None:
    """What was joined over days counts as of its line's day again."""
    op.drop_index(op.f("ix_line_share_booked_on"), "line_share")
    op.drop_column("line_share", "booked_on")
