"""Families asked afterwards whether aid arrived: who was drawn, how they were called, what they said."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLES = (
    "survey",
    "survey_frame",
    "survey_call",
    "survey_try",
    "survey_answer",
    "survey_story",
    "survey_close",
)
COUNTERS = sa.table("counter", sa.column("name"), sa.column("value"))


def upgrade() -> None:
    """Nobody was asked so far."""
    _survey()
    _drawn()
    _asked()
    _settled()
    guard(dict.fromkeys(TABLES, ()))
    op.bulk_insert(COUNTERS, [{"name": "survey", "value": 0}])


def downgrade() -> None:
    """What families said is forgotten, and what was found out."""
    op.execute(COUNTERS.delete().where(COUNTERS.c.name == "survey"))
    op.execute("DELETE FROM record WHERE kind = 'survey_story'")
    for table in reversed(TABLES):
        op.drop_table(table)


def _survey() -> None:
    op.create_table(
        "survey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _to("survey", "allocation_id", "allocation.id", nullable=True),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("families", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        _to("survey", "drawn_by_id", "person.id"),
        _moment("drawn_at"),
        sa.CheckConstraint("size >= 1", name=op.f("ck_survey_some")),
        sa.CheckConstraint("size <= families", name=op.f("ck_survey_of_all")),
        sa.CheckConstraint("(first_day IS NULL) = (last_day IS NULL)", name=op.f("ck_survey_both_days")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_survey_days_in_order")),
        sa.CheckConstraint("allocation_id IS NOT NULL OR first_day IS NOT NULL", name=op.f("ck_survey_of_something")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("number", name=op.f("uq_survey_number")),
    )


def _drawn() -> None:
    op.create_table(
        "survey_frame",
        _to("survey_frame", "survey_id", "survey.id"),
        _to("survey_frame", "point_id", "point.id"),
        sa.Column("families", sa.BigInteger(), nullable=False),
        sa.Column("collections", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("families >= 1", name=op.f("ck_survey_frame_some")),
        sa.PrimaryKeyConstraint("survey_id", "point_id", name=op.f("pk_survey_frame")),
    )
    op.create_table(
        "survey_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("survey_call", "survey_id", "survey.id"),
        sa.Column("n", sa.BigInteger(), nullable=False),
        _to("survey_call", "collection_id", "collection.id"),
        _to("survey_call", "family_id", "family.id"),
        sa.CheckConstraint("n >= 1", name=op.f("ck_survey_call_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_call")),
        sa.UniqueConstraint("survey_id", "n", name=op.f("uq_survey_call_survey_id_n")),
        sa.UniqueConstraint("survey_id", "family_id", name=op.f("uq_survey_call_survey_id_family_id")),
    )
    op.create_index(op.f("ix_survey_call_collection_id"), "survey_call", ["collection_id"])
    op.create_index(op.f("ix_survey_call_family_id"), "survey_call", ["family_id"])


def _asked() -> None:
    op.create_table(
        "survey_try",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("survey_try", "call_id", "survey_call.id"),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("reach", sa.String(length=40), nullable=False),
        _to("survey_try", "by_id", "person.id"),
        _moment("at"),
        sa.CheckConstraint("n BETWEEN 1 AND 3", name=op.f("ck_survey_try_three")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_try")),
        sa.UniqueConstraint("call_id", "n", name=op.f("uq_survey_try_call_id_n")),
    )
    op.create_table(
        "survey_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("survey_answer", "call_id", "survey_call.id"),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.String(length=40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("waited", sa.String(length=40), nullable=True),
        sa.Column("respected", sa.String(length=40), nullable=True),
        sa.Column("paid", sa.String(length=40), nullable=True),
        _to("survey_answer", "by_id", "person.id"),
        _moment("at"),
        sa.CheckConstraint("n >= 1", name=op.f("ck_survey_answer_from_one")),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_survey_answer_amount_not_negative")),
        sa.CheckConstraint(
            "received <> 'nothing' OR coalesce(amount_minor, 0) = 0", name=op.f("ck_survey_answer_nothing_is_nothing")
        ),
        sa.CheckConstraint(
            "received <> 'nothing' OR received_on IS NULL", name=op.f("ck_survey_answer_nothing_on_no_day")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answer")),
        sa.UniqueConstraint("call_id", "n", name=op.f("uq_survey_answer_call_id_n")),
    )


def _settled() -> None:
    op.create_table(
        "survey_story",
        _to("survey_story", "answer_id", "survey_answer.id"),
        sa.Column("found", sa.String(length=40), nullable=False),
        _to("survey_story", "by_id", "person.id"),
        _moment("at"),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_survey_story")),
    )
    op.create_table(
        "survey_close",
        _to("survey_close", "survey_id", "survey.id"),
        _to("survey_close", "by_id", "person.id"),
        _moment("at"),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_survey_close")),
    )


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _to(table: str, name: str, key: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(key, name=op.f(f"fk_{table}_{name}")), nullable=nullable)
