"""Collectors who are not on the list: a second person agrees, signed in at their own place, or does not."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._refusals import blamed_on
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.collections import CodeForm
from aid.perform import perform
from aid.queries import strangers as queries
from aid.security import allow, current_actor
from aid.security.sessions import PIN
from aid.services.collections.strangers import answer_stranger

bp = Blueprint("strangers", __name__, url_prefix="/collections/strangers")


@bp.get("/")
@allow(Permission.SEE_COLLECTIONS)
def index() -> ResponseReturnValue:
    """Who waits for one's word, and what oneself asked lately."""
    rows = queries.waiting(reading(), actor=current_actor(), now=now())
    return render_template("strangers/index.html", rows=rows)


@bp.route("/<uuid:asked_id>", methods=["GET", "POST"])
@allow(Permission.SEE_COLLECTIONS)
def one(asked_id: UUID) -> ResponseReturnValue:
    """One of them: agree, or not. Who asked waits here, and reads the voucher again."""
    form = KomekForm()
    if form.validate_on_submit():
        with blamed_on(form):
            agrees = request.form.get("agrees") == "yes"
            perform(form.idempotency_key, answer_stranger, actor=current_actor(), asked_id=asked_id, agrees=agrees)
            told = (
                _("Your word is kept. Whoever asked goes on.")
                if agrees
                else _("Your word is kept: nothing is handed out.")
            )
            flash(say(told), "success")
            return redirect(url_for(".one", asked_id=asked_id))
    page = queries.one(reading(), actor=current_actor(), now=now(), asked_id=asked_id)
    if page is None:
        abort(404)
    hands_out = current_actor().may(Permission.HAND_OUT) and PIN in session
    following = CodeForm.fresh() if page.row.is_own and hands_out else None
    shown = render_template("strangers/one.html", page=page, row=page.row, form=form, following=following)
    return shown, 409 if form.errors else 200
