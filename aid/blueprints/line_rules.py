"""Rules for bank lines: those in use, teaching one from a line, and ending one."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._may import may
from aid.blueprints._refusals import blamed_on, told_above
from aid.domain.bank_lines import KnownBy
from aid.domain.line_ends import EndKind
from aid.domain.payments import Direction
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.lines import RuleForm
from aid.perform import perform
from aid.queries import lines, programmes
from aid.security import allow, current_actor
from aid.services.line_rules import forget, teach

bp = Blueprint("line_rules", __name__, url_prefix="/lines")
bp.context_processor(may)


@bp.get("/rules")
@allow(Permission.SEE_DONORS)
def index() -> ResponseReturnValue:
    """What was taught, and by whom."""
    return render_template("lines/rules.html", rules=lines.rules(reading(), actor=current_actor()))


@bp.route("/<uuid:line_id>/rule", methods=["GET", "POST"])
@allow(Permission.KEEP_ACCOUNTS)
def new(line_id: UUID) -> ResponseReturnValue:
    """Teach what lines like this one are."""
    page = lines.line_page(reading(), actor=current_actor(), now=now(), line_id=line_id)
    if page is None:
        abort(404)
    payment = page.line.payment
    other = payment.other if payment else None
    said = {KnownBy.ACCOUNT: other.account if other else "", KnownBy.NAME: other.name if other else ""}
    comes_in = page.line.direction is Direction.CREDIT
    form = RuleForm(
        said=said,
        purposes=programmes.purposes(reading()),
        data={
            "known_by": next((by.value for by in said if said[by]), KnownBy.TEXT.value),
            "words": payment.text if payment else "",
            "kind": EndKind.DONATION.value if comes_in else EndKind.FEE.value,
        },
    )
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, teach, actor=current_actor(), order=form.order())
            flash(say(_("The rule is taught. Lines that it fits are suggested so from now on.")), "success")
            return redirect(url_for("lines.account", bank_id=page.bank_id, at=page.line.number))
    hints = {by.value: text for by, text in said.items()}
    return render_template("lines/rule.html", form=form, page=page, hints=hints)


@bp.post("/rules/<uuid:rule_id>/end")
@allow(Permission.KEEP_ACCOUNTS)
def end(rule_id: UUID) -> ResponseReturnValue:
    """Let a rule suggest nothing any more."""
    form = KomekForm()
    if form.validate_on_submit():
        with told_above():
            perform(form.idempotency_key, forget, actor=current_actor(), rule_id=rule_id)
            flash(say(_("The rule is ended. What was accepted by it stays as it is.")), "success")
    return redirect(url_for(".index"))
