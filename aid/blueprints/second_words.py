"""What waits for a second person's word about money at a bank, and how much one person may book alone."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._may import may
from aid.blueprints._refusals import blamed_on
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms._money import as_typed
from aid.forms.second_words import BoundForm, MoneyAnswerForm
from aid.perform import perform
from aid.queries import lines, second_words
from aid.security import allow, current_actor
from aid.services.second_words.answering import answer_money
from aid.services.second_words.asking import set_bound

bp = Blueprint("second_words", __name__, url_prefix="/second-words")
bp.context_processor(may)


@bp.get("/")
@allow(Permission.SEE_MONEY)
def index() -> ResponseReturnValue:
    """What waits, and the bounds."""
    actor = current_actor()
    return render_template(
        "second_words/index.html",
        rows=second_words.waiting(reading(), actor=actor),
        bounds=second_words.bounds(reading(), actor=actor),
    )


@bp.route("/<uuid:asked_id>", methods=["GET", "POST"])
@allow(Permission.CONFIRM_MONEY)
def answer(asked_id: UUID) -> ResponseReturnValue:
    """Agree to what somebody may not book alone, or refuse it."""
    actor, form = current_actor(), MoneyAnswerForm()
    found = second_words.waiting(reading(), actor=actor, asked_id=asked_id)
    if not found:
        flash(say(_("This does not wait for an answer any more.")), "info")
        return redirect(url_for(".index"))
    [row] = found
    if form.validate_on_submit():
        with blamed_on(form):
            answered = perform(form.idempotency_key, answer_money, actor=actor, order=form.order(asked_id))
            said = _("It is booked.") if answered.agrees else _("Nothing is booked. A line that it was for stays open.")
            flash(say(said), "success")
            return redirect(url_for(".index"))
    pages = [
        lines.line_page(reading(), actor=actor, now=now(), line_id=line_id)
        for line_id in (row.line_id, row.other_id)
        if line_id
    ]
    return render_template(
        "second_words/answer.html",
        form=form,
        row=row,
        actor=actor,
        pages=[page for page in pages if page],
        shown=second_words.shown(reading(), actor=actor, row=row),
        readers=second_words.readers(reading(), actor=actor),
        may_alone=second_words.may_alone(reading(), actor=actor, now=now(), row=row),
    )


@bp.route("/bound/<currency>", methods=["GET", "POST"])
@allow(Permission.SET_BOUNDS)
def bound(currency: str) -> ResponseReturnValue:
    """Set how much of a currency one person may book alone."""
    known = {row.most.currency: row for row in second_words.bounds(reading(), actor=current_actor())}
    if currency not in known:
        abort(404)
    row = known[currency]
    form = BoundForm(currency=currency, data={"most": as_typed(row.most), "small": as_typed(row.small)})
    if form.validate_on_submit():
        with blamed_on(form):
            bound = form.bound
            perform(form.idempotency_key, set_bound, actor=current_actor(), most=bound.most, small=bound.small)
            flash(say(_("It holds from now on.")), "success")
            return redirect(url_for(".index"))
    return render_template("second_words/bound.html", form=form, row=row)
