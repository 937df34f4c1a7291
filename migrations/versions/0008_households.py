"""Families that change: who joined, left, split, moved and came back."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard, open_up

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("family_move", "family_return", "family_tie", "earlier_aid", "family_card")
FAMILY = ("code", "id", "registered_at")


def upgrade() -> None:
    """Families may move and return, and versions say what they are."""
    open_up({"family": (), "withdrawal": ()})
    op.add_column("family", sa.Column("registered_in_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE family SET registered_in_id = locality_id")
    with op.batch_alter_table("family") as family:
        family.alter_column("registered_in_id", existing_type=sa.Uuid(), nullable=False)
        family.create_foreign_key(op.f("fk_family_registered_in_id"), "locality", ["registered_in_id"], ["id"])
    op.add_column("withdrawal", sa.Column("id", sa.Uuid(), nullable=True))
    op.execute("UPDATE withdrawal SET id = family_id")
    _key_of_withdrawals("id")
    op.create_index(op.f("ix_withdrawal_family_id"), "withdrawal", ["family_id"])
    guard({"family": (*FAMILY, "registered_in_id"), "withdrawal": ()})
    op.add_column("family_version", sa.Column("kind", sa.String(length=40), server_default="written", nullable=False))
    _moves_and_returns()
    _ties()
    guard(dict.fromkeys(TABLES, ()))
    op.create_index(op.f("ix_audit_line_subject_id"), "audit_line", ["subject_id"])
    op.create_index("ix_family_state_id", "family", ["state", "id"])


def downgrade() -> None:
    """Who moved stays where they are; of those who left twice, the first time is kept."""
    op.drop_index("ix_family_state_id", "family")
    op.drop_index(op.f("ix_audit_line_subject_id"), "audit_line")
    for table in reversed(TABLES):
        op.drop_table(table)
    open_up({"family": (), "family_version": (), "withdrawal": ()})
    with op.batch_alter_table("family_version") as version:
        version.drop_column("kind")
    op.execute("DELETE FROM withdrawal WHERE id <> family_id")
    op.drop_index(op.f("ix_withdrawal_family_id"), "withdrawal")
    _key_of_withdrawals("family_id")
    with op.batch_alter_table("withdrawal") as withdrawal:
        withdrawal.drop_column("id")
    with op.batch_alter_table("family") as family:
        family.drop_constraint(op.f("fk_family_registered_in_id"), type_="foreignkey")
        family.drop_column("registered_in_id")
    guard({"family": (*FAMILY, "locality_id"), "family_version": (), "withdrawal": ()})


def _key_of_withdrawals(column: str) -> None:
    with op.batch_alter_table("withdrawal") as withdrawal:
        withdrawal.alter_column("id", existing_type=sa.Uuid(), nullable=False)
        withdrawal.drop_constraint(op.f("pk_withdrawal"), type_="primary")
        withdrawal.create_primary_key(op.f("pk_withdrawal"), [column])


def _moves_and_returns() -> None:
    op.create_table(
        "family_move",
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("from_locality_id", sa.Uuid(), nullable=False),
        sa.Column("to_locality_id", sa.Uuid(), nullable=False),
        sa.Column("from_point_id", sa.Uuid(), nullable=False),
        sa.Column("to_point_id", sa.Uuid(), nullable=False),
        _moment(),
        sa.ForeignKeyConstraint(
            ["family_id", "version"],
            ["family_version.family_id", "family_version.version"],
            name=op.f("fk_family_move_family_id_version"),
        ),
        _refers("family_move", "from_locality_id", "locality"),
        _refers("family_move", "to_locality_id", "locality"),
        _refers("family_move", "from_point_id", "point"),
        _refers("family_move", "to_point_id", "point"),
        sa.PrimaryKeyConstraint("family_id", "version", name=op.f("pk_family_move")),
    )
    op.create_index(op.f("ix_family_move_to_locality_id"), "family_move", ["to_locality_id"])
    op.create_table(
        "family_return",
        sa.Column("withdrawal_id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        _moment(),
        _refers("family_return", "withdrawal_id", "withdrawal"),
        _refers("family_return", "family_id", "family"),
        _refers("family_return", "by_id", "person"),
        sa.PrimaryKeyConstraint("withdrawal_id", name=op.f("pk_family_return")),
    )
    op.create_index(op.f("ix_family_return_family_id"), "family_return", ["family_id"])


def _ties() -> None:
    op.create_table(
        "family_tie",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        _moment(),
        sa.CheckConstraint("family_id <> other_id", name=op.f("ck_family_tie_two_families")),
        _refers("family_tie", "family_id", "family"),
        _refers("family_tie", "other_id", "family"),
        _refers("family_tie", "by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_tie")),
    )
    op.create_index("ix_family_tie_family_id_other_id", "family_tie", ["family_id", "other_id"])
    op.create_index(op.f("ix_family_tie_other_id"), "family_tie", ["other_id"])
    op.create_table(
        "earlier_aid",
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("tie_id", sa.Uuid(), nullable=False),
        _refers("earlier_aid", "family_id", "family"),
        _refers("earlier_aid", "line_id", "allocation_line"),
        _refers("earlier_aid", "tie_id", "family_tie"),
        sa.PrimaryKeyConstraint("family_id", "line_id", name=op.f("pk_earlier_aid")),
    )
    op.create_index(op.f("ix_earlier_aid_line_id"), "earlier_aid", ["line_id"])
    op.create_table(
        "family_card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        _moment(),
        _refers("family_card", "family_id", "family"),
        _refers("family_card", "by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_card")),
    )
    op.create_index(op.f("ix_family_card_family_id"), "family_card", ["family_id"])


def _moment() -> sa.Column[object]:
    return sa.Column("at", sa.DateTime(timezone=True), nullable=False)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))
