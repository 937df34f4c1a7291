"""Remittances: what is on its way, sending, confirming what arrived, deciding about the rest."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._may import may
from aid.blueprints._paging import place
from aid.blueprints._refusals import blamed_on
from aid.domain.permissions import Permission
from aid.domain.remittances import DIFFERENCE_TITLES
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms._money import balance_hints
from aid.forms.remittances import DifferenceForm, ReceiptForm, SendingForm
from aid.perform import perform
from aid.queries import banks, programmes, remittances
from aid.security import allow, current_actor
from aid.services.remittances import decide_difference, receive, send

bp = Blueprint("remittances", __name__, url_prefix="/remittances")
bp.context_processor(may)


@bp.get("/")
@allow(Permission.SEE_MONEY)
def index() -> ResponseReturnValue:
    """All remittances, the latest first."""
    before = request.args.get("before", type=place)
    found = remittances.remittances(reading(), actor=current_actor(), before=before)
    return render_template("remittances/index.html", found=found)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.RECORD_REMITTANCES)
def new() -> ResponseReturnValue:
    """Write down what was sent."""
    accounts = banks.bank_accounts(reading(), actor=current_actor())
    form = SendingForm(banks=accounts, data={"sent_on": now().today})
    if form.validate_on_submit():
        with blamed_on(form):
            sent = perform(form.idempotency_key, send, actor=current_actor(), order=form.order())
            flash(say(_("Remittance %(number)s is on its way.", number=sent.number)), "success")
            return redirect(url_for(".show", remittance_id=sent.remittance_id))
    return render_template("remittances/new.html", form=form, banks=accounts, balances=balance_hints(accounts))


@bp.get("/<uuid:remittance_id>")
@allow(Permission.SEE_MONEY)
def show(remittance_id: UUID) -> ResponseReturnValue:
    """One remittance: who sent, who confirmed, what was decided."""
    return render_template(
        "remittances/show.html", remittance=_found(remittance_id), actor=current_actor(), titles=DIFFERENCE_TITLES
    )


@bp.route("/<uuid:remittance_id>/receive", methods=["GET", "POST"])
@allow(Permission.CONFIRM_MONEY)
def arrived(remittance_id: UUID) -> ResponseReturnValue:
    """Confirm what arrived, apart from who sent it."""
    remittance = _found(remittance_id)
    form = ReceiptForm(
        remittance_id=remittance_id,
        left=remittance.left,
        data={"received_on": now().today},  # the amount is not filled in: who confirms reads it off the account
    )
    if form.validate_on_submit():
        with blamed_on(form):
            received = perform(form.idempotency_key, receive, actor=current_actor(), order=form.order())
            if received.left.minor:
                flash(say(_("Confirmed. %(left)s has not arrived.", left=received.left)), "warn")
            else:
                flash(say(_("Confirmed: all of it has arrived.")), "success")
            return redirect(url_for(".show", remittance_id=remittance_id))
    return render_template("remittances/receive.html", form=form, remittance=remittance)


@bp.route("/<uuid:remittance_id>/decide", methods=["GET", "POST"])
@allow(Permission.DECIDE_DIFFERENCES)
def decide(remittance_id: UUID) -> ResponseReturnValue:
    """Decide about what did not arrive, as neither its sender nor its receiver."""
    remittance = _found(remittance_id)
    form = DifferenceForm(remittance_id=remittance_id, purposes=programmes.purposes(reading()))
    if form.validate_on_submit():
        with blamed_on(form):
            perform(form.idempotency_key, decide_difference, actor=current_actor(), order=form.order())
            flash(say(_("What you decided is in the books.")), "success")
            return redirect(url_for(".show", remittance_id=remittance_id))
    return render_template("remittances/decide.html", form=form, remittance=remittance)


def _found(remittance_id: UUID) -> remittances.RemittanceRow:
    remittance = remittances.remittance(reading(), actor=current_actor(), remittance_id=remittance_id)
    if remittance is None:
        abort(404)
    return remittance
