"""Papers that end without a newer one, papers counted from hand to hand, and vouchers that move to another point."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard, open_up

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLES = ("paper_end", "voucher_move", "handover", "handover_batch", "handover_receipt", "handover_count")
COUNTERS = sa.table("counter", sa.column("name"), sa.column("value"))
VOUCHER = (
    "allocation_id",
    "amount_minor",
    "currency",
    "family_id",
    "grace_until",
    "id",
    "purpose_id",
    "serial",
    "valid_until",
)
"""What of a voucher never changes, but for the point."""


def upgrade() -> None:
    """Each table. Vouchers that are there are collected where they were issued."""
    open_up({"voucher": ()})
    op.add_column("voucher", sa.Column("issued_point_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE voucher SET issued_point_id = point_id")
    with op.batch_alter_table("voucher") as voucher:
        voucher.alter_column("issued_point_id", existing_type=sa.Uuid(), nullable=False)
        voucher.create_foreign_key(op.f("fk_voucher_issued_point_id"), "point", ["issued_point_id"], ["id"])
    guard({"voucher": (*VOUCHER, "issued_point_id")})
    _papers()
    _handovers()
    guard(dict.fromkeys(TABLES, ()))
    op.bulk_insert(COUNTERS, [{"name": "handover", "value": 0}])


def downgrade() -> None:
    """Vouchers that moved go back to where they were issued; who counted which papers is forgotten."""
    op.execute(COUNTERS.delete().where(COUNTERS.c.name == "handover"))
    for table in reversed(TABLES):
        op.drop_table(table)
    open_up({"voucher": ()})
    op.execute("UPDATE voucher SET point_id = issued_point_id")
    with op.batch_alter_table("voucher") as voucher:
        voucher.drop_constraint(op.f("fk_voucher_issued_point_id"), type_="foreignkey")
        voucher.drop_column("issued_point_id")
    guard({"voucher": (*VOUCHER, "point_id")})


def _papers() -> None:
    op.create_table(
        "paper_end",
        _to("paper_end", "paper_id", "paper.id"),
        _word("reason"),
        _to("paper_end", "by_id", "person.id"),
        _moment("at"),
        sa.PrimaryKeyConstraint("paper_id", name=op.f("pk_paper_end")),
    )
    op.create_table(
        "voucher_move",
        _to("voucher_move", "voucher_id", "voucher.id"),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        _to("voucher_move", "from_point_id", "point.id"),
        _to("voucher_move", "to_point_id", "point.id"),
        sa.Column("papers", sa.BigInteger(), nullable=False),
        _word("reason"),
        _to("voucher_move", "by_id", "person.id"),
        _moment("at"),
        sa.CheckConstraint("n >= 1", name=op.f("ck_voucher_move_from_one")),
        sa.CheckConstraint("from_point_id <> to_point_id", name=op.f("ck_voucher_move_two_points")),
        sa.PrimaryKeyConstraint("voucher_id", "n", name=op.f("pk_voucher_move")),
    )


def _handovers() -> None:
    op.create_table(
        "handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _to("handover", "point_id", "point.id"),
        _to("handover", "from_id", "person.id"),
        _to("handover", "to_id", "person.id"),
        _moment("at"),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_handover_two_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("number", name=op.f("uq_handover_number")),
    )
    op.create_index(op.f("ix_handover_to_id"), "handover", ["to_id"])
    op.create_table(
        "handover_batch",
        _to("handover_batch", "handover_id", "handover.id"),
        _to("handover_batch", "batch_id", "print_batch.id"),
        sa.Column("papers", sa.BigInteger(), nullable=False),
        sa.Column("serials", sa.JSON(), nullable=False),
        sa.CheckConstraint("papers >= 1", name=op.f("ck_handover_batch_some")),
        sa.PrimaryKeyConstraint("handover_id", "batch_id", name=op.f("pk_handover_batch")),
    )
    op.create_index(op.f("ix_handover_batch_batch_id"), "handover_batch", ["batch_id"])
    op.create_table(
        "handover_receipt",
        _to("handover_receipt", "handover_id", "handover.id"),
        sa.Column("taken_back", sa.Boolean(), nullable=False),
        _to("handover_receipt", "by_id", "person.id"),
        _moment("at"),
        sa.PrimaryKeyConstraint("handover_id", name=op.f("pk_handover_receipt")),
    )
    op.create_table(
        "handover_count",
        _to("handover_count", "handover_id", "handover_receipt.handover_id"),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("papers", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.CheckConstraint("papers >= 0", name=op.f("ck_handover_count_not_negative")),
        sa.ForeignKeyConstraint(
            ["handover_id", "batch_id"],
            ["handover_batch.handover_id", "handover_batch.batch_id"],
            name=op.f("fk_handover_count_handover_id_batch_id"),
        ),
        sa.PrimaryKeyConstraint("handover_id", "batch_id", name=op.f("pk_handover_count")),
    )


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=40), nullable=False)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _to(table: str, name: str, key: str) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(key, name=op.f(f"fk_{table}_{name}")), nullable=False)
