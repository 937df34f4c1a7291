"""Sample families: what is registered while the fund is provisional."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._refusals import blamed_on
from aid.domain.codes import grouped
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import reading
from aid.formats import say
from aid.forms.samples import SampleForm
from aid.perform import perform
from aid.queries import families
from aid.security import allow, current_actor
from aid.services.samples import register_sample

bp = Blueprint("samples", __name__, url_prefix="/families/sample")


@bp.route("/", methods=["GET", "POST"])
@allow(Permission.REGISTER_FAMILIES)
def new() -> ResponseReturnValue:
    """Write down a family that never was, to practise with."""
    form = SampleForm(
        localities=families.own_localities(reading(), actor=current_actor()),
        points=families.points(reading(), actor=current_actor()),
    )
    if request.method == "POST" and form.validate():
        with blamed_on(form):
            made = perform(form.idempotency_key, register_sample, actor=current_actor(), **form.where())
            flash(say(_("Sample family %(code)s is registered.", code=grouped(made.code))), "success")
            return redirect(url_for("families.show", code=made.code))
    return render_template("families/sample.html", form=form), 409 if form.errors else 200
