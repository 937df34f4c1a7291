"""Panic: locking everything, and the one page that is left until two people open it again."""

from datetime import datetime

from flask import Blueprint, Flask, g, redirect, render_template, request, session, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import Message
from aid.extensions import now, reading
from aid.forms.base import KomekForm
from aid.forms.people import SignInForm
from aid.perform import perform
from aid.queries.lockdowns import is_locked
from aid.security import ANYONE, allow, current_actor
from aid.security.guessing import forget_wrong, sign_in_guess, slowed
from aid.services import sign_ins
from aid.services.lockdowns import lock as lock_everything
from aid.services.lockdowns import turn_key

bp = Blueprint("lockdown", __name__)

GOES_ON = ("lockdown.locked", "people.speak")
"""What a locked fund still takes: a key that is turned, and in which language the page is."""


@bp.record_once
def _stand_before_everything(state: BlueprintSetupState) -> None:
    """Answer before anything else looks at a request: even a missing token must not tell what this is."""
    app: Flask = state.app  # type: ignore[assignment]
    app.before_request_funcs.setdefault(None, []).insert(0, _answer_locked)


def _answer_locked() -> ResponseReturnValue | None:
    """While the fund is locked, every address gives the locked page; what is in GOES_ON alone goes on."""
    if request.endpoint == "static" or not _is_locked_now():
        return None
    g.locked = True
    if request.endpoint in GOES_ON and request.method == "POST":
        return None
    return _page(SignInForm(formdata=None))


def _is_locked_now() -> bool:
    """Whether the fund is locked. Health says itself that a database is down: nothing of the fund is shown there."""
    signed_in = getattr(session, "row", None)
    if signed_in is not None:  # it was asked together with who they are
        return bool(signed_in.fund_locked)
    try:
        return is_locked(reading())
    except SQLAlchemyError:
        if request.blueprint != "health":
            raise
        return False


def _page(form: SignInForm, *, until: datetime | None = None, reason: Message | None = None) -> ResponseReturnValue:
    return render_template("custody/locked.html", form=form, until=until, reason=reason), 503


@bp.route("/lock", methods=["GET", "POST"])
@allow(Permission.LOCK_FUND)
def lock() -> ResponseReturnValue:
    """What locking does, and the button that does it."""
    form = KomekForm()
    if form.validate_on_submit():
        perform(form.idempotency_key, lock_everything, actor=current_actor())
        return redirect(url_for(".locked"))
    return render_template("custody/lock.html", form=form)


@bp.route("/locked", methods=["GET", "POST"])
@allow(ANYONE)
def locked() -> ResponseReturnValue:
    """Handle, password and code of two people with different roles open the fund again."""
    if not g.get("locked"):
        return render_template("custody/opened.html") if "opened" in request.args else redirect(url_for("today.index"))
    form = SignInForm()
    if not form.validate_on_submit():
        return _page(form)
    order = form.order()
    guess_id = sign_in_guess(order["handle"])
    try:
        with slowed(guess_id):
            known = sign_ins.recognise(reading(), now=now(), **order)
            turned = perform(form.idempotency_key, turn_key, actor=known.actor, public=known.public, code=known.step)
    except RuleBroken as refusal:
        form.blame(refusal)
        return _page(form)
    forget_wrong(guess_id)
    if turned.is_open:
        return redirect(url_for(".locked", opened=1))
    return _page(SignInForm(formdata=None), until=turned.waits_until, reason=turned.reason)
