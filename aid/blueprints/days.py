"""Distribution days: planned, changed and cancelled; the poster for the door, what is packed, and how the day goes."""

from collections.abc import Set
from datetime import date
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._files import shown_file
from aid.blueprints._frame import fund_of
from aid.blueprints._paging import day_of
from aid.blueprints._refusals import blamed_on
from aid.documents.days import packing_pdf, poster_pdf
from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import language, named, say
from aid.forms.days import CancelForm, DayForm, HoursForm
from aid.perform import perform
from aid.queries import days as queries
from aid.queries.collections import PointRow
from aid.queries.day_counts.states import day_state, points_counted
from aid.queries.days import decisions
from aid.queries.days import door as doors
from aid.queries.days import live as lives
from aid.queries.days import packing as packings
from aid.queries.days import show as shows
from aid.queries.days.show import DayPage
from aid.security import allow, current_actor
from aid.security.sessions import unattended
from aid.services.days.planning import DayOrder, cancel_day, plan_day

bp = Blueprint("days", __name__, url_prefix="/days")


@bp.get("/")
@allow(Permission.KEEP_POINT)
def index() -> ResponseReturnValue:
    """The days of one's points: today's, planned ones, and those that are over."""
    today = now().today
    before = request.args.get("before", type=day_of)
    found = queries.days(reading(), actor=current_actor(), today=today, before=before)
    return render_template("days/index.html", days=found, before=before, today=today, may_plan=_may_plan())


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.PRINT_VOUCHERS)
def new() -> ResponseReturnValue:
    """Plan a day: its hours, then whether all have room, then it stands."""
    points = points_counted(reading(), actor=current_actor(), permission=Permission.PRINT_VOUCHERS)
    offered = [PointRow(point.id, point.names) for point in points]
    form = DayForm().offer(offered, today=now().today, chosen=request.args.get("point", ""))
    point_id = form.point_of(offered)
    if point_id:
        _offer_decisions(form, point_id)
    if form.validate_on_submit() and form.step != "change":
        with blamed_on(form):
            return _checked(form, form.new_order())
    there = _planned(point_id, form.day.data) if form.errors else None
    return render_template("days/new.html", form=form, there=there), 409 if form.errors else 200


@bp.get("/<uuid:point_id>/<day>")
@allow(Permission.KEEP_POINT)
def show(point_id: UUID, day: str) -> ResponseReturnValue:
    """One day: who comes when, what printed papers say, and all that belongs to it."""
    page, today = _page(point_id, day), now().today
    begun = page.row.day <= today
    counts = day_state(reading(), actor=current_actor(), point_id=point_id, day=page.row.day) if begun else None
    return render_template("days/show.html", page=page, counts=counts, today=today)


@bp.route("/<uuid:point_id>/<day>/change", methods=["GET", "POST"])
@allow(Permission.PRINT_VOUCHERS)
def change(point_id: UUID, day: str) -> ResponseReturnValue:
    """Other hours, or more tables; or plan anew what came since."""
    page = _page(point_id, day)
    form = HoursForm()
    found = shows.order_of(reading(), actor=current_actor(), point_id=point_id, day=page.row.day)
    assert found is not None, "its page is there"
    _offer_decisions(form, point_id, chosen=found.decisions)
    if form.validate_on_submit() and form.step != "change":
        with blamed_on(form):
            return _checked(form, form.order(point_id, page.row.day), page)
    if not form.is_submitted():
        form.begin_with(found.hours, leaves_out=found.leaves_out, version=found.version)
    return render_template("days/change.html", form=form, page=page), 409 if form.errors else 200


@bp.route("/<uuid:point_id>/<day>/cancel", methods=["GET", "POST"])
@allow(Permission.PRINT_VOUCHERS)
def cancel(point_id: UUID, day: str) -> ResponseReturnValue:
    """Let a day not take place."""
    page = _page(point_id, day)
    form = CancelForm()
    if form.validate_on_submit():
        with blamed_on(form):
            perform(
                form.idempotency_key,
                cancel_day,
                actor=current_actor(),
                point_id=point_id,
                day=page.row.day,
                version=form.seen(),
                reason=form.why(),
            )
            flash(say(_("This day does not take place. Hang the poster on the door.")), "success")
            return redirect(url_for(".show", point_id=point_id, day=day))
    if not form.is_submitted():
        form.version.data = str(page.row.version)
    return render_template("days/cancel.html", form=form, page=page), 409 if form.errors else 200


@bp.get("/<uuid:point_id>/<day>/poster.pdf")
@allow(Permission.KEEP_POINT)
def poster(point_id: UUID, day: str) -> ResponseReturnValue:
    """The poster for the door: which numbers come when, in the fund's languages, no names."""
    row = _row(point_id, day)
    found = doors.door(reading(), actor=current_actor(), point_id=point_id, day=row.day)
    return shown_file(poster_pdf(row, found, demo=fund_of().demo), f"poster-{_day(day)}.pdf")


@bp.get("/<uuid:point_id>/<day>/packing")
@allow(Permission.KEEP_POINT)
def packing(point_id: UUID, day: str) -> ResponseReturnValue:
    """What is packed and brought: goods by grade and size, kits, notes and coins."""
    row = _row(point_id, day)
    found = packings.packing(reading(), actor=current_actor(), point_id=point_id, day=row.day)
    return render_template("days/packing.html", row=row, packing=found)


@bp.get("/<uuid:point_id>/<day>/packing.pdf")
@allow(Permission.KEEP_POINT)
def packing_list(point_id: UUID, day: str) -> ResponseReturnValue:
    """The same on paper, with boxes to tick."""
    row = _row(point_id, day)
    found = packings.packing(reading(), actor=current_actor(), point_id=point_id, day=row.day)
    if found is None:
        abort(404)
    face, here = fund_of(), Language(language())
    pdf = packing_pdf(row, found, title=face.paper_titles, demo=face.demo, language=here, printed_at=now().instant)
    return shown_file(pdf, f"packing-{_day(day)}.pdf")


@bp.get("/<uuid:point_id>/<day>/live")
@allow(Permission.KEEP_POINT)
def live(point_id: UUID, day: str) -> ResponseReturnValue:
    """How the day goes. With scripts it looks again by itself; `part` asks for the figures alone."""
    row = _row(point_id, day)
    found = lives.live(reading(), actor=current_actor(), now=now(), point_id=point_id, day=row.day)
    if "part" not in request.args:
        return render_template("days/live.html", row=row, live=found)
    unattended(session)
    return render_template("days/_figures.html", row=row, live=found)


def _checked(form: HoursForm, order: DayOrder, page: DayPage | None = None) -> ResponseReturnValue:
    """Save it where that was asked for; else show what it would be."""
    if form.step == "book":
        done = perform(form.idempotency_key, plan_day, actor=current_actor(), order=order)
        told = _("The day is planned. Print the vouchers now: their hour stands on them.")
        flash(say(told if done.version == 1 else _("The plan is changed.")), "success")
        return redirect(url_for(".show", point_id=done.point_id, day=done.day))
    drafted = shows.drafted(reading(), actor=current_actor(), now=now(), order=order)
    points = points_counted(reading(), actor=current_actor(), permission=Permission.PRINT_VOUCHERS)
    name = next(named(dict(point.names)) for point in points if point.id == order.point_id)
    return render_template("days/check.html", form=form, order=order, drafted=drafted, point=name, page=page)


def _offer_decisions(form: HoursForm, point_id: UUID, *, chosen: Set[UUID] = frozenset()) -> None:
    offered = decisions.decisions_at(reading(), actor=current_actor(), point_id=point_id)
    form.offer_decisions(point_id, offered, chosen=chosen)


def _planned(point_id: UUID | None, day: date | None) -> queries.DayRow | None:
    """The day that somebody would plan a second time."""
    there = queries.one(reading(), actor=current_actor(), point_id=point_id, day=day) if point_id and day else None
    return there if there and not there.cancelled else None


def _page(point_id: UUID, day: str) -> DayPage:
    found = shows.show(reading(), actor=current_actor(), now=now(), point_id=point_id, day=_day(day))
    if found is None:
        abort(404)
    return found


def _row(point_id: UUID, day: str) -> queries.DayRow:
    found = queries.one(reading(), actor=current_actor(), point_id=point_id, day=_day(day))
    if found is None:
        abort(404)
    return found


def _day(text: str) -> date:
    try:
        return day_of(text)
    except ValueError:
        abort(404)


def _may_plan() -> bool:
    return current_actor().may(Permission.PRINT_VOUCHERS)
