"""Shops as they are typed in: what is agreed with one, its invoices, and how one is paid."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_wtf.file import FileField
from wtforms import DateField, Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional, ValidationError

from aid.domain.languages import OWN_NAMES, Language
from aid.domain.money import parse_money
from aid.domain.refusals import RuleBroken
from aid.domain.shop_invoices import WITHDRAWN_TITLES, WithdrawnReason
from aid.domain.shops import claims_of, text_of
from aid.domain.words import _
from aid.formats import named
from aid.forms._money import must_be_money
from aid.forms.base import KomekForm
from aid.forms.checked import CheckedForm, whole_number
from aid.forms.spending import FromBankForm
from aid.queries.shops.standing import AgreementPage, ToChoose
from aid.readers.shop_lists import read_shop_list
from aid.services.shops.answering import WithdrawOrder
from aid.services.shops.invoicing import ShopInvoiceOrder
from aid.services.shops.opening import Agreed, ShopOrder
from aid.services.shops.paying import ShopPayOrder


class _SignForm(CheckedForm):
    """Which shop it is. Written first: the order of fields is the order in which the page tells what is wrong."""

    name_kk = StringField(_("Name: %(language)s", language=OWN_NAMES[Language.KK]))
    name_ru = StringField(_("Name: %(language)s", language=OWN_NAMES[Language.RU]))
    name_en = StringField(_("Name: %(language)s", language=OWN_NAMES[Language.EN]))
    locality = RadioField(_("Where it is"), validators=[Optional()])  # refused with the rest where none is chosen
    currency = RadioField(_("It is paid in"), validators=[InputRequired(_("Choose the currency."))])


class AgreedForm(CheckedForm):
    """What a shop gives for vouchers, in each language."""

    may_kk = StringField(_("May be bought: %(language)s", language=OWN_NAMES[Language.KK]))
    may_ru = StringField(_("May be bought: %(language)s", language=OWN_NAMES[Language.RU]))
    may_en = StringField(_("May be bought: %(language)s", language=OWN_NAMES[Language.EN]))
    may_not_kk = StringField(_("May not be bought: %(language)s", language=OWN_NAMES[Language.KK]))
    may_not_ru = StringField(_("May not be bought: %(language)s", language=OWN_NAMES[Language.RU]))
    may_not_en = StringField(_("May not be bought: %(language)s", language=OWN_NAMES[Language.EN]))
    seen = HiddenField(default="")

    def __init__(self, *, languages: Sequence[str], **given: Any) -> None:
        super().__init__(**given)
        self.languages = languages

    @staticmethod
    def filled(page: AgreementPage) -> dict[str, str]:
        """What is agreed now, to be changed."""
        may = {f"may_{language}": text for language, text in page.may_buy.items()}
        may_not = {f"may_not_{language}": text for language, text in page.may_not_buy.items()}
        return {**may, **may_not, "seen": str(page.version)}

    @property
    def version(self) -> int:
        """The version that was shown."""
        return whole_number(self.seen.data) or 0

    def agreed(self) -> Agreed:
        """What is agreed, as a value."""
        return Agreed(may_buy=self._said("may"), may_not_buy=self._said("may_not"))

    def fields(self, what: str) -> Iterator[Any]:
        """The fields of one text, a language each."""
        return (self[f"{what}_{language}"] for language in self.languages)

    def _said(self, what: str) -> dict[str, str]:
        return {language: (self[f"{what}_{language}"].data or "").strip() for language in self.languages}

    def _blame(self, refusal: RuleBroken) -> None:
        """A text is wrong in all its languages: it is shown beside the first."""
        first = {"names": "name", "may_buy": "may", "may_not_buy": "may_not"}.get(refusal.field or "")
        super()._blame(RuleBroken(refusal.message, f"{first}_{self.languages[0]}" if first else refusal.field))


class ShopForm(_SignForm, AgreedForm):
    """A shop that takes vouchers from now on."""

    def __init__(self, *, choices: ToChoose, **given: Any) -> None:
        super().__init__(languages=choices.languages, **given)
        self.locality.choices = [(str(id_), named(dict(names))) for id_, names in choices.localities]
        self.currency.choices = [(code, code) for code in choices.currencies]
        self.currency.data = self.currency.data or choices.currencies[0]

    @property
    def locality_name(self) -> str:
        """The locality that was chosen, in the reader's language."""
        return str(dict(self.locality.choices)[self.locality.data])

    def order(self) -> ShopOrder:
        """The shop as a value."""
        return ShopOrder(
            names=self._said("name"),
            locality_id=UUID(self.locality.data) if self.locality.data else None,
            currency=self.currency.data,
            agreed=self.agreed(),
        )


class ShopInvoiceForm(CheckedForm):
    """A shop's invoice, with its list of vouchers typed or as a file."""

    number = StringField(
        _("The invoice’s number"), validators=[InputRequired(_("Write the invoice’s number as it stands on it."))]
    )
    dated = DateField(_("Its date"), validators=[InputRequired(_("Choose the day."))])
    up_to = DateField(_("The last day it is for"), validators=[InputRequired(_("Choose the day."))])
    amount = StringField(_("Amount"), validators=[InputRequired(_("Write the amount."))])
    lines = TextAreaField(_("The list, typed"))
    file = FileField(_("The list as a file"))
    seen = HiddenField(default="")

    def __init__(self, *, currency: str, **given: Any) -> None:
        super().__init__(**given)
        self.currency = currency

    def order(self, point_id: UUID) -> ShopInvoiceOrder:
        """The invoice as a value. What was in a file stands in the lines then."""
        typed = (self.lines.data or "").strip()
        dated: date = self.dated.data
        return ShopInvoiceOrder(
            point_id=point_id,
            their_number=(self.number.data or "").strip(),
            dated=dated,
            up_to=self.up_to.data,
            amount=parse_money(self.amount.data, self.currency),
            claims=claims_of(typed, self.currency) if typed else None,
            seen=_minor_units(self.seen.data or ""),
        )

    def validate_amount(self, field: Field) -> None:
        """It has to be an amount."""
        must_be_money(field, self.currency)

    def validate_lines(self, field: Field) -> None:
        """A list that was typed has to be readable."""
        if typed := (field.data or "").strip():
            _must_be_readable(lambda: claims_of(typed, self.currency))

    def validate_file(self, _field: Field) -> None:
        """What a file holds stands in the lines then."""
        _must_be_readable(self._read_file)

    def answers(self) -> list[tuple[str, str]]:
        """What was typed, with the lines that a file held."""
        typed = [(name, value) for name, value in super().answers() if name not in ("lines", "seen")]
        return [*typed, ("lines", self.lines.data or ""), ("seen", self.seen.data or "")]

    def _read_file(self) -> None:
        brought = self.file.data
        if not brought or not getattr(brought, "filename", ""):
            return
        if (self.lines.data or "").strip():
            raise RuleBroken(_("Type the list or bring it as a file, not both."), "file")
        claims = read_shop_list(brought.filename, brought.read(), currency=self.currency)
        self.lines.data = text_of(claims, self.currency)


def _must_be_readable(read: Callable[[], object]) -> None:
    """Say beside the field what can't be read."""
    try:
        read()
    except RuleBroken as refusal:
        raise ValidationError(refusal.message)


def _minor_units(text: str) -> int | None:
    """What the page itself wrote down of a sum; nothing for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


class ShopPayForm(FromBankForm):
    """From which account an invoice is paid."""

    def order(self, invoice_id: UUID) -> ShopPayOrder:
        """The payment as a value."""
        return ShopPayOrder(invoice_id=invoice_id, bank_id=UUID(self.bank.data), value_on=self.value_on.data)


class WithdrawForm(KomekForm):
    """Why an invoice is not paid after all."""

    reason = RadioField(
        _("Why"),
        choices=[(reason.value, title) for reason, title in WITHDRAWN_TITLES.items()],
        validators=[InputRequired(_("Choose why."))],
    )
    words = TextAreaField(_("What is wrong with it"))

    def order(self, invoice_id: UUID) -> WithdrawOrder:
        """The withdrawal as a value."""
        reason = WithdrawnReason(self.reason.data)
        return WithdrawOrder(invoice_id=invoice_id, reason=reason, words=self.words.data or "")
