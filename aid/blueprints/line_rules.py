"""Rules for bank lines: those in use, teaching one from a line, and ending one."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._line_gifts import donors_to_choose
from aid.blueprints._may import may
from aid.blueprints._refusals import blamed_on, told_above
from aid.domain.bank_lines import KnownBy
from aid.domain.ids import new_id
from aid.domain.line_ends import EndKind
from aid.domain.line_rules import Rule, check_rule
from aid.domain.payments import Direction
from aid.domain.permissions import Permission
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.base import KomekForm
from aid.forms.line_rules import RuleForm
from aid.perform import perform
from aid.queries import lines, programmes
from aid.security import allow, current_actor
from aid.services.lines.rules import RuleOrder, forget, teach

bp = Blueprint("line_rules", __name__, url_prefix="/lines")
bp.context_processor(may)


@bp.get("/rules")
@allow(Permission.SEE_DONORS)
def index() -> ResponseReturnValue:
    """What was taught, and by whom; and which of them are at odds."""
    actor = current_actor()
    found, odds = lines.rules(reading(), actor=actor), lines.at_odds(reading(), actor=actor)
    return render_template("lines/rules.html", rules=found, odds=odds)


@bp.route("/<uuid:line_id>/rule", methods=["GET", "POST"])
@allow(Permission.KEEP_ACCOUNTS)
def new(line_id: UUID) -> ResponseReturnValue:
    """Teach what lines like this one are: said, tried against the open lines, taught."""
    page = lines.line_page(reading(), actor=current_actor(), now=now(), line_id=line_id)
    if page is None:
        abort(404)
    sought = request.form.get("q", "").strip()
    form, hints = _form(page, sought)
    if "search" not in request.form and form.validate_on_submit() and form.step != "change":
        with blamed_on(form):
            order = form.order()
            check_rule(order.known_by, order.said, order.kind)
            return _teach(form, order, page) if form.step == "book" else _try(form, order, page)
    found = len(form.donor.choices) - 1
    return render_template("lines/rule.html", form=form, page=page, hints=hints, sought=sought, found=found)


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


def _form(page: lines.LinePage, sought: str) -> tuple[RuleForm, dict[str, str]]:
    payment = page.line.payment
    other = payment.other if payment else None
    said = {KnownBy.ACCOUNT: other.account if other else "", KnownBy.NAME: other.name if other else ""}
    comes_in = page.line.direction is Direction.CREDIT
    form = RuleForm(
        said=said,
        purposes=programmes.purposes(reading()),
        donors=donors_to_choose(page.line.offers, sought),
        data={
            "known_by": next((by.value for by in said if said[by]), KnownBy.TEXT.value),
            "words": payment.text if payment else "",
            "kind": EndKind.DONATION.value if comes_in else EndKind.FEE.value,
        },
    )
    return form, {by.value: text for by, text in said.items()}


def _try(form: RuleForm, order: RuleOrder, page: lines.LinePage) -> ResponseReturnValue:
    rule = Rule(
        id=new_id(),
        known_by=order.known_by,
        said=order.said,
        kind=order.kind,
        purpose_id=order.purpose_id,
        donor_id=order.donor_id,
    )
    trial = lines.tried(reading(), actor=current_actor(), rule=rule)
    names = dict(form.donor.choices)
    purpose = dict(programmes.purposes(reading()))[order.purpose_id]
    donor = names.get(str(order.donor_id)) if order.donor_id else None
    return render_template(
        "lines/rule_check.html", form=form, page=page, rule=rule, trial=trial, donor=donor, purpose=purpose
    )


def _teach(form: RuleForm, order: RuleOrder, page: lines.LinePage) -> ResponseReturnValue:
    perform(form.idempotency_key, teach, actor=current_actor(), order=order)
    flash(say(_("The rule is taught. Lines that it fits are suggested so from now on.")), "success")
    return redirect(url_for("lines.account", bank_id=page.bank_id, at=page.line.number))
