"""A meeting as it is called, who sits at the table, and what is marked on a member's paper."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from wtforms import DateField, RadioField, SelectField, SelectMultipleField, StringField, TimeField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from aid.domain.meetings import LONGEST_WORDS
from aid.domain.quorum import CHOICE_TITLES, RECUSAL_TITLES, Choice, RecusalReason
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message, _
from aid.forms.base import KomekForm
from aid.queries.agenda import ItemRow
from aid.queries.meetings import MeetingPage
from aid.services.meetings import MeetingOrder, PaperOrder, PaperWord

USUAL_HOUR = time(18)
NOTHING = ""
WORDS = [(NOTHING, _("Nothing is marked")), *((choice.value, title) for choice, title in CHOICE_TITLES.items())]
REASONS = [("", "–"), *((reason.value, title) for reason, title in RECUSAL_TITLES.items())]
_DAY = _("Write the day.")
_HOUR = _("Write the hour, such as 18:30.")


def checkboxes(label: Message, choices: Iterable[tuple[str, str | Message]], **given: Any) -> SelectMultipleField:
    """Several of these, each a touch card."""
    return SelectMultipleField(
        label,
        choices=list(choices),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        **given,
    )


class MeetingForm(KomekForm):
    """When, until when, what about, and with whom."""

    meets_on = DateField(_("Day of the meeting"), validators=[InputRequired(_DAY)])
    meets_time = TimeField(_("Hour"), validators=[InputRequired(_HOUR)])
    votes_until_on = DateField(_("Votes until: day"), validators=[InputRequired(_DAY)])
    votes_until_time = TimeField(_("Votes until: hour"), validators=[InputRequired(_HOUR)])
    items = checkboxes(_("Agenda"), [])
    invited = checkboxes(_("Who is invited"), [])
    place = StringField(_("Place"), validators=[Optional(), Length(max=LONGEST_WORDS)])

    def offer(
        self, *, items: Sequence[tuple[str, str]], members: Sequence[tuple[str, str]], today: date, fresh: bool
    ) -> None:
        """What may be chosen; on a fresh form everything is, three days ahead."""
        self.items.choices, self.invited.choices = list(items), list(members)
        if fresh:
            self.items.data = [value for value, _title in items]
            self.invited.data = [value for value, _title in members]
            self.meets_on.data = today + timedelta(days=3)
            self.votes_until_on.data = today + timedelta(days=4)
            self.meets_time.data = self.votes_until_time.data = USUAL_HOUR

    def order(self, zone: ZoneInfo) -> MeetingOrder:
        """The meeting as a value, on the fund's clock."""
        return MeetingOrder(
            meets_at=_moment(self.meets_on.data, self.meets_time.data, zone),
            votes_until=_moment(self.votes_until_on.data, self.votes_until_time.data, zone),
            items=tuple(UUID(value) for value in self.items.data),
            invited=frozenset(UUID(value) for value in self.invited.data),
            place=self.place.data or "",
        )


def _moment(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, zone).astimezone(UTC)


class TableForm(KomekForm):
    """Who sits at the table now."""

    there = checkboxes(_("At the table"), [])

    def offer(self, meeting: MeetingPage, *, fresh: bool) -> None:
        """Those invited; ticked are those who were there at the last note."""
        self.there.choices = [(str(one.person_id), one.handle) for one in meeting.invited]
        if fresh:
            self.there.data = [str(one.person_id) for one in meeting.invited if one.at_table]

    @property
    def chosen(self) -> frozenset[UUID]:
        """Who is there."""
        return frozenset(UUID(value) for value in self.there.data or [])


class WhoseForm(KomekForm):
    """Whose paper is written down."""

    member = RadioField(_("Whose paper"), validators=[InputRequired(_("Choose whose paper it is."))])


class PaperForm(KomekForm):
    """What is marked on one member's paper. The fields, one pair a proposal, are made for the agenda at hand."""

    def words(self, items: Iterable[ItemRow]) -> tuple[PaperWord, ...]:
        """What is marked, as values. Raises RuleBroken for a reason that is missing."""
        found = []
        for item in items:
            choice, reason = self[f"choice_{item.n}"].data, self[f"reason_{item.n}"].data
            if not choice:
                continue
            recused = choice == Choice.RECUSAL.value
            if recused and not reason:
                raise RuleBroken(_("The paper says why the member steps out: choose it."), f"reason_{item.n}")
            why = RecusalReason(reason) if recused else None
            found.append(PaperWord(item.allocation_id, item.version, Choice(choice), why))
        return tuple(found)

    def order(self, meeting: MeetingPage, member_id: UUID) -> PaperOrder:
        """The paper as a value."""
        return PaperOrder(meeting.id, member_id, self.words(meeting.open_items))


def paper_form_for(items: Iterable[ItemRow]) -> PaperForm:
    """A form with a choice and a reason for each open proposal."""
    fields: dict[str, Any] = {}
    for item in items:
        title = _("Allocation no. %(number)s", number=item.number)
        fields[f"choice_{item.n}"] = RadioField(title, choices=WORDS, default=NOTHING, validators=[Optional()])
        fields[f"reason_{item.n}"] = SelectField(
            _("Why the member steps out of no. %(number)s", number=item.number),
            choices=REASONS,
            default="",
            validators=[Optional()],
        )
    made: PaperForm = type("PaperFormOfAgenda", (PaperForm,), fields)()
    return made
