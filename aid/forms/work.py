"""What an administrator types about a colleague: handle, name, language, roles and places."""

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from aid.domain.fund import LONGEST_CODE, LONGEST_NAME
from aid.domain.languages import OWN_NAMES, Language
from aid.domain.permissions import ROLE_TITLES, Role
from aid.domain.words import _
from aid.domain.work import Work
from aid.formats import named
from aid.forms.base import KomekForm
from aid.queries.people import Named
from aid.services.invitations import Colleague


class Boxes(SelectMultipleField):  # type: ignore[misc]
    """Any number of choices, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class WorkForm(KomekForm):
    """Roles, and the places they need."""

    roles = Boxes(_("Roles"))
    localities = Boxes(_("Localities, for registrars and confirmers"))
    points = Boxes(_("Points, for distributors"))

    def offer(
        self, *, localities: Sequence[Named], points: Sequence[Named], roles: Sequence[Role] = tuple(Role)
    ) -> Self:
        """What there is to choose from."""
        self.roles.choices = [(role.value, ROLE_TITLES[role]) for role in roles]
        self.localities.choices = [(str(place.id), named(dict(place.names))) for place in localities]
        self.points.choices = [(str(place.id), named(dict(place.names))) for place in points]
        return self

    def show(self, work: Work) -> Self:
        """Tick what somebody does now."""
        self.roles.data = [role.value for role in work.roles]
        self.localities.data = [str(place) for place in work.localities]
        self.points.data = [str(place) for place in work.points]
        return self

    def work(self) -> Work:
        """What was ticked."""
        return Work(
            frozenset(Role(role) for role in self.roles.data or ()),
            frozenset(UUID(place) for place in self.localities.data or ()),
            frozenset(UUID(place) for place in self.points.data or ()),
        )


class InviteForm(WorkForm):
    """Who is invited, and for what."""

    handle = StringField(_("Handle"), validators=[InputRequired(), Length(max=LONGEST_CODE)])
    name = StringField(_("Name"), validators=[Length(max=LONGEST_NAME)])
    language = RadioField(_("Language"), validators=[InputRequired()])

    def offer_languages(self, languages: Sequence[Language]) -> Self:
        """The fund's own languages; the first is its first."""
        self.language.choices = [(language.value, OWN_NAMES[language]) for language in languages]
        if not self.language.data:
            self.language.data = languages[0].value
        return self

    def order(self) -> Colleague:
        """The colleague."""
        handle = (self.handle.data or "").strip().casefold()
        name = " ".join((self.name.data or "").split()) or None
        return Colleague(handle, name, Language(self.language.data), self.work())


class AdmitForm(KomekForm):
    """Somebody compared the fingerprint by voice."""

    public = HiddenField(validators=[Regexp(r"^[0-9a-f]{130}$")])
    compared = BooleanField(
        _("They read this fingerprint to me, and I know their voice"),
        validators=[InputRequired(_("Compare the fingerprint first: call them, or look at their screen."))],
    )

    def order(self) -> bytes:
        """The key whose fingerprint was compared."""
        return bytes.fromhex(str(self.public.data))
