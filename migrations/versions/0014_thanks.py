"""Thanks by e-mail and in public, texts of the fund's own, codes of gifts; what a job needs sealed to a worker."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

FIXED = {
    "thanks_text": (),
    "thanks_words": (),
    "thanks_mail": (
        *("id", "donation_id", "n", "corrections", "language", "text_id", "job_id"),
        *("asked_at", "asked_by_id"),
    ),
    "thanks_mail_step": (),
    "gift_code": (),
    "thanks_published": ("thanks_id", "line_hash"),
    "thanks_unpublished": (),
}
STANDS = sa.text("state IN ('asked', 'sending', 'failed', 'unknown', 'sent', 'accepted')")


def upgrade() -> None:
    """Each table; letters that were printed before were set in the text that Komek brings."""
    _texts()
    _mails()
    _codes()
    _published()
    _workers()
    guard(FIXED)


def downgrade() -> None:
    """Who was thanked stays thanked; how is forgotten."""
    for table in ("parcel", "run_key", *reversed(FIXED)):
        op.drop_table(table)


def _texts() -> None:
    op.create_table(
        "thanks_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("own_name", "subject", "greeting", "unnamed", "body", "closing")
        ),
        _moment("written_at"),
        _to("thanks_text", "written_by_id", "person.id"),
        sa.CheckConstraint("n >= 1", name=op.f("ck_thanks_text_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thanks_text")),
        sa.UniqueConstraint("language", "n", name=op.f("uq_thanks_text_language_n")),
    )
    op.create_table(
        "thanks_words",
        _to("thanks_words", "thanks_id", "thanks.id"),
        _to("thanks_words", "text_id", "thanks_text.id"),
        sa.PrimaryKeyConstraint("thanks_id", name=op.f("pk_thanks_words")),
    )


def _mails() -> None:
    op.create_table(
        "thanks_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("thanks_mail", "donation_id", "donation.id"),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("corrections", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        _to("thanks_mail", "text_id", "thanks_text.id", nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        _moment("asked_at"),
        _to("thanks_mail", "asked_by_id", "person.id"),
        sa.CheckConstraint("n >= 1 AND corrections >= 0", name=op.f("ck_thanks_mail_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thanks_mail")),
        sa.UniqueConstraint("donation_id", "n", name=op.f("uq_thanks_mail_donation_id_n")),
    )
    op.create_index(op.f("ix_thanks_mail_job_id"), "thanks_mail", ["job_id"])
    op.create_index(
        "ix_thanks_mail_standing",
        "thanks_mail",
        ["donation_id"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    op.create_table(
        "thanks_mail_step",
        _to("thanks_mail_step", "mail_id", "thanks_mail.id"),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        _moment("at"),
        _to("thanks_mail_step", "by_id", "person.id", nullable=True),
        sa.Column("words", sa.String(), nullable=True),
        sa.CheckConstraint("n >= 1", name=op.f("ck_thanks_mail_step_from_one")),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'reopened') OR (by_id IS NOT NULL AND words IS NOT NULL)",
            name=op.f("ck_thanks_mail_step_decided_by_somebody"),
        ),
        sa.PrimaryKeyConstraint("mail_id", "n", name=op.f("pk_thanks_mail_step")),
    )


def _codes() -> None:
    op.create_table(
        "gift_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("gift_code", "donation_id", "donation.id"),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        _moment("made_at"),
        sa.CheckConstraint("n >= 1", name=op.f("ck_gift_code_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_code")),
        sa.UniqueConstraint("donation_id", "n", name=op.f("uq_gift_code_donation_id_n")),
        sa.UniqueConstraint("hash", name=op.f("uq_gift_code_hash")),
    )


def _published() -> None:
    op.create_table(
        "thanks_published",
        _to("thanks_published", "thanks_id", "thanks.id"),
        sa.Column("line", sa.String(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("line_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(line IS NULL) = (salt IS NULL)", name=op.f("ck_thanks_published_line_has_salt")),
        sa.CheckConstraint("line IS NULL OR line_hash IS NOT NULL", name=op.f("ck_thanks_published_line_is_hashed")),
        sa.PrimaryKeyConstraint("thanks_id", name=op.f("pk_thanks_published")),
    )
    op.create_table(
        "thanks_unpublished",
        _to("thanks_unpublished", "thanks_id", "thanks_published.thanks_id"),
        sa.Column("reason", sa.String(), nullable=False),
        _moment("taken_off_at"),
        _to("thanks_unpublished", "taken_off_by_id", "person.id"),
        sa.PrimaryKeyConstraint("thanks_id", name=op.f("pk_thanks_unpublished")),
    )


def _workers() -> None:
    op.create_table(
        "run_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        _moment("since"),
        _moment("seen_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_key")),
    )
    op.create_table(
        "parcel",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("run_key_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        _moment("expires_at"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_key_id"], ["run_key.id"], name=op.f("fk_parcel_run_key_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "run_key_id", name=op.f("pk_parcel")),
    )
    op.create_index(op.f("ix_parcel_run_key_id"), "parcel", ["run_key_id"])
    op.create_index(op.f("ix_parcel_job_id"), "parcel", ["job_id"])


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _to(table: str, name: str, key: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(key, name=op.f(f"fk_{table}_{name}")), nullable=nullable)
