"""A programme tried out: other amounts, a budget, and how money is shared that is short."""

from dataclasses import replace
from typing import Any, Self

from wtforms import FieldList, FormField, RadioField, SelectField, StringField

from aid.domain.entitlement import SHORTAGE_TITLES, ProgrammeRule, Shortage, Terms
from aid.domain.families import Circumstance
from aid.domain.words import _
from aid.forms.base import KomekForm
from aid.forms.programmes.parts import (
    CIRCUMSTANCES,
    MOST_LINES,
    BandForm,
    CircumstanceForm,
    minor_of,
    typed_amount,
)

SHORTAGE_HINTS = {
    Shortage.EQUAL_CUT.value: _("Nobody falls out; everybody gets less."),
    Shortage.TIERS.value: _("They get all that is due; where the money ends, an equal cut; after them nobody."),
    Shortage.WHOLE_KITS.value: _(
        "One for each family before anybody gets a second, the longest without wages first; what is left, by equal cut."
    ),
    Shortage.LONGEST_WAIT.value: _("Since the last aid, or since registration; where the money ends, an equal cut."),
}
TIERS = ("tier_1", "tier_2", "tier_3")


class TryOutForm(KomekForm):
    """Amounts, budget and priority, as somebody turns them."""

    budget = StringField(_("Budget"))
    shortage = RadioField(
        _("When money is short"),
        choices=[(how.value, SHORTAGE_TITLES[how]) for how in Shortage],
        default=Shortage.EQUAL_CUT.value,
    )
    tier_1 = SelectField(_("They come first"), choices=CIRCUMSTANCES, default="")
    tier_2 = SelectField(_("Then come"), choices=CIRCUMSTANCES, default="")
    tier_3 = SelectField(_("After that come"), choices=CIRCUMSTANCES, default="")
    per_family = StringField(_("For the family"))
    per_member = StringField(_("For each member"))
    per_child = StringField(_("For each child"))
    per_grade = FieldList(FormField(BandForm), label=_("By grade"), max_entries=MOST_LINES)
    per_circumstance = FieldList(FormField(CircumstanceForm), label=_("By circumstance"), max_entries=MOST_LINES)
    cap = StringField(_("At most for a family"))

    def __init__(self, *, currency: str, **given: Any) -> None:
        super().__init__(**given)
        self.currency = currency

    @classmethod
    def of(cls, rule: ProgrammeRule, *, budget: int | None = None) -> Self:
        """The form as the programme is written, with what is there to give."""
        currency = rule.currency
        typed = {
            "budget": typed_amount(budget or 0, currency),
            "per_family": typed_amount(rule.per_family, currency),
            "per_member": typed_amount(rule.per_member, currency),
            "per_child": typed_amount(rule.per_child, currency),
            "per_grade": [BandForm.typed(band, currency) for band in rule.per_grade],
            "per_circumstance": [CircumstanceForm.typed(part, currency) for part in rule.per_circumstance],
            "cap": typed_amount(rule.cap or 0, currency),
        }
        return cls(currency=currency, formdata=None, data=typed)

    def rule(self, written: ProgrammeRule) -> ProgrammeRule:
        """The programme's rule with these amounts. Raises RuleBroken beside the one that can't be read."""
        return replace(
            written,
            per_family=self._minor("per_family"),
            per_member=self._minor("per_member"),
            per_child=self._minor("per_child"),
            per_grade=tuple(
                entry.form.band(self.currency) for entry in self.per_grade.entries if not entry.form.is_empty
            ),
            per_circumstance=tuple(
                entry.form.part(self.currency) for entry in self.per_circumstance.entries if not entry.form.is_empty
            ),
            cap=self._minor("cap") or None,
        )

    def terms(self) -> Terms:
        """Budget and priority. Raises RuleBroken beside what can't be read."""
        typed = (self.budget.data or "").strip()
        budget = minor_of(typed, self.currency, "budget") if typed else None
        tiers = tuple(Circumstance(self[name].data) for name in TIERS if self[name].data)
        return Terms(budget, Shortage(self.shortage.data), tiers)

    def _minor(self, name: str) -> int:
        return minor_of(self[name].data, self.currency, name)
