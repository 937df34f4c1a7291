"""Exchanges: the list, writing one down, and a second person's word on a rate that is off, or on large charges."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aid.blueprints._may import may
from aid.blueprints._paging import place
from aid.blueprints._refusals import blamed_on
from aid.domain.exchanges import ExchangeState
from aid.domain.permissions import Permission
from aid.domain.second_words import WordKind
from aid.domain.words import _
from aid.extensions import now, reading
from aid.formats import say
from aid.forms._money import Purposes, available_hints, balance_hints
from aid.forms.exchanges import ExchangeAnswerForm, ExchangeForm, exchange_form
from aid.perform import perform
from aid.queries import banks, exchanges, programmes, second_words
from aid.security import allow, current_actor
from aid.services.exchanges import ExchangeOrder, answer_exchange, check_exchange, check_money, exchange

bp = Blueprint("exchanges", __name__, url_prefix="/exchanges")
bp.context_processor(may)
CAME_OF_IT = {
    ExchangeState.BOOKED: _("The exchange is booked."),
    ExchangeState.WAITING: _("A second person looks at it first: at the rate, and at what the bank took."),
    ExchangeState.REFUSED: _("The exchange is refused. Nothing was booked."),
}


@bp.get("/")
@allow(Permission.SEE_MONEY)
def index() -> ResponseReturnValue:
    """All exchanges, the latest first."""
    before = request.args.get("before", type=place)
    found = exchanges.exchanges(reading(), actor=current_actor(), before=before)
    return render_template("exchanges/index.html", found=found)


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.EXCHANGE)
def new() -> ResponseReturnValue:
    """Write an exchange down, check it, book it."""
    accounts = banks.bank_accounts(reading(), actor=current_actor())
    purposes = programmes.purposes(reading())
    form = exchange_form(purposes=purposes, banks=accounts, data={"exchanged_on": now().today})
    if form.validate_on_submit() and form.step != "change":
        with blamed_on(form):
            return _book(form) if form.step == "book" else _check(form, purposes)
    there = programmes.available(reading(), actor=current_actor())
    return render_template(
        "exchanges/new.html",
        form=form,
        available=available_hints(purposes, there, form.old or ""),
        balances=balance_hints(accounts),
    )


@bp.get("/<uuid:exchange_id>")
@allow(Permission.SEE_MONEY)
def show(exchange_id: UUID) -> ResponseReturnValue:
    """One exchange: its rate beside the source's, and each purpose's part."""
    return render_template("exchanges/show.html", exchange=_found(exchange_id), actor=current_actor())


@bp.route("/<uuid:exchange_id>/answer", methods=["GET", "POST"])
@allow(Permission.CONFIRM_MONEY)
def answer(exchange_id: UUID) -> ResponseReturnValue:
    """Agree to an exchange that waits, or refuse it."""
    found, form = _found(exchange_id), ExchangeAnswerForm()
    if form.validate_on_submit():
        with blamed_on(form):
            order = form.order(exchange_id)
            answered = perform(form.idempotency_key, answer_exchange, actor=current_actor(), order=order)
            flash(say(CAME_OF_IT[answered.state]), "success")
            return redirect(url_for(".show", exchange_id=exchange_id))
    return render_template("exchanges/answer.html", form=form, exchange=found, actor=current_actor())


def _check(form: ExchangeForm, purposes: Purposes) -> ResponseReturnValue:
    order = form.order()
    check_exchange(order, today=now().today)
    check_money(reading(), order)
    rate = exchanges.rate_row(order.deal, named=order.source)
    names = dict(purposes)
    parts = [
        (names[purpose], sold, bought)
        for (purpose, sold), bought in zip(order.sold, order.deal.bought_of_each(), strict=True)
    ]
    return render_template(
        "exchanges/check.html", form=form, order=order, rate=rate, parts=parts, charges_ask=_charges_ask(order)
    )


def _charges_ask(order: ExchangeOrder) -> bool:
    """Whether the bank took more than one person books alone."""
    if order.charges is None:
        return False
    bank_id = order.from_bank_id if order.charges.currency == order.deal.sold_together.currency else order.to_bank_id
    may = second_words.alone_at(reading(), actor=current_actor(), now=now(), kind=WordKind.CHARGES, bank_id=bank_id)
    return may.asks(order.charges)


def _book(form: ExchangeForm) -> ResponseReturnValue:
    done = perform(form.idempotency_key, exchange, actor=current_actor(), order=form.order())
    flash(say(CAME_OF_IT[done.state]), "success" if done.state is ExchangeState.BOOKED else "warn")
    return redirect(url_for(".show", exchange_id=done.exchange_id))


def _found(exchange_id: UUID) -> exchanges.ExchangeRow:
    found = exchanges.exchange(reading(), actor=current_actor(), exchange_id=exchange_id)
    if found is None:
        abort(404)
    return found
