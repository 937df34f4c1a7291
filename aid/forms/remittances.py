"""Remittances as they are typed in: what was sent, what arrived, what is decided about the rest."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from wtforms import DateField, Field, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired

from aid.domain.money import Money
from aid.domain.remittances import DifferenceKind
from aid.domain.words import _
from aid.forms._money import Purposes, bank_choices, currencies, money_of, must_be_money, purpose_choices
from aid.forms.base import KomekForm
from aid.queries.banks import BankRow
from aid.services.remittances import DifferenceOrder, ReceiptOrder, SendingOrder

KINDS = [
    (DifferenceKind.CHARGES, _("Banks on the way took it")),
    (DifferenceKind.MISSING, _("It is still missing, and we ask the banks")),
]


class SendingForm(KomekForm):
    """Money that was sent from one account to another."""

    from_bank = RadioField(_("From which account"), validators=[InputRequired(_("Choose the account."))])
    to_bank = RadioField(_("To which account"), validators=[InputRequired(_("Choose the account."))])
    amount = StringField(_("Amount"), validators=[InputRequired(_("Write the amount."))])
    sent_on = DateField(_("Day it was sent"), validators=[InputRequired(_("Choose the day."))])
    reference = StringField(_("The bank’s reference"))

    def __init__(self, *, banks: Sequence[BankRow], **given: Any) -> None:
        super().__init__(**given)
        self._currencies = currencies(banks)
        self.from_bank.choices = self.to_bank.choices = bank_choices(banks)

    def validate_amount(self, field: Field) -> None:
        """Refuse what can't be read as an amount."""
        must_be_money(field, self._currencies.get(self.from_bank.data))

    def order(self) -> SendingOrder:
        """The sending as a value."""
        return SendingOrder(
            from_bank_id=UUID(self.from_bank.data),
            to_bank_id=UUID(self.to_bank.data),
            amount=money_of(self.amount, self._currencies[self.from_bank.data]),
            sent_on=self.sent_on.data,
            reference=self.reference.data or None,
        )


class ReceiptForm(KomekForm):
    """What arrived of one remittance."""

    amount = StringField(_("Amount that arrived"), validators=[InputRequired(_("Write the amount."))])
    received_on = DateField(_("Day it arrived"), validators=[InputRequired(_("Choose the day."))])

    def __init__(self, *, remittance_id: UUID, left: Money, **given: Any) -> None:
        super().__init__(**given)
        self.remittance_id = remittance_id
        self.money_in = left.currency

    def validate_amount(self, field: Field) -> None:
        """Refuse what can't be read as an amount."""
        must_be_money(field, self.money_in)

    def order(self) -> ReceiptOrder:
        """The receipt as a value."""
        return ReceiptOrder(
            remittance_id=self.remittance_id,
            amount=money_of(self.amount, self.money_in),
            received_on=self.received_on.data,
        )


class DifferenceForm(KomekForm):
    """What is decided about the part that did not arrive."""

    kind = RadioField(_("What became of it"), choices=KINDS, validators=[InputRequired(_("Choose one."))])
    purpose = RadioField(_("Which purpose bears it"), validate_choice=False)
    reason = TextAreaField(_("Reason"), validators=[InputRequired(_("Write the reason."))])

    def __init__(self, *, remittance_id: UUID, purposes: Purposes, **given: Any) -> None:
        super().__init__(**given)
        self.remittance_id = remittance_id
        self.purpose.choices = purpose_choices(purposes)

    def order(self) -> DifferenceOrder:
        """The decision as a value."""
        kind = DifferenceKind(self.kind.data)
        chosen = self.purpose.data if self.purpose.data in dict(self.purpose.choices) else None
        bears = UUID(chosen) if chosen and kind is DifferenceKind.CHARGES else None
        return DifferenceOrder(
            remittance_id=self.remittance_id, kind=kind, purpose_id=bears, reason=str(self.reason.data)
        )
