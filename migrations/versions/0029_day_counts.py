"""Opening and closing a point's day: cash, goods and stubs as they were counted, why they differ, and who signed."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLES = (
    "day_count",
    "day_count_cash",
    "day_count_good",
    "day_count_told",
    "day_count_reason",
    "day_count_answer",
    "day_count_booking",
)


def upgrade() -> None:
    """No day was counted so far."""
    _counts()
    _words()
    op.create_table(
        "day_count_booking",
        _to("day_count_booking", "count_id", "day_count_answer.count_id"),
        sa.Column("currency", sa.String(), nullable=False),
        _to("day_count_booking", "purpose_id", "purpose.id"),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        _to("day_count_booking", "entry_id", "entry.id"),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_day_count_booking_amount_positive")),
        sa.ForeignKeyConstraint(
            ["count_id", "currency"],
            ["day_count_cash.count_id", "day_count_cash.currency"],
            name="fk_day_count_booking_cash",
        ),
        sa.PrimaryKeyConstraint("count_id", "currency", "purpose_id", name=op.f("pk_day_count_booking")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_day_count_booking_entry_id")),
    )
    guard(dict.fromkeys(TABLES, ()))


def downgrade() -> None:
    """Counts are forgotten; what was booked for them stays in the books."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _counts() -> None:
    op.create_table(
        "day_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("day_count", "point_id", "point.id"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        _to("day_count", "by_id", "person.id"),
        _moment("at"),
        sa.Column("after_entry", sa.BigInteger(), nullable=False),
        sa.Column("stubs", sa.BigInteger(), nullable=True),
        sa.Column("stubs_booked", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("n >= 1", name=op.f("ck_day_count_from_one")),
        sa.CheckConstraint("after_entry >= 0", name=op.f("ck_day_count_after_not_negative")),
        sa.CheckConstraint("(kind = 'closing') = (stubs IS NOT NULL)", name=op.f("ck_day_count_stubs_at_closing")),
        sa.CheckConstraint("(stubs IS NULL) = (stubs_booked IS NULL)", name=op.f("ck_day_count_stubs_beside")),
        sa.CheckConstraint("stubs >= 0 AND stubs_booked >= 0", name=op.f("ck_day_count_stubs_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_count")),
        sa.UniqueConstraint("point_id", "day", "kind", "n", name=op.f("uq_day_count_point_id_day_kind_n")),
    )
    op.create_table(
        "day_count_cash",
        _to("day_count_cash", "count_id", "day_count.id"),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("pieces", sa.JSON(), nullable=False),
        sa.Column("counted_minor", sa.BigInteger(), nullable=False),
        sa.Column("booked_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["currency"], ["currency.code"], name=op.f("fk_day_count_cash_currency")),
        sa.CheckConstraint("counted_minor >= 0", name=op.f("ck_day_count_cash_not_negative")),
        sa.PrimaryKeyConstraint("count_id", "currency", name=op.f("pk_day_count_cash")),
    )
    op.create_table(
        "day_count_good",
        _to("day_count_good", "count_id", "day_count.id"),
        sa.Column("good", sa.String(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("booked", sa.BigInteger(), nullable=False),
        sa.Column("moves", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_day_count_good_not_negative")),
        sa.PrimaryKeyConstraint("count_id", "good", name=op.f("pk_day_count_good")),
    )


def _words() -> None:
    op.create_table(
        "day_count_told",
        _to("day_count_told", "count_id", "day_count.id"),
        _moment("at"),
        sa.PrimaryKeyConstraint("count_id", name=op.f("pk_day_count_told")),
    )
    op.create_table(
        "day_count_reason",
        _to("day_count_reason", "count_id", "day_count_told.count_id"),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("count_id", "what", "key", name=op.f("pk_day_count_reason")),
    )
    op.create_table(
        "day_count_answer",
        _to("day_count_answer", "count_id", "day_count.id"),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        _to("day_count_answer", "by_id", "person.id"),
        _moment("at"),
        _to("day_count_answer", "act_id", "stock_act.id", nullable=True),
        sa.CheckConstraint("agreed OR act_id IS NULL", name=op.f("ck_day_count_answer_refused_moves_nothing")),
        sa.PrimaryKeyConstraint("count_id", name=op.f("pk_day_count_answer")),
        sa.UniqueConstraint("act_id", name=op.f("uq_day_count_answer_act_id")),
    )


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _to(table: str, name: str, key: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(key, name=op.f(f"fk_{table}_{name}")), nullable=nullable)
