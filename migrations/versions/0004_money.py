"""Money in several accounts and currencies: bank accounts, remittances, exchanges, closed months."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ["bank_account"]
PERMANENT: dict[str, tuple[str, ...]] = {
    "bank_account": ("code", "currency", "holder", "iban", "id", "names", "opened_at", "trustee_id"),
}


def upgrade() -> None:
    op.create_table(
        "bank_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("trustee_id", sa.Uuid(), nullable=True),
        sa.Column("iban", sa.String(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(holder = 'trustee') = (trustee_id IS NOT NULL)", name=op.f("ck_bank_account_a_trustee_is_somebody")
        ),
        sa.ForeignKeyConstraint(["id", "currency"], ["account.id", "account.currency"], name="fk_bank_account_account"),
        sa.ForeignKeyConstraint(["trustee_id"], ["person.id"], name=op.f("fk_bank_account_trustee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint("code", name=op.f("uq_bank_account_code")),
    )
    _donations_name_their_account()
    guard(PERMANENT)


def downgrade() -> None:
    _donations_forget_their_account()
    for table in reversed(TABLES):
        op.drop_table(table)


def _donations_name_their_account() -> None:
    op.add_column(
        "donation",
        sa.Column("bank_id", sa.Uuid(), sa.ForeignKey("account.id", name=op.f("fk_donation_bank_id")), nullable=True),
        inline_references=True,
    )


def _donations_forget_their_account() -> None:
    with op.batch_alter_table("donation", recreate="auto") as table:
        table.drop_constraint("fk_donation_bank_id", type_="foreignkey")
        table.drop_column("bank_id")
    if op.get_bind().dialect.name == "sqlite":
        guard({"donation": ()})
