"""On which paper a batch was printed: what is printed again looks like what was there."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of batches that are there nobody knows it any more."""
    op.add_column("print_batch", sa.Column("format", sa.String(length=40), nullable=True))


def downgrade() -> None:
    """It is forgotten."""
    op.drop_column("print_batch", "format")
