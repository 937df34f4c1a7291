"""How much one person books alone even at an account that holds little."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bounds that were set before say nothing of it."""
    op.add_column("money_bound", sa.Column("small_minor", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """What was booked alone at small accounts stays as it was judged."""
    op.drop_column("money_bound", "small_minor")
