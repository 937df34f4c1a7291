"""Programmes: the list, one of them in sentences, and the form that writes one."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.domain.permissions import Permission
from aid.domain.refusals import NotAllowed, RuleBroken
from aid.domain.words import _
from aid.extensions import reading
from aid.formats import say
from aid.forms.programmes import ProgrammeForm
from aid.perform import perform
from aid.queries import programmes as queries
from aid.security import allow, current_actor
from aid.services.programmes import write_programme

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
    form = ProgrammeForm(purposes=queries.purposes(reading()), currency=queries.currency_of(reading()))
    return _written(form) or _form(form)


@bp.route("/<uuid:programme_id>/change", methods=["GET", "POST"])
@allow(Permission.WRITE_PROGRAMMES)
def change(programme_id: UUID) -> ResponseReturnValue:
    """Write the next version of a programme."""
    programme = _found(programme_id)
    purposes, currency = queries.purposes(reading()), queries.currency_of(reading())
    form = (
        ProgrammeForm(purposes=purposes, currency=currency)
        if request.method == "POST"
        else ProgrammeForm.of(programme, purposes=purposes, currency=currency)
    )
    return _written(form, changes=programme_id) or _form(form, programme=programme)


def _written(form: ProgrammeForm, *, changes: UUID | None = None) -> ResponseReturnValue | None:
    """Write what was typed and show it, or nothing when the form has to be shown again."""
    if (request.method == "POST" and form.rearrange(request.form)) or not form.validate_on_submit():
        return None
    try:
        order = form.order()
        written = perform(form.idempotency_key, write_programme, actor=current_actor(), order=order, changes=changes)
    except NotAllowed:
        raise
    except RuleBroken as refusal:
        form.blame(refusal)
        return None
    flash(say(_("The programme is saved. Read it aloud once: is it what you mean?")), "success")
    return redirect(url_for(".show", programme_id=written.programme_id))


def _form(form: ProgrammeForm, programme: queries.ProgrammePage | None = None) -> ResponseReturnValue:
    return render_template("programmes/form.html", form=form, programme=programme), 409 if form.errors else 200


def _found(programme_id: UUID) -> queries.ProgrammePage:
    programme = queries.programme(reading(), actor=current_actor(), programme_id=programme_id)
    if programme is None:
        abort(404)
    return programme
