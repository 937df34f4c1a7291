"""What people type when they found a fund, a form a page. What is typed is kept plain until the fund is there."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import EqualTo, InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from aid.domain.countries import COUNTRIES
from aid.domain.currencies import DIGITS
from aid.domain.fund import LONGEST_CODE, LONGEST_NAME
from aid.domain.languages import OWN_NAMES, Language
from aid.domain.passwords import why_not_this_password
from aid.domain.quorum import SMALLEST_QUORUM
from aid.domain.recovery import FEWEST_SHARES, MOST_SHARES
from aid.domain.refusals import RuleBroken
from aid.domain.sitting import code_of, handle_of
from aid.domain.words import _
from aid.formats import country, say
from aid.forms.base import KomekForm
from aid.vault.agefile import is_recipient

MOST_ROWS = 40
NEAR = ("KZT", "EUR", "USD", "GEL", "KGS", "UZS", "RUB", "TRY", "GBP", "CHF")
AT_HOME = tuple(f"Asia/{city}" for city in ("Almaty", "Aqtau", "Aqtobe", "Atyrau", "Oral", "Qostanay", "Qyzylorda"))
_LANGUAGES = [(language.value, OWN_NAMES[language]) for language in Language]
_NAME = [Length(max=LONGEST_NAME, message=_l("This is too long. Shorten it."))]
_HOURS = [InputRequired(_("Write a whole number of hours."))]


class CodeForm(KomekForm):
    """The one-time code of the window in which Komek was started."""

    code = StringField(_("One-time code"), validators=[InputRequired(_("Type the code.")), Length(max=100)])


class StepForm(KomekForm):
    """A page of the sitting."""

    rows_of = ""  # the list that grows, where the page has one

    def typed(self) -> dict[str, Any]:
        """What is kept of the page: right or wrong, nothing that somebody typed is lost."""
        return {name: value for name, value in self.data.items() if name not in {"key", "csrf_token"}}

    def rearrange(self, pressed: Mapping[str, str]) -> bool:
        """Add or take away a line, where that was asked for; nothing is checked then."""
        if not self.rows_of or not {"add", "remove"} & set(pressed):
            return False
        lines = self[self.rows_of]
        if pressed.get("add") == lines.name and len(lines.entries) < lines.max_entries:
            lines.append_entry()
        lines.entries = [entry for entry in lines.entries if entry.name != pressed.get("remove")]
        return True


class FundForm(StepForm):
    """What the fund is called, in which languages, and its currency."""

    languages = SelectMultipleField(
        _("Languages of the fund"),
        choices=_LANGUAGES,
        default=[language.value for language in Language],
        validators=[InputRequired(_("Choose at least one language."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    own = RadioField(_("The language papers are written in first"), choices=_LANGUAGES, default=Language.KK.value)
    name_kk = StringField(_("Name: %(language)s", language=OWN_NAMES[Language.KK]), validators=_NAME)
    name_ru = StringField(_("Name: %(language)s", language=OWN_NAMES[Language.RU]), validators=_NAME)
    name_en = StringField(_("Name: %(language)s", language=OWN_NAMES[Language.EN]), validators=_NAME)
    paper_kk = StringField(_("On paper: %(language)s", language=OWN_NAMES[Language.KK]), validators=_NAME)
    paper_ru = StringField(_("On paper: %(language)s", language=OWN_NAMES[Language.RU]), validators=_NAME)
    paper_en = StringField(_("On paper: %(language)s", language=OWN_NAMES[Language.EN]), validators=_NAME)
    currency = SelectField(
        _("Currency"), choices=[(code, code) for code in (*NEAR, *sorted(set(DIGITS) - set(NEAR)))], default="KZT"
    )
    time_zone = SelectField(_("Time zone"), default=AT_HOME[0])

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        far = sorted(zone for zone in available_timezones() - {*AT_HOME} if "/" in zone and zone[:3] != "Etc")
        self.time_zone.choices = [(zone, zone.replace("_", " ")) for zone in (*AT_HOME, *far)]

    def validate_own(self, field: Field) -> None:
        """Papers are written in a language of the fund."""
        if field.data not in (self.languages.data or ()):
            raise ValidationError(say(_("Choose one of the fund's languages.")))


class NamedForm(Form):  # type: ignore[misc]
    """A purpose or a place: its name in each language, and a short code."""

    kk = StringField(OWN_NAMES[Language.KK], validators=_NAME)
    ru = StringField(OWN_NAMES[Language.RU], validators=_NAME)
    en = StringField(OWN_NAMES[Language.EN], validators=_NAME)
    code = StringField(_("Short code"), validators=[Length(max=LONGEST_CODE)])

    def line(self) -> dict[str, Any]:
        """What is kept of the line, with its code."""
        row = {name: (value or "").strip() for name, value in self.data.items()}
        return {**row, "code": code_of(row)} if any(row[language] for language in Language) else row


class PointForm(NamedForm):
    """Where aid is handed out."""

    locality = SelectField(_("In which of these places"), default="")


class _NamedRows(StepForm):
    """A page that is a list of names."""

    def typed(self) -> dict[str, Any]:
        """Lines without any name are not kept."""
        lines = [entry.form.line() for entry in self[self.rows_of].entries]
        return {self.rows_of: [line for line in lines if any(line[language] for language in Language)]}


class MoneyForm(_NamedRows):
    """What money is given for."""

    rows_of = "purposes"
    purposes = FieldList(FormField(NamedForm), label=_("Purposes"), min_entries=1, max_entries=MOST_ROWS)


class LocalitiesForm(_NamedRows):
    """Where families live."""

    rows_of = "localities"
    localities = FieldList(FormField(NamedForm), label=_("Places"), min_entries=1, max_entries=MOST_ROWS)


class PointsForm(_NamedRows):
    """Where aid is handed out."""

    rows_of = "points"
    points = FieldList(FormField(PointForm), label=_("Points"), min_entries=1, max_entries=MOST_ROWS)

    def offer(self, localities: Sequence[tuple[str, str]]) -> None:
        """The places that were typed before."""
        for entry in self.points.entries:
            entry.form.locality.choices = localities


class PersonForm(Form):  # type: ignore[misc]
    """Somebody who sits here."""

    handle = StringField(_("Handle"), validators=[Length(max=LONGEST_CODE)])
    name = StringField(_("Name"), validators=_NAME)
    language = SelectField(_("Language"), choices=_LANGUAGES, default=Language.KK.value)

    def validate_handle(self, field: Field) -> None:
        """Who sits here is called something; a committee line left empty does not count."""
        if not handle_of(field.data) and (type(self) is PersonForm or any((self.name.data, self._second()))):
            raise ValidationError(say(_("Write a handle: a short word in small Latin letters.")))

    def _second(self) -> str:
        return ""


class MemberForm(PersonForm):
    """A member of the committee, and who takes the seat if they are kept away."""

    alternate = StringField(_("Alternate’s handle"), validators=[Length(max=LONGEST_CODE)])

    def _second(self) -> str:
        return self.alternate.data or ""


class PeopleForm(StepForm):
    """Who founds the fund."""

    rows_of = "members"
    administrator = FormField(PersonForm, label=_("Administrator"))
    coordinator = FormField(PersonForm, label=_("Coordinator"))
    members = FieldList(FormField(MemberForm), label=_("Committee"), min_entries=SMALLEST_QUORUM, max_entries=MOST_ROWS)


class RulesForm(StepForm):
    """How the committee decides, and how it changes."""

    quorum = IntegerField(_("Votes in favour"), default=3, validators=[InputRequired(_("Write how many."))])
    notice_hours = IntegerField(_("Hours of notice"), default=24, validators=_HOURS)
    delay_hours = IntegerField(_("Hours until a change holds"), default=24, validators=_HOURS)
    absence_hours = IntegerField(_("Hours before an alternate sits down"), default=72, validators=_HOURS)


class HolderForm(Form):  # type: ignore[misc]
    """One share: whose it will be, and where its paper will lie."""

    handle = SelectField(_("Who holds it"), default="")
    country = SelectField(_("Country"), default="")


class RecoveryForm(StepForm):
    """The recovery key: in how many papers, and who keeps them where."""

    rows_of = "holders"
    threshold = IntegerField(
        _("How many shares are enough"), default=3, validators=[InputRequired(_("Write how many shares are enough."))]
    )
    holders = FieldList(FormField(HolderForm), label=_("Shares"), min_entries=FEWEST_SHARES, max_entries=MOST_SHARES)
    despite_country = BooleanField(_("Yes, so many shares shall lie in one country"))
    recipients = TextAreaField(_("Further keys that open backups"), validators=[Length(max=2_000)])

    def offer(self, handles: Iterable[str]) -> None:
        """Who may hold a share, and the countries of the world in the reader's language."""
        named = sorted(((code, country(code)) for code in COUNTRIES), key=lambda pair: pair[1])
        for entry in self.holders.entries:
            entry.form.handle.choices = [("", _("Choose a person")), *((handle, handle) for handle in handles)]
            entry.form.country.choices = [("", _("Choose a country")), *named]

    def validate_recipients(self, field: Field) -> None:
        """Keys of age begin with age1, and have a checksum."""
        for text in (field.data or "").split():
            if not is_recipient(text):
                raise ValidationError(say(_("“%(text)s” is no age public key; it begins with age1.", text=text[:24])))


class PhoneForm(KomekForm):
    """Proof that the phone shows the right codes."""

    code = StringField(_("Code from your phone"), validators=[InputRequired(_("Type the six digits.")), Length(max=20)])


class SeatForm(KomekForm):
    """A password of one's own."""

    password = PasswordField(_("New password"), validators=[InputRequired(_("Choose a password."))])
    again = PasswordField(
        _("The same password again"), validators=[EqualTo("password", _l("The two passwords differ. Type both anew."))]
    )

    def chosen(self, *, handle: str) -> str:
        """The password. Raises RuleBroken."""
        password = self.password.data or ""
        if reason := why_not_this_password(password, handle=handle):
            raise RuleBroken(reason, field="password")
        return password
