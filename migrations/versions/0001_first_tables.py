"""The first tables, and the triggers that keep permanent rows as they were written."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SERIES = ("donation", "allocation", "voucher", "entry", "batch")
TABLES = [
    "audit_head",
    "committee_policy",
    "counter",
    "currency",
    "donor",
    "entry",
    "performed",
    "person",
    "purpose",
    "ring",
    "audit_line",
    "available",
    "donation",
    "fund",
    "locality",
    "programme",
    "ring_epoch",
    "role_grant",
    "sign_in",
    "voting_key",
    "allocation",
    "person_locality",
    "point",
    "ring_membership",
    "thanks",
    "account",
    "allocation_version",
    "family",
    "person_point",
    "print_batch",
    "allocation_line",
    "confirmation",
    "family_version",
    "import_mark",
    "index_token",
    "record",
    "sighting",
    "transfer",
    "vote",
    "decision",
    "voucher",
    "wrap",
    "paper",
    "refused_collection",
    "collection",
]

# Permanent tables, and of those with columns that change the ones that don't.
PERMANENT: dict[str, tuple[str, ...]] = {
    "account": (),
    "allocation": ("id", "number", "programme_id", "purpose_id"),
    "allocation_line": (),
    "allocation_version": (),
    "audit_line": (),
    "collection": (),
    "committee_policy": (),
    "confirmation": (),
    "currency": (),
    "decision": (),
    "donation": (),
    "donor": ("id", "known_since"),
    "entry": (),
    "family": ("code", "id", "locality_id", "registered_at"),
    "family_version": (),
    "fund": (),
    "locality": (),
    "paper": (),
    "person": ("handle", "id", "joined_at"),
    "person_locality": (),
    "person_point": (),
    "point": (),
    "print_batch": (),
    "programme": (),
    "purpose": (),
    "refused_collection": (),
    "ring": (),
    "ring_epoch": (),
    "role_grant": (),
    "sighting": (),
    "thanks": (),
    "transfer": (),
    "vote": (),
    "voting_key": (),
    "voucher": (
        "allocation_id",
        "amount_minor",
        "currency",
        "family_id",
        "grace_until",
        "id",
        "point_id",
        "purpose_id",
        "serial",
        "valid_until",
    ),
}


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("sole", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("sole = 1", name=op.f("ck_audit_head_only_one")),
        sa.PrimaryKeyConstraint("sole", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "committee_policy",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quorum", sa.BigInteger(), nullable=False),
        sa.Column("notice_hours", sa.BigInteger(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("notice_hours >= 0", name=op.f("ck_committee_policy_notice_not_negative")),
        sa.CheckConstraint("quorum >= 3", name=op.f("ck_committee_policy_quorum_at_least_three")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_committee_policy")),
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "currency",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("digits", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_currency")),
    )
    op.create_table(
        "donor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("known_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donor")),
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("transfers", sa.BigInteger(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("transfers >= 1", name=op.f("ck_entry_has_transfers")),
        sa.ForeignKeyConstraint(["corrects_id"], ["entry.id"], name=op.f("fk_entry_corrects_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("number", name=op.f("uq_entry_number")),
    )
    op.create_index(op.f("ix_entry_cause_id"), "entry", ["cause_id"], unique=False)
    op.create_table(
        "performed",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performed")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("hpke_public", sa.LargeBinary(), nullable=False),
        sa.Column("bundle_salt", sa.LargeBinary(), nullable=False),
        sa.Column("bundle_time", sa.BigInteger(), nullable=False),
        sa.Column("bundle_memory_kib", sa.BigInteger(), nullable=False),
        sa.Column("bundle_lanes", sa.BigInteger(), nullable=False),
        sa.Column("bundle", sa.LargeBinary(), nullable=False),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("handle", name=op.f("uq_person_handle")),
    )
    op.create_table(
        "purpose",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purpose")),
        sa.UniqueConstraint("code", name=op.f("uq_purpose_code")),
    )
    op.create_table(
        "ring",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ring")),
    )
    op.create_table(
        "audit_line",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("made", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_audit_line_actor_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_line")),
    )
    op.create_table(
        "available",
        sa.Column("purpose_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_available_never_overspent")),
        sa.ForeignKeyConstraint(["currency"], ["currency.code"], name=op.f("fk_available_currency")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_available_purpose_id")),
        sa.PrimaryKeyConstraint("purpose_id", "currency", name=op.f("pk_available")),
    )
    op.create_table(
        "donation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("donor_id", sa.Uuid(), nullable=False),
        sa.Column("purpose_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_donation_amount_positive")),
        sa.ForeignKeyConstraint(["currency"], ["currency.code"], name=op.f("fk_donation_currency")),
        sa.ForeignKeyConstraint(["donor_id"], ["donor.id"], name=op.f("fk_donation_donor_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_donation_entry_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_donation_purpose_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_donation_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donation")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_donation_entry_id")),
        sa.UniqueConstraint("number", name=op.f("uq_donation_number")),
    )
    op.create_index(op.f("ix_donation_donor_id"), "donation", ["donor_id"], unique=False)
    op.create_table(
        "fund",
        sa.Column("sole", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("paper_titles", sa.JSON(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("founded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sole = 1", name=op.f("ck_fund_only_one")),
        sa.ForeignKeyConstraint(["currency"], ["currency.code"], name=op.f("fk_fund_currency")),
        sa.PrimaryKeyConstraint("sole", name=op.f("pk_fund")),
        sa.UniqueConstraint("id", name=op.f("uq_fund_id")),
    )
    op.create_table(
        "locality",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("ring_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["ring_id"], ["ring.id"], name=op.f("fk_locality_ring_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locality")),
        sa.UniqueConstraint("code", name=op.f("uq_locality_code")),
    )
    op.create_table(
        "programme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("purpose_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("valid_days", sa.BigInteger(), nullable=False),
        sa.Column("grace_days", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("grace_days >= 0", name=op.f("ck_programme_grace_not_negative")),
        sa.CheckConstraint("valid_days >= 1", name=op.f("ck_programme_valid_at_least_a_day")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_programme_purpose_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_programme_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_programme_code_version")),
    )
    op.create_table(
        "ring_epoch",
        sa.Column("ring_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("epoch >= 1", name=op.f("ck_ring_epoch_from_one")),
        sa.ForeignKeyConstraint(["ring_id"], ["ring.id"], name=op.f("fk_ring_epoch_ring_id")),
        sa.PrimaryKeyConstraint("ring_id", "epoch", name=op.f("pk_ring_epoch")),
    )
    op.create_table(
        "role_grant",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_role_grant")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("jar", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_person_id"), "sign_in", ["person_id"], unique=False)
    op.create_table(
        "voting_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_voting_key_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voting_key")),
        sa.UniqueConstraint("person_id", name=op.f("uq_voting_key_person_id")),
    )
    op.create_table(
        "allocation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("purpose_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_allocation_programme_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_allocation_purpose_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
        sa.UniqueConstraint("number", name=op.f("uq_allocation_number")),
    )
    op.create_table(
        "person_locality",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("locality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_person_locality_locality_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_locality_person_id")),
        sa.PrimaryKeyConstraint("person_id", "locality_id", name=op.f("pk_person_locality")),
    )
    op.create_table(
        "point",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("locality_id", sa.Uuid(), nullable=False),
        sa.Column("ring_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_point_locality_id")),
        sa.ForeignKeyConstraint(["ring_id"], ["ring.id"], name=op.f("fk_point_ring_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point")),
        sa.UniqueConstraint("code", name=op.f("uq_point_code")),
    )
    op.create_table(
        "ring_membership",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("ring_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ring_membership_person_id")),
        sa.ForeignKeyConstraint(
            ["ring_id", "epoch"],
            ["ring_epoch.ring_id", "ring_epoch.epoch"],
            name=op.f("fk_ring_membership_ring_id_epoch"),
        ),
        sa.PrimaryKeyConstraint("person_id", "ring_id", "epoch", name=op.f("pk_ring_membership")),
    )
    op.create_table(
        "thanks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("donation_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("thanked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("thanked_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["donation_id"], ["donation.id"], name=op.f("fk_thanks_donation_id")),
        sa.ForeignKeyConstraint(["thanked_by_id"], ["person.id"], name=op.f("fk_thanks_thanked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thanks")),
        sa.UniqueConstraint("donation_id", name=op.f("uq_thanks_donation_id")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("purpose_id", sa.Uuid(), nullable=True),
        sa.Column("point_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["currency"], ["currency.code"], name=op.f("fk_account_currency")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_account_point_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_account_purpose_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("id", "currency", name=op.f("uq_account_id_currency")),
        sa.UniqueConstraint("key", name=op.f("uq_account_key")),
    )
    op.create_table(
        "allocation_version",
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("content_root", sa.LargeBinary(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("families", sa.BigInteger(), nullable=False),
        sa.Column("children", sa.BigInteger(), nullable=False),
        sa.Column("unconfirmed", sa.BigInteger(), nullable=False),
        sa.Column("not_eligible", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("total_minor > 0", name=op.f("ck_allocation_version_total_positive")),
        sa.ForeignKeyConstraint(["allocation_id"], ["allocation.id"], name=op.f("fk_allocation_version_allocation_id")),
        sa.ForeignKeyConstraint(["currency"], ["currency.code"], name=op.f("fk_allocation_version_currency")),
        sa.ForeignKeyConstraint(
            ["policy_version"], ["committee_policy.version"], name=op.f("fk_allocation_version_policy_version")
        ),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_allocation_version_proposed_by_id")),
        sa.PrimaryKeyConstraint("allocation_id", "version", name=op.f("pk_allocation_version")),
    )
    op.create_table(
        "family",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("locality_id", sa.Uuid(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_version", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "confirmed_version IS NULL OR confirmed_version <= version", name=op.f("ck_family_confirmed_what_is")
        ),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_family_locality_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_family_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family")),
        sa.UniqueConstraint("code", name=op.f("uq_family_code")),
    )
    op.create_index("ix_family_locality_id_state", "family", ["locality_id", "state"], unique=False)
    op.create_table(
        "person_point",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_point_person_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_person_point_point_id")),
        sa.PrimaryKeyConstraint("person_id", "point_id", name=op.f("pk_person_point")),
    )
    op.create_table(
        "print_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("printed_by_id", sa.Uuid(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("papers", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["allocation_id"], ["allocation.id"], name=op.f("fk_print_batch_allocation_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_print_batch_point_id")),
        sa.ForeignKeyConstraint(["printed_by_id"], ["person.id"], name=op.f("fk_print_batch_printed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_batch")),
        sa.UniqueConstraint("number", name=op.f("uq_print_batch_number")),
    )
    op.create_index(op.f("ix_print_batch_allocation_id"), "print_batch", ["allocation_id"], unique=False)
    op.create_table(
        "allocation_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("family_code", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("facts_hash", sa.LargeBinary(), nullable=False),
        sa.Column("line_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_allocation_line_amount_positive")),
        sa.ForeignKeyConstraint(
            ["allocation_id", "version"],
            ["allocation_version.allocation_id", "allocation_version.version"],
            name=op.f("fk_allocation_line_allocation_id_version"),
        ),
        sa.ForeignKeyConstraint(["currency"], ["currency.code"], name=op.f("fk_allocation_line_currency")),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_allocation_line_family_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_allocation_line_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_line")),
        sa.UniqueConstraint(
            "allocation_id", "version", "family_id", name=op.f("uq_allocation_line_allocation_id_version_family_id")
        ),
        sa.UniqueConstraint("allocation_id", "version", "n", name=op.f("uq_allocation_line_allocation_id_version_n")),
    )
    op.create_index(op.f("ix_allocation_line_family_id"), "allocation_line", ["family_id"], unique=False)
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_confirmation_by_id")),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_confirmation_family_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("family_id", "version", name=op.f("uq_confirmation_family_id_version")),
    )
    op.create_table(
        "family_version",
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_family_version_by_id")),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_family_version_family_id")),
        sa.PrimaryKeyConstraint("family_id", "version", name=op.f("pk_family_version")),
    )
    op.create_table(
        "import_mark",
        sa.Column("locality_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_import_mark_family_id")),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_import_mark_locality_id")),
        sa.PrimaryKeyConstraint("locality_id", "fingerprint", name=op.f("pk_import_mark")),
    )
    op.create_index(op.f("ix_import_mark_family_id"), "import_mark", ["family_id"], unique=False)
    op.create_table(
        "index_token",
        sa.Column("locality_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_index_token_family_id")),
        sa.ForeignKeyConstraint(["locality_id"], ["locality.id"], name=op.f("fk_index_token_locality_id")),
        sa.PrimaryKeyConstraint("locality_id", "token", "family_id", name=op.f("pk_index_token")),
    )
    op.create_index(op.f("ix_index_token_family_id"), "index_token", ["family_id"], unique=False)
    op.create_table(
        "record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_record_from_one")),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_record_family_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("kind", "row_id", name=op.f("uq_record_kind_row_id")),
    )
    op.create_index(op.f("ix_record_family_id"), "record", ["family_id"], unique=False)
    op.create_table(
        "sighting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_sighting_family_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sighting_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
    )
    op.create_index(op.f("ix_sighting_family_id"), "sighting", ["family_id"], unique=False)
    op.create_index("ix_sighting_person_id_at", "sighting", ["person_id", "at"], unique=False)
    op.create_table(
        "transfer",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("debit_id", sa.Uuid(), nullable=False),
        sa.Column("credit_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_transfer_amount_positive")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_transfer_two_accounts")),
        sa.CheckConstraint("n >= 1", name=op.f("ck_transfer_from_one")),
        sa.ForeignKeyConstraint(
            ["credit_id", "currency"], ["account.id", "account.currency"], name="fk_transfer_credit"
        ),
        sa.ForeignKeyConstraint(["debit_id", "currency"], ["account.id", "account.currency"], name="fk_transfer_debit"),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_transfer_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "n", name=op.f("pk_transfer")),
    )
    op.create_index(op.f("ix_transfer_credit_id"), "transfer", ["credit_id"], unique=False)
    op.create_index(op.f("ix_transfer_debit_id"), "transfer", ["debit_id"], unique=False)
    op.create_table(
        "vote",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("choice", sa.String(length=40), nullable=False),
        sa.Column("recusal_reason", sa.String(length=40), nullable=True),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("voting_key_id", sa.Uuid(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(choice = 'recusal') = (recusal_reason IS NOT NULL)", name=op.f("ck_vote_recusal_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["allocation_id", "version"],
            ["allocation_version.allocation_id", "allocation_version.version"],
            name=op.f("fk_vote_allocation_id_version"),
        ),
        sa.ForeignKeyConstraint(["member_id"], ["person.id"], name=op.f("fk_vote_member_id")),
        sa.ForeignKeyConstraint(["policy_version"], ["committee_policy.version"], name=op.f("fk_vote_policy_version")),
        sa.ForeignKeyConstraint(["voting_key_id"], ["voting_key.id"], name=op.f("fk_vote_voting_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
        sa.UniqueConstraint(
            "allocation_id",
            "version",
            "member_id",
            "number",
            name=op.f("uq_vote_allocation_id_version_member_id_number"),
        ),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("carried", sa.Boolean(), nullable=False),
        sa.Column("yes", sa.BigInteger(), nullable=False),
        sa.Column("no", sa.BigInteger(), nullable=False),
        sa.Column("recused", sa.BigInteger(), nullable=False),
        sa.Column("deciding_vote_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["allocation_id", "version"],
            ["allocation_version.allocation_id", "allocation_version.version"],
            name=op.f("fk_decision_allocation_id_version"),
        ),
        sa.ForeignKeyConstraint(["allocation_id"], ["allocation.id"], name=op.f("fk_decision_allocation_id")),
        sa.ForeignKeyConstraint(["deciding_vote_id"], ["vote.id"], name=op.f("fk_decision_deciding_vote_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_decision_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("allocation_id", name=op.f("uq_decision_allocation_id")),
    )
    op.create_table(
        "voucher",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("allocation_id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("purpose_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("grace_until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("papers", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_voucher_amount_positive")),
        sa.CheckConstraint("papers >= 0", name=op.f("ck_voucher_papers_not_negative")),
        sa.ForeignKeyConstraint(["allocation_id"], ["allocation.id"], name=op.f("fk_voucher_allocation_id")),
        sa.ForeignKeyConstraint(["currency"], ["currency.code"], name=op.f("fk_voucher_currency")),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_voucher_family_id")),
        sa.ForeignKeyConstraint(["id"], ["allocation_line.id"], name=op.f("fk_voucher_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_voucher_point_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_voucher_purpose_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("serial", name=op.f("uq_voucher_serial")),
    )
    op.create_index(op.f("ix_voucher_allocation_id"), "voucher", ["allocation_id"], unique=False)
    op.create_index(op.f("ix_voucher_family_id"), "voucher", ["family_id"], unique=False)
    op.create_index("ix_voucher_point_id_state", "voucher", ["point_id", "state"], unique=False)
    op.create_table(
        "wrap",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("ring_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_wrap_record_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["ring_id", "epoch"], ["ring_epoch.ring_id", "ring_epoch.epoch"], name=op.f("fk_wrap_ring_id_epoch")
        ),
        sa.PrimaryKeyConstraint("record_id", "ring_id", name=op.f("pk_wrap")),
    )
    op.create_table(
        "paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("voucher_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("code_mac", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_paper_from_one")),
        sa.ForeignKeyConstraint(["batch_id"], ["print_batch.id"], name=op.f("fk_paper_batch_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_paper_point_id")),
        sa.ForeignKeyConstraint(["voucher_id"], ["voucher.id"], name=op.f("fk_paper_voucher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("point_id", "code_mac", name=op.f("uq_paper_point_id_code_mac")),
        sa.UniqueConstraint("voucher_id", "number", name=op.f("uq_paper_voucher_id_number")),
    )
    op.create_index(op.f("ix_paper_batch_id"), "paper", ["batch_id"], unique=False)
    op.create_table(
        "refused_collection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("voucher_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_refused_collection_person_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_refused_collection_point_id")),
        sa.ForeignKeyConstraint(["voucher_id"], ["voucher.id"], name=op.f("fk_refused_collection_voucher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_collection")),
    )
    op.create_index(op.f("ix_refused_collection_person_id"), "refused_collection", ["person_id"], unique=False)
    op.create_index(op.f("ix_refused_collection_point_id"), "refused_collection", ["point_id"], unique=False)
    op.create_table(
        "collection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("voucher_id", sa.Uuid(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("handed_by_id", sa.Uuid(), nullable=False),
        sa.Column("collector", sa.BigInteger(), nullable=False),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("collector >= 0", name=op.f("ck_collection_collector_on_slip")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_collection_entry_id")),
        sa.ForeignKeyConstraint(["handed_by_id"], ["person.id"], name=op.f("fk_collection_handed_by_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_collection_paper_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_collection_point_id")),
        sa.ForeignKeyConstraint(["voucher_id"], ["voucher.id"], name=op.f("fk_collection_voucher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_collection_entry_id")),
        sa.UniqueConstraint("voucher_id", name=op.f("uq_collection_voucher_id")),
    )
    _guard(op.get_bind().dialect.name)
    head = sa.table("audit_head", sa.column("sole"), sa.column("seq"), sa.column("hash", sa.LargeBinary()))
    op.bulk_insert(head, [{"sole": 1, "seq": 0, "hash": bytes(32)}])
    counter = sa.table("counter", sa.column("name"), sa.column("value"))
    op.bulk_insert(counter, [{"name": series, "value": 0} for series in SERIES])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION komek_permanent()")
        op.execute("DROP FUNCTION komek_whole_entry()")


def _guard(dialect: str) -> None:
    """Refuse to change or delete what is permanent, and to add a transfer that its entry does not count."""
    if dialect == "postgresql":
        _guard_postgresql()
        return
    for table, fixed in PERMANENT.items():
        of = f" OF {', '.join(fixed)}" if fixed else ""
        for event, name in ((f"UPDATE{of}", "update"), ("DELETE", "delete")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is permanent'); END"
            )
    op.execute(
        "CREATE TRIGGER transfer_whole_entry BEFORE INSERT ON transfer "
        "WHEN NEW.n > (SELECT transfers FROM entry WHERE id = NEW.entry_id) "
        "BEGIN SELECT RAISE(ABORT, 'the entry is whole'); END"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION komek_permanent() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is permanent', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table, fixed in PERMANENT.items():
        of = f" OF {', '.join(fixed)}" if fixed else ""
        for event, name, each in (
            (f"UPDATE{of}", "update", "ROW"),
            ("DELETE", "delete", "ROW"),
            ("TRUNCATE", "truncate", "STATEMENT"),
        ):
            op.execute(
                f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION komek_permanent()"
            )
    op.execute(
        "CREATE FUNCTION komek_whole_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.n > (SELECT transfers FROM entry WHERE id = NEW.entry_id) THEN "
        "RAISE EXCEPTION 'the entry is whole' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER transfer_whole_entry BEFORE INSERT ON transfer "
        "FOR EACH ROW EXECUTE FUNCTION komek_whole_entry()"
    )
