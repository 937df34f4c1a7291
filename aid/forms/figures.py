"""Figures for donors: how they are published, releasing and withdrawing them, and the code of a gift."""

from typing import Any

from wtforms import HiddenField, IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, Regexp

from aid.domain.words import _
from aid.forms.base import KomekForm
from aid.queries.figures.choice import Choice

READERS = [
    ("inside", _("Only people of the fund who may see its money")),
    ("public", _("Everybody: on a public page, without a sign-in")),
]


class ChoiceForm(KomekForm):
    """Who may read what is released, and how old it must be."""

    readers = RadioField(
        _("Who may read released figures"), choices=READERS, validators=[InputRequired(_("Choose one."))]
    )
    delay_days = IntegerField(_("Days after the end of a month"), validators=[InputRequired(_("Write a number."))])
    seen = HiddenField(default="0", validators=[Regexp(r"^\d{1,9}$")])

    def __init__(self, *, now: Choice) -> None:
        data = {"readers": "public" if now.is_public else "inside", "delay_days": now.delay_days, "seen": str(now.n)}
        super().__init__(data=data)

    def order(self) -> dict[str, Any]:
        """What was chosen."""
        return {
            "is_public": self.readers.data == "public",
            "delay_days": int(self.delay_days.data or 0),
            "seen": int(self.seen.data or 0),
        }


class ReleaseForm(KomekForm):
    """What was looked at, by its hash, is what is released."""

    seen = HiddenField(validators=[Regexp(r"^[0-9a-f]{64}$")])


class WithdrawForm(KomekForm):
    """Why figures are withdrawn."""

    reason = StringField(_("Why they are withdrawn"), validators=[InputRequired(_("Write the reason."))])


class GiftCodeForm(KomekForm):
    """The code of a gift, as it stands in the letter of thanks."""

    code = StringField(
        _("Code of your gift"), validators=[InputRequired(_("Write the code of your letter of thanks."))]
    )
