"""What donors are offered on a public page, references for their payments, and fund-raising campaigns."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

FIXED = {
    "campaign": (),
    "campaign_end": (),
    "give_offer": (),
    "give_account": (),
    "give_answer": (),
    "give_end": (),
    "reference_gift": (),
}
NEVER_AGAIN = {"gift_reference": ()}
"""No act of the fund's, and yet never changed or deleted: no number is given out a second time."""


def upgrade() -> None:
    """Each table. Nobody was offered anything before."""
    _campaigns()
    _offers()
    _references()
    guard({**FIXED, **NEVER_AGAIN})


def downgrade() -> None:
    """Gifts stay; under which reference they came is forgotten."""
    op.execute("DELETE FROM record WHERE kind = 'wish'")
    for table in ("reference_gift", "gift_reference", "give_end", "give_answer", "give_account", "give_offer"):
        op.drop_table(table)
    op.drop_table("campaign_end")
    op.drop_table("campaign")


def _campaigns() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        _moment("opened_at"),
        _to("campaign", "opened_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_table(
        "campaign_end",
        _to("campaign_end", "campaign_id", "campaign.id"),
        _moment("ended_at"),
        _to("campaign_end", "ended_by_id", "person.id"),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaign_end")),
    )


def _offers() -> None:
    op.create_table(
        "give_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        _moment("asked_at"),
        _to("give_offer", "asked_by_id", "person.id"),
        sa.CheckConstraint("n >= 1", name=op.f("ck_give_offer_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_give_offer")),
        sa.UniqueConstraint("n", name=op.f("uq_give_offer_n")),
    )
    op.create_table(
        "give_account",
        _to("give_account", "offer_id", "give_offer.id"),
        sa.Column("n", sa.BigInteger(), nullable=False, autoincrement=False),
        _to("give_account", "bank_id", "bank_account.id"),
        sa.Column("iban", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=True),
        sa.CheckConstraint("n >= 1", name=op.f("ck_give_account_from_one")),
        sa.PrimaryKeyConstraint("offer_id", "n", name=op.f("pk_give_account")),
        sa.UniqueConstraint("offer_id", "bank_id", name=op.f("uq_give_account_offer_id_bank_id")),
    )
    for table, moment, by in (
        ("give_answer", "answered_at", "answered_by_id"),
        ("give_end", "ended_at", "ended_by_id"),
    ):
        agrees: list[sa.Column[bool]] = []
        if table == "give_answer":
            agrees = [sa.Column("agrees", sa.Boolean(), nullable=False)]
        op.create_table(
            table,
            _to(table, "offer_id", "give_offer.id"),
            *agrees,
            _moment(moment),
            _to(table, by, "person.id"),
            sa.PrimaryKeyConstraint("offer_id", name=op.f(f"pk_{table}")),
        )


def _references() -> None:
    op.create_table(
        "gift_reference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        _moment("asked_at"),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.CheckConstraint("length(code) = 10", name=op.f("ck_gift_reference_ten_digits")),
        sa.CheckConstraint("erased_on > last_day", name=op.f("ck_gift_reference_erased_later")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_reference")),
        sa.UniqueConstraint("code", name=op.f("uq_gift_reference_code")),
    )
    op.create_index(op.f("ix_gift_reference_asked_at"), "gift_reference", ["asked_at"])
    op.create_index(op.f("ix_gift_reference_erased_on"), "gift_reference", ["erased_on"])
    op.create_table(
        "reference_gift",
        _to("reference_gift", "donation_id", "donation.id"),
        _to("reference_gift", "reference_id", "gift_reference.id"),
        _to("reference_gift", "campaign_id", "campaign.id", nullable=True),
        sa.PrimaryKeyConstraint("donation_id", name=op.f("pk_reference_gift")),
    )
    op.create_index(op.f("ix_reference_gift_reference_id"), "reference_gift", ["reference_id"])
    op.create_index(op.f("ix_reference_gift_campaign_id"), "reference_gift", ["campaign_id"])


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _to(table: str, name: str, key: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(key, name=op.f(f"fk_{table}_{name}")), nullable=nullable)
