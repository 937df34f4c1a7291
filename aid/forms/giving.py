"""What donors write on the public page, and what the page is to offer them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from aid.domain.donations import (
    LONGEST_EMAIL,
    LONGEST_LINE,
    LONGEST_NAME,
    MOST_LINES,
    DonorDetails,
    DonorKind,
    ThanksWish,
)
from aid.domain.giving import spaced
from aid.domain.languages import OWN_NAMES, Language
from aid.domain.money import Money
from aid.domain.refusals import RuleBroken
from aid.domain.wishes import WISH_TITLES, Wish
from aid.domain.words import _
from aid.forms._money import Purposes, money_of, must_be_money, purpose_choices
from aid.forms.base import KomekForm
from aid.queries.banks import BankRow
from aid.queries.giving import Offer, Shown, ShownAccount
from aid.services.giving.offers import OfferedAccount, OfferOrder

NO_CAMPAIGN = "none"
KINDS = [(DonorKind.PERSON, _("A person")), (DonorKind.UNION, _("A trade union or another body"))]
ANSWERS = [("yes", _("It is right: show it")), ("no", _("It is not right: don’t show it"))]


class GiveForm(KomekForm):
    """What somebody who wants to give tells the fund. Nothing of it is asked but how to thank, and for what."""

    account = RadioField(_("Currency and account"), validators=[InputRequired(_("Choose the account."))])
    amount = StringField(_("Amount"), validators=[Length(max=20)])
    purpose = RadioField(_("What the gift is for"), validators=[InputRequired(_("Choose what the money is for."))])
    campaign = RadioField(_("Campaign"), default=NO_CAMPAIGN)
    thanks = RadioField(
        _("How you wish to be thanked"),
        choices=list(WISH_TITLES.items()),
        validators=[InputRequired(_("Choose how you wish to be thanked."))],
    )
    language = RadioField(_("Language to thank you in"), validators=[InputRequired(_("Choose a language."))])
    kind = RadioField(_("Who gives"), choices=KINDS, default=DonorKind.PERSON)
    name = StringField(_("Name"), validators=[Length(max=LONGEST_NAME)])
    address = TextAreaField(_("Postal address"), validators=[Length(max=MOST_LINES * (LONGEST_LINE + 2))])
    email = StringField(_("E-mail"), validators=[Length(max=LONGEST_EMAIL)])
    own_line = StringField(_("The line on the page"), validators=[Length(max=LONGEST_LINE)])
    never_named = BooleanField(_("Never name me, or us, anywhere"))

    def __init__(self, *, shown: Shown, language: str, **given: Any) -> None:
        super().__init__(**given)
        self._accounts = {str(account.bank_id): account for account in shown.accounts}
        currencies = [account.payee.currency for account in shown.accounts]
        self.account.choices = [
            (id_, _account_words(account, alone=currencies.count(account.payee.currency) == 1))
            for id_, account in self._accounts.items()
        ]
        self.purpose.choices = purpose_choices(shown.purposes)
        nothing = (NO_CAMPAIGN, _("None in particular"))
        self.campaign.choices = [*purpose_choices(shown.campaigns), nothing]
        self.language.choices = list(shown.languages.items())
        for field, alone in ((self.account, self.account.choices), (self.purpose, self.purpose.choices)):
            if len(alone) == 1 and not field.data:
                field.data = alone[0][0]
        if not self.language.data:
            self.language.data = language

    def validate_amount(self, field: Field) -> None:
        """Refuse what can't be read as an amount, beside the field."""
        if self.account.data in self._accounts:
            must_be_money(field, self.chosen.payee.currency)

    @property
    def chosen(self) -> ShownAccount:
        """The account that was chosen."""
        return self._accounts[self.account.data]

    @property
    def money(self) -> Money | None:
        """The amount, where one was written. It is not kept."""
        return money_of(self.amount, self.chosen.payee.currency) if str(self.amount.data or "").strip() else None

    def wish(self) -> Wish:
        """What was written, as a value: of it only what the way of thanks needs, and who gives."""
        thanks = ThanksWish(self.thanks.data)
        lines = (" ".join(line.split()) for line in str(self.address.data or "").splitlines())
        donor = DonorDetails(
            kind=DonorKind(self.kind.data),
            name=_line(self.name.data),
            address=tuple(filter(None, lines)),
            email=_line(self.email.data),
            language=str(self.language.data),
            never_named=bool(self.never_named.data),
            thanks=thanks,
            own_line=_line(self.own_line.data) if thanks is ThanksWish.PUBLISHED else None,
        )
        campaign = self.campaign.data
        return Wish(
            donor=donor,
            purpose_id=UUID(self.purpose.data),
            campaign_id=UUID(campaign) if campaign and campaign != NO_CAMPAIGN else None,
            currency=self.chosen.payee.currency,
        )


class OfferedForm(Form):  # type: ignore[misc]
    """One of the fund's accounts, and how everybody would be shown it."""

    bank = HiddenField()
    shows = BooleanField(_("Show this account to everybody"))
    holder = StringField(_("In whose name it is, as the bank knows it"))
    bic = StringField(_("BIC of the bank"))


class OfferForm(KomekForm):
    """What the page is to offer."""

    accounts = FieldList(FormField(OfferedForm), _("Accounts"))
    purposes = SelectMultipleField(
        _("Purposes that donors can give for"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    seen = HiddenField(default="0")

    def __init__(self, *, banks: Sequence[BankRow], purposes: Purposes, now: Offer | None, seen: int) -> None:
        shown = {account.bank_id: account.payee for account in now.accounts} if now else {}
        super().__init__(
            data={
                "accounts": [
                    {
                        "bank": str(bank.id),
                        "shows": bank.id in shown,
                        "holder": shown[bank.id].holder if bank.id in shown else "",
                        "bic": (shown[bank.id].bic or "") if bank.id in shown else "",
                    }
                    for bank in banks
                ],
                "purposes": [str(id_) for id_, _names in now.purposes] if now else [],
                "seen": str(seen),
            }
        )
        self.purposes.choices = purpose_choices(purposes)

    def blame(self, refusal: RuleBroken) -> None:
        """Show a broken rule beside its field, that of an account beside this account's."""
        field, _mark, n = str(refusal.field or "").rpartition("_")
        if field in {"holder", "bic", "bank"} and n.isdecimal():
            row = [each for each in self.accounts.entries if each.form.shows.data][int(n) - 1]
            name = row.form.holder.name if field == "bank" else row.form[field].name
            refusal = RuleBroken(refusal.message, name)
        super().blame(refusal)

    def order(self) -> OfferOrder:
        """What is asked for, as a value. Raises RuleBroken for what no page of ours sends."""
        try:
            accounts = tuple(
                OfferedAccount(UUID(row.form.bank.data), str(row.form.holder.data or ""), str(row.form.bic.data or ""))
                for row in self.accounts.entries
                if row.form.shows.data
            )
            purposes = tuple(UUID(text) for text in self.purposes.data or ())
            return OfferOrder(accounts=accounts, purposes=purposes, seen=int(self.seen.data or 0))
        except ValueError:
            raise RuleBroken(_("Open the page anew, and send it again.")) from None


class OfferAnswerForm(KomekForm):
    """A second person's word on what is to be shown."""

    answer = RadioField(_("Your word on it"), choices=ANSWERS, validators=[InputRequired(_("Choose one."))])

    @property
    def agrees(self) -> bool:
        """Whether it is to be shown."""
        return bool(self.answer.data == "yes")


def campaign_form(languages: Sequence[str]) -> KomekForm:
    """A campaign's name in each of the fund's languages."""
    fields = {f"name_{language}": StringField(OWN_NAMES[Language(language)]) for language in languages}
    return type("CampaignForm", (KomekForm,), fields)()  # type: ignore[no-any-return]


def names_of(form: KomekForm, languages: Sequence[str]) -> Mapping[str, str]:
    """What was typed into such a form."""
    return {language: str(form[f"name_{language}"].data or "") for language in languages}


def _account_words(account: ShownAccount, *, alone: bool) -> str:
    return account.payee.currency if alone else f"{account.payee.currency}, {spaced(account.payee.iban)}"


def _line(text: Any) -> str | None:
    return " ".join(str(text or "").split()) or None
