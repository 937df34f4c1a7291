"""Many corrections of donations at once: a second person looks through them and agrees, each by itself."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import reading
from aid.formats import say
from aid.forms.accepting import AgreeManyForm
from aid.perform import perform
from aid.queries import corrections
from aid.security import allow, current_actor
from aid.services.corrections import answer_correction

bp = Blueprint("correction_many", __name__, url_prefix="/donations")


@bp.route("/corrections/many", methods=["GET", "POST"])
@allow(Permission.CONFIRM_MONEY)
def index() -> ResponseReturnValue:
    """What others asked for, to look through and agree to together; what is refused is answered by itself."""
    actor, form = current_actor(), AgreeManyForm()
    rows = [row for row in corrections.asked(reading(), actor=actor) if row.by_id != actor.id]
    if form.validate_on_submit():
        _agree(form, {row.id: row.number for row in rows})
        return redirect(url_for("donations.corrections"))
    return render_template("donations/correction_many.html", form=form, rows=rows)


def _agree(form: AgreeManyForm, numbers: Mapping[UUID, int]) -> None:
    """Each by itself: what can't be corrected any more is told with its reason, and holds up no other."""
    done = 0
    refused: dict[str, list[str]] = defaultdict(list)
    for key, order in form.orders():
        try:
            perform(key, answer_correction, actor=current_actor(), order=order)
            done += 1
        except RuleBroken as refusal:
            refused[say(refusal.message)].append(str(numbers.get(order.asked_id, "–")))
    if done:
        flash(say(_("Donations corrected: %(count)s.", count=done)), "success")
    for why, those in refused.items():
        flash(say(_("Not corrected, donations %(numbers)s: %(why)s", numbers=", ".join(those), why=why)), "warn")
    if not done and not refused:
        flash(say(_("Nothing was ticked. Nothing is corrected.")), "warn")
