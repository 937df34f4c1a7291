"""What is asked before a family is seen: whom somebody seeks, why a file is opened, what a confirmer found."""

from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, SearchField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from aid.domain.families import FamilyState
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.forms.base import KomekForm
from aid.queries.families import FamilyPage
from aid.services.families import WHY_OPENED
from aid.vault.actor import Actor


class SearchForm(KomekForm):
    """What is known of a family that may be in the register."""

    sought = SearchField(_("Name, phone or family code"))

    @property
    def text(self) -> str:
        """What to look for."""
        return str(self.sought.data or "").strip()


class OpenForm(KomekForm):
    """Why a file is opened."""

    why = RadioField(_("Why do you open it?"), validators=[InputRequired(_("Say why you open the file."))])

    def __init__(self, *, actor: Actor, family: FamilyPage, **given: Any) -> None:
        super().__init__(**given)
        waits_for_actor = family.state is FamilyState.REGISTERED and not family.is_own
        registers, left = actor.may(Permission.REGISTER_FAMILIES), family.state is FamilyState.WITHDRAWN
        refused = {
            "confirm": not actor.may(Permission.CONFIRM_FAMILIES) or not waits_for_actor,
            **dict.fromkeys(("correct", "life", "split", "move"), left or not registers),
            "return": not left or not registers,
            "join": True,  # opens two files, on a page of its own
        }
        self.why.choices = [(why, title) for why, title in WHY_OPENED.items() if not refused.get(why)]


class ConfirmForm(KomekForm):
    """What a second person found before saying that a family is real."""

    seen = BooleanField(
        _("I spoke with the family, or with somebody near who knows it"),
        validators=[InputRequired(_("Speak with the family, or with somebody near who knows it."))],
    )
    compared = BooleanField(
        _("Its members, their ages and their grades are as written here"),
        validators=[InputRequired(_("Compare each member. If something is wrong, ask a registrar to correct it."))],
    )
    told = BooleanField(
        _("It knows what it agreed to, and its check word"),
        validators=[InputRequired(_("Ask whether the family was told. Do not say the check word aloud to others."))],
    )
    version = IntegerField(widget=HiddenInput())
