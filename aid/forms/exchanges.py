"""Exchanges as they are typed in, shown to be checked before they are booked; and a second person's word."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import request
from wtforms import DateField, Field, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from aid.domain.exchanges import Rate, parse_rate
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.formats import named
from aid.forms._money import Purposes, bank_choices, currencies, money_of, must_be_money
from aid.forms.base import KomekForm
from aid.queries.banks import BankRow
from aid.services.exchanges import AnswerOrder, ExchangeOrder

ASKED_ANEW = frozenset({"key", "csrf_token"})
SIDES = [("from", _("The account the money left")), ("to", _("The account it came to"))]
ANSWERS = [("yes", _("Agree: book it at this rate")), ("no", _("Refuse: it is not booked"))]


class ExchangeForm(KomekForm):
    """What was exchanged. `sold_0`, `sold_1` … are amounts of each purpose; `exchange_form` adds them."""

    from_bank = RadioField(_("From which account"), validators=[InputRequired(_("Choose the account."))])
    to_bank = RadioField(_("To which account"), validators=[InputRequired(_("Choose the account."))])
    sold = StringField(_("What was given"))  # holds no value: what is wrong with all amounts together is shown here
    bought = StringField(_("What came to the account"), validators=[InputRequired(_("Write the amount."))])
    charges = StringField(_("What the bank took besides"))
    side = RadioField(_("The charges were taken from"), choices=SIDES, default="from")
    exchanged_on = DateField(_("Day at the bank"), validators=[InputRequired(_("Choose the day."))])
    source = StringField(
        _("Whose rate it is compared with"), validators=[InputRequired(_("Name the source of the rate."))]
    )
    rate = StringField(_("Its rate of that day"), validators=[InputRequired(_("Write the rate."))])
    base = RadioField(_("The rate is the price of one"), validators=[InputRequired(_("Choose the currency."))])

    purposes: tuple[UUID, ...] = ()

    def __init__(self, *, banks: Sequence[BankRow], **given: Any) -> None:
        super().__init__(**given)
        self._currencies = currencies(banks)
        self.from_bank.choices = self.to_bank.choices = bank_choices(banks)
        self.base.choices = [(code, code) for code in sorted(set(self._currencies.values()))]

    def blame(self, refusal: RuleBroken) -> None:
        """Show a broken rule beside its field; what a purpose has not, beside that purpose's amount."""
        fields = {f"sold-{purpose}": f"sold_{at}" for at, purpose in enumerate(self.purposes)}
        super().blame(RuleBroken(refusal.message, fields.get(refusal.field or "", refusal.field)))

    @property
    def old(self) -> str | None:
        """The currency that was given."""
        return self._currencies.get(self.from_bank.data)

    @property
    def new(self) -> str | None:
        """The currency that came."""
        return self._currencies.get(self.to_bank.data)

    @property
    def parts(self) -> list[Any]:
        """The fields of each purpose's amount."""
        return [self[f"sold_{at}"] for at in range(len(self.purposes))]

    @property
    def step(self) -> str:
        """What was asked for: to check, to change, to book."""
        return request.form.get("step", "check")

    def validate(self, extra_validators: Any = None) -> bool:
        """Every amount is read in its own currency."""
        extra = {field.name: [self._old_money] for field in self.parts}
        return bool(super().validate(extra))

    def _old_money(self, _form: Any, field: Field) -> None:
        must_be_money(field, self.old)

    def validate_bought(self, field: Field) -> None:
        """Refuse what can't be read as an amount."""
        must_be_money(field, self.new)

    def validate_charges(self, field: Field) -> None:
        """Refuse what can't be read as an amount."""
        must_be_money(field, self.old if self.side.data == "from" else self.new)

    def validate_rate(self, field: Field) -> None:
        """Refuse what can't be read as a rate."""
        try:
            parse_rate(field.data)
        except RuleBroken as refusal:
            raise ValidationError(refusal.message)

    def answers(self) -> list[tuple[str, str]]:
        """What was typed, to ride along on the page that checks it."""
        return [(field.name, value) for field in self if field.name not in ASKED_ANEW for value in field.raw_data or ()]

    def order(self) -> ExchangeOrder:
        """The exchange as a value."""
        assert self.old is not None, "chosen from the list"
        assert self.new is not None, "chosen from the list"
        given = ((purpose, field) for purpose, field in zip(self.purposes, self.parts, strict=True) if field.data)
        charges_in = self.old if self.side.data == "from" else self.new
        charges = money_of(self.charges, charges_in) if self.charges.data else None
        base = str(self.base.data)
        return ExchangeOrder(
            from_bank_id=UUID(self.from_bank.data),
            to_bank_id=UUID(self.to_bank.data),
            sold=tuple((purpose, money_of(field, self.old)) for purpose, field in given),
            bought=money_of(self.bought, self.new),
            charges=charges if charges and charges.minor else None,
            source=str(self.source.data),
            rate=Rate(parse_rate(str(self.rate.data)), base, self.new if base == self.old else self.old),
            exchanged_on=self.exchanged_on.data,
        )


def exchange_form(*, purposes: Purposes, banks: Sequence[BankRow], **given: Any) -> ExchangeForm:
    """The form with an amount for each purpose of this fund."""
    known = list(purposes)
    fields = {f"sold_{at}": StringField(named(dict(names))) for at, (_id, names) in enumerate(known)}
    kind = type("ExchangeForm", (ExchangeForm,), {**fields, "purposes": tuple(id_ for id_, _names in known)})
    form: ExchangeForm = kind(banks=banks, **given)
    return form


class ExchangeAnswerForm(KomekForm):
    """A second person's word on a rate that is off."""

    answer = RadioField(_("Your word on it"), choices=ANSWERS, validators=[InputRequired(_("Choose one."))])
    reason = TextAreaField(_("Reason"), validators=[InputRequired(_("Write the reason."))])

    def order(self, exchange_id: UUID) -> AnswerOrder:
        """The word as a value."""
        return AnswerOrder(exchange_id=exchange_id, agrees=self.answer.data == "yes", reason=str(self.reason.data))
