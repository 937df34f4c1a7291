"""A programme as it is typed in: titles, purpose, for whom, how much, and for how long a voucher holds."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from wtforms import FieldList, Form, FormField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from aid.domain.entitlement import GradeAmount, ProgrammeRule
from aid.domain.families import CHILD_UNTIL, CIRCUMSTANCE_TITLES, LAST_GRADE, Circumstance
from aid.domain.languages import OWN_NAMES, Language
from aid.domain.money import Money, digits_of, parse_money
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.formats import named
from aid.forms.base import KomekForm
from aid.queries.programmes import ProgrammePage
from aid.services.programmes import ProgrammeOrder

MOST_BANDS = 4
GRADES = [("", "–"), ("0", _("Preparatory")), *((str(grade), str(grade)) for grade in range(1, LAST_GRADE + 1))]
_DAYS = _("Write a whole number of days.")


class BandForm(Form):  # type: ignore[misc]
    """An amount for the children in some grades."""

    first = SelectField(_("From grade"), choices=GRADES, default="")
    last = SelectField(_("To grade"), choices=GRADES, default="")
    amount = StringField(_("Amount for each child"))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into this line."""
        return not (self.first.data or self.last.data or (self.amount.data or "").strip())


class ProgrammeForm(KomekForm):
    """An aid programme."""

    title_kk = StringField(_("Title: %(language)s", language=OWN_NAMES[Language.KK]))
    title_ru = StringField(_("Title: %(language)s", language=OWN_NAMES[Language.RU]))
    title_en = StringField(_("Title: %(language)s", language=OWN_NAMES[Language.EN]))
    purpose_id = RadioField(
        _("Whose money it gives"), validators=[InputRequired(_("Choose the purpose whose money this programme gives."))]
    )
    eligible = SelectMultipleField(
        _("For families where"),
        choices=[(circumstance.value, CIRCUMSTANCE_TITLES[circumstance]) for circumstance in Circumstance],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    per_family = StringField(_("For the family"))
    per_member = StringField(_("For each member"))
    per_child = StringField(_("For each child"))
    per_grade = FieldList(FormField(BandForm), label=_("By grade"), min_entries=1, max_entries=MOST_BANDS)
    child_until = IntegerField(
        _("A child is up to"), default=CHILD_UNTIL, validators=[InputRequired(_("Write an age in years."))]
    )
    cap = StringField(_("At most for a family"))
    valid_days = IntegerField(_("Days to collect"), default=30, validators=[InputRequired(_DAYS)])
    grace_days = IntegerField(_("Days until unclaimed money goes back"), default=14, validators=[InputRequired(_DAYS)])

    def __init__(self, *, purposes: Iterable[tuple[UUID, Mapping[str, str]]], currency: str, **given: Any) -> None:
        super().__init__(**given)
        self.currency = currency
        self.purpose_id.choices = [(str(purpose), named(dict(names))) for purpose, names in purposes]

    @classmethod
    def of(cls, page: ProgrammePage, *, purposes: Iterable[tuple[UUID, Mapping[str, str]]], currency: str) -> Self:
        """The form of a programme that is to be changed, filled in with what it says."""
        rule = page.rule
        bands = [
            {"first": str(b.first), "last": str(b.last), "amount": _typed(b.minor, currency)} for b in rule.per_grade
        ]
        return cls(
            purposes=purposes,
            currency=currency,
            data={
                **{f"title_{language}": title for language, title in page.titles.items()},
                "purpose_id": str(page.purpose_id),
                "eligible": [circumstance.value for circumstance in rule.eligible],
                "per_family": _typed(rule.per_family, currency),
                "per_member": _typed(rule.per_member, currency),
                "per_child": _typed(rule.per_child, currency),
                "per_grade": bands,
                "child_until": rule.child_until,
                "cap": _typed(rule.cap or 0, currency),
                "valid_days": page.valid_days,
                "grace_days": page.grace_days,
            },
        )

    def rearrange(self, pressed: Mapping[str, str]) -> bool:
        """Add or take away a line of grades, where that was asked for; nothing is checked then."""
        bands = self.per_grade
        if pressed.get("add") == bands.name and len(bands.entries) < MOST_BANDS:
            bands.append_entry()
        elif "remove" in pressed:
            bands.entries = [entry for entry in bands.entries if entry.name != pressed["remove"]]
        return "add" in pressed or "remove" in pressed

    def order(self) -> ProgrammeOrder:
        """The programme as a value. Raises RuleBroken beside the amount that can't be read."""
        titles = {language.value: " ".join((self[f"title_{language}"].data or "").split()) for language in Language}
        return ProgrammeOrder(
            titles={language: title for language, title in titles.items() if title},
            purpose_id=UUID(self.purpose_id.data),
            rule=self._rule(),
            valid_days=self.valid_days.data,
            grace_days=self.grace_days.data,
        )

    def _rule(self) -> ProgrammeRule:
        return ProgrammeRule(
            currency=self.currency,
            eligible=frozenset(Circumstance(value) for value in self.eligible.data or ()),
            per_family=self._minor("per_family"),
            per_member=self._minor("per_member"),
            per_child=self._minor("per_child"),
            per_grade=tuple(self._band(entry.form) for entry in self.per_grade.entries if not entry.form.is_empty),
            cap=self._minor("cap") or None,
            child_until=self.child_until.data,
        )

    def _minor(self, name: str) -> int:
        return self._read(self[name].data, name)

    def _read(self, text: str | None, field: str) -> int:
        if not (text or "").strip():
            return 0
        try:
            return parse_money(text or "", self.currency).minor
        except RuleBroken as refusal:
            raise RuleBroken(refusal.message, field) from None

    def _band(self, band: BandForm) -> GradeAmount:
        first, last = band.first.data or band.last.data, band.last.data or band.first.data
        if not first:
            raise RuleBroken(_("Choose the grades that this amount is for."), "per_grade")
        return GradeAmount(int(first), int(last), self._read(band.amount.data, "per_grade"))


def _typed(minor: int, currency: str) -> str:
    """An amount as a person would type it; nothing for zero."""
    if not minor:
        return ""
    amount: Decimal = Money(minor, currency).decimal()
    return f"{amount:.0f}" if amount == amount.to_integral_value() else f"{amount:.{digits_of(currency)}f}"
