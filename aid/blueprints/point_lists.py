"""A day without network: a point's list on paper, what is entered from it later, and what a coordinator decides."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._files import shown_file
from aid.blueprints._paging import place
from aid.blueprints._refusals import blamed_on, told_above
from aid.documents.keeping import kept_forms
from aid.documents.point_list import point_list_pdf
from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.domain.words import _, n_
from aid.extensions import now, reading
from aid.formats import language, say
from aid.forms.base import KomekForm
from aid.forms.point_lists import AnswerForm, LateForm, ListForm
from aid.perform import perform
from aid.queries import point_lists as queries
from aid.queries.collections import own_points
from aid.queries.point_lists import ListRow
from aid.security import allow, current_actor
from aid.services.collections.late import Entered, enter_late
from aid.services.collections.late_answers import LateAnswered, answer_late
from aid.services.collections.point_lists import ListPrinted, close_list, print_list

bp = Blueprint("point_lists", __name__, url_prefix="/point-lists")


@bp.get("/")
@allow(Permission.SEE_COLLECTIONS)
def index() -> ResponseReturnValue:
    """Lists of one's own points."""
    before = request.args.get("before", type=place)
    found = queries.lists(reading(), actor=current_actor(), before=before)
    more = found[-1].number if len(found) == queries.PAGE else None
    return render_template("point_lists/index.html", lists=found, more=more, today=now().today)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.SEE_COLLECTIONS)
def new() -> ResponseReturnValue:
    """Print a point's list for a day. Its check words are on the paper alone: it is made once."""
    form = ListForm().offer(own_points(reading(), actor=current_actor()), now().today)
    if form.validate_on_submit():
        with blamed_on(form):
            return _sheet(perform(form.idempotency_key, print_list, actor=current_actor(), order=form.order()))
    return render_template("point_lists/new.html", form=form), 409 if form.errors else 200


@bp.get("/<uuid:list_id>")
@allow(Permission.SEE_COLLECTIONS)
def show(list_id: UUID) -> ResponseReturnValue:
    """One list: what was entered from it, and what waits."""
    found = queries.one(reading(), actor=current_actor(), list_id=list_id)
    if found is None:
        abort(404)
    return render_template("point_lists/show.html", page=found, today=now().today)


@bp.route("/<uuid:list_id>/enter", methods=["GET", "POST"])
@allow(Permission.SEE_COLLECTIONS)
def enter(list_id: UUID) -> ResponseReturnValue:
    """Type what is ticked, see what comes of it, and enter it."""
    listed = _list(list_id)
    people = queries.who_handed_out(reading(), actor=current_actor(), list_id=list_id)
    form = LateForm().offer(people, current_actor().id)
    if form.validate_on_submit() and form.step != "change":
        with blamed_on(form):
            order = form.order(list_id)
            if form.step == "book":
                return _entered(perform(form.idempotency_key, enter_late, actor=current_actor(), order=order))
            rows = queries.checked(reading(), actor=current_actor(), now=now(), order=order)
            hand = dict(people)[order.handed_by_id]
            return render_template("point_lists/check.html", form=form, listed=listed, rows=rows, hand=hand)
    return render_template("point_lists/enter.html", form=form, listed=listed), 409 if form.errors else 200


@bp.post("/<uuid:list_id>/closed")
@allow(Permission.SEE_COLLECTIONS)
def closed(list_id: UUID) -> ResponseReturnValue:
    """All of it is entered, and the paper destroyed."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    with told_above():
        done = perform(form.idempotency_key, close_list, actor=current_actor(), list_id=_list(list_id).list_id)
        flash(say(_("List %(number)s is closed.", number=done.number)), "success")
    return redirect(url_for(".show", list_id=list_id))


@bp.route("/lines/<uuid:line_id>", methods=["GET", "POST"])
@allow(Permission.SEE_COLLECTIONS)
def line(line_id: UUID) -> ResponseReturnValue:
    """A line that paper and books tell otherwise: both stories, and what is true."""
    found = queries.line(reading(), actor=current_actor(), now=now(), line_id=line_id)
    if found is None:
        abort(404)
    form = AnswerForm()
    if form.validate_on_submit():
        with blamed_on(form):
            order = form.order(line_id)
            return _answered(perform(form.idempotency_key, answer_late, actor=current_actor(), order=order))
    return render_template("point_lists/line.html", page=found, form=form), 409 if form.errors else 200


def _list(list_id: UUID) -> ListRow:
    found = queries.one_row(reading(), actor=current_actor(), list_id=list_id)
    if found is None:
        abort(404)
    return found


def _sheet(printed: ListPrinted) -> ResponseReturnValue:
    """The paper, once; who asks again sees the list's page."""
    if printed.paper is None:
        return redirect(url_for(".show", list_id=printed.list_id))
    pdf = point_list_pdf(printed.paper, language=Language(language()), kept=kept_forms())
    return shown_file(pdf, f"list-{printed.number}.pdf")


def _entered(entered: Entered) -> ResponseReturnValue:
    told = n_("%(num)s line is a collection.", "%(num)s lines are collections.", entered.collected)
    flash(say(told), "success")
    if entered.conflicts:
        waits = n_(
            "%(num)s line does not go together with the books: a coordinator decides.",
            "%(num)s lines do not go together with the books: a coordinator decides.",
            entered.conflicts,
        )
        flash(say(waits), "warn")
    return redirect(url_for(".show", list_id=entered.list_id))


def _answered(answered: LateAnswered) -> ResponseReturnValue:
    told = _("Decided: nothing was booked.")
    if answered.lost:
        told = _("Decided: what was handed out beyond the voucher is booked as a loss.")
    elif answered.collected:
        told = _("Decided: it is a collection now.")
    flash(say(told), "success")
    return redirect(url_for(".show", list_id=answered.list_id))
