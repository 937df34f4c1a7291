"""What is typed to plan a distribution day, and why one is cancelled."""

from collections.abc import Sequence, Set
from datetime import date, timedelta
from uuid import UUID

from wtforms import BooleanField, DateField, Field, HiddenField, IntegerField, RadioField, SelectField, TimeField
from wtforms.validators import InputRequired, ValidationError

from aid.domain.days.planning import CANCEL_TITLES, SLOT_LENGTHS, CancelReason, Hours, clock, minutes_of
from aid.domain.words import _, n_
from aid.formats import named, say
from aid.forms.base import KomekForm
from aid.forms.checked import CheckedForm
from aid.forms.work import Boxes
from aid.queries.collections import PointRow
from aid.queries.days.decisions import DayDecisionRow
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
    decisions = Boxes(_("Whose vouchers come on this day?"))
    decisions_of = HiddenField()  # the point whose decisions were offered

    def begin_with(self, hours: Hours, *, leaves_out: bool = False, version: int = 0) -> None:
        """What stands in it before anybody types."""
        self.opens.data, self.closes.data = clock(hours.opens), clock(hours.closes)
        self.slot.data, self.tables.data, self.a_family.data = hours.slot, hours.tables, hours.a_family
        self.leaves_out.data, self.version.data = leaves_out, str(version)

    def offer_decisions(
        self, point_id: UUID, offered: Sequence[DayDecisionRow], *, chosen: Set[UUID] = frozenset()
    ) -> None:
        """The decisions of a point to choose from, where there are several; all are, until somebody chooses."""
        if len(offered) < 2:
            return
        self.decisions.choices = [(str(row.id), _of(row)) for row in offered]
        if self.decisions_of.data != str(point_id):
            self.decisions.data = [str(row.id) for row in offered if not chosen or row.id in chosen]
            self.decisions_of.data = str(point_id)

    def validate_decisions(self, field: Field) -> None:
        """Some have to come, where there are several to choose from."""
        if field.choices and not field.data:
            raise ValidationError(_("Choose whose vouchers come."))

    def _chosen(self) -> frozenset[UUID]:
        """The decisions that come; none where all do."""
        offered, ticked = self.decisions.choices or (), self.decisions.data or ()
        return frozenset(map(UUID, ticked)) if len(ticked) < len(offered) else frozenset()

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
            decisions=self._chosen(),
        )


def _of(row: DayDecisionRow) -> str:
    return say(
        n_(
            "%(title)s, no. %(number)s: %(num)s voucher",
            "%(title)s, no. %(number)s: %(num)s vouchers",
            row.waiting,
            title=named(row.titles),
            number=row.number,
        )
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

    def point_of(self, points: Sequence[PointRow]) -> UUID | None:
        """Where it is, if that is known: it was chosen, or there is one point alone."""
        known = self.point.data if len(points) > 1 else str(points[0].id) if points else None
        return next((point.id for point in points if str(point.id) == known), None)

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
