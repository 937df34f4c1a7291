"""Programmes: the list, one of them in a sentence, the form that writes one, and trying one out."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._refusals import blamed_on
from aid.domain.entitlement import check_rule, describe_rule
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import reading
from aid.formats import say
from aid.forms.programmes import SHORTAGE_HINTS, ProgrammeForm, TryOutForm
from aid.perform import look, perform
from aid.queries import programmes as queries
from aid.queries.tried_out import TriedOutPage, page_of
from aid.security import allow, current_actor
from aid.services.programmes import write_programme
from aid.services.what_if import try_out

bp = Blueprint("programmes", __name__, url_prefix="/programmes")


@bp.get("/")
@allow(Permission.SEE_PROGRAMMES)
def index() -> ResponseReturnValue:
    """All programmes, as they hold now."""
    found = queries.programmes(reading(), actor=current_actor())
    return render_template("programmes/index.html", programmes=found, may=current_actor().may)


@bp.get("/<uuid:programme_id>")
@allow(Permission.SEE_PROGRAMMES)
def show(programme_id: UUID) -> ResponseReturnValue:
    """One version of a programme."""
    return render_template("programmes/show.html", programme=_found(programme_id), may=current_actor().may)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.WRITE_PROGRAMMES)
def new() -> ResponseReturnValue:
    """Write a programme."""
    form = ProgrammeForm(offered=queries.offered(reading()))
    return _written(form) or _form(form)


@bp.route("/<uuid:programme_id>/change", methods=["GET", "POST"])
@allow(Permission.WRITE_PROGRAMMES)
def change(programme_id: UUID) -> ResponseReturnValue:
    """Write the next version of a programme; with the amounts that were tried out, where it is asked from there."""
    programme, offered = _found(programme_id), queries.offered(reading())
    if "tried" in request.form:
        tried = TryOutForm(currency=programme.rule.currency)
        if tried.validate_on_submit():
            with blamed_on(tried):
                programme = replace(programme, rule=tried.rule(programme.rule))
                return _form(ProgrammeForm.of(programme, offered=offered), programme=programme)
            return _tried(programme, tried)
        return _form(ProgrammeForm.of(programme, offered=offered), programme=programme)
    if request.method != "POST":
        return _form(ProgrammeForm.of(programme, offered=offered), programme=programme)
    form = ProgrammeForm(offered=offered)
    return _written(form, changes=programme_id) or _form(form, programme=programme)


@bp.route("/<uuid:programme_id>/try-out", methods=["GET", "POST"])
@allow(Permission.PROPOSE)
def try_it_out(programme_id: UUID) -> ResponseReturnValue:
    """Other amounts, another budget, another order: see who would be reached, and propose nothing yet."""
    programme = _found(programme_id)
    if request.method != "POST":
        there = queries.available_for(reading(), actor=current_actor(), page=programme)
        return _tried(programme, TryOutForm.of(programme.rule, budget=max(there.minor, 0) or None))
    form = TryOutForm(currency=programme.rule.currency)
    if not form.validate_on_submit():
        return _tried(programme, form)
    with blamed_on(form):
        rule, terms = form.rule(programme.rule), form.terms()
        tried = look(try_out, actor=current_actor(), programme_id=programme_id, rule=rule, terms=terms)
        return _tried(programme, form, page_of(tried, queries.names_of(reading())))
    return _tried(programme, form)


def _tried(programme: queries.ProgrammePage, form: TryOutForm, page: TriedOutPage | None = None) -> ResponseReturnValue:
    shown = render_template(
        "programmes/try_out.html",
        programme=programme,
        form=form,
        tried=page,
        hints=SHORTAGE_HINTS,
        may=current_actor().may,
    )
    return shown, 409 if form.errors else 200


def _written(form: ProgrammeForm, *, changes: UUID | None = None) -> ResponseReturnValue | None:
    """Write what was typed and show it, or nothing when the form has to be shown again."""
    if (request.method == "POST" and form.rearrange(request.form)) or not form.validate_on_submit():
        return None
    with blamed_on(form):
        order = form.order()
        if "read" in request.form:
            check_rule(order.rule)
            form.said = describe_rule(order.rule, queries.names_of(reading()))
            return None
        written = perform(form.idempotency_key, write_programme, actor=current_actor(), order=order, changes=changes)
        flash(say(_("The programme is saved. Read it aloud once: is it what you mean?")), "success")
        return redirect(url_for(".show", programme_id=written.programme_id))
    return None


def _form(form: ProgrammeForm, programme: queries.ProgrammePage | None = None) -> ResponseReturnValue:
    return render_template("programmes/form.html", form=form, programme=programme), 409 if form.errors else 200


def _found(programme_id: UUID) -> queries.ProgrammePage:
    programme = queries.programme(reading(), actor=current_actor(), programme_id=programme_id)
    if programme is None:
        abort(404)
    return programme
