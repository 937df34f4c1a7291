"""Opening and closing a point's day: counted, explained, signed by a second person; and the report of the day."""

from datetime import date
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._files import shown_file
from aid.blueprints._paging import day_of
from aid.blueprints._refusals import blamed_on, told_above
from aid.documents.day_counts import day_report_pdf
from aid.domain.days.counting import Counted, CountKind
from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import language, money, number, say
from aid.forms.base import KomekForm
from aid.forms.day_counts import DayCountForm, ReasonsForm
from aid.models.fund import Point
from aid.perform import perform
from aid.queries.day_counts import page as pages
from aid.queries.day_counts import report as reports
from aid.queries.day_counts import states
from aid.queries.day_counts.asked import asked_at, why_not_now
from aid.security import allow, current_actor
from aid.services.days.counting import DayCounted, count_day, explain_count
from aid.services.days.signing import AnswerCountOrder, answer_count

bp = Blueprint("day_counts", __name__, url_prefix="/day-counts")


@bp.get("/")
@allow(Permission.SEE_STOCK)
def index() -> ResponseReturnValue:
    """Where today stands at one's points, what waits for a second person, and the counts of the days before."""
    actor, today = current_actor(), now().today
    keeps = actor.may(Permission.KEEP_POINT)
    return render_template(
        "day_counts/index.html",
        days=states.days_of(reading(), actor=actor, today=today),
        waiting=states.waiting_rows(reading(), actor=actor) if keeps else (),
        left_open=states.left_open_of(reading(), actor=actor, today=today) if keeps else (),
        earlier=states.lately(reading(), actor=actor, today=today),
        may_count=keeps,
        today=today,
    )


@bp.route("/at/<uuid:point_id>/<any(opening, closing):kind>", methods=["GET", "POST"])
@allow(Permission.KEEP_POINT)
def count(point_id: UUID, kind: str) -> ResponseReturnValue:
    """Count one end of a day, without seeing the books: today's, or the closing of a day that was forgotten."""
    point, end = _point(point_id), CountKind(kind)
    day = _day(request.args.get("day", "")) if "day" in request.args else now().today
    why_not = why_not_now(reading(), actor=current_actor(), today=now().today, point_id=point_id, kind=end, day=day)
    form = DayCountForm.of(asked_at(reading(), actor=current_actor(), point_id=point_id), end)
    if form.validate_on_submit() and not form.only_adds_up:
        with blamed_on(form):
            order = form.order(point_id, day)
            return _counted(perform(form.idempotency_key, count_day, actor=current_actor(), order=order))
    shown = {"form": form, "point": point, "kind": end, "day": day, "why_not": why_not}
    return render_template("day_counts/count.html", **shown), 409 if form.errors else 200


@bp.get("/<uuid:count_id>")
@allow(Permission.SEE_STOCK)
def show(count_id: UUID) -> ResponseReturnValue:
    """One count beside the books: to be explained by whoever counted, to be signed by somebody else."""
    page = _page(count_id)
    return render_template("day_counts/show.html", page=page, form=_reasons(page) if page.may_explain else KomekForm())


@bp.post("/<uuid:count_id>/explain")
@allow(Permission.KEEP_POINT)
def explain(count_id: UUID) -> ResponseReturnValue:
    """Say why it differs."""
    page = _page(count_id)
    form = _reasons(page)
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, explain_count, actor=current_actor(), order=form.order(count_id))
            flash(say(_("Now a second person looks at it, and signs.")), "success")
            return redirect(url_for(".show", count_id=count_id))
    return render_template("day_counts/show.html", page=page, form=form), 409


@bp.post("/<uuid:count_id>/<any(sign, refuse):word>")
@allow(Permission.KEEP_POINT)
def answer(count_id: UUID, word: str) -> ResponseReturnValue:
    """A second person signs what somebody else counted, or wants it counted again."""
    form, agrees = KomekForm(), word == "sign"
    if not form.validate_on_submit():
        abort(400)
    with told_above():
        order = AnswerCountOrder(count_id, agrees)
        perform(form.idempotency_key, answer_count, actor=current_actor(), order=order)
        told = _("Signed. The day report is ready to be printed.") if agrees else _("Not signed: it is counted again.")
        flash(say(told), "success" if agrees else "warn")
    return redirect(url_for(".show", count_id=count_id))


@bp.get("/at/<uuid:point_id>/<day>")
@allow(Permission.SEE_STOCK)
def report(point_id: UUID, day: str) -> ResponseReturnValue:
    """The report of one day."""
    found = _report(point_id, day)
    may_count = current_actor().may(Permission.KEEP_POINT, point=point_id)
    return render_template("day_counts/report.html", report=found, may_count=may_count, today=now().today)


@bp.get("/at/<uuid:point_id>/<day>/report.pdf")
@allow(Permission.SEE_STOCK)
def sheet(point_id: UUID, day: str) -> ResponseReturnValue:
    """The same on paper, to be signed by hand: no names of families."""
    pdf = day_report_pdf(_report(point_id, day), made_at=now().instant, language=Language(language()))
    return shown_file(pdf, "day.pdf")


def _point(point_id: UUID) -> Point:
    points = states.points_counted(reading(), actor=current_actor(), permission=Permission.KEEP_POINT)
    here = next((point for point in points if point.id == point_id), None)
    if here is None:
        abort(404)
    return here


def _day(text: str) -> date:
    try:
        return day_of(text)
    except ValueError:
        abort(404)


def _page(count_id: UUID) -> pages.CountPage:
    found = pages.page(reading(), actor=current_actor(), count_id=count_id)
    if found is None:
        abort(404)
    return found


def _report(point_id: UUID, day: str) -> reports.DayReport:
    found = reports.report(reading(), actor=current_actor(), point_id=point_id, day=_day(day))
    if found is None:
        abort(404)
    return found


def _reasons(page: pages.CountPage) -> ReasonsForm:
    """A line for each difference, with what differs in words."""
    named = {(Counted.CASH, line.counted.currency): _by(money(line.differs), line.differs.minor) for line in page.cash}
    named |= {
        (Counted.GOOD, line.good): f"{line.name}: {_by(number(line.differs), line.differs)}" for line in page.goods
    }
    return ReasonsForm.of(page.differences, named)


def _by(said: str, differs: int) -> str:
    return f"+{said}" if differs > 0 else said


def _counted(counted: DayCounted) -> ResponseReturnValue:
    if counted.differences:
        flash(say(_("Kept. Something differs from the books: look, count again, or say why.")), "warn")
    else:
        flash(say(_("Kept. It agrees with the books; now a second person signs.")), "success")
    return redirect(url_for(".show", count_id=counted.count_id))
