"""Piles of printed papers: handed over with a list, counted by who receives them."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._files import shown_file
from aid.blueprints._paging import place
from aid.blueprints._refusals import blamed_on, told_above
from aid.documents.paper_trail import handover_pdf
from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.domain.words import _, n_
from aid.extensions import reading
from aid.formats import language, say
from aid.forms.base import KomekForm
from aid.forms.paper_trail import GiveForm, PileForm
from aid.perform import perform
from aid.queries import handovers as queries
from aid.queries import ready_papers
from aid.queries.paper_trail import points
from aid.security import allow, current_actor
from aid.services.vouchers.handovers import Received, give, receive, take_back

bp = Blueprint("handovers", __name__, url_prefix="/handovers")


@bp.get("/")
@allow(Permission.KEEP_POINT)
def index() -> ResponseReturnValue:
    """Piles, and points with papers that nobody has handed over yet."""
    actor, before = current_actor(), request.args.get("before", type=place)
    may_give = actor.may(Permission.PRINT_VOUCHERS)
    found = queries.piles(reading(), actor=actor, before=before)
    ready = ready_papers.ready_points(reading(), actor=actor) if may_give and before is None else ()
    more = found[-1].number if len(found) == queries.PAGE else None
    return render_template("handovers/index.html", piles=found, ready=ready, more=more)


@bp.route("/at/<uuid:point_id>/new", methods=["GET", "POST"])
@allow(Permission.PRINT_VOUCHERS)
def new(point_id: UUID) -> ResponseReturnValue:
    """Hand a pile over: which batches, and to whom."""
    point = next((each for each in points(reading(), actor=current_actor()) if each.id == point_id), None)
    if point is None:
        abort(404)
    ready = ready_papers.ready(reading(), actor=current_actor(), point_id=point_id)
    receivers = ready_papers.receivers_at(reading(), actor=current_actor(), point_id=point_id)
    form = GiveForm(ready=ready, receivers=receivers)
    if form.validate_on_submit():
        with blamed_on(form):
            given = perform(form.idempotency_key, give, actor=current_actor(), order=form.order(point_id))
            flash(say(_("Handover %(number)s: print its list, and let it be signed.", number=given.number)), "success")
            return redirect(url_for(".show", handover_id=given.handover_id))
    shown = {"form": form, "ready": ready, "point": point}
    return render_template("handovers/new.html", **shown), 409 if form.errors else 200


@bp.get("/<uuid:handover_id>")
@allow(Permission.KEEP_POINT)
def show(handover_id: UUID) -> ResponseReturnValue:
    """One pile: what was given, and what was counted."""
    return render_template("handovers/show.html", pile=_pile(handover_id))


@bp.get("/<uuid:handover_id>.pdf")
@allow(Permission.KEEP_POINT)
def sheet(handover_id: UUID) -> ResponseReturnValue:
    """Its list on paper, to be signed: no names, no codes."""
    pdf = handover_pdf(_pile(handover_id), language=Language(language()))
    return shown_file(pdf, "list.pdf")


@bp.route("/<uuid:handover_id>/count", methods=["GET", "POST"])
@allow(Permission.KEEP_POINT)
def count(handover_id: UUID) -> ResponseReturnValue:
    """Count a pile that one received."""
    pile = _pile(handover_id)
    if not pile.row.is_mine_to_count:
        return redirect(url_for(".show", handover_id=handover_id))
    form = PileForm.of(pile.lines)
    if form.validate_on_submit():
        with blamed_on(form):
            order = form.order(handover_id, pile.lines)
            return _counted(perform(form.idempotency_key, receive, actor=current_actor(), order=order))
    lines = list(zip(pile.lines, form.counts.entries, strict=True))
    return render_template("handovers/count.html", pile=pile, form=form, lines=lines), 409 if form.errors else 200


@bp.post("/<uuid:handover_id>/taken-back")
@allow(Permission.PRINT_VOUCHERS)
def taken_back(handover_id: UUID) -> ResponseReturnValue:
    """The pile came back before anybody counted it."""
    form = KomekForm()
    if not form.validate_on_submit():
        abort(400)
    with told_above():
        perform(form.idempotency_key, take_back, actor=current_actor(), handover_id=handover_id)
        flash(say(_("You have the papers again. They may go to somebody else.")), "success")
    return redirect(url_for(".show", handover_id=handover_id))


def _pile(handover_id: UUID) -> queries.PilePage:
    found = queries.pile(reading(), actor=current_actor(), handover_id=handover_id)
    if found is None:
        abort(404)
    return found


def _counted(received: Received) -> ResponseReturnValue:
    told, tone = _("Counted: all papers of the list are there."), "success"
    if received.missing:
        told = n_(
            "Counted: %(num)s paper is missing. The coordinator is told.",
            "Counted: %(num)s papers are missing. The coordinator is told.",
            received.missing,
        )
        tone = "warn"
    elif received.more:
        told = n_(
            "Counted: %(num)s paper more than the list says. The coordinator is told.",
            "Counted: %(num)s papers more than the list says. The coordinator is told.",
            received.more,
        )
        tone = "warn"
    flash(say(told), tone)
    return redirect(url_for(".show", handover_id=received.handover_id))
