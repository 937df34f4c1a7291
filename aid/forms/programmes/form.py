"""A programme as it is typed in: titles, purpose, for whom, how much, at most, and for how long a voucher holds."""

from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from aid.domain.entitlement import Join, ProgrammeRule, Rounding, Scope, Span
from aid.domain.families import CHILD_UNTIL, CIRCUMSTANCE_TITLES, Circumstance
from aid.domain.languages import OWN_NAMES, Language
from aid.domain.words import Message, _
from aid.formats import named
from aid.forms.base import KomekForm
from aid.forms.programmes.parts import (
    GRADES,
    MOST_LINES,
    BandForm,
    CircumstanceForm,
    GiftForm,
    minor_of,
    rearrange,
    span_of,
    typed_amount,
)
from aid.queries.programmes import Offered, ProgrammePage
from aid.services.programmes import ProgrammeOrder

_DAYS = _("Write a whole number of days.")
JOIN_TITLES = {Join.ANY: _("One of these is enough"), Join.ALL: _("All of these together")}
SCOPE_TITLES = {Scope.THIS: _("from this programme"), Scope.ANY: _("from any programme, or as a grant")}
ROUNDING_TITLES = {
    Rounding.DOWN: _("down"),
    Rounding.UP: _("up"),
    Rounding.NEAREST: _("to the nearest"),
}
OFTEN_TITLES = {"once": _("Once only"), "again": _("Again, as often as the committee decides")}


def _several(label: Any, **given: Any) -> SelectMultipleField:
    return SelectMultipleField(label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), **given)


def _one_of(label: Any, titles: Mapping[Any, Any], default: str) -> RadioField:
    return RadioField(label, choices=[(str(value), title) for value, title in titles.items()], default=default)


class ProgrammeForm(KomekForm):
    """An aid programme."""

    title_kk = StringField(_("Title: %(language)s", language=OWN_NAMES[Language.KK]))
    title_ru = StringField(_("Title: %(language)s", language=OWN_NAMES[Language.RU]))
    title_en = StringField(_("Title: %(language)s", language=OWN_NAMES[Language.EN]))
    purpose_id = RadioField(
        _("Whose money it gives"), validators=[InputRequired(_("Choose the purpose whose money this programme gives."))]
    )
    eligible = _several(
        _("For families where"), choices=[(each.value, CIRCUMSTANCE_TITLES[each]) for each in Circumstance]
    )
    join = _one_of(_("Of these circumstances"), JOIN_TITLES, Join.ANY.value)
    localities = _several(_("Who live in"))
    born_first = IntegerField(_("Children born from"), validators=[Optional()])
    born_last = IntegerField(_("Children born to"), validators=[Optional()])
    grades_first = SelectField(_("Children from grade"), choices=GRADES, default="")
    grades_last = SelectField(_("Children to grade"), choices=GRADES, default="")
    months_unpaid = IntegerField(_("Months without wages, at least"), validators=[Optional()])
    pause_days = IntegerField(_("Nothing received in the last so many days"), validators=[Optional()])
    pause_from = _one_of(_("Received"), SCOPE_TITLES, Scope.THIS.value)
    per_family = StringField(_("For the family"))
    per_member = StringField(_("For each member"))
    per_child = StringField(_("For each child"))
    per_grade = FieldList(FormField(BandForm), label=_("By grade"), min_entries=1, max_entries=MOST_LINES)
    per_circumstance = FieldList(
        FormField(CircumstanceForm), label=_("By circumstance"), min_entries=1, max_entries=MOST_LINES
    )
    goods = FieldList(FormField(GiftForm), label=_("Goods"), min_entries=1, max_entries=MOST_LINES)
    child_until = IntegerField(
        _("A child is up to"), default=CHILD_UNTIL, validators=[InputRequired(_("Write an age in years."))]
    )
    cap = StringField(_("At most for a family"))
    cap_days = IntegerField(_("Within so many days"), validators=[Optional()])
    unit = StringField(_("Paid in multiples of"))
    rounding = _one_of(_("Rounded"), ROUNDING_TITLES, Rounding.DOWN.value)
    often = _one_of(_("How often can a family get it?"), OFTEN_TITLES, "once")
    valid_days = IntegerField(_("Days to collect"), default=30, validators=[InputRequired(_DAYS)])
    grace_days = IntegerField(_("Days until unclaimed money goes back"), default=14, validators=[InputRequired(_DAYS)])
    in_parts = BooleanField(_("Goods may be collected one by one"))

    def __init__(self, *, offered: Offered, **given: Any) -> None:
        super().__init__(**given)
        self.said: Message | None = None  # the rule read back, where that was asked for
        self.currency = offered.currency
        self.purpose_id.choices = [(str(purpose), named(dict(names))) for purpose, names in offered.purposes]
        self.localities.choices = [(code, named(dict(names))) for code, names in offered.localities]
        self._goods = [("", "–"), *((code, named(dict(names))) for code, names in offered.goods)]
        self._offer_goods()

    @classmethod
    def of(cls, page: ProgrammePage, *, offered: Offered) -> Self:
        """The form of a programme that is to be changed, filled in with what it says."""
        titles = {f"title_{language}": title for language, title in page.titles.items()}
        days = {"valid_days": page.valid_days, "grace_days": page.grace_days, "in_parts": page.in_parts}
        purpose = {"purpose_id": str(page.purpose_id)}
        return cls(
            offered=offered, formdata=None, data={**titles, **purpose, **days, **_typed(page.rule, offered.currency)}
        )

    @property
    def has_more(self) -> bool:
        """Whether more conditions are asked for than circumstances."""
        fields = (self.localities, self.born_first, self.born_last, self.grades_first, self.grades_last)
        return any(field.data for field in (*fields, self.months_unpaid, self.pause_days))

    @property
    def offers_goods(self) -> bool:
        """Whether there is anything to give in kind."""
        return len(self._goods) > 1

    def rearrange(self, pressed: Mapping[str, str]) -> bool:
        """Add or take away a line, where that was asked for; nothing is checked then."""
        pressed_one = rearrange((self.per_grade, self.per_circumstance, self.goods), pressed)
        self._offer_goods()
        return pressed_one

    def order(self) -> ProgrammeOrder:
        """The programme as a value. Raises RuleBroken beside the amount that can't be read."""
        titles = {language.value: " ".join((self[f"title_{language}"].data or "").split()) for language in Language}
        return ProgrammeOrder(
            titles={language: title for language, title in titles.items() if title},
            purpose_id=UUID(self.purpose_id.data),
            rule=self.rule(),
            valid_days=self.valid_days.data,
            grace_days=self.grace_days.data,
            in_parts=self.in_parts.data,
        )

    def rule(self) -> ProgrammeRule:
        """The rule as a value. Raises RuleBroken beside the field that can't be read."""
        return ProgrammeRule(
            currency=self.currency,
            eligible=frozenset(Circumstance(value) for value in self.eligible.data or ()),
            per_family=self._minor("per_family"),
            per_member=self._minor("per_member"),
            per_child=self._minor("per_child"),
            per_grade=tuple(
                entry.form.band(self.currency) for entry in self.per_grade.entries if not entry.form.is_empty
            ),
            cap=self._minor("cap") or None,
            child_until=self.child_until.data,
            join=Join(self.join.data),
            localities=frozenset(self.localities.data or ()),
            born=self._born(),
            grades=span_of(self.grades_first.data, self.grades_last.data),
            months_unpaid=self.months_unpaid.data or 0,
            pause_days=self.pause_days.data or 0,
            pause_from=Scope(self.pause_from.data),
            per_circumstance=tuple(
                entry.form.part(self.currency) for entry in self.per_circumstance.entries if not entry.form.is_empty
            ),
            goods=tuple(entry.form.gift() for entry in self.goods.entries if not entry.form.is_empty),
            cap_days=self.cap_days.data or 0,
            repeats=self.often.data == "again",
            unit=self._minor("unit") or 1,
            rounding=Rounding(self.rounding.data),
        )

    def _offer_goods(self) -> None:
        for entry in self.goods.entries:
            entry.form.good.choices = self._goods

    def _born(self) -> Span | None:
        first, last = self.born_first.data, self.born_last.data
        return None if first is None and last is None else Span(first or last or 0, last or first or 0)

    def _minor(self, name: str) -> int:
        return minor_of(self[name].data, self.currency, name)


def _typed(rule: ProgrammeRule, currency: str) -> dict[str, Any]:
    """A rule as a person would type it."""
    return {
        "eligible": [circumstance.value for circumstance in rule.eligible],
        "join": rule.join.value,
        "localities": sorted(rule.localities),
        "born_first": rule.born.first if rule.born else None,
        "born_last": rule.born.last if rule.born else None,
        "grades_first": str(rule.grades.first) if rule.grades else "",
        "grades_last": str(rule.grades.last) if rule.grades else "",
        "months_unpaid": rule.months_unpaid or None,
        "pause_days": rule.pause_days or None,
        "pause_from": rule.pause_from.value,
        "per_family": typed_amount(rule.per_family, currency),
        "per_member": typed_amount(rule.per_member, currency),
        "per_child": typed_amount(rule.per_child, currency),
        "per_grade": [BandForm.typed(band, currency) for band in rule.per_grade],
        "per_circumstance": [CircumstanceForm.typed(part, currency) for part in rule.per_circumstance],
        "goods": [GiftForm.typed(gift) for gift in rule.goods],
        "child_until": rule.child_until,
        "cap": typed_amount(rule.cap or 0, currency),
        "cap_days": rule.cap_days or None,
        "unit": typed_amount(rule.unit if rule.unit > 1 else 0, currency),
        "rounding": rule.rounding.value,
        "often": "again" if rule.repeats else "once",
    }
