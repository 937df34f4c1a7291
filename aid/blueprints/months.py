"""Months of the books: which are closed, and closing the next one."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._may import may
from aid.blueprints._refusals import blamed_on
from aid.domain.months import Month
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.perform import perform
from aid.queries.months import month_list
from aid.security import allow, current_actor
from aid.services.months import close_month

bp = Blueprint("months", __name__, url_prefix="/months")
bp.context_processor(may)


@bp.get("/")
@allow(Permission.SEE_MONEY)
def index() -> ResponseReturnValue:
    """Every month since the first entry."""
    return render_template("months/index.html", found=month_list(reading(), actor=current_actor(), now=now()))


@bp.route("/<string:month>/close", methods=["GET", "POST"])
@allow(Permission.CLOSE_MONTHS)
def close(month: str) -> ResponseReturnValue:
    """Close a month for good."""
    which, form = Month.from_plain(month), KomekForm()
    if which is None:
        abort(404)
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, close_month, actor=current_actor(), month=which)
            flash(say(_("%(month)s is closed for good.", month=which)), "success")
            return redirect(url_for(".index"))
    found = month_list(reading(), actor=current_actor(), now=now())
    return render_template("months/close.html", form=form, month=which, found=found)
