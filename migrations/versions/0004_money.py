"""Money in several accounts and currencies: bank accounts, remittances, exchanges, closed months."""

import sqlalchemy as sa
from alembic import op

from migrations.guards import guard

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = [
    "bank_account",
    "book_month",
    "month_closing",
    "bank_fee",
    "exchange",
    "remittance",
    "donation_correction",
    "exchange_answer",
    "exchange_part",
    "remittance_decision",
    "remittance_receipt",
]
# Permanent tables, and of those with columns that change the ones that don't.
PERMANENT: dict[str, tuple[str, ...]] = {
    "bank_account": ("code", "currency", "holder", "iban", "id", "names", "opened_at", "trustee_id"),
    "bank_fee": (),
    "donation_correction": (),
    "exchange": (
        "bought_currency",
        "bought_minor",
        "charges_currency",
        "charges_minor",
        "exchanged_on",
        "from_bank_id",
        "id",
        "number",
        "recorded_at",
        "recorded_by_id",
        "sold_currency",
        "source",
        "source_base",
        "source_rate",
        "to_bank_id",
    ),
    "exchange_answer": (),
    "exchange_part": (),
    "month_closing": (),
    "remittance": (
        "amount_minor",
        "currency",
        "entry_id",
        "from_bank_id",
        "id",
        "number",
        "reference",
        "sent_at",
        "sent_by_id",
        "sent_on",
        "to_bank_id",
    ),
    "remittance_decision": (),
    "remittance_receipt": (),
}
SERIES = ("remittance", "exchange", "fee")
COUNTER = sa.table("counter", sa.column("name", sa.String), sa.column("value", sa.BigInteger))


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
    op.create_table(
        "book_month",
        sa.Column("month", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_book_month")),
    )
    op.create_table(
        "month_closing",
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("balances", sa.LargeBinary(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_month_closing_closed_by_id")),
        sa.ForeignKeyConstraint(["month"], ["book_month.month"], name=op.f("fk_month_closing_month")),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_month_closing")),
    )
    op.create_table(
        "bank_fee",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("purpose_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("charged_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_bank_fee_amount_positive")),
        sa.ForeignKeyConstraint(["bank_id", "currency"], ["account.id", "account.currency"], name="fk_bank_fee_bank"),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_bank_fee_entry_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_bank_fee_purpose_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_bank_fee_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_fee")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_bank_fee_entry_id")),
        sa.UniqueConstraint("number", name=op.f("uq_bank_fee_number")),
    )
    op.create_table(
        "exchange",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("from_bank_id", sa.Uuid(), nullable=False),
        sa.Column("to_bank_id", sa.Uuid(), nullable=False),
        sa.Column("sold_currency", sa.String(), nullable=False),
        sa.Column("bought_minor", sa.BigInteger(), nullable=False),
        sa.Column("bought_currency", sa.String(), nullable=False),
        sa.Column("charges_minor", sa.BigInteger(), nullable=False),
        sa.Column("charges_currency", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_rate", sa.String(), nullable=False),
        sa.Column("source_base", sa.String(), nullable=False),
        sa.Column("exchanged_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(charges_minor > 0) = (charges_currency IS NOT NULL)", name=op.f("ck_exchange_charges_have_a_currency")
        ),
        sa.CheckConstraint("bought_minor > 0", name=op.f("ck_exchange_bought_positive")),
        sa.CheckConstraint("charges_minor >= 0", name=op.f("ck_exchange_charges_not_negative")),
        sa.CheckConstraint("sold_currency <> bought_currency", name=op.f("ck_exchange_two_currencies")),
        sa.ForeignKeyConstraint(["charges_currency"], ["currency.code"], name=op.f("fk_exchange_charges_currency")),
        sa.ForeignKeyConstraint(
            ["from_bank_id", "sold_currency"], ["account.id", "account.currency"], name="fk_exchange_from_bank"
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_exchange_recorded_by_id")),
        sa.ForeignKeyConstraint(["source_base"], ["currency.code"], name=op.f("fk_exchange_source_base")),
        sa.ForeignKeyConstraint(
            ["to_bank_id", "bought_currency"], ["account.id", "account.currency"], name="fk_exchange_to_bank"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange")),
        sa.UniqueConstraint("number", name=op.f("uq_exchange_number")),
    )
    op.create_table(
        "remittance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("from_bank_id", sa.Uuid(), nullable=False),
        sa.Column("to_bank_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("left_minor", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_remittance_amount_positive")),
        sa.CheckConstraint("from_bank_id <> to_bank_id", name=op.f("ck_remittance_two_accounts")),
        sa.CheckConstraint(
            "left_minor >= 0 AND left_minor <= amount_minor", name=op.f("ck_remittance_no_more_than_was_sent")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_remittance_entry_id")),
        sa.ForeignKeyConstraint(
            ["from_bank_id", "currency"], ["account.id", "account.currency"], name="fk_remittance_from_bank"
        ),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_remittance_sent_by_id")),
        sa.ForeignKeyConstraint(
            ["to_bank_id", "currency"], ["account.id", "account.currency"], name="fk_remittance_to_bank"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remittance")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_remittance_entry_id")),
        sa.UniqueConstraint("number", name=op.f("uq_remittance_number")),
    )
    op.create_table(
        "donation_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("donation_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("purpose_id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=False),
        sa.Column("counter_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(amount_minor > 0) = (entry_id IS NOT NULL)", name=op.f("ck_donation_correction_what_came_is_booked")
        ),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_donation_correction_amount_not_negative")),
        sa.CheckConstraint("n >= 1", name=op.f("ck_donation_correction_from_one")),
        sa.ForeignKeyConstraint(
            ["bank_id", "currency"], ["account.id", "account.currency"], name="fk_donation_correction_bank"
        ),
        sa.ForeignKeyConstraint(
            ["corrected_by_id"], ["person.id"], name=op.f("fk_donation_correction_corrected_by_id")
        ),
        sa.ForeignKeyConstraint(["corrects_id"], ["entry.id"], name=op.f("fk_donation_correction_corrects_id")),
        sa.ForeignKeyConstraint(["counter_id"], ["entry.id"], name=op.f("fk_donation_correction_counter_id")),
        sa.ForeignKeyConstraint(["donation_id"], ["donation.id"], name=op.f("fk_donation_correction_donation_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_donation_correction_entry_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_donation_correction_purpose_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donation_correction")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_donation_correction_corrects_id")),
        sa.UniqueConstraint("counter_id", name=op.f("uq_donation_correction_counter_id")),
        sa.UniqueConstraint("donation_id", "n", name=op.f("uq_donation_correction_donation_id_n")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_donation_correction_entry_id")),
    )
    op.create_table(
        "exchange_answer",
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_exchange_answer_answered_by_id")),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchange.id"], name=op.f("fk_exchange_answer_exchange_id")),
        sa.PrimaryKeyConstraint("exchange_id", name=op.f("pk_exchange_answer")),
    )
    op.create_table(
        "exchange_part",
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("purpose_id", sa.Uuid(), nullable=False),
        sa.Column("sold_minor", sa.BigInteger(), nullable=False),
        sa.Column("bought_minor", sa.BigInteger(), nullable=False),
        sa.Column("charges_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "sold_minor > 0 AND bought_minor > 0 AND charges_minor >= 0", name=op.f("ck_exchange_part_amounts")
        ),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchange.id"], name=op.f("fk_exchange_part_exchange_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_exchange_part_purpose_id")),
        sa.PrimaryKeyConstraint("exchange_id", "purpose_id", name=op.f("pk_exchange_part")),
    )
    op.create_table(
        "remittance_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("remittance_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("purpose_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'charges') = (entry_id IS NOT NULL)", name=op.f("ck_remittance_decision_charges_are_booked")
        ),
        sa.CheckConstraint(
            "(kind = 'charges') = (purpose_id IS NOT NULL)", name=op.f("ck_remittance_decision_a_purpose_bears_charges")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_remittance_decision_amount_positive")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_remittance_decision_decided_by_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_remittance_decision_entry_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["purpose.id"], name=op.f("fk_remittance_decision_purpose_id")),
        sa.ForeignKeyConstraint(
            ["remittance_id"], ["remittance.id"], name=op.f("fk_remittance_decision_remittance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remittance_decision")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_remittance_decision_entry_id")),
    )
    op.create_index(
        op.f("ix_remittance_decision_remittance_id"), "remittance_decision", ["remittance_id"], unique=False
    )
    op.create_table(
        "remittance_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("remittance_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_remittance_receipt_amount_positive")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_remittance_receipt_entry_id")),
        sa.ForeignKeyConstraint(["received_by_id"], ["person.id"], name=op.f("fk_remittance_receipt_received_by_id")),
        sa.ForeignKeyConstraint(["remittance_id"], ["remittance.id"], name=op.f("fk_remittance_receipt_remittance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remittance_receipt")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_remittance_receipt_entry_id")),
    )
    op.create_index(op.f("ix_remittance_receipt_remittance_id"), "remittance_receipt", ["remittance_id"], unique=False)
    _donations_name_their_account()
    op.bulk_insert(COUNTER, [{"name": series, "value": 0} for series in SERIES])
    guard(PERMANENT)
    _closed_months_stay_as_they_are()


def downgrade() -> None:
    _months_are_open()
    op.execute(COUNTER.delete().where(COUNTER.c.name.in_(SERIES)))
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
        table.drop_column("bank_id")
    if op.get_bind().dialect.name == "sqlite":
        guard({"donation": ()})


def _closed_months_stay_as_they_are() -> None:
    """No entry is booked in a month that is closed, whatever the code does."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER entry_month_open BEFORE INSERT ON entry "
            "WHEN EXISTS (SELECT 1 FROM month_closing WHERE month = substr(NEW.posted_on, 1, 7)) "
            "BEGIN SELECT RAISE(ABORT, 'the month is closed'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION komek_month_open() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM month_closing WHERE month = to_char(NEW.posted_on, 'YYYY-MM')) THEN "
        "RAISE EXCEPTION 'the month is closed' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER entry_month_open BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION komek_month_open()"
    )


def _months_are_open() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER entry_month_open")
        return
    op.execute("DROP TRIGGER entry_month_open ON entry")
    op.execute("DROP FUNCTION komek_month_open()")
