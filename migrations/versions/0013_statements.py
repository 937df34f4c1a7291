"""Statements of the banks, their lines, and what those end as."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SERIES = sa.table("counter", sa.column("name"), sa.column("value"))
FIXED = {
    "statement_file": (),
    "bank_statement": (),
    "statement_day": (),
    "statement_brought": (),
    "bank_line": (
        *("id", "number", "bank_id", "currency", "statement_id", "n", "booked_on", "value_on"),
        *("amount_minor", "direction", "is_reversal", "code"),
    ),
    "line_seen": ("id", "statement_id", "n", "line_id"),
    "line_end": (),
    "line_reopened": (),
    "line_rule": ("id", "known_by", "kind", "purpose_id", "donor_id", "taught_at", "taught_by_id"),
}


def upgrade() -> None:
    """Each table, the counter that lines are numbered by, and what a list is that waits for who brought it."""
    _files()
    _lines()
    _ends()
    _index()
    op.add_column("brought_list", sa.Column("what", sa.String(length=40), server_default="families", nullable=False))
    guard(FIXED)
    op.bulk_insert(SERIES, [{"name": "bank_line", "value": 0}])


def downgrade() -> None:
    """Statements are gone; what was booked for their lines stays."""
    op.execute(SERIES.delete().where(SERIES.c.name == "bank_line"))
    op.execute("DELETE FROM brought_list WHERE what <> 'families'")
    op.drop_column("brought_list", "what")
    for table in ("donor_token", *reversed(FIXED)):
        op.drop_table(table)


def _files() -> None:
    op.create_table(
        "statement_file",
        _id("id"),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        _word("format"),
        *_numbers("size", "statements", "wrong"),
        sa.Column("problems", sa.JSON(), nullable=False),
        _moment("begun_at"),
        _to("statement_file", "begun_by_id", "person.id"),
        sa.CheckConstraint("size > 0 AND statements >= 0 AND wrong >= 0", name=op.f("ck_statement_file_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_statement_file_sha256")),
    )
    op.create_table(
        "bank_statement",
        _id("id"),
        _to("bank_statement", "file_id", "statement_file.id"),
        *_numbers("n"),
        _id("bank_id"),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("currency", "source", "name")),
        *_numbers("page"),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("since", "until", "opening_on", "closing_on")),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in ("opening_minor", "closing_minor")),
        *_numbers("lines", "credits_minor", "debits_minor", "waiting", "elsewhere"),
        sa.CheckConstraint("n >= 1 AND page >= 1", name=op.f("ck_bank_statement_from_one")),
        sa.CheckConstraint(
            "lines >= 0 AND credits_minor >= 0 AND debits_minor >= 0", name=op.f("ck_bank_statement_not_negative")
        ),
        sa.CheckConstraint("waiting >= 0 AND elsewhere >= 0", name=op.f("ck_bank_statement_counted")),
        _bank("bank_statement"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint("file_id", "n", name=op.f("uq_bank_statement_file_id_n")),
    )
    op.create_index(op.f("ix_bank_statement_bank_id"), "bank_statement", ["bank_id"])
    op.create_table(
        "statement_day",
        _to("statement_day", "statement_id", "bank_statement.id"),
        sa.Column("booked_on", sa.Date(), nullable=False),
        *_numbers("opening_minor", "closing_minor"),
        sa.PrimaryKeyConstraint("statement_id", "booked_on", name=op.f("pk_statement_day")),
    )
    op.create_table(
        "statement_brought",
        _to("statement_brought", "file_id", "statement_file.id"),
        *_numbers("new_lines", "known_lines"),
        _moment("brought_at"),
        _to("statement_brought", "brought_by_id", "person.id"),
        sa.CheckConstraint("new_lines >= 0 AND known_lines >= 0", name=op.f("ck_statement_brought_counted")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_statement_brought")),
    )


def _lines() -> None:
    op.create_table(
        "bank_line",
        _id("id"),
        *_numbers("number"),
        _id("bank_id"),
        sa.Column("currency", sa.String(), nullable=False),
        _to("bank_line", "statement_id", "bank_statement.id"),
        *_numbers("n"),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=True),
        *_numbers("amount_minor"),
        _word("direction"),
        sa.Column("is_reversal", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        *_numbers("open_minor"),
        *_keyed("identity", "marks"),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_bank_line_amount_positive")),
        sa.CheckConstraint("open_minor >= 0 AND open_minor <= amount_minor", name=op.f("ck_bank_line_open_within")),
        sa.CheckConstraint("n >= 1", name=op.f("ck_bank_line_from_one")),
        _bank("bank_line"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("number", name=op.f("uq_bank_line_number")),
        sa.UniqueConstraint("statement_id", "n", name=op.f("uq_bank_line_statement_id_n")),
    )
    op.create_index("ix_bank_line_day", "bank_line", ["bank_id", "booked_on", "statement_id"])
    is_open = sa.text("open_minor > 0")
    op.create_index(
        "ix_bank_line_open",
        "bank_line",
        ["bank_id", "booked_on"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "line_seen",
        _id("id"),
        _to("line_seen", "statement_id", "bank_statement.id"),
        *_numbers("n"),
        _to("line_seen", "line_id", "bank_line.id"),
        *_keyed("identity", "marks"),
        sa.CheckConstraint("n >= 1", name=op.f("ck_line_seen_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_seen")),
        sa.UniqueConstraint("statement_id", "n", name=op.f("uq_line_seen_statement_id_n")),
    )
    op.create_index(op.f("ix_line_seen_line_id"), "line_seen", ["line_id"])


def _ends() -> None:
    op.create_table(
        "line_end",
        _id("id"),
        _to("line_end", "line_id", "bank_line.id"),
        *_numbers("n"),
        _word("kind"),
        *_numbers("amount_minor"),
        sa.Column("cause_id", sa.Uuid(), nullable=True),
        _to("line_end", "entry_id", "entry.id", nullable=True),
        _to("line_end", "against_id", "bank_line.id", nullable=True),
        sa.Column("made_here", sa.Boolean(), nullable=False),
        _to("line_end", "purpose_id", "purpose.id", nullable=True),
        _moment("ended_at"),
        _to("line_end", "ended_by_id", "person.id"),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_line_end_amount_positive")),
        sa.CheckConstraint("n >= 1", name=op.f("ck_line_end_from_one")),
        sa.CheckConstraint(
            "(entry_id IS NULL) = (against_id IS NOT NULL)", name=op.f("ck_line_end_an_entry_or_a_line")
        ),
        sa.CheckConstraint("against_id <> line_id", name=op.f("ck_line_end_two_lines")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_end")),
        sa.UniqueConstraint("line_id", "n", name=op.f("uq_line_end_line_id_n")),
    )
    for column in ("cause_id", "entry_id", "against_id"):
        op.create_index(op.f(f"ix_line_end_{column}"), "line_end", [column])
    op.create_table(
        "line_reopened",
        _to("line_reopened", "end_id", "line_end.id"),
        _to("line_reopened", "counter_id", "entry.id", nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        _moment("reopened_at"),
        _to("line_reopened", "reopened_by_id", "person.id"),
        sa.PrimaryKeyConstraint("end_id", name=op.f("pk_line_reopened")),
    )


def _index() -> None:
    op.create_table(
        "line_rule",
        _id("id"),
        _word("known_by"),
        *_keyed("mark"),
        _word("kind"),
        _to("line_rule", "purpose_id", "purpose.id", nullable=True),
        _to("line_rule", "donor_id", "donor.id", nullable=True),
        _moment("taught_at"),
        _to("line_rule", "taught_by_id", "person.id"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_rule")),
    )
    op.create_index("ix_line_rule_mark", "line_rule", ["mark"])
    op.create_table(
        "donor_token",
        _to("donor_token", "donor_id", "donor.id"),
        _word("known_by"),
        *_keyed("token"),
        sa.PrimaryKeyConstraint("donor_id", "known_by", "token", name=op.f("pk_donor_token")),
    )
    op.create_index("ix_donor_token_token", "donor_token", ["known_by", "token"])


# ---------------------------------------------------------------- columns of one kind


def _id(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.Uuid(), nullable=False)


def _word(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.String(length=40), nullable=False)


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _numbers(*names: str) -> "list[sa.Column[int]]":
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _keyed(*names: str) -> "list[sa.Column[object]]":
    """What is made under an index key, and under which epoch of its ring."""
    columns: list[sa.Column[object]] = [sa.Column(name, sa.LargeBinary(), nullable=False) for name in names]
    return [*columns, sa.Column("epoch", sa.BigInteger(), nullable=False)]


def _to(table: str, name: str, other: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(other, name=op.f(f"fk_{table}_{name}")), nullable=nullable)


def _bank(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["bank_id", "currency"], ["account.id", "account.currency"], name=op.f(f"fk_{table}_bank")
    )
