"""Bank accounts and their fees as they are typed in."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from wtforms import DateField, Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from aid.domain.currencies import DIGITS
from aid.domain.entries import BankHolder
from aid.domain.own_bookings import OwnBooking, OwnKind
from aid.domain.words import _
from aid.formats import say
from aid.forms._money import Purposes, money_of, must_be_money, purpose_choices
from aid.forms.base import KomekForm
from aid.services.banks import BankOrder

HOLDERS = [(BankHolder.FUND, _("The fund")), (BankHolder.TRUSTEE, _("A trustee, for the fund"))]
OFTEN = ("KZT", "EUR", "USD", "GBP", "RUB", "TRY", "PLN", "CHF", "GEL", "KGS", "UZS")


class BankForm(KomekForm):
    """A new account in the books."""

    name = StringField(_("Name of the account"), validators=[InputRequired(_("Give the account a name."))])
    currency = SelectField(_("Currency"))
    holder = RadioField(_("In whose name it is"), choices=HOLDERS, default=BankHolder.FUND)
    trustee = SelectField(_("Trustee"), validate_choice=False)
    iban = StringField(_("IBAN"))

    def __init__(self, *, people: Sequence[str], **given: Any) -> None:
        super().__init__(**given)
        rest = sorted(set(DIGITS) - set(OFTEN))
        self.currency.choices = [(code, code) for code in (*OFTEN, *rest)]
        self.trustee.choices = [("", say(_("Nobody"))), *((handle, handle) for handle in people)]

    def order(self) -> BankOrder:
        """The account as a value."""
        return BankOrder(
            name=str(self.name.data),
            currency=str(self.currency.data),
            holder=BankHolder(self.holder.data),
            trustee=self.trustee.data or None,
            iban=self.iban.data or None,
        )


class FeeForm(KomekForm):
    """What the bank took from one account."""

    amount = StringField(_("Amount"), validators=[InputRequired(_("Write the amount."))])
    charged_on = DateField(_("Day at the bank"), validators=[InputRequired(_("Choose the day."))])
    purpose = RadioField(_("Which purpose bears it"), validators=[InputRequired(_("Choose which money bears it."))])
    reason = TextAreaField(_("For the second person"))

    def __init__(self, *, bank_id: UUID, currency: str, purposes: Purposes, **given: Any) -> None:
        super().__init__(**given)
        self.bank_id = bank_id
        self.money_in = currency
        self.purpose.choices = purpose_choices(purposes)

    def validate_amount(self, field: Field) -> None:
        """Refuse what can't be read as an amount."""
        must_be_money(field, self.money_in)

    def order(self) -> OwnBooking:
        """The fee as a value."""
        return OwnBooking(
            kind=OwnKind.FEE,
            bank_id=self.bank_id,
            purpose_id=UUID(self.purpose.data),
            amount=money_of(self.amount, self.money_in),
            booked_on=self.charged_on.data,
            reason=str(self.reason.data or ""),
        )
