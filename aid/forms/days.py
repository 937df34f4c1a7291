"""What is typed to plan a distribution day, and why one is cancelled."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, SelectField, TimeField
from wtforms.validators import InputRequired

from aid.domain.days.planning import CANCEL_TITLES, SLOT_LENGTHS, CancelReason, Hours, clock, minutes_of
from aid.domain.words import _, n_
from aid.formats import named
from aid.forms.base import KomekForm
from aid.forms.checked import CheckedForm
from aid.queries.collections import PointRow
from aid.services.days.planning import DayOrder

USUAL = Hours(opens=10 * 60, closes=13 * 60, slot=30, tables=2, a_family=5)
WRITE_HOUR = _("Write an hour, such as 10:00.")
WRITE_NUMBER = _("Write a number.")


class HoursForm(CheckedForm):
    """When a point is open on a day, and how it works."""

    version = HiddenField(default="0")
    opens = TimeField(_("Opens"), validators=[InputRequired(WRITE_HOUR)])
    closes = TimeField(_("Closes"), validators=[InputRequired(WRITE_HOUR)])
    slot = SelectField(
        _("Length of a slot"),
        coerce=int,
        choices=[(minutes, n_("%(num)s minute", "%(num)s minutes", minutes)) for minutes in SLOT_LENGTHS],
    )
    tables = IntegerField(_("Tables where aid is handed out"), validators=[InputRequired(WRITE_NUMBER)])
    a_family = IntegerField(_("Minutes that one family takes"), validators=[InputRequired(WRITE_NUMBER)])
    leaves_out = BooleanField(_("Who has no room comes on another day"))

    def begin_with(self, hours: Hours, *, leaves_out: bool = False, version: int = 0) -> None:
        """What stands in it before anybody types."""
        self.opens.data, self.closes.data = clock(hours.opens), clock(hours.closes)
        self.slot.data, self.tables.data, self.a_family.data = hours.slot, hours.tables, hours.a_family
        self.leaves_out.data, self.version.data = leaves_out, str(version)

    def hours(self) -> Hours:
        """The hours as a value."""
        return Hours(
            opens=minutes_of(self.opens.data),
            closes=minutes_of(self.closes.data),
            slot=self.slot.data,
            tables=self.tables.data,
            a_family=self.a_family.data,
        )

    def order(self, point_id: UUID, day: date) -> DayOrder:
        """A plan for this day."""
        return DayOrder(
            point_id=point_id,
            day=day,
            hours=self.hours(),
            leaves_out=self.leaves_out.data,
            version=int(self.version.data) if self.version.data.isdecimal() else 0,
        )


class DayForm(HoursForm):
    """The same for a new day, with where and when."""

    point = SelectField(_("Point"), validators=[InputRequired()])
    day = DateField(_("Day"), validators=[InputRequired(_("Choose a day."))])

    def offer(self, points: Sequence[PointRow], *, today: date, chosen: str = "") -> "DayForm":
        """The points to choose from, and tomorrow, with usual hours."""
        self.point.choices = [(str(point.id), named(dict(point.names))) for point in points]
        if self.day.raw_data is None:
            self.day.data = today + timedelta(days=1)
            self.point.data = chosen or self.point.data
            self.begin_with(USUAL)
        return self

    def new_order(self) -> DayOrder:
        """The new day as a value."""
        return self.order(UUID(self.point.data), self.day.data)


class CancelForm(KomekForm):
    """Why a day does not take place."""

    version = HiddenField(default="0")
    reason = RadioField(
        _("Why does it not take place?"),
        choices=[(reason.value, title) for reason, title in CANCEL_TITLES.items()],
        validators=[InputRequired(_("Choose a reason."))],
    )

    def seen(self) -> int:
        """Which version was cancelled."""
        return int(self.version.data) if self.version.data.isdecimal() else 0

    def why(self) -> CancelReason:
        """The reason as a value."""
        return CancelReason(self.reason.data)
