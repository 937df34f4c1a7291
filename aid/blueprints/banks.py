"""Bank accounts: the list, opening one, its fees, and taking it out of use."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._may import may
from aid.blueprints._refusals import blamed_on, told_above
from aid.domain.permissions import Permission
from aid.domain.second_words import WordKind
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms.banks import BankForm, FeeForm
from aid.forms.base import KomekForm
from aid.perform import perform
from aid.queries import banks, programmes, second_words
from aid.security import allow, current_actor
from aid.services.banks import close_bank, open_bank
from aid.services.own_bookings import record_own
from aid.services.second_words.asking import AskedFor

bp = Blueprint("banks", __name__, url_prefix="/banks")
bp.context_processor(may)


@bp.get("/")
@allow(Permission.SEE_MONEY)
def index() -> ResponseReturnValue:
    """All accounts, with what is on them."""
    found = banks.bank_accounts(reading(), actor=current_actor(), in_use=False)
    return render_template("banks/index.html", banks=found)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.KEEP_ACCOUNTS)
def new() -> ResponseReturnValue:
    """Open an account in the books."""
    form = BankForm(people=banks.trustees(reading(), actor=current_actor()))
    if form.validate_on_submit():
        with blamed_on(form):
            opened = perform(form.idempotency_key, open_bank, actor=current_actor(), order=form.order())
            flash(say(_("The account is in the books.")), "success")
            return redirect(url_for(".show", bank_id=opened.bank_id))
    return render_template("banks/new.html", form=form)


@bp.get("/<uuid:bank_id>")
@allow(Permission.SEE_MONEY)
def show(bank_id: UUID) -> ResponseReturnValue:
    """One account: whose it is, what is on it, what the bank took."""
    bank = _found(bank_id)
    fees = banks.fees(reading(), actor=current_actor(), bank_id=bank_id)
    asked = second_words.waiting(reading(), actor=current_actor(), bank_id=bank_id)
    return render_template("banks/show.html", bank=bank, fees=fees, asked=asked)


@bp.route("/<uuid:bank_id>/fee", methods=["GET", "POST"])
@allow(Permission.KEEP_ACCOUNTS)
def fee(bank_id: UUID) -> ResponseReturnValue:
    """Book what the bank took."""
    bank = _found(bank_id)
    purposes = programmes.purposes(reading())
    form = FeeForm(bank_id=bank_id, currency=bank.currency, purposes=purposes, data={"charged_on": now().today})
    if form.validate_on_submit():
        with blamed_on(form):
            booked = perform(form.idempotency_key, record_own, actor=current_actor(), order=form.order())
            if isinstance(booked, AskedFor):
                flash(say(_("It is more than one person books alone. A second person looks at it first.")), "warn")
            else:
                flash(say(_("Fee %(number)s is booked.", number=booked.number)), "success")
            return redirect(url_for(".show", bank_id=bank_id))
    may = second_words.alone_at(reading(), actor=current_actor(), now=now(), kind=WordKind.FEE, bank_id=bank_id)
    return render_template("banks/fee.html", form=form, bank=bank, alone=may)


@bp.post("/<uuid:bank_id>/close")
@allow(Permission.KEEP_ACCOUNTS)
def close(bank_id: UUID) -> ResponseReturnValue:
    """Take an empty account out of use."""
    _found(bank_id)
    form = KomekForm()
    if form.validate_on_submit():
        with told_above():
            perform(form.idempotency_key, close_bank, actor=current_actor(), bank_id=bank_id)
            flash(say(_("The account is no longer used.")), "success")
    return redirect(url_for(".show", bank_id=bank_id))


def _found(bank_id: UUID) -> banks.BankRow:
    bank = banks.bank_account(reading(), actor=current_actor(), bank_id=bank_id)
    if bank is None:
        abort(404)
    return bank
