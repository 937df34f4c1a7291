"""What happened to a family, as it is typed: who came, who went, a parting, a union, a move, a return."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from wtforms import BooleanField, DateField, Field, FormField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import HiddenInput

from aid.domain.check_words import new_check_word
from aid.domain.codes import parse_family_code
from aid.domain.consent import LATEST_WORDING
from aid.domain.families import KINSHIP_TITLES, Consent, Member, TieKind
from aid.domain.families.life import COMING, GOING, REASONS, LifeEvent, LifeReason
from aid.domain.families.parting import Parting, strangers
from aid.domain.families.words import HistoryKind
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _
from aid.formats import named, say
from aid.forms.base import KomekForm
from aid.forms.families.fields import Choices, PhoneField, one_line
from aid.forms.families.members import MemberForm
from aid.queries.families import Place
from aid.services.families import OpenedFile
from aid.services.families.joining import OpenedPair, Union
from aid.services.families.moving import Move

WHAT: dict[tuple[HistoryKind, LifeReason], Message] = {
    (HistoryKind.BORN, LifeReason.BIRTH): _("A child was born"),
    (HistoryKind.JOINED, LifeReason.MARRIAGE): _("Came by marriage"),
    (HistoryKind.JOINED, LifeReason.RELEASED): _("Was released from detention"),
    (HistoryKind.JOINED, LifeReason.CAME_BACK): _("Came back from elsewhere"),
    (HistoryKind.JOINED, LifeReason.TAKEN_IN): _("Was taken in by the family"),
    (HistoryKind.JOINED, LifeReason.OTHER): _("Came for another reason"),
    (HistoryKind.LEFT, LifeReason.MARRIAGE): _("Left to marry"),
    (HistoryKind.LEFT, LifeReason.DETAINED): _("Was detained"),
    (HistoryKind.LEFT, LifeReason.MOVED_AWAY): _("Moved away"),
    (HistoryKind.LEFT, LifeReason.PARTED): _("Left because the couple parted"),
    (HistoryKind.LEFT, LifeReason.SERVICE): _("Was called up to the army"),
    (HistoryKind.LEFT, LifeReason.OTHER): _("Left for another reason"),
    (HistoryKind.DIED, LifeReason.KILLED): _("Was killed"),
    (HistoryKind.DIED, LifeReason.ILLNESS): _("Died of an illness"),
    (HistoryKind.DIED, LifeReason.ACCIDENT): _("Died in an accident"),
    (HistoryKind.DIED, LifeReason.OTHER): _("Died for another reason"),
}
"""What may happen to one person, as somebody at a table would say it."""


def _what(kinds: Iterable[HistoryKind]) -> list[tuple[str, Message]]:
    every = [(kind, reason) for kind in kinds for reason in REASONS[kind]]
    return [("", _("Choose…")), *((f"{kind}:{reason}", WHAT[kind, reason]) for kind, reason in every)]


def _one_of(field: Field) -> tuple[HistoryKind, LifeReason]:
    kind, reason = field.data.split(":")
    return HistoryKind(kind), LifeReason(reason)


class DatedForm(KomekForm):
    """Something that happened on a day, to a family as it was seen in one version."""

    on = DateField(_("On which day"), validators=[InputRequired(_("Choose the day."))])
    version = IntegerField(widget=HiddenInput())


class CameForm(DatedForm):
    """Somebody was born into the family, or joined it."""

    what = SelectField(
        _("What happened"), choices=_what(COMING), validators=[InputRequired(_("Choose what happened."))]
    )
    who = FormField(MemberForm)

    def __init__(self, **given: Any) -> None:
        super().__init__(prefix="came-", **given)

    def event(self) -> LifeEvent:
        """Who came, as a value."""
        kind, reason = _one_of(self.what)
        who = None if self.who.form.is_empty else self.who.form.member()
        return LifeEvent(kind, self.on.data, reason, who=who)

    def blame(self, refusal: RuleBroken) -> None:
        """Show a broken rule beside the field of the person it is about."""
        field = self.who.form._fields.get((refusal.field or "").rpartition("-")[2])
        if field is None:
            super().blame(refusal)
            return
        super().blame(RuleBroken(refusal.message))


class GoneForm(DatedForm):
    """Somebody left the family, or died."""

    what = SelectField(_("What happened"), choices=_what(GOING), validators=[InputRequired(_("Choose what happened."))])
    place = RadioField(_("Who is it?"), coerce=str, validators=[InputRequired(_("Choose who it is."))])
    collector = StringField(_("Who collects from now on"))

    def __init__(self, *, members: tuple[Member, ...], **given: Any) -> None:
        super().__init__(prefix="gone-", **given)
        self.place.choices = people(members)

    def event(self) -> LifeEvent:
        """Who went, as a value."""
        kind, reason = _one_of(self.what)
        return LifeEvent(kind, self.on.data, reason, place=int(self.place.data), collector=one_line(self.collector))


class PartForm(DatedForm):
    """Who goes into a family of their own, and what that family needs."""

    going = Choices(_("Who goes into the new family?"))
    collector = StringField(_("Who collects for the new family"), validators=[InputRequired(_("Name who collects."))])
    phone = PhoneField(_("Phone of the new family"))
    address = StringField(_("Address of the new family"))
    check_word = StringField(_("Check word of the new family"), default=new_check_word)
    staying = StringField(_("Who collects for those who stay"))
    consent = BooleanField(
        _("This was read to the new family, and it agrees"),
        validators=[InputRequired(_("Read this to the family first. Without its consent nothing is registered."))],
    )

    def __init__(self, *, members: tuple[Member, ...], **given: Any) -> None:
        super().__init__(**given)
        self.going.choices = people(members)

    def validate_going(self, field: Field) -> None:
        """Somebody goes: said at once with all else that is missing."""
        if not field.data:
            raise ValidationError(_("Choose who goes into the new family."))

    def validate_phone(self, field: Field) -> None:
        """What was typed must have digits."""
        if one_line(field) and not field.number:
            raise ValidationError(_("Write the phone number in digits, or leave it empty."))

    def parting(self, *, today: date) -> Parting:
        """How the family parts, as a value."""
        return Parting(
            on=self.on.data,
            going=frozenset(int(place) for place in self.going.data or ()),
            collector=one_line(self.collector) or "",
            check_word=(self.check_word.data or "").strip().lower(),
            phone=self.phone.number or None,
            address=one_line(self.address),
            consent=Consent(today, LATEST_WORDING),
            staying=one_line(self.staying),
        )


class OtherForm(KomekForm):
    """With which family another becomes one."""

    other = StringField(_("Code of the other family"), validators=[InputRequired(_("Write the nine digits."))])

    def code(self) -> str:
        """The other's code. Raises RuleBroken."""
        try:
            return parse_family_code(self.other.data or "")
        except RuleBroken as refusal:
            raise RuleBroken(refusal.message, "other") from None


class JoinForm(DatedForm):
    """Who of the other family comes over, and whether it ever was another."""

    other = StringField(widget=HiddenInput())
    other_version = IntegerField(widget=HiddenInput())
    kind = RadioField(
        _("What are they to each other?"),
        choices=[
            (TieKind.UNITED.value, _("Two families that live as one from now on")),
            (TieKind.TWICE.value, _("The same family, registered twice")),
        ],
        validators=[InputRequired(_("Choose one."))],
    )
    coming = Choices(_("Who of the other family comes over?"))

    def __init__(self, *, pair: OpenedPair, **given: Any) -> None:
        super().__init__(**given)
        self.coming.choices = people(pair.other.members)

    def union(self, pair: OpenedPair) -> Union:
        """The union as a value."""
        return Union(
            family_id=pair.family_id,
            version=self.version.data,
            other_id=pair.other_id,
            other_version=self.other_version.data,
            kind=TieKind(self.kind.data),
            on=self.on.data,
            coming=frozenset(int(place) for place in self.coming.data or ()),
        )


def typed_of_pair(pair: OpenedPair, *, today: date) -> dict[str, Any]:
    """A union as it is first shown: whoever is not in the family already comes over."""
    return {
        "on": today,
        "version": pair.version,
        "other": pair.other_code,
        "other_version": pair.other_version,
        "coming": [str(place) for place in sorted(strangers(pair.family, pair.other))],
    }


class MoveForm(DatedForm):
    """Where a family lives and collects from now on."""

    locality = SelectField(_("Locality where it lives now"))
    point = SelectField(_("Point where it collects now"))
    address = StringField(_("New address"))
    phone = PhoneField(_("Phone"))

    def __init__(self, *, localities: Iterable[Place], points: Iterable[Place], **given: Any) -> None:
        super().__init__(**given)
        self.locality.choices = [(str(place.id), named(dict(place.names))) for place in localities]
        self.point.choices = [
            (str(place.id), f"{named(dict(place.names))} – {named(dict(place.locality))}") for place in points
        ]

    def move(self, family_id: UUID) -> Move:
        """The move as a value."""
        return Move(
            family_id=family_id,
            version=self.version.data,
            locality_id=UUID(self.locality.data),
            point_id=UUID(self.point.data),
            on=self.on.data,
            address=one_line(self.address),
            phone=self.phone.number or None,
        )


def typed_of_move(opened: OpenedFile, *, today: date) -> dict[str, Any]:
    """A move as it is first shown: where it lives and how it is called so far."""
    return {
        "on": today,
        "version": opened.version,
        "locality": str(opened.locality_id),
        "point": str(opened.point_id),
        "phone": opened.family.phone,
    }


class BackForm(KomekForm):
    """A family that had left agrees anew."""

    version = IntegerField(widget=HiddenInput())
    consent = BooleanField(
        _("This was read to the family, and it agrees"),
        validators=[InputRequired(_("Read this to the family first. Without its consent nothing is registered."))],
    )


def people(members: tuple[Member, ...]) -> list[tuple[str, str]]:
    """People to choose from, by their places: a name, else what they are, and the year of birth."""
    return [(str(place), _told(member)) for place, member in enumerate(members)]


def _told(member: Member) -> str:
    name = member.name or say(KINSHIP_TITLES[member.kinship])
    return f"{name}, {member.born.year}" if member.born else name
