"""Accepting many lines: those of which it is certain what they are, shown as a list, each accepted by itself."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._may import may
from aid.blueprints._paging import place
from aid.domain.permissions import Permission
from aid.domain.refusals import RuleBroken
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.accepting import Accepted, ManyForm
from aid.perform import perform
from aid.queries import lines
from aid.security import allow, current_actor
from aid.services.lines.ends import end_line

bp = Blueprint("line_many", __name__, url_prefix="/lines")
bp.context_processor(may)


@bp.route("/account/<uuid:bank_id>/certain", methods=["GET", "POST"])
@allow(Permission.KEEP_ACCOUNTS)
def index(bank_id: UUID) -> ResponseReturnValue:
    """Lines that are certain, some at a time: what is ticked is accepted, and the next are shown."""
    actor, after = current_actor(), request.args.get("after", type=place)
    sums = lines.account_sums(reading(), actor=actor, bank_id=bank_id)
    if not sums:
        abort(404)
    form = ManyForm()
    if form.validate_on_submit():
        _accept(bank_id, form.accepted())
        onward = request.form.get("next", type=place)
        if onward is None:
            return redirect(url_for("lines.account", bank_id=bank_id))
        return redirect(url_for(".index", bank_id=bank_id, after=onward))
    found = lines.certain_lines(reading(), actor=actor, now=now(), bank_id=bank_id, after=after)
    return render_template("lines/certain.html", form=form, sums=sums[0], found=found)


def _accept(bank_id: UUID, ticked: list[Accepted]) -> None:
    """Each line by itself: one that can't be accepted any more holds up no other."""
    ids = [each.line_id for each in ticked]
    there = lines.lines_named(reading(), actor=current_actor(), now=now(), bank_id=bank_id, line_ids=ids)
    done = 0
    for each in ticked:
        try:
            if line := there.get(each.line_id):
                perform(each.key, end_line, actor=current_actor(), order=each.order(line))
                done += 1
        except RuleBroken:
            continue
    if done:
        flash(say(_("Lines explained: %(count)s.", count=done)), "success")
    if done < len(ticked):
        left = len(ticked) - done
        flash(say(_("%(count)s could not be accepted any more: they are in the open list.", count=left)), "warn")
    if not ticked:
        flash(say(_("Nothing was ticked. Nothing is accepted.")), "warn")
