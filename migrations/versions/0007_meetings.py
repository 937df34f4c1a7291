"""Meetings of the committee: remarks, questions, what is held out, minutes."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = (
    "meeting",
    "meeting_item",
    "meeting_invitation",
    "attendance",
    "paper_ballot",
    "remark",
    "line_question",
    "question_answer",
    "held_line",
    "minutes",
    "called_off",
)
SERIES = sa.table("counter", sa.column("name"), sa.column("value"))


def upgrade() -> None:
    """Each table, and the counter that meetings are numbered by."""
    _meetings()
    _at_the_table()
    _said()
    _ended()
    guard(dict.fromkeys(TABLES, ()))
    op.bulk_insert(SERIES, [{"name": "meeting", "value": 0}])


def downgrade() -> None:
    """Meetings are gone; what was voted on and decided stays."""
    op.execute(SERIES.delete().where(SERIES.c.name == "meeting"))
    for table in reversed(TABLES):
        op.drop_table(table)


def _meetings() -> None:
    op.create_table(
        "meeting",
        _id(),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _person("meeting", "called_by_id"),
        _moment("called_at"),
        _moment("meets_at"),
        _moment("votes_until"),
        sa.CheckConstraint("votes_until >= meets_at", name=op.f("ck_meeting_votes_end_after_it_begins")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("number", name=op.f("uq_meeting_number")),
    )
    op.create_table(
        "meeting_item",
        _of_meeting("meeting_item"),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        _of("meeting_item", "allocation"),
        sa.PrimaryKeyConstraint("meeting_id", "n", name=op.f("pk_meeting_item")),
        sa.UniqueConstraint("meeting_id", "allocation_id", name=op.f("uq_meeting_item_meeting_id_allocation_id")),
    )
    op.create_index(op.f("ix_meeting_item_allocation_id"), "meeting_item", ["allocation_id"])
    op.create_table(
        "meeting_invitation",
        _of_meeting("meeting_invitation"),
        _person("meeting_invitation", "person_id"),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", name=op.f("pk_meeting_invitation")),
    )
    op.create_index(op.f("ix_meeting_invitation_person_id"), "meeting_invitation", ["person_id"])


def _at_the_table() -> None:
    op.create_table(
        "attendance",
        _id(),
        _of_meeting("attendance"),
        _person("attendance", "person_id"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("there", sa.Boolean(), nullable=False),
        *_by("attendance"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint(
            "meeting_id", "person_id", "number", name=op.f("uq_attendance_meeting_id_person_id_number")
        ),
    )
    op.create_table(
        "paper_ballot",
        _id(),
        _of_meeting("paper_ballot"),
        *_version("paper_ballot"),
        _person("paper_ballot", "member_id"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("choice", sa.String(length=40), nullable=False),
        sa.Column("recusal_reason", sa.String(length=40), nullable=True),
        *_by("paper_ballot"),
        sa.CheckConstraint(
            "(choice = 'recusal') = (recusal_reason IS NOT NULL)", name=op.f("ck_paper_ballot_recusal_has_reason")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_ballot")),
        sa.UniqueConstraint(
            "meeting_id",
            "allocation_id",
            "version",
            "member_id",
            "number",
            name="uq_paper_ballot_number",
        ),
    )


def _said() -> None:
    op.create_table(
        "remark",
        _id(),
        *_version("remark"),
        *_by("remark"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
    )
    op.create_index(op.f("ix_remark_allocation_id"), "remark", ["allocation_id"])
    op.create_table(
        "line_question",
        _id(),
        _of("line_question", "allocation"),
        _of("line_question", "allocation_line", "line_id"),
        sa.Column("reason", sa.String(length=40), nullable=False),
        *_by("line_question"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_question")),
    )
    op.create_index(op.f("ix_line_question_allocation_id"), "line_question", ["allocation_id"])
    op.create_index(op.f("ix_line_question_line_id"), "line_question", ["line_id"])
    op.create_table(
        "question_answer",
        _of("question_answer", "line_question", "question_id"),
        *_by("question_answer"),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_question_answer")),
    )
    op.create_table(
        "held_line",
        _of("held_line", "allocation_line", "line_id"),
        _of("held_line", "allocation"),
        sa.Column("reason", sa.String(length=40), nullable=False),
        *_by("held_line"),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_held_line")),
    )
    op.create_index(op.f("ix_held_line_allocation_id"), "held_line", ["allocation_id"])


def _ended() -> None:
    op.create_table(
        "minutes",
        _of_meeting("minutes"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        *_by("minutes"),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_minutes")),
    )
    op.create_table(
        "called_off",
        _of_meeting("called_off"),
        *_by("called_off"),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_called_off")),
    )


# ---------------------------------------------------------------- columns that return


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), nullable=False)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _person(table: str, name: str) -> sa.Column[object]:
    return _to(table, name, "person.id")


def _by(table: str) -> tuple[sa.Column[object], sa.Column[object]]:
    return _person(table, "by_id"), _moment("at")


def _of_meeting(table: str) -> sa.Column[object]:
    return _to(table, "meeting_id", "meeting.id")


def _of(table: str, other: str, name: str = "") -> sa.Column[object]:
    return _to(table, name or f"{other}_id", f"{other}.id")


def _to(table: str, name: str, key: str) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(key, name=op.f(f"fk_{table}_{name}")), nullable=False)


def _version(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["allocation_id", "version"],
            ["allocation_version.allocation_id", "allocation_version.version"],
            name=op.f(f"fk_{table}_allocation_id_version"),
        ),
    )
