"""Donors change, are merged and parted, and may ask never to be named; what they wrote is shown to families."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

FIXED = {
    "donor_change": (),
    "donor_merge": (),
    "donor_parting": (),
    "donor_distinct": (),
    "thanks_unnamed": (),
    "support_message": (),
    "support_answer": (
        "message_id",
        "shows",
        "reason",
        "words_hash",
        "signature_hash",
        "answered_at",
        "answered_by_id",
    ),
    "support_unsigned": (),
    "support_taken_down": (),
}
SERIES = sa.table("counter", sa.column("name"), sa.column("value"))


def upgrade() -> None:
    """Each table; donors that were there are as they were first entered.

    What donors are found by is made anew from what is sealed of them, since branches are found by their union now.
    """
    op.add_column("donor", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column(
        "donor",
        sa.Column(
            "merged_into_id",
            sa.Uuid(),
            sa.ForeignKey("donor.id", name=op.f("fk_donor_merged_into_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.create_index(op.f("ix_donor_merged_into_id"), "donor", ["merged_into_id"])
    _donors()
    _messages()
    guard(FIXED)
    op.execute("DELETE FROM donor_token")
    op.bulk_insert(SERIES, [{"name": "support", "value": 0}])


def downgrade() -> None:
    """Donors that were merged are many again; what they wrote is forgotten."""
    op.execute(SERIES.delete().where(SERIES.c.name == "support"))
    op.execute("DELETE FROM record WHERE kind IN ('support', 'donor_before')")
    for table in reversed(FIXED):
        op.drop_table(table)
    op.execute("DELETE FROM donor_token")
    op.drop_index(op.f("ix_donor_merged_into_id"), "donor")
    with op.batch_alter_table("donor", recreate="auto") as donor:
        donor.drop_column("merged_into_id")
        donor.drop_column("version")
    if op.get_bind().dialect.name == "sqlite":
        guard({"donor": ("id", "known_since")})


def _donors() -> None:
    op.create_table(
        "donor_change",
        _to("donor_change", "donor_id", "donor.id"),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        _word("kind"),
        _word("language"),
        sa.Column("reason", sa.String(), nullable=True),
        _moment("at"),
        _to("donor_change", "by_id", "person.id"),
        sa.CheckConstraint("version >= 2", name=op.f("ck_donor_change_from_two")),
        sa.CheckConstraint("kind <> 'nameable' OR reason IS NOT NULL", name=op.f("ck_donor_change_told_why")),
        sa.PrimaryKeyConstraint("donor_id", "version", name=op.f("pk_donor_change")),
    )
    op.create_table(
        "donor_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("donor_merge", "kept_id", "donor.id"),
        sa.Column("kept_version", sa.BigInteger(), nullable=False),
        _to("donor_merge", "other_id", "donor.id"),
        sa.Column("other_version", sa.BigInteger(), nullable=False),
        _moment("merged_at"),
        _to("donor_merge", "merged_by_id", "person.id"),
        sa.CheckConstraint("kept_id <> other_id", name=op.f("ck_donor_merge_two_donors")),
        sa.ForeignKeyConstraint(
            ["kept_id", "kept_version"],
            ["donor_change.donor_id", "donor_change.version"],
            name="fk_donor_merge_change",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donor_merge")),
    )
    op.create_index(op.f("ix_donor_merge_kept_id"), "donor_merge", ["kept_id"])
    op.create_index(op.f("ix_donor_merge_other_id"), "donor_merge", ["other_id"])
    op.create_table(
        "donor_parting",
        _to("donor_parting", "merge_id", "donor_merge.id"),
        sa.Column("reason", sa.String(), nullable=False),
        _moment("parted_at"),
        _to("donor_parting", "parted_by_id", "person.id"),
        sa.PrimaryKeyConstraint("merge_id", name=op.f("pk_donor_parting")),
    )
    op.create_table(
        "donor_distinct",
        _to("donor_distinct", "one_id", "donor.id"),
        _to("donor_distinct", "other_id", "donor.id"),
        _moment("said_at"),
        _to("donor_distinct", "said_by_id", "person.id"),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_donor_distinct_in_order")),
        sa.PrimaryKeyConstraint("one_id", "other_id", name=op.f("pk_donor_distinct")),
    )
    op.create_table(
        "thanks_unnamed",
        _to("thanks_unnamed", "thanks_id", "thanks_published.thanks_id"),
        *_change("thanks_unnamed"),
        sa.PrimaryKeyConstraint("thanks_id", name=op.f("pk_thanks_unnamed")),
    )


def _messages() -> None:
    op.create_table(
        "support_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _to("support_message", "donor_id", "donor.id", nullable=True),
        _to("support_message", "line_id", "bank_line.id", nullable=True),
        _to("support_message", "same_as_id", "support_message.id", nullable=True),
        _word("language"),
        sa.Column("is_signed", sa.Boolean(), nullable=False),
        _moment("taken_at"),
        _to("support_message", "taken_by_id", "person.id"),
        sa.CheckConstraint("NOT is_signed OR donor_id IS NOT NULL", name=op.f("ck_support_message_signed_by_a_donor")),
        sa.CheckConstraint("same_as_id <> id", name=op.f("ck_support_message_of_another")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_message")),
        sa.UniqueConstraint("number", name=op.f("uq_support_message_number")),
    )
    for column in ("donor_id", "line_id", "same_as_id"):
        op.create_index(op.f(f"ix_support_message_{column}"), "support_message", [column])
    op.create_table(
        "support_answer",
        _to("support_answer", "message_id", "support_message.id"),
        sa.Column("shows", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("words", "signature")),
        *(
            sa.Column(name, sa.LargeBinary(), nullable=True)
            for name in ("words_salt", "signature_salt", "words_hash", "signature_hash")
        ),
        _moment("answered_at"),
        _to("support_answer", "answered_by_id", "person.id"),
        sa.CheckConstraint("shows = (words_hash IS NOT NULL)", name=op.f("ck_support_answer_what_is_shown_is_hashed")),
        sa.CheckConstraint("shows OR reason IS NOT NULL", name=op.f("ck_support_answer_told_why")),
        sa.CheckConstraint("(words IS NULL) = (words_salt IS NULL)", name=op.f("ck_support_answer_words_have_salt")),
        sa.CheckConstraint(
            "(signature IS NULL) = (signature_salt IS NULL)", name=op.f("ck_support_answer_signature_has_salt")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_support_answer")),
    )
    op.create_table(
        "support_unsigned",
        _to("support_unsigned", "message_id", "support_message.id"),
        *_change("support_unsigned"),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_support_unsigned")),
    )
    op.create_table(
        "support_taken_down",
        _to("support_taken_down", "message_id", "support_answer.message_id"),
        sa.Column("reason", sa.String(), nullable=False),
        _moment("taken_down_at"),
        _to("support_taken_down", "taken_down_by_id", "person.id"),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_support_taken_down")),
    )


def _change(table: str) -> tuple[sa.Column[object] | sa.ForeignKeyConstraint, ...]:
    """The change of a donor by which it came to this."""
    return (
        sa.Column("donor_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["donor_id", "version"], ["donor_change.donor_id", "donor_change.version"], name=f"fk_{table}_change"
        ),
    )


def _word(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.String(length=40), nullable=False)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _to(table: str, name: str, key: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(key, name=op.f(f"fk_{table}_{name}")), nullable=nullable)
