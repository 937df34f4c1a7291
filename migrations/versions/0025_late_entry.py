"""A day without network: a point's list on paper, what was entered from it later, and what did not go together.

Of a collection that was entered later nobody wrote down who of the family came: the list has no names.
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard, open_up

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLES = ("point_list", "point_list_close", "late_entry", "late_line", "late_answer")
COUNTERS = sa.table("counter", sa.column("name"), sa.column("value"))
BY_WHOM = "on_slip_or_stranger"
BEFORE = "(collector IS NULL) = (stranger_id IS NOT NULL)"
NOW = f"{BEFORE} OR (collector IS NULL AND entered_at IS NOT NULL)"


def upgrade() -> None:
    """Nothing was entered later so far."""
    _who_collected(NOW)
    _lists()
    _lines()
    guard(dict.fromkeys(TABLES, ()))
    op.bulk_insert(COUNTERS, [{"name": "point_list", "value": 0}])


def downgrade() -> None:
    """Lists are forgotten; what was entered from them was collected by the first of each slip, as if at the table."""
    op.execute(COUNTERS.delete().where(COUNTERS.c.name == "point_list"))
    for table in reversed(TABLES):
        op.drop_table(table)
    _who_collected(BEFORE, before="UPDATE collection SET collector = 0 WHERE collector IS NULL AND stranger_id IS NULL")


def _who_collected(says: str, *, before: str = "") -> None:
    open_up({"collection": ()})
    if before:
        op.execute(before)
    with op.batch_alter_table("collection") as collection:
        collection.drop_constraint(op.f(f"ck_collection_{BY_WHOM}"), type_="check")
        collection.create_check_constraint(op.f(f"ck_collection_{BY_WHOM}"), says)
    guard({"collection": ()})


def _lists() -> None:
    op.create_table(
        "point_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _to("point_list", "point_id", "point.id"),
        sa.Column("day", sa.Date(), nullable=False),
        _to("point_list", "printed_by_id", "person.id"),
        _moment("printed_at"),
        sa.Column("vouchers", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.CheckConstraint("vouchers >= 1", name=op.f("ck_point_list_some")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_list")),
        sa.UniqueConstraint("number", name=op.f("uq_point_list_number")),
    )
    op.create_index(op.f("ix_point_list_point_id"), "point_list", ["point_id"])
    op.create_table(
        "point_list_close",
        _to("point_list_close", "list_id", "point_list.id"),
        _to("point_list_close", "by_id", "person.id"),
        _moment("at"),
        sa.PrimaryKeyConstraint("list_id", name=op.f("pk_point_list_close")),
    )
    op.create_table(
        "late_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("late_entry", "list_id", "point_list.id"),
        _to("late_entry", "handed_by_id", "person.id"),
        _to("late_entry", "entered_by_id", "person.id"),
        _moment("at"),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("lines >= 1", name=op.f("ck_late_entry_some")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_entry")),
    )
    op.create_index(op.f("ix_late_entry_list_id"), "late_entry", ["list_id"])


def _lines() -> None:
    op.create_table(
        "late_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("late_line", "entry_id", "late_entry.id"),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        _to("late_line", "voucher_id", "voucher.id", nullable=True),
        _moment("handed_at"),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("items", sa.JSON(), nullable=True),
        sa.Column("conflict", sa.String(length=40), nullable=True),
        _to("late_line", "collection_id", "collection.id", nullable=True),
        sa.CheckConstraint("n >= 1", name=op.f("ck_late_line_from_one")),
        sa.CheckConstraint(
            "(conflict IS NULL) = (collection_id IS NOT NULL)", name=op.f("ck_late_line_collection_or_conflict")
        ),
        sa.CheckConstraint("(amount_minor IS NULL) = (items IS NULL)", name=op.f("ck_late_line_worth_known_or_not")),
        sa.CheckConstraint(
            "voucher_id IS NOT NULL OR amount_minor IS NULL", name=op.f("ck_late_line_worth_of_voucher")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_line")),
        sa.UniqueConstraint("entry_id", "n", name=op.f("uq_late_line_entry_id_n")),
        sa.UniqueConstraint("collection_id", name=op.f("uq_late_line_collection_id")),
    )
    op.create_index("ix_late_line_voucher_id", "late_line", ["voucher_id"])
    op.create_table(
        "late_answer",
        _to("late_answer", "line_id", "late_line.id"),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        _to("late_answer", "by_id", "person.id"),
        _moment("at"),
        _to("late_answer", "collection_id", "collection.id", nullable=True),
        sa.Column("loss_minor", sa.BigInteger(), nullable=False),
        sa.Column("loss_items", sa.JSON(), nullable=False),
        _to("late_answer", "entry_id", "entry.id", nullable=True),
        sa.CheckConstraint("loss_minor >= 0", name=op.f("ck_late_answer_loss_not_negative")),
        sa.CheckConstraint("(loss_minor > 0) = (entry_id IS NOT NULL)", name=op.f("ck_late_answer_loss_has_entry")),
        sa.CheckConstraint(
            "(verdict = 'handed_out') = (reason IS NOT NULL)", name=op.f("ck_late_answer_handed_out_has_reason")
        ),
        sa.CheckConstraint(
            "verdict = 'handed_out' OR "
            "(collection_id IS NULL AND loss_minor = 0 AND CAST(loss_items AS VARCHAR) = '[]')",
            name=op.f("ck_late_answer_wrong_paper_moves_nothing"),
        ),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_late_answer")),
        sa.UniqueConstraint("collection_id", name=op.f("uq_late_answer_collection_id")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_late_answer_entry_id")),
    )


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _to(table: str, name: str, key: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(key, name=op.f(f"fk_{table}_{name}")), nullable=nullable)
