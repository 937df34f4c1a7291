"""When a colleague is arrested: cutting them off, whom they exposed, their coming back, and sealing anew."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from aid.blueprints._refusals import blamed_on
from aid.domain.custody import SUSPENSION_TITLES, SuspensionReason
from aid.domain.exposure import GLIMPSE_TITLES, URGENCY_TITLES, Urgency
from aid.domain.families import FAMILY_STATE_TITLES, FamilyState
from aid.domain.permissions import Permission
from aid.domain.words import _, n_
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.custody import CutOffForm, ReinstateForm, WarnedForm
from aid.perform import perform
from aid.queries.colleagues import Colleague, colleague, colleagues
from aid.queries.exposure import exposure, suspensions, unusual_looks
from aid.queries.resealing import left_under_old_keys
from aid.security import allow, current_actor
from aid.services.people import prepare_invitation
from aid.services.resealing import reseal
from aid.services.suspensions import reinstate as let_back
from aid.services.suspensions import suspend
from aid.services.warnings import note_warned

bp = Blueprint("custody", __name__)

WORDS = {
    "reasons": SUSPENSION_TITLES,
    "glimpses": GLIMPSE_TITLES,
    "urgencies": URGENCY_TITLES,
    "state_titles": FAMILY_STATE_TITLES,
    "withdrawn": FamilyState.WITHDRAWN,
    "by_touch": Urgency.REACH,
}


@bp.get("/colleagues")
@allow(Permission.REPORT_COLLEAGUE)
def index() -> ResponseReturnValue:
    """Everybody by handle, and a way to cut each of them off; and the way to lock everything."""
    return render_template("custody/colleagues.html", people=colleagues(reading(), actor=current_actor()))


@bp.route("/people/<uuid:person_id>/cut-off", methods=["GET", "POST"])
@allow(Permission.REPORT_COLLEAGUE)
def cut_off(person_id: UUID) -> ResponseReturnValue:
    """The reasons, each a button: one touch, and the person's next click is refused."""
    person = _colleague(person_id)
    form = CutOffForm()
    if form.validate_on_submit():
        with blamed_on(form):
            done = perform(
                form.idempotency_key, suspend, actor=current_actor(), person_id=person_id, reason=form.order()
            )
            flash(say(_("%(handle)s is cut off: their next click is refused.", handle=person.handle)), "success")
            if current_actor().may(Permission.SEE_EXPOSURE):
                return redirect(url_for(".show", suspension_id=done.suspension_id))
            flash(say(_("The coordinators now see which families have to be warned.")), "info")
            return redirect(url_for(".index"))
    return render_template(
        "custody/cut_off.html", form=form, person=person, reasons=[*SUSPENSION_TITLES.items()], first=SuspensionReason
    )


@bp.route("/people/<uuid:person_id>/reinstate", methods=["GET", "POST"])
@allow(Permission.REINSTATE)
def reinstate(person_id: UUID) -> ResponseReturnValue:
    """Let a suspended person work again, with the same keys or with new ones."""
    person = _colleague(person_id)
    form = ReinstateForm()
    if form.validate_on_submit():
        invitation = prepare_invitation(person.handle, person_id=person.id) if form.anew else None
        with blamed_on(form):
            done = perform(
                form.idempotency_key, let_back, actor=current_actor(), person_id=person_id, invitation=invitation
            )
            password = invitation.password if invitation and done.fresh else None
            return render_template("custody/reinstated.html", person=person, password=password, done=done)
    return render_template("custody/reinstate.html", form=form, person=person)


def _colleague(person_id: UUID) -> Colleague:
    found = colleague(reading(), actor=current_actor(), person_id=person_id)
    if found is None:
        raise NotFound
    return found


# ---------------------------------------------------------------- whom it exposed


@bp.get("/exposure")
@allow(Permission.SEE_EXPOSURE)
def exposures() -> ResponseReturnValue:
    """All suspensions with how far the warning has come, and accounts that look at unusually much."""
    actor = current_actor()
    unusual = unusual_looks(reading(), actor=actor, now=now())
    return render_template("custody/exposures.html", rows=suspensions(reading(), actor=actor), unusual=unusual, **WORDS)


@bp.route("/exposure/<uuid:suspension_id>", methods=["GET", "POST"])
@allow(Permission.SEE_EXPOSURE)
def show(suspension_id: UUID) -> ResponseReturnValue:
    """The families that one account exposed, in the order in which to warn them, each with a tick."""
    found = exposure(reading(), actor=current_actor(), suspension_id=suspension_id)
    if found is None:
        raise NotFound
    form = WarnedForm()
    if form.validate_on_submit():
        with blamed_on(form):
            noted = perform(
                form.idempotency_key,
                note_warned,
                actor=current_actor(),
                suspension_id=suspension_id,
                family_ids=form.order(),
            )
            told = n_("%(num)s family is noted as warned.", "%(num)s families are noted as warned.", noted.families)
            flash(say(told), "success")
            return redirect(url_for(".show", suspension_id=suspension_id))
    return render_template("custody/exposure.html", exposure=found, form=form, **WORDS)


# ---------------------------------------------------------------- sealing anew


@bp.route("/re-seal", methods=["GET", "POST"])
@allow(Permission.ADMIT)
def re_seal() -> ResponseReturnValue:
    """Seal under new keys what is still under old ones, a step with each sending; the page goes on by itself."""
    actor = current_actor()
    form = KomekForm()
    if request.method == "POST":
        if not form.validate_on_submit():
            abort(400)
        step = perform(form.idempotency_key, reseal, actor=actor)
        return redirect(url_for(".re_seal", on=1 if step.goes_on else None))
    left = left_under_old_keys(reading(), actor=actor)
    return render_template("custody/re_seal.html", left=left, form=form, goes_on=bool(request.args.get("on")))
