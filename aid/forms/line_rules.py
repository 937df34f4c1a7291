"""Rules for bank lines, as they are taught: known by what, and what they are."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from wtforms import RadioField, SearchField, StringField
from wtforms.validators import InputRequired

from aid.domain.bank_lines import KnownBy
from aid.domain.line_ends import EndKind
from aid.domain.line_rules import RULE_TITLES
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.forms._money import Purposes, purpose_choices
from aid.forms.checked import CheckedForm
from aid.services.lines.rules import RuleOrder

TAUGHT = [
    (EndKind.DONATION, _("A donation")),
    (EndKind.INTEREST, _("Interest of the bank")),
    (EndKind.FEE, _("A fee of the bank")),
]
ANYBODY = "anybody"


class RuleForm(CheckedForm):
    """What lines like this one are. It is tried against the open lines before it is taught."""

    known_by = RadioField(_("Lines like this are known by"), validators=[InputRequired(_("Choose one."))])
    words = StringField(_("The words"))
    kind = RadioField(_("They are"), choices=TAUGHT, validators=[InputRequired(_("Choose one."))])
    purpose = RadioField(_("Purpose"), validators=[InputRequired(_("Choose what the money is for."))])
    donor = RadioField(_("Who gave"), default=ANYBODY, validators=[InputRequired(_("Choose who gave."))])
    q = SearchField(_("Look for a donor by name"))

    def __init__(
        self, *, said: dict[KnownBy, str], purposes: Purposes, donors: Sequence[tuple[str, str]], **given: Any
    ) -> None:
        super().__init__(**given)
        self._said = said
        known = (KnownBy.ACCOUNT, KnownBy.NAME, KnownBy.TEXT)
        self.known_by.choices = [(by.value, RULE_TITLES[by]) for by in known if by is KnownBy.TEXT or said.get(by)]
        self.purpose.choices = purpose_choices(purposes)
        self.donor.choices = [(ANYBODY, _("Whoever it comes from")), *donors]

    def blame(self, refusal: RuleBroken) -> None:
        """Show a broken rule beside its field."""
        super().blame(RuleBroken(refusal.message, "words" if refusal.field == "said" else refusal.field))

    def order(self) -> RuleOrder:
        """The rule as a value."""
        known_by, kind = KnownBy(self.known_by.data), EndKind(self.kind.data)
        said = str(self.words.data or "") if known_by is KnownBy.TEXT else self._said[known_by]
        named = kind is EndKind.DONATION and self.donor.data != ANYBODY
        return RuleOrder(
            known_by=known_by,
            said=" ".join(said.split()),
            kind=kind,
            purpose_id=UUID(self.purpose.data),
            donor_id=UUID(self.donor.data) if named else None,
        )
