"""Custody: founding acts, certificates, recovery shares, suspensions, stops, backups, jobs, and families that leave."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = [
    "backup",
    "backup_recipient",
    "founding_act",
    "guess",
    "seat",
    "sitting",
    "device",
    "emergency_stop",
    "job",
    "key_reset",
    "lockdown",
    "look_warning",
    "membership_change",
    "recovery_key",
    "suspension",
    "certificate",
    "change_answer",
    "lockdown_key",
    "recovery_copy",
    "recovery_share",
    "reinstatement",
    "stop_answer",
    "work_change",
    "share_confirmation",
    "share_loss",
    "erasure",
    "sample_family",
    "warned_family",
    "withdrawal",
]

# Permanent tables, and of those with columns that change the ones that don't.
PERMANENT: dict[str, tuple[str, ...]] = {
    "backup": ("head_hash", "head_seq", "id", "keep_until", "made_at", "name", "sha256", "size"),
    "backup_recipient": ("id", "label", "named_at", "recipient"),
    "certificate": (),
    "change_answer": (),
    "emergency_stop": ("at", "id", "lapses_at", "pressed_by_id"),
    "erasure": (),
    "founding_act": (),
    "key_reset": (),
    "lockdown": ("at", "id", "pressed_by_id"),
    "lockdown_key": (),
    "look_warning": (),
    "membership_change": (),
    "recovery_key": ("backup_recipient", "generation", "made_at", "made_by_id", "public", "shares", "threshold"),
    "recovery_share": ("country", "generation", "holder_id", "number"),
    "reinstatement": (),
    "sample_family": (),
    "share_confirmation": (),
    "share_loss": (),
    "stop_answer": (),
    "suspension": (),
    "warned_family": (),
    "withdrawal": (),
    "work_change": (),
}
ENDING: dict[str, tuple[str, ...]] = {
    "person_locality": ("locality_id", "person_id"),
    "person_point": ("person_id", "point_id"),
    "role_grant": ("granted_at", "person_id", "role"),
}
"""Permanent since 0001, and from now on they may end."""
INDEXED = ("index_token", "import_mark")
"""What is made under a ring's index key says of which epoch. What is there already counts as old, and is made anew."""


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.create_table(
        "backup",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("head_seq", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("copied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup")),
        sa.UniqueConstraint("name", name=op.f("uq_backup_name")),
    )
    op.create_table(
        "backup_recipient",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_recipient")),
        sa.UniqueConstraint("recipient", name=op.f("uq_backup_recipient_recipient")),
    )
    op.create_table(
        "founding_act",
        sa.Column("sole", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sole = 1", name=op.f("ck_founding_act_only_one")),
        sa.PrimaryKeyConstraint("sole", name=op.f("pk_founding_act")),
    )
    op.create_table(
        "guess",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guess")),
    )
    op.create_table(
        "seat",
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("hpke_public", sa.LargeBinary(), nullable=False),
        sa.Column("voting_public", sa.LargeBinary(), nullable=True),
        sa.Column("bundle_salt", sa.LargeBinary(), nullable=False),
        sa.Column("bundle_time", sa.BigInteger(), nullable=False),
        sa.Column("bundle_memory_kib", sa.BigInteger(), nullable=False),
        sa.Column("bundle_lanes", sa.BigInteger(), nullable=False),
        sa.Column("bundle", sa.LargeBinary(), nullable=False),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("handle", name=op.f("pk_seat")),
        sa.UniqueConstraint("person_id", name=op.f("uq_seat_person_id")),
    )
    op.create_table(
        "sitting",
        sa.Column("sole", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code_salt", sa.LargeBinary(), nullable=False),
        sa.Column("code_check", sa.LargeBinary(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=True),
        sa.Column("cookie_id", sa.LargeBinary(), nullable=True),
        sa.Column("jar", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sole = 1", name=op.f("ck_sitting_only_one")),
        sa.PrimaryKeyConstraint("sole", name=op.f("pk_sitting")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_device_person_id")),
        sa.PrimaryKeyConstraint("id", "person_id", name=op.f("pk_device")),
    )
    op.create_table(
        "emergency_stop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pressed_by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["pressed_by_id"], ["person.id"], name=op.f("fk_emergency_stop_pressed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_stop")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_job_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_state_run_after", "job", ["state", "run_after"], unique=False)
    op.create_table(
        "key_reset",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_key_reset_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_key_reset_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_reset")),
    )
    op.create_index(op.f("ix_key_reset_person_id"), "key_reset", ["person_id"], unique=False)
    op.create_table(
        "lockdown",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pressed_by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["pressed_by_id"], ["person.id"], name=op.f("fk_lockdown_pressed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lockdown")),
    )
    op.create_table(
        "look_warning",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("quota", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_look_warning_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_warning")),
        sa.UniqueConstraint("person_id", "day", name=op.f("uq_look_warning_person_id_day")),
    )
    op.create_table(
        "membership_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("leaves_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["leaves_id"], ["person.id"], name=op.f("fk_membership_change_leaves_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_membership_change_proposed_by_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["person.id"], name=op.f("fk_membership_change_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_change")),
    )
    op.create_table(
        "recovery_key",
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("backup_recipient", sa.String(), nullable=False),
        sa.Column("threshold", sa.BigInteger(), nullable=False),
        sa.Column("shares", sa.BigInteger(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("threshold >= 2 AND threshold <= shares", name=op.f("ck_recovery_key_some_of_all")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_recovery_key_made_by_id")),
        sa.PrimaryKeyConstraint("generation", name=op.f("pk_recovery_key")),
    )
    op.create_table(
        "suspension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_suspension_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_suspension_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    op.create_index(op.f("ix_suspension_person_id"), "suspension", ["person_id"], unique=False)
    op.create_table(
        "certificate",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_certificate_from_one")),
        sa.ForeignKeyConstraint(["change_id"], ["membership_change.id"], name=op.f("fk_certificate_change_id")),
        sa.ForeignKeyConstraint(
            ["policy_version"], ["committee_policy.version"], name=op.f("fk_certificate_policy_version")
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_certificate")),
        sa.UniqueConstraint("change_id", name=op.f("uq_certificate_change_id")),
    )
    op.create_table(
        "change_answer",
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("voting_key_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["membership_change.id"], name=op.f("fk_change_answer_change_id")),
        sa.ForeignKeyConstraint(["member_id"], ["person.id"], name=op.f("fk_change_answer_member_id")),
        sa.ForeignKeyConstraint(["voting_key_id"], ["voting_key.id"], name=op.f("fk_change_answer_voting_key_id")),
        sa.PrimaryKeyConstraint("change_id", "member_id", name=op.f("pk_change_answer")),
    )
    op.create_table(
        "lockdown_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lockdown_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lockdown_id"], ["lockdown.id"], name=op.f("fk_lockdown_key_lockdown_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lockdown_key_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lockdown_key")),
    )
    op.create_table(
        "recovery_copy",
        sa.Column("ring_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["generation"], ["recovery_key.generation"], name=op.f("fk_recovery_copy_generation")),
        sa.ForeignKeyConstraint(
            ["ring_id", "epoch"],
            ["ring_epoch.ring_id", "ring_epoch.epoch"],
            name=op.f("fk_recovery_copy_ring_id_epoch"),
        ),
        sa.PrimaryKeyConstraint("ring_id", "epoch", "generation", name=op.f("pk_recovery_copy")),
    )
    op.create_table(
        "recovery_share",
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_recovery_share_from_one")),
        sa.ForeignKeyConstraint(["generation"], ["recovery_key.generation"], name=op.f("fk_recovery_share_generation")),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f("fk_recovery_share_holder_id")),
        sa.PrimaryKeyConstraint("generation", "number", name=op.f("pk_recovery_share")),
    )
    op.create_table(
        "share_confirmation",
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["generation", "number"],
            ["recovery_share.generation", "recovery_share.number"],
            name=op.f("fk_share_confirmation_generation_number"),
        ),
        sa.PrimaryKeyConstraint("generation", "number", name=op.f("pk_share_confirmation")),
    )
    op.create_table(
        "share_loss",
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_share_loss_by_id")),
        sa.ForeignKeyConstraint(
            ["generation", "number"],
            ["recovery_share.generation", "recovery_share.number"],
            name=op.f("fk_share_loss_generation_number"),
        ),
        sa.PrimaryKeyConstraint("generation", "number", name=op.f("pk_share_loss")),
    )
    op.create_table(
        "reinstatement",
        sa.Column("suspension_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_reinstatement_by_id")),
        sa.ForeignKeyConstraint(["suspension_id"], ["suspension.id"], name=op.f("fk_reinstatement_suspension_id")),
        sa.PrimaryKeyConstraint("suspension_id", name=op.f("pk_reinstatement")),
    )
    op.create_table(
        "stop_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stop_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("voting_key_id", sa.Uuid(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["person.id"], name=op.f("fk_stop_answer_member_id")),
        sa.ForeignKeyConstraint(["stop_id"], ["emergency_stop.id"], name=op.f("fk_stop_answer_stop_id")),
        sa.ForeignKeyConstraint(["voting_key_id"], ["voting_key.id"], name=op.f("fk_stop_answer_voting_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_answer")),
        sa.UniqueConstraint("stop_id", "member_id", "kind", name=op.f("uq_stop_answer_stop_id_member_id_kind")),
    )
    op.create_table(
        "work_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("locality_id", sa.Uuid(), nullable=True),
        sa.Column("point_id", sa.Uuid(), nullable=True),
        sa.Column("ends", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_work_change_by_id")),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_work_change_locality_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_work_change_person_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_work_change_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_change")),
    )
    op.create_index(op.f("ix_work_change_person_id"), "work_change", ["person_id"], unique=False)
    op.create_table(
        "erasure",
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forgotten_by", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_erasure_by_id")),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_erasure_family_id")),
        sa.PrimaryKeyConstraint("family_id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "sample_family",
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_sample_family_family_id")),
        sa.PrimaryKeyConstraint("family_id", name=op.f("pk_sample_family")),
    )
    op.create_table(
        "warned_family",
        sa.Column("suspension_id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_warned_family_by_id")),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_warned_family_family_id")),
        sa.ForeignKeyConstraint(["suspension_id"], ["suspension.id"], name=op.f("fk_warned_family_suspension_id")),
        sa.PrimaryKeyConstraint("suspension_id", "family_id", name=op.f("pk_warned_family")),
    )
    op.create_table(
        "withdrawal",
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_withdrawal_by_id")),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_withdrawal_family_id")),
        sa.PrimaryKeyConstraint("family_id", name=op.f("pk_withdrawal")),
    )
    for table, fixed in ENDING.items():
        _open(dialect, table)
        op.add_column(table, sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        _guard_update(dialect, table, fixed)
    op.add_column("person", sa.Column("codes_sheet", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("person", sa.Column("codes_used", sa.BigInteger(), server_default="0", nullable=False))
    for table in INDEXED:
        op.add_column(table, sa.Column("epoch", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("sign_in", sa.Column("device", sa.String(), nullable=True))
    op.add_column("sign_in", sa.Column("device_id", sa.LargeBinary(), nullable=True))
    op.add_column("sign_in", sa.Column("locked", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("sign_in", sa.Column("pin_tries", sa.BigInteger(), server_default="0", nullable=False))
    _many_keys_a_person(dialect)
    for table, fixed in PERMANENT.items():
        _guard(dialect, table, fixed)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    _one_key_a_person(dialect)
    for column in ("pin_tries", "locked", "device_id", "device"):
        op.drop_column("sign_in", column)
    for column in ("codes_used", "codes_sheet"):
        op.drop_column("person", column)
    for table in INDEXED:
        op.drop_column(table, "epoch")
    for table in ENDING:
        _open(dialect, table)
        op.drop_column(table, "ended_at")
        _guard_update(dialect, table, ())
    for table in reversed(TABLES):
        op.drop_table(table)


def _many_keys_a_person(dialect: str) -> None:
    """A member who lost their password gets another voting key; the old one's votes still refer to the old one."""
    if dialect == "postgresql":
        op.drop_constraint("uq_voting_key_person_id", "voting_key", type_="unique")
    else:
        with op.batch_alter_table("voting_key", recreate="always") as table:
            table.drop_constraint("uq_voting_key_person_id", type_="unique")
        _guard(dialect, "voting_key", ())
    op.create_index("ix_voting_key_person_id", "voting_key", ["person_id"])


def _one_key_a_person(dialect: str) -> None:
    op.drop_index("ix_voting_key_person_id", "voting_key")
    if dialect == "postgresql":
        op.create_unique_constraint("uq_voting_key_person_id", "voting_key", ["person_id"])
    else:
        with op.batch_alter_table("voting_key", recreate="always") as table:
            table.create_unique_constraint("uq_voting_key_person_id", ["person_id"])
        _guard(dialect, "voting_key", ())


def _guard(dialect: str, table: str, fixed: tuple[str, ...]) -> None:
    """Refuse to change or delete what is permanent."""
    _guard_update(dialect, table, fixed)
    if dialect == "postgresql":
        _trigger(table, "DELETE", "delete", "ROW")
        _trigger(table, "TRUNCATE", "truncate", "STATEMENT")
    else:
        _abort(table, "DELETE", "delete")


def _guard_update(dialect: str, table: str, fixed: tuple[str, ...]) -> None:
    event = "UPDATE" + (f" OF {', '.join(fixed)}" if fixed else "")
    if dialect == "postgresql":
        _trigger(table, event, "update", "ROW")
    else:
        _abort(table, event, "update")


def _trigger(table: str, event: str, name: str, each: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION komek_permanent()"
    )


def _abort(table: str, event: str, name: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is permanent'); END"
    )


def _open(dialect: str, table: str) -> None:
    op.execute(f"DROP TRIGGER {table}_no_update" + (f" ON {table}" if dialect == "postgresql" else ""))
