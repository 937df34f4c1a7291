"""A family as it is typed in: on a phone, in a hurry, by somebody who must not have to type it twice."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import get_locale
from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import HiddenInput

from aid.domain.check_words import new_check_word
from aid.domain.consent import CONSENT_WORDINGS, LATEST_WORDING
from aid.domain.families import CIRCUMSTANCE_TITLES, Circumstance, Consent, Family, Member
from aid.domain.languages import OWN_NAMES, Language
from aid.domain.phones import LONGEST_PHONE, digits_of
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.formats import fresh_key, named
from aid.forms.base import KomekForm
from aid.forms.families.fields import Choices, DayField, OneOf, PhoneField, one_line
from aid.forms.families.members import MemberRows
from aid.queries.families import Place

_FIELD_OF_RULE = {"collectors": "collector"}
_FIELD_OF_MEMBER = re.compile(r"members-(\d+)-(\w+)")


def _own_language() -> str | None:
    """The registrar's language is the family's, unless it is English."""
    own = str(get_locale().language)
    return None if own == Language.EN else own


class FamilyForm(KomekForm):
    """All that a registrar writes down of a family, at first or to correct it."""

    locality = OneOf(_("Locality where the family lives"))
    point = OneOf(_("Point where it collects"))
    members = MemberRows(_("Members of the family"), min_entries=1)
    phone = PhoneField(_("Phone"))
    address = StringField(_("Address"))
    circumstances = Choices(
        _("What happened"),
        choices=[(circumstance.value, CIRCUMSTANCE_TITLES[circumstance]) for circumstance in Circumstance],
    )
    workplace = StringField(_("Workplace"))
    dismissed_on = DayField(_("Dismissed on"), validators=[Optional()])
    wages_stopped_on = DayField(_("Wages stopped on"), validators=[Optional()])
    collector = StringField(_("Who collects"))
    alternates = TextAreaField(_("Who else may collect"))
    check_word = StringField(_("Check word"), default=new_check_word)
    language = RadioField(
        _("Language of the family"),
        choices=[(tongue.value, OWN_NAMES[tongue]) for tongue in Language],
        default=_own_language,
        validators=[InputRequired(_("Choose the language the family reads."))],
    )
    consent = BooleanField(
        _("This was read to the family, and it agrees"),
        validators=[InputRequired(_("Read this to the family first. Without its consent nothing is registered."))],
    )
    consent_on = DayField(_("Day of consent"), validators=[InputRequired(_("Choose the day."))])
    wording = IntegerField(widget=HiddenInput(), default=LATEST_WORDING)

    def __init__(self, *, localities: Iterable[Place], points: Iterable[Place], today: date, **given: Any) -> None:
        super().__init__(**given)
        self.today = today
        self.locality.choices = _to_choose((str(place.id), named(dict(place.names))) for place in localities)
        self.point.choices = _to_choose(
            (str(place.id), f"{named(dict(place.names))} – {named(dict(place.locality))}") for place in points
        )

    def rearrange(self, pressed: Mapping[str, str]) -> bool:
        """Add or take away a member, where that was asked for; nothing is checked then."""
        rows = self.members
        if pressed.get("add") == rows.name:
            rows.append_entry()
            return True
        if gone := pressed.get("remove"):
            rows.entries = [row for row in rows.entries if row.name != gone]
            if not rows.entries:
                rows.append_entry()
            return True
        return False

    def validate_locality(self, field: Field) -> None:
        """One has to be chosen."""
        if not field.data:
            raise ValidationError(_("Choose the locality where the family lives."))

    def validate_point(self, field: Field) -> None:
        """One has to be chosen."""
        if not field.data:
            raise ValidationError(_("Choose the point where the family collects."))

    def validate_phone(self, field: Field) -> None:
        """What was typed must have digits."""
        if one_line(field) and not field.number:
            raise ValidationError(_("Write the phone number in digits, or leave it empty."))
        if digits_of(field.number) > LONGEST_PHONE:
            raise ValidationError(
                _("A phone number has at most %(most)s digits: write one number.", most=LONGEST_PHONE)
            )

    def validate_wording(self, field: Field) -> None:
        """It must be one that there is."""
        if field.data not in CONSENT_WORDINGS:
            raise ValidationError(_("Open the page anew: it shows another wording of the consent than there is."))

    def blame(self, refusal: RuleBroken) -> None:
        """Show a broken rule beside its field, a member's too."""
        named_field = refusal.field or ""
        found = _FIELD_OF_MEMBER.fullmatch(named_field)
        if found is None:
            super().blame(RuleBroken(refusal.message, _FIELD_OF_RULE.get(named_field, named_field)))
            return
        field = self.members.filled[int(found[1])].form[found[2]]
        field.errors = [*field.errors, refusal.message]
        self.members.errors = [*self.members.errors, {found[2]: field.errors}]
        self.renew()

    def renew(self) -> None:
        """Another sending is another request: the last one was answered."""
        self.key.data = self.key.raw_data = None
        self.key.data = fresh_key()

    def family(self) -> Family:
        """The family as it was typed."""
        members = self.members.people
        return Family(
            members=members,
            phone=self.phone.number or None,
            address=one_line(self.address),
            circumstances=frozenset(map(Circumstance, self.circumstances.data or ())),
            workplace=one_line(self.workplace),
            dismissed_on=self.dismissed_on.data,
            wages_stopped_on=self.wages_stopped_on.data,
            language=Language(self.language.data),
            collectors=self._collectors(members),
            check_word=(self.check_word.data or "").strip().lower(),
            consent=Consent(self.consent_on.data, self.wording.data),
        )

    def _collectors(self, members: tuple[Member, ...]) -> tuple[str, ...]:
        """Who was named; else the first adult."""
        adults = (member.name for member in members if member.name and not member.is_child(self.today))
        first = one_line(self.collector) or next(adults, "")
        others = (" ".join(line.split()) for line in (self.alternates.data or "").splitlines())
        return (first, *(name for name in others if name))


def _to_choose(places: Iterable[tuple[str, str]]) -> list[tuple[str, Any]]:
    """Places to choose from; where there is more than one, none is chosen yet."""
    found = list(places)
    return found if len(found) == 1 else [("", _("Choose…")), *found]
