"""Lists of families brought through a page: their mappings, rows and undoing."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _what_waits()
    _what_stays()
    guard({"table_layout": (), "family_import": (), "imported_family": (), "undone_import": ()})


def _what_waits() -> None:
    op.create_table(
        "brought_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("households", "steps", "done", "added", "known", "held", "bad")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_brought_list_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brought_list")),
    )
    op.create_index(op.f("ix_brought_list_person_id"), "brought_list", ["person_id"], unique=False)
    op.create_table(
        "brought_part",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("piece", sa.BigInteger(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["brought_list.id"], name=op.f("fk_brought_part_list_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_brought_part_family_id")),
        sa.PrimaryKeyConstraint("list_id", "kind", "n", "piece", name=op.f("pk_brought_part")),
    )
    op.create_index(op.f("ix_brought_part_family_id"), "brought_part", ["family_id"], unique=False)


def _what_stays() -> None:
    op.create_table(
        "table_layout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("dates", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_table_layout_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_table_layout")),
    )
    op.create_index("ix_table_layout_signature_at", "table_layout", ["signature", "at"], unique=False)
    op.create_table(
        "family_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("households", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("households > 0", name=op.f("ck_family_import_not_empty")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_family_import_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_import")),
    )
    op.create_index(op.f("ix_family_import_by_id"), "family_import", ["by_id"], unique=False)
    op.create_table(
        "imported_family",
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_imported_family_family_id")),
        sa.ForeignKeyConstraint(["import_id"], ["family_import.id"], name=op.f("fk_imported_family_import_id")),
        sa.PrimaryKeyConstraint("family_id", name=op.f("pk_imported_family")),
    )
    op.create_index(op.f("ix_imported_family_import_id"), "imported_family", ["import_id"], unique=False)
    op.create_table(
        "undone_import",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("families", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["family_import.id"], name=op.f("fk_undone_import_import_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_undone_import_by_id")),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_undone_import")),
    )


def downgrade() -> None:
    for table in ("undone_import", "imported_family", "family_import", "table_layout", "brought_part", "brought_list"):
        op.drop_table(table)
