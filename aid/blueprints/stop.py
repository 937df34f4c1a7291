"""The emergency stop: two taps for any member; the committee's word on it."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._refusals import blamed_on, told_above
from aid.domain.membership import StopAnswerKind
from aid.domain.permissions import Permission
from aid.domain.words import Message, _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.membership import StopForm
from aid.perform import perform
from aid.queries.membership import committee_page
from aid.queries.stops import pressable_from, stop_page
from aid.security import allow, current_actor
from aid.security.guessing import own_signing_key
from aid.services.stops import answer_stop, press_stop

bp = Blueprint("stop", __name__, url_prefix="/committee/stop")

WORD_TITLES: dict[StopAnswerKind, Message] = {
    StopAnswerKind.CONFIRM: _("Stays stopped"),
    StopAnswerKind.LIFT: _("Lift it"),
}
AGREED: dict[StopAnswerKind | None, Message] = {
    None: _("Signed. It waits for other members."),
    StopAnswerKind.CONFIRM: _("The committee has confirmed the stop. It stands until the committee lifts it."),
    StopAnswerKind.LIFT: _("The committee has lifted the stop. Everything goes on."),
}


@bp.get("/")
@allow(Permission.STOP_FUND)
def index() -> ResponseReturnValue:
    """What a stop does, or the stop that holds."""
    return _page(StopForm())


@bp.post("/press")
@allow(Permission.STOP_FUND)
def press() -> ResponseReturnValue:
    """Stop the fund."""
    form = KomekForm()
    if not form.validate():
        abort(400)
    with told_above("warn"):
        perform(form.idempotency_key, press_stop, actor=current_actor())
        flash(say(_("The fund is stopped. Call the other members now.")), "danger")
    return redirect(url_for(".index"))


@bp.post("/answer")
@allow(Permission.STOP_FUND)
def answer() -> ResponseReturnValue:
    """Sign that it stands, or is lifted."""
    form = StopForm()
    if form.validate_on_submit():
        with blamed_on(form):
            signing = own_signing_key(current_actor(), form.password.data)
            order, key = form.order(), form.idempotency_key
            answered = perform(key, answer_stop, actor=current_actor(), order=order, signing=signing)
            flash(say(AGREED[answered.agreed]), "success")
            return redirect(url_for(".index"))
    return _page(form)


def _page(form: StopForm) -> ResponseReturnValue:
    actor = current_actor()
    stop = stop_page(reading(), actor=actor, now=now())
    if stop is not None:
        form.stop.data = stop.id.hex
        form.kind.choices = [choice for choice in form.kind.choices if choice[0] in stop.open_to_me()]
    page = render_template(
        "membership/stop.html",
        form=form,
        stop=stop,
        again=pressable_from(reading(), actor=actor, now=now()),
        is_seated=committee_page(reading(), actor=actor, now=now()).is_seated,
        word_titles=WORD_TITLES,
        Word=StopAnswerKind,
    )
    return page, 409 if form.errors else 200
