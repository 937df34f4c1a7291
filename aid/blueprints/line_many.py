"""Many lines at once: accepting those of which it is certain what they are, and undoing many, each by itself."""

from collections import defaultdict
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
from aid.forms.accepting import Accepted, ManyForm, UndoManyForm
from aid.perform import perform
from aid.queries import lines
from aid.security import allow, current_actor
from aid.services.lines.ends import end_line
from aid.services.lines.undoing import ReopenOrder, Waits, reopen_with_others

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
        first = _accept(bank_id, form.accepted())
        since = request.args.get("since", type=UUID) or first
        onward = request.form.get("next", type=place)
        if onward is None:
            return redirect(url_for("lines.account", bank_id=bank_id, since=since))
        return redirect(url_for(".index", bank_id=bank_id, after=onward, since=since))
    found = lines.certain_lines(reading(), actor=actor, now=now(), bank_id=bank_id, after=after)
    since = request.args.get("since", type=UUID)
    return render_template("lines/certain.html", form=form, sums=sums[0], found=found, since=since)


@bp.route("/account/<uuid:bank_id>/undo", methods=["GET", "POST"])
@allow(Permission.KEEP_ACCOUNTS)
def undo(bank_id: UUID) -> ResponseReturnValue:
    """Undo many at once, for one reason. `since`: those that the reader ended from there on are ticked."""
    actor, since = current_actor(), request.args.get("since", type=UUID)
    sums = lines.account_sums(reading(), actor=actor, bank_id=bank_id)
    if not sums:
        abort(404)
    form = UndoManyForm()
    if form.validate_on_submit():
        _undo(form.orders())
        return redirect(url_for("lines.account", bank_id=bank_id))
    after = request.args.get("after", type=UUID)
    found = lines.explained_page(reading(), actor=actor, bank_id=bank_id, after=after, mine_since=since)
    return render_template(
        "lines/undo_many.html", form=form, sums=sums[0], found=found, since=since, ticked=request.form
    )


def _accept(bank_id: UUID, ticked: list[Accepted]) -> UUID | None:
    """Each line by itself: one that can't be accepted any more holds up no other. The first end that it made."""
    ids = [each.line_id for each in ticked]
    there = lines.lines_named(reading(), actor=current_actor(), now=now(), bank_id=bank_id, line_ids=ids)
    done: list[UUID] = []
    for each in ticked:
        try:
            if line := there.get(each.line_id):
                perform(each.key, end_line, actor=current_actor(), order=each.order(line))
                done.append(line.id)
        except RuleBroken:
            continue
    if done:
        flash(say(_("Lines explained: %(count)s.", count=len(done))), "success")
    if len(done) < len(ticked):
        left = len(ticked) - len(done)
        flash(say(_("%(count)s could not be accepted any more: they are in the open list.", count=left)), "warn")
    if not ticked:
        flash(say(_("Nothing was ticked. Nothing is accepted.")), "warn")
    return lines.first_of(reading(), actor=current_actor(), line_ids=done)


def _undo(orders: list[tuple[str, ReopenOrder]]) -> None:
    """Each by itself; what can't be undone is told with its reason, and holds up no other."""
    undone, waits = 0, 0
    refused: dict[str, list[str]] = defaultdict(list)
    numbers = lines.numbers_of(reading(), actor=current_actor(), end_ids=[order.end_id for _key, order in orders])
    for key, order in orders:
        try:
            if isinstance(perform(key, reopen_with_others, actor=current_actor(), order=order), Waits):
                waits += 1
            else:
                undone += 1
        except RuleBroken as refusal:
            refused[say(refusal.message)].append(str(numbers.get(order.end_id, "–")))
    if undone:
        flash(say(_("Undone: %(count)s. These lines are open again.", count=undone)), "success")
    if waits:
        said = _("Asked for: %(count)s. When a second person agrees, these lines are open again.", count=waits)
        flash(say(said), "warn")
    for why, those in refused.items():
        flash(say(_("Not undone, lines %(numbers)s: %(why)s", numbers=", ".join(those), why=why)), "warn")
    if not orders:
        flash(say(_("Nothing was ticked. Nothing is undone.")), "warn")
