"""A second person's word on fees, interest and lines set against each other above a bound; interest of the banks.

And which payment of a batch an end of its line is.
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = ("bank_interest", "money_bound", "money_asked", "money_judged", "money_answer")
COUNTERS = sa.table("counter", sa.column("name"), sa.column("value"))
SERIES = ("interest", "second_word")


def upgrade() -> None:
    """Each table, and the counters that its rows are numbered by."""
    _interest()
    _bound()
    _asked()
    _judged()
    _answer()
    guard(dict.fromkeys(TABLES, ()))
    op.add_column("line_end", sa.Column("payment", sa.BigInteger(), nullable=True))
    op.bulk_insert(COUNTERS, [{"name": name, "value": 0} for name in SERIES])


def downgrade() -> None:
    """Who agreed to what is gone; what was booked stays."""
    op.execute(COUNTERS.delete().where(COUNTERS.c.name.in_(SERIES)))
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("line_end", "payment")


def _interest() -> None:
    op.create_table(
        "bank_interest",
        _id("id"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        *_money("bank_interest"),
        _to("bank_interest", "purpose_id", "purpose.id"),
        sa.Column("paid_on", sa.Date(), nullable=False),
        _moment("recorded_at"),
        _to("bank_interest", "recorded_by_id", "person.id"),
        _to("bank_interest", "entry_id", "entry.id"),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_bank_interest_amount_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_interest")),
        sa.UniqueConstraint("number", name=op.f("uq_bank_interest_number")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_bank_interest_entry_id")),
    )


def _bound() -> None:
    op.create_table(
        "money_bound",
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("most_minor", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        _moment("set_at"),
        _to("money_bound", "set_by_id", "person.id"),
        sa.CheckConstraint("version >= 1 AND after >= 0", name=op.f("ck_money_bound_counted")),
        sa.CheckConstraint("most_minor >= 0", name=op.f("ck_money_bound_not_negative")),
        sa.ForeignKeyConstraint(["currency"], ["currency.code"], name=op.f("fk_money_bound_currency")),
        sa.PrimaryKeyConstraint("currency", "version", name=op.f("pk_money_bound")),
    )


def _asked() -> None:
    op.create_table(
        "money_asked",
        _id("id"),
        _word("kind"),
        *_money("money_asked"),
        _to("money_asked", "purpose_id", "purpose.id", nullable=True),
        _to("money_asked", "line_id", "bank_line.id", nullable=True),
        _to("money_asked", "other_id", "bank_line.id", nullable=True),
        sa.Column("end_kind", sa.String(length=40), nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        _moment("asked_at"),
        _to("money_asked", "asked_by_id", "person.id"),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_money_asked_amount_positive")),
        sa.CheckConstraint(
            "(kind = 'against') = (other_id IS NOT NULL AND end_kind IS NOT NULL)",
            name=op.f("ck_money_asked_against_a_line"),
        ),
        sa.CheckConstraint(
            "(kind = 'against') = (purpose_id IS NULL)", name=op.f("ck_money_asked_what_is_booked_has_a_purpose")
        ),
        sa.CheckConstraint("other_id IS NULL OR line_id IS NOT NULL", name=op.f("ck_money_asked_two_lines")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_asked")),
    )
    for column in ("bank_id", "line_id", "other_id"):
        op.create_index(op.f(f"ix_money_asked_{column}"), "money_asked", [column])


def _judged() -> None:
    op.create_table(
        "money_judged",
        sa.Column("number", sa.BigInteger(), nullable=False),
        _word("kind"),
        _id("cause_id"),
        *_money("money_judged"),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("after_entry", sa.BigInteger(), nullable=False),
        _moment("at"),
        _to("money_judged", "by_id", "person.id"),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_money_judged_amount_positive")),
        sa.CheckConstraint("number >= 1 AND after_entry >= 0", name=op.f("ck_money_judged_counted")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_money_judged")),
        sa.UniqueConstraint("cause_id", name=op.f("uq_money_judged_cause_id")),
    )
    op.create_index(op.f("ix_money_judged_at"), "money_judged", ["at"])


def _answer() -> None:
    op.create_table(
        "money_answer",
        _to("money_answer", "asked_id", "money_asked.id"),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("judged_number", sa.BigInteger(), nullable=True),
        _moment("answered_at"),
        _to("money_answer", "answered_by_id", "person.id"),
        sa.CheckConstraint(
            "agrees = (judged_number IS NOT NULL)", name=op.f("ck_money_answer_what_is_agreed_is_booked")
        ),
        sa.ForeignKeyConstraint(["judged_number"], ["money_judged.number"], name=op.f("fk_money_answer_judged_number")),
        sa.PrimaryKeyConstraint("asked_id", name=op.f("pk_money_answer")),
        sa.UniqueConstraint("judged_number", name=op.f("uq_money_answer_judged_number")),
    )


# ---------------------------------------------------------------- columns of one kind


def _id(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.Uuid(), nullable=False)


def _word(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.String(length=40), nullable=False)


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _money(table: str) -> "list[sa.schema.SchemaItem]":
    """So much on an account of the bank."""
    return [
        _id("bank_id"),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_id", "currency"], ["account.id", "account.currency"], name=op.f(f"fk_{table}_bank")
        ),
    ]


def _to(table: str, name: str, other: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(other, name=op.f(f"fk_{table}_{name}")), nullable=nullable)
