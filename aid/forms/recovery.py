"""Recovery shares: who holds them and where, and the words that a holder types back from paper."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Regexp

from aid.domain.countries import COUNTRIES
from aid.domain.recovery import FEWEST_SHARES, FIRST_ASKED, MOST_SHARES, WORDS, WORDS_ASKED
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.formats import country
from aid.forms.base import KomekForm
from aid.queries.recovery import PossibleHolder
from aid.services.recovery import ShareHolder


class HolderForm(Form):  # type: ignore[misc]
    """One share: whose it will be, and where its paper will lie."""

    person_id = SelectField(_("Who holds it"), default="")
    country = SelectField(_("Country"), default="")


class SharesForm(KomekForm):
    """A new recovery key."""

    threshold = IntegerField(
        _("How many shares are enough"),
        validators=[
            InputRequired(_("Write how many shares are enough.")),
            NumberRange(FEWEST_SHARES, MOST_SHARES, _("Write a number from 2 to 16.")),
        ],
    )
    holders = FieldList(FormField(HolderForm), label=_("Shares"), min_entries=FEWEST_SHARES, max_entries=MOST_SHARES)
    despite_country = BooleanField(_("Yes, so many shares shall lie in one country"))

    def __init__(self, *, people: Sequence[PossibleHolder], threshold: int, count: int, **given: Any) -> None:
        members = [{"person_id": str(person.id)} for person in people if person.is_member]
        rows = [*members[:count], *[{}] * (count - len(members))]
        super().__init__(data={"threshold": threshold, "holders": rows}, **given)
        self._offer(people)

    def _offer(self, people: Sequence[PossibleHolder]) -> None:
        holders = [("", _("Choose a person")), *((str(person.id), person.handle) for person in people)]
        named = sorted(((code, country(code)) for code in COUNTRIES), key=lambda pair: pair[1])
        countries = [("", _("Choose a country")), *named]
        for entry in self.holders.entries:
            entry.form.person_id.choices, entry.form.country.choices = holders, countries

    def rearrange(self, pressed: Mapping[str, str], *, people: Sequence[PossibleHolder]) -> bool:
        """Add or take away a share, where that was asked for; nothing is checked then."""
        if pressed.get("add") == self.holders.name and len(self.holders.entries) < MOST_SHARES:
            self.holders.append_entry()
        elif "remove" in pressed:
            self.holders.entries = [entry for entry in self.holders.entries if entry.name != pressed["remove"]]
        self._offer(people)
        return "add" in pressed or "remove" in pressed

    def share_holders(self) -> tuple[ShareHolder, ...]:
        """The holders as values. Raises RuleBroken where a line is half filled in."""
        lines = [entry.form for entry in self.holders.entries if entry.form.person_id.data or entry.form.country.data]
        if any(not (line.person_id.data and line.country.data) for line in lines):
            raise RuleBroken(_("Say for each share who holds it, and in which country its paper will lie."))
        return tuple(ShareHolder(UUID(line.person_id.data), line.country.data) for line in lines)


class WordsForm(KomekForm):
    """Two words of a share, typed from paper, at places that the page chose."""

    places = HiddenField(validators=[Regexp(r"^\d{1,2},\d{1,2}$")])
    first = StringField(validators=[InputRequired(_("Type the word from your paper."))])
    second = StringField(validators=[InputRequired(_("Type the word from your paper."))])

    def __init__(self, **given: Any) -> None:
        chosen = sorted(secrets.SystemRandom().sample(range(FIRST_ASKED, WORDS + 1), WORDS_ASKED))
        super().__init__(data={"places": ",".join(map(str, chosen))}, **given)
        asked = [int(place) for place in str(self.places.data).split(",") if place.isdecimal()]
        for field, place in zip((self.first, self.second), asked, strict=False):
            field.label.text = _("Word number %(place)s", place=place)

    def words(self) -> tuple[tuple[int, str], ...]:
        """The typed words by their places."""
        first, second = (int(place) for place in self.places.data.split(","))
        return ((first, self.first.data), (second, self.second.data))

    def blame(self, refusal: RuleBroken) -> None:
        """A wrong word stands above both: which of them it is, the sentence says."""
        super().blame(RuleBroken(refusal.message))
