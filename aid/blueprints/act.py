"""The founding act: right after the founding in the browser it was done in, and later for who sees the committee."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._files import shown_file
from aid.blueprints._frame import the_fund
from aid.blueprints._sitting import cookie_here
from aid.documents.founding import act_pdf
from aid.domain.languages import Language
from aid.domain.permissions import Permission
from aid.extensions import reading
from aid.formats import language
from aid.forms.base import KomekForm
from aid.perform import perform
from aid.queries.founding import ActPage, act_of, first_passwords, founding_act
from aid.security import FOUNDING, allow, current_actor
from aid.services import sittings
from aid.vault.actor import Actor

bp = Blueprint("act", __name__, url_prefix="/founding")


@bp.get("/act")
@allow(Permission.SEE_COMMITTEE)
def show() -> ResponseReturnValue:
    """The founding act, to compare with the paper in the safe."""
    return render_template("founding/act.html", page=_there(founding_act(reading(), actor=current_actor())))


@bp.get("/act.pdf")
@allow(Permission.SEE_COMMITTEE)
def paper() -> ResponseReturnValue:
    """The founding act to print."""
    return _pdf(_there(founding_act(reading(), actor=current_actor())))


@bp.route("/done", methods=["GET", "POST"])
@allow(FOUNDING)
def done() -> ResponseReturnValue:
    """The fund is there: the act to print, first passwords to hand out, and what comes next."""
    if the_fund() is None:
        return redirect(url_for("founding.sitting"))
    form = KomekForm()
    if form.validate_on_submit():
        perform(form.idempotency_key, sittings.end, actor=Actor.system(), cookie_id=cookie_here().row_id)
        return redirect(url_for("people.sign_in"))
    passwords = first_passwords(reading(), cookie=cookie_here())
    return render_template("founding/done.html", form=form, page=_there(act_of(reading())), passwords=passwords)


@bp.get("/done.pdf")
@allow(FOUNDING)
def done_paper() -> ResponseReturnValue:
    """The founding act, to be printed and signed before everybody goes home."""
    return _pdf(_there(act_of(reading())))


def _there(page: ActPage | None) -> ActPage:
    if page is None:
        abort(404)
    return page


def _pdf(page: ActPage) -> ResponseReturnValue:
    return shown_file(act_pdf(page, Language(language())), "founding-act.pdf")
