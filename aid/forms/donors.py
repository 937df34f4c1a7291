"""A donor as they are typed in: who they are, where they live, how they wish to be thanked and named."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import request
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SearchField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from aid.domain.donations import DonorDetails, DonorKind, ThanksWish
from aid.domain.families.changes import Whose
from aid.domain.languages import OWN_NAMES, Language
from aid.domain.refusals import RuleBroken
from aid.domain.wishes import WISH_TITLES
from aid.domain.words import _
from aid.formats import say
from aid.forms.base import KomekForm
from aid.queries.donors import DonorRow

KINDS = [
    (DonorKind.PERSON, _("A person")),
    (DonorKind.UNION, _("A trade union or another body")),
    (DonorKind.BRANCH, _("A branch of a union")),
]
NOT_ASKED = ("", _("Nobody asked them"))
TAKE = "take-"


def language_choices(languages: Mapping[str, str]) -> list[tuple[str, str]]:
    """Languages that the fund wrote a text in, and Komek's own, each by what it calls itself."""
    own = {language.value: OWN_NAMES[language] for language in Language}
    return list({**languages, **own}.items())


class DonorSearchForm(KomekForm):
    """A name or an e-mail address to look for among donors."""

    q = SearchField(_("Donor’s name"))

    @property
    def name(self) -> str:
        """The name sought."""
        return str(self.q.data or "").strip()

    @property
    def place(self) -> UUID | None:
        """Where the page begins, if it is not the first."""
        try:
            return UUID(request.form.get("before", ""))
        except ValueError:
            return None


class DonorFields:
    """What is typed of a donor, for every form in which one is."""

    kind = RadioField(_("Who gives"), choices=KINDS, default=DonorKind.PERSON)
    name = StringField(_("Name"))
    union = SelectField(_("Union it belongs to"), validate_choice=False)
    address = TextAreaField(_("Postal address"))
    email = StringField(_("E-mail"))
    language = RadioField(
        _("Language of the letter"),
        validators=[InputRequired(_("Choose the language to thank in."))],
    )
    thanks = RadioField(_("How to thank"), choices=[NOT_ASKED, *WISH_TITLES.items()], default="")
    own_line = StringField(_("How they wish to be named in public"))

    def offer(self, *, languages: Mapping[str, str], unions: Sequence[DonorRow]) -> None:
        """What there is to choose from."""
        self.language.choices = language_choices(languages)
        none = ("", say(_("None")))
        self.union.choices = [none, *((str(union.id), union.details.name or "") for union in unions)]

    def details(self) -> DonorDetails:
        """The donor as a value. Raises RuleBroken for a choice that is none."""
        lines = (" ".join(line.split()) for line in (self.address.data or "").splitlines())
        kind, union = DonorKind(self.kind.data), self.union.data or ""
        try:
            union_id = UUID(union) if union and kind is DonorKind.BRANCH else None
        except ValueError:
            raise RuleBroken(_("A branch belongs to a union: choose one of the unions."), field="union") from None
        return DonorDetails(
            kind=kind,
            name=" ".join((self.name.data or "").split()) or None,
            address=tuple(line for line in lines if line),
            email=(self.email.data or "").strip() or None,
            language=str(self.language.data),
            thanks=ThanksWish(self.thanks.data) if self.thanks.data else None,
            own_line=" ".join((self.own_line.data or "").split()) or None,
            union_id=union_id,
        )


class DonorForm(DonorFields, KomekForm):
    """A donor as they should read: a new one, or one that is corrected."""

    never_named = BooleanField(_("Never name this donor"))  # of a new one
    version = IntegerField(widget=HiddenInput(), default=0)
    base = HiddenField()  # what the correction began from, and what somebody else wrote since
    theirs = HiddenField()

    def __init__(self, *, languages: Mapping[str, str], unions: Sequence[DonorRow], **given: Any) -> None:
        super().__init__(**given)
        self.offer(languages=languages, unions=unions)

    def new_details(self) -> DonorDetails:
        """A new donor, with their wish."""
        return replace(self.details(), never_named=bool(self.never_named.data))


class WhyForm(KomekForm):
    """Why something is done."""

    reason = TextAreaField(_("Why"), validators=[InputRequired(_("Write in a few words why, without any name."))])
    version = IntegerField(widget=HiddenInput(), default=0)


class SeenForm(KomekForm):
    """What was seen of one donor, or of two, before something is done with them."""

    version = IntegerField(widget=HiddenInput(), default=0)
    other_version = IntegerField(widget=HiddenInput(), default=0)


def typed_of(details: DonorDetails, *, version: int) -> dict[str, Any]:
    """A donor as the form shows them."""
    return {
        "kind": details.kind.value,
        "name": details.name,
        "union": str(details.union_id or ""),
        "address": "\n".join(details.address),
        "email": details.email,
        "language": str(details.language),
        "thanks": details.thanks.value if details.thanks else "",
        "own_line": details.own_line,
        "version": version,
    }


def text_of(details: DonorDetails) -> str:
    """A donor as a form carries them along: whoever has the form has them open."""
    plain = details.plain() | {"union": str(details.union_id) if details.union_id else None}
    return json.dumps(plain, ensure_ascii=False)


def read_text(text: str | None) -> DonorDetails | None:
    """What `text_of` wrote, or nothing where nothing was carried along. Raises RuleBroken for anything else."""
    if not text:
        return None
    try:
        plain = json.loads(text)
        union = UUID(plain["union"]).bytes if plain["union"] else None
        return DonorDetails.from_plain({**plain, "union": union})
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RuleBroken(_("Open the donor again and make your correction there.")) from None


def taken_of(sent: Mapping[str, str]) -> dict[str, str]:
    """What was chosen line by line, as the browser sent it."""
    return {name.removeprefix(TAKE): value for name, value in sent.items() if name.startswith(TAKE)}


def whose_of(sent: Mapping[str, str]) -> dict[str, Whose]:
    """Whose word was taken, line by line."""
    words = {whose.value: whose for whose in Whose}
    return {key: words[value] for key, value in taken_of(sent).items() if value in words}
