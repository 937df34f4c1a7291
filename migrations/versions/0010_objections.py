"""Objections of families, and their answers."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("objection_rule", "objection", "objection_passed_on", "objection_answer", "objection_remark")
SERIES = sa.table("counter", sa.column("name"), sa.column("value"))


def upgrade() -> None:
    """Each table, and the counter that objections are numbered by."""
    op.create_table(
        "objection_rule",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("answer_days", sa.BigInteger(), nullable=False),
        _to("objection_rule", "set_by_id", "person.id"),
        _moment("set_at"),
        sa.CheckConstraint("answer_days >= 1", name=op.f("ck_objection_rule_some_days")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_objection_rule")),
    )
    _objections()
    _answers()
    guard(dict.fromkeys(TABLES, ()))
    op.bulk_insert(SERIES, [{"name": "objection", "value": 0}])


def downgrade() -> None:
    """Objections are gone; what they were about stays."""
    op.execute(SERIES.delete().where(SERIES.c.name == "objection"))
    for table in reversed(TABLES):
        op.drop_table(table)


def _objections() -> None:
    op.create_table(
        "objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _to("objection", "family_id", "family.id"),
        _to("objection", "allocation_id", "allocation.id", nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        _to("objection", "opened_by_id", "person.id"),
        _moment("opened_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("number", name=op.f("uq_objection_number")),
    )
    op.create_index(op.f("ix_objection_family_id"), "objection", ["family_id"])
    op.create_index(op.f("ix_objection_allocation_id"), "objection", ["allocation_id"])
    op.create_table(
        "objection_passed_on",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("objection_passed_on", "objection_id", "objection.id"),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        *_by("objection_passed_on"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_passed_on")),
        sa.UniqueConstraint("objection_id", name=op.f("uq_objection_passed_on_objection_id")),
    )


def _answers() -> None:
    op.create_table(
        "objection_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("objection_answer", "objection_id", "objection.id"),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("remedy", sa.String(length=40), nullable=True),
        sa.Column("refusal", sa.String(length=40), nullable=True),
        _to("objection_answer", "meeting_id", "meeting.id", nullable=True),
        *_by("objection_answer"),
        sa.CheckConstraint("n IN (1, 2)", name=op.f("ck_objection_answer_first_or_second")),
        sa.CheckConstraint(
            "(outcome = 'upheld') = (remedy IS NOT NULL)", name=op.f("ck_objection_answer_upheld_has_remedy")
        ),
        sa.CheckConstraint(
            "(outcome = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_objection_answer_refused_has_reason")
        ),
        sa.CheckConstraint("meeting_id IS NULL OR n = 2", name=op.f("ck_objection_answer_meeting_of_committee")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_answer")),
        sa.UniqueConstraint("objection_id", "n", name=op.f("uq_objection_answer_objection_id_n")),
    )
    op.create_table(
        "objection_remark",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("objection_remark", "objection_id", "objection.id"),
        *_by("objection_remark"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_remark")),
    )
    op.create_index(op.f("ix_objection_remark_objection_id"), "objection_remark", ["objection_id"])


def _by(table: str) -> tuple[sa.Column[object], sa.Column[object]]:
    return _to(table, "by_id", "person.id"), _moment("at")


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _to(table: str, name: str, key: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(key, name=op.f(f"fk_{table}_{name}")), nullable=nullable)
