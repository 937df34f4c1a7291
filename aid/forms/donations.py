"""A donation as it is typed in: who gave, for what, how much, and when it came."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import request
from wtforms import BooleanField, DateField, Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Regexp

from aid.domain.donations import DonorDetails
from aid.domain.words import _
from aid.forms._money import Purposes, bank_choices, currencies, money_of, must_be_money, purpose_choices
from aid.forms.base import KomekForm
from aid.forms.checked import CheckedForm
from aid.forms.donors import DonorFields
from aid.queries.banks import BankRow
from aid.queries.donors import DonorRow
from aid.services.corrections import CorrectionAnswerOrder, DonationCorrectionOrder
from aid.services.donations import DonationOrder

ANSWERS = [("yes", _("It is right: correct it")), ("no", _("It is not right: leave it as it is"))]
ASKED_ANEW = frozenset({"key", "csrf_token"})


class DonationForm(KomekForm):
    """A donation of somebody who gave before. It is shown to be checked before it is booked."""

    bank = RadioField(_("Account it came to"), validators=[InputRequired(_("Choose the account."))])
    amount = StringField(_("Amount"), validators=[InputRequired(_("Write the amount."))])
    purpose = RadioField(_("Purpose"), validators=[InputRequired(_("Choose what the money is for."))])
    received_on = DateField(_("Day received"), validators=[InputRequired(_("Choose the day."))])

    def __init__(
        self,
        *,
        purposes: Purposes,
        banks: Sequence[BankRow],
        donor: UUID | None,
        **given: Any,
    ) -> None:
        super().__init__(**given)
        self.known = donor
        self._currencies = currencies(banks)
        self.bank.choices = bank_choices(banks)
        if len(banks) == 1 and self.bank.data is None:
            self.bank.data = str(banks[0].id)
        self.purpose.choices = purpose_choices(purposes)

    def validate_amount(self, field: Field) -> None:
        """Refuse what can't be read as an amount, beside the field."""
        must_be_money(field, self._currencies.get(self.bank.data))

    @property
    def step(self) -> str:
        """What was asked for: to check, to change, to book."""
        return request.form.get("step", "check")

    @property
    def currency(self) -> str:
        """The currency of the account that was chosen; nothing before that."""
        return self._currencies.get(self.bank.data, "")

    @property
    def bank_name(self) -> str:
        """The account that was chosen, in the reader's language."""
        return str(dict(self.bank.choices)[self.bank.data])

    @property
    def purpose_name(self) -> str:
        """The purpose that was chosen, in the reader's language."""
        return str(dict(self.purpose.choices)[self.purpose.data])

    def answers(self) -> list[tuple[str, str]]:
        """What was typed, to ride along on the page that checks it."""
        return [(field.name, value) for field in self if field.name not in ASKED_ANEW for value in field.raw_data or ()]

    def order(self) -> DonationOrder:
        """The donation as a value."""
        return DonationOrder(
            donor=self._donor(),
            purpose_id=UUID(self.purpose.data),
            bank_id=UUID(self.bank.data),
            amount=money_of(self.amount, self.currency),
            received_on=self.received_on.data,
        )

    def _donor(self) -> DonorDetails | UUID:
        assert self.known is not None, "this form is for donors who gave before"
        return self.known


class FirstDonationForm(DonorFields, DonationForm):
    """A donation of somebody who gives for the first time."""

    never_named = BooleanField(_("Never name this donor"))

    def __init__(self, *, languages: Mapping[str, str], unions: Sequence[DonorRow], **given: Any) -> None:
        super().__init__(**given)
        self.offer(languages=languages, unions=unions)

    def _donor(self) -> DonorDetails:
        return replace(self.details(), never_named=bool(self.never_named.data))


class DonationCorrectionForm(CheckedForm):
    """What a donation really was; an amount of nothing takes it out of the books."""

    bank = RadioField(_("Account it came to"), validators=[InputRequired(_("Choose the account."))])
    amount = StringField(_("Amount that really came"), validators=[InputRequired(_("Write the amount."))])
    purpose = RadioField(_("Purpose"), validators=[InputRequired(_("Choose what the money is for."))])
    reason = TextAreaField(_("Why it is corrected"), validators=[InputRequired(_("Write the reason."))])
    seen = HiddenField(default="0", validators=[Regexp(r"^\d{1,4}$")])

    def __init__(self, *, purposes: Purposes, banks: Sequence[BankRow], **given: Any) -> None:
        super().__init__(**given)
        self._currencies = currencies(banks)
        self.bank.choices = bank_choices(banks)
        self.purpose.choices = purpose_choices(purposes)

    def validate_amount(self, field: Field) -> None:
        """Refuse what can't be read as an amount, beside the field."""
        must_be_money(field, self._currencies.get(self.bank.data))

    @property
    def currency(self) -> str:
        """The currency of the account that was chosen."""
        return self._currencies.get(self.bank.data, "")

    @property
    def bank_name(self) -> str:
        """The account that was chosen, in the reader's language."""
        return str(dict(self.bank.choices)[self.bank.data])

    @property
    def purpose_name(self) -> str:
        """The purpose that was chosen, in the reader's language."""
        return str(dict(self.purpose.choices)[self.purpose.data])

    def order(self, donation_id: UUID) -> DonationCorrectionOrder:
        """The correction as a value."""
        return DonationCorrectionOrder(
            donation_id=donation_id,
            purpose_id=UUID(self.purpose.data),
            bank_id=UUID(self.bank.data),
            amount=money_of(self.amount, self.currency),
            reason=str(self.reason.data),
            seen=int(self.seen.data),
        )


class CorrectionAnswerForm(KomekForm):
    """A second person's word on a correction that takes money off an account."""

    answer = RadioField(_("Your word on it"), choices=ANSWERS, validators=[InputRequired(_("Choose one."))])
    reason = TextAreaField(_("Reason"), validators=[InputRequired(_("Write the reason."))])

    def order(self, asked_id: UUID) -> CorrectionAnswerOrder:
        """The word as a value."""
        return CorrectionAnswerOrder(asked_id=asked_id, agrees=self.answer.data == "yes", reason=str(self.reason.data))
