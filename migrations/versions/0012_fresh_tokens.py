"""By what families are found that were written lately, until it is put in its places."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LENGTH = 5  # of a token


def upgrade() -> None:
    """An empty table: what is in the index already stays there."""
    op.create_table(
        "fresh_tokens",
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("locality_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("tokens", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_fresh_tokens_family_id")),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_fresh_tokens_locality_id")),
        sa.PrimaryKeyConstraint("family_id", name=op.f("pk_fresh_tokens")),
    )


def downgrade() -> None:
    """What was written lately is put in its places: every family is found as before."""
    connection, fresh, index = op.get_bind(), _table("fresh_tokens", "tokens"), _table("index_token", "token")
    for row in connection.execute(sa.select(fresh)).mappings().all():
        own = {name: row[name] for name in ("family_id", "locality_id", "epoch")}
        tokens = [row["tokens"][at : at + LENGTH] for at in range(0, len(row["tokens"]), LENGTH)]
        connection.execute(index.insert(), [{**own, "token": token} for token in tokens])
    op.drop_table("fresh_tokens")


def _table(name: str, found_by: str) -> sa.TableClause:
    ids = (sa.column(column, sa.Uuid()) for column in ("family_id", "locality_id"))
    return sa.table(name, *ids, sa.column("epoch", sa.BigInteger()), sa.column(found_by, sa.LargeBinary()))
